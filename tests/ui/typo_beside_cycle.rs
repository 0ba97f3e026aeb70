use orchestrated::workflow;

workflow! {
    workflow Article(topic: String) -> String {
        agent fn draft(topik, review) -> String { format!("{topik}: {review}") }
        agent fn review(draft) -> String { draft.to_uppercase() }
        draft
    }
}

fn main() {}
