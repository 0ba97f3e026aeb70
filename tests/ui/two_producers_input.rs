use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        agent fn text(text) -> String { text.to_uppercase() }
        text
    }

    workflow Same(text: String, text: u32) {
        tool fn show(text) { println!("{text}") }
    }
}

fn main() {}
