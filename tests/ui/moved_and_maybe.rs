use orchestrated::workflow;

workflow! {
    workflow Read(path: String, deep: bool) -> String {
        #[when(*deep)]
        tool fn text(path, deep) -> String { format!("{path}{deep}") }
        #[optional]
        tool fn title(path) -> Result<String, String> { Ok(path.clone()) }
        fn page(move text, move title) -> String { format!("{text:?}{title:?}") }
        page
    }
}

fn main() {}
