use orchestrated::workflow;

workflow! {
    #[deadline(30s)]
    workflow Read(path: String) -> Result<String, String> {
        #[idempotent]
        #[timeout(10s)]
        #[retry(3)]
        tool fn text(path) -> Result<String, String> { Ok(path.clone()) }
        Ok(text)
    }
}

fn main() {}
