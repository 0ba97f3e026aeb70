use orchestrated::workflow;

workflow! {
    workflow Inner(text: String) -> String {
        fn upper(text) -> String { text.to_uppercase() }
        upper
    }
    workflow Outer(title: String) -> String {
        flow inner = Inner { text: titel };
        inner
    }
}

fn main() {}
