use orchestrated::workflow;

workflow! {
    workflow Write(topic: String) -> String {
        #[repeat(until = draft.len() > 100)]
        agent fn draft(topic) -> String { topic.clone() }
        draft
    }
}

fn main() {}
