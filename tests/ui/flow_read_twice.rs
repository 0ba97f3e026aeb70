use orchestrated::workflow;

workflow! {
    workflow Inner(text: String) -> String {
        fn upper(text) -> String { text.to_uppercase() }
        upper
    }

    workflow Outer(text: String) -> String {
        flow inner = Inner { text };
        tool fn length(text) -> usize { text.len() }
        format!("{inner}{length}")
    }
}

fn main() {}
