use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        human fn approved(text) -> bool { text.is_empty() }
        if approved { String::new() } else { "no".to_owned() }
    }
}

fn main() {}
