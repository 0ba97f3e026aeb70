use orchestrated::workflow;

workflow! {
    workflow Article(topic: String) -> String {
        agent fn draft(topic, review) -> String { format!("{topic}: {review}") }
        agent fn review(draft) -> String { draft.to_uppercase() }
        draft
    }
}

fn main() {}
