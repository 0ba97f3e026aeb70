use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        tool fn draft<T: Clone>(text) -> String { text.to_uppercase() }
        draft
    }
}

fn main() {}
