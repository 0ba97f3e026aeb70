use orchestrated::workflow;

workflow! {
    workflow Publish(text: String,, title: String) -> String {
        agent fn report(text,, title) -> String { format!("{title}{text}") }
        fn halves(, text) -> (first: String,, second: String) { (text.clone(), text.clone()) }
        flow inner = Inner { text: first,, };
        format!("{report}{inner}{second}")
    }
    workflow Inner(text: String) -> String {
        fn upper(text) -> String { text.to_uppercase() }
        upper
    }
}

fn main() {}
