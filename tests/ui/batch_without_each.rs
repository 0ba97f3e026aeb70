use orchestrated::workflow;

workflow! {
    workflow Embed(texts: Vec<String>) -> usize {
        #[batch(size = 50)]
        mcp fn embedded(texts) -> usize { texts.len() }
        embedded
    }

    workflow Flow(texts: Vec<String>) -> usize {
        #[each(text in texts)]
        #[batch(size = 50)]
        flow embedded = Embed { texts: text };
        embedded.len()
    }
}

fn main() {}
