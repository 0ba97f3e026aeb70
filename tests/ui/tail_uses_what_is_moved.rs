use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        agent fn draft(text) -> String { text.to_uppercase() }
        fn report(move draft) -> String { draft }
        {
            let all = draft + &report;
            all
        }
    }
}

fn main() {}
