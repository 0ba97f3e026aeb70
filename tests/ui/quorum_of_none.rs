use orchestrated::workflow;

workflow! {
    workflow Review(text: String) -> usize {
        agent fn first(text) -> usize { text.len() }
        agent fn second(text) -> usize { text.len() }
        #[quorum(1)]
        fn report(first, second) -> usize { first + second }
        report
    }
}

fn main() {}
