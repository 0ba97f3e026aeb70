use orchestrated::workflow;

workflow! {
    workflow Publish(type: String) -> String {
        tool fn draft(type) -> String { String::new() }
        tool fn match(draft) -> String { draft.clone() }
        draft
    }
}

fn main() {}
