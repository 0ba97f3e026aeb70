use orchestrated::workflow;

workflow! {
    workflow Review(text: String) -> usize {
        #[optional]
        agent fn first(text) -> usize { text.len() }
        agent fn second(text) -> usize { text.len() }
        #[quorum(2)]
        fn report(first, second) -> usize {
            let _ = first;
            *second
        }
        report
    }
}

fn main() {}
