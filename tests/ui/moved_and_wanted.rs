use orchestrated::workflow;

workflow! {
    workflow Read(path: String) -> Result<String, String> {
        #[fallback(Ok(path.clone()))]
        #[rollback(drop(path.clone()))]
        tool fn text(move path) -> Result<String, String> { Ok(path) }
        Ok(text)
    }
}

fn main() {}
