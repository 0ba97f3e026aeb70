use orchestrated::workflow;

workflow! {
    workflow Send(text: String) {
        #[rollback(drop(sent))]
        #[irreversible = "it is read by then"]
        tool fn sent(text) -> usize { text.len() }
    }
}

fn main() {}
