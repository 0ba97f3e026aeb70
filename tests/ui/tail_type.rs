use orchestrated::workflow;

struct Report;

workflow! {
    workflow Publish(text: String) -> Report {
        agent fn draft(text) -> String { text.to_uppercase() }
        draft
    }

    workflow Checked(text: String) -> Result<String, String> {
        agent fn draft(text) -> String { text.to_uppercase() }
        draft
    }

    workflow Silent(text: String) {
        agent fn draft(text) -> String { text.to_uppercase() }
        draft
    }
}

fn main() {}
