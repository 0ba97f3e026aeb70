use orchestrated::workflow;

struct App;

workflow! {
    workflow Embed(app: &App, model: String, texts: Vec<String>) -> usize {
        #[each(text in texts)]
        #[batch(size = 50)]
        mcp fn embedded(app, model, texts, cx) -> usize {
            let _ = (app, cx);
            model.len() + texts.len()
        }
        embedded.len()
    }
}

fn main() {}
