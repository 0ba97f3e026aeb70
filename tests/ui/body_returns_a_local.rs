use orchestrated::workflow;

workflow! {
    workflow Publish<'t>(text: &'t str) -> &'t str {
        tool fn first(text) -> &'t str {
            let upper = text.to_uppercase();
            upper.as_str()
        }
        first
    }
}

fn main() {}
