use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        #[idempotent]
        #[retry(3)]
        #[priority(high)]
        human fn approved(text) -> bool { text }
        if approved { String::new() } else { "no".to_owned() }
    }
}

fn main() {}
