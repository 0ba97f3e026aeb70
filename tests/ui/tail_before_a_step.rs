use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        agent fn draft(text) -> String { text.to_uppercase() }
        report
        fn report(move draft) -> String { draft }
    }
}

fn main() {}
