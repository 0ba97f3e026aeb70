use orchestrated::workflow;

workflow! {
    workflow Read(path: String) -> Result<String, String> {
        #[retry(3)]
        fn text(move path) -> Result<String, String> { Ok(path) }
        #[repeat(max = 3, until = true)]
        flow shouted = Shout { text: move text };
        Ok(shouted)
    }

    workflow Shout(text: String) -> String {
        fn loud(text) -> String { text.to_uppercase() }
        loud
    }
}

fn main() {}
