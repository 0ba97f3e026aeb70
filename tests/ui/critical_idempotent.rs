use orchestrated::workflow;

workflow! {
    workflow Send(text: String) {
        #[critical]
        fn length(text) -> usize { text.len() }
        #[critical]
        #[idempotent]
        tool fn stored(text) -> usize { text.len() }
    }
}

fn main() {}
