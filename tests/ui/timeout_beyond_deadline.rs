use orchestrated::workflow;

workflow! {
    #[deadline(60s)]
    workflow Read(path: String) -> String {
        #[timeout(5m)]
        tool fn text(path) -> String { path.clone() }
        #[timeout(adaptive, start = 90s)]
        tool fn title(path) -> String { path.clone() }
        title + &text
    }
}

fn main() {}
