use orchestrated::workflow;

workflow! {
    workflow Write(topic: String) -> String {
        agent fn draft(topic, last) -> String {
            let _ = last;
            topic.clone()
        }
        draft
    }
}

fn main() {}
