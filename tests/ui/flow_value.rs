use orchestrated::workflow;

workflow! {
    workflow Inner(text: String) -> String {
        fn upper(text) -> String { text.to_uppercase() }
        upper
    }

    workflow Outer(name: String) -> String {
        flow inner = Inner { text: name.clone() };
        flow other = Inner { text: "name" };
        format!("{inner}{other}")
    }
}

fn main() {}
