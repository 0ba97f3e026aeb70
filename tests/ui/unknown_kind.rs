use orchestrated::workflow;

workflow! {
    workflow Article(topic: String) -> String {
        agnet fn draft(topic) -> String { topic.to_uppercase() }
        robot fn review(draft) -> String { draft.to_uppercase() }
        review
    }
}

fn main() {}
