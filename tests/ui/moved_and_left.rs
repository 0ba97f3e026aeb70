use orchestrated::workflow;

workflow! {
    workflow Review(text: String) -> (String, String) {
        agent fn review(text) -> String { text.to_uppercase() }
        fn report(move review) -> String { review }
        (report, review)
    }
}

fn main() {}
