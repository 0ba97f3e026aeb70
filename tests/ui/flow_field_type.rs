use orchestrated::workflow;

workflow! {
    workflow Inner(text: String) -> String {
        fn upper(text) -> String { text.to_uppercase() }
        upper
    }

    workflow Outer(count: usize) -> String {
        flow inner = Inner { text: count };
        inner
    }
}

fn main() {}
