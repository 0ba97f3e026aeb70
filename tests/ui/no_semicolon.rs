use orchestrated::workflow;

workflow! {
    workflow Inner(text: String) -> String {
        fn upper(text) -> String { text.to_uppercase() }
        upper
    }
    workflow Outer(text: String) -> String {
        flow inner = Inner { text }
        fn last(inner) -> String { inner.clone() }
        last
    }
    workflow NoBraces(text: String) -> String {
        flow inner = Inner(text);
        flow other: Inner { text };
        inner
    }
}

fn main() {}
