use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        agent fn draft(text) -> String { text.to_uppercase() }
        darft
    }
}

fn main() {}
