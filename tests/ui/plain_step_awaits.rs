use orchestrated::workflow;

async fn fetch(path: &str) -> String {
    path.to_uppercase()
}

workflow! {
    workflow Read(path: String) -> String {
        fn text(path) -> String { fetch(path).await }
        text
    }
}

fn main() {}
