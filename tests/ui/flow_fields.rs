use orchestrated::workflow;

workflow! {
    workflow Inner(text: String, count: usize) -> String {
        fn repeated(text, count) -> String { text.repeat(*count) }
        repeated
    }

    workflow Missing(text: String) -> String {
        flow inner = Inner { text };
        inner
    }

    workflow Unknown(text: String, count: usize) -> String {
        flow inner = Inner { text, count, cuont: text };
        inner
    }
}

fn main() {}
