use orchestrated::workflow;

workflow! {
    pub Publish(text: String) -> String {
        fn upper(text) -> String { text.to_uppercase() }
        upper
    }

    worfklow Again(text: String) -> String {
        fn upper(text) -> String { text.to_uppercase() }
        upper
    }

    workflow (text: String) -> String {
        fn upper(text) -> String { text.to_uppercase() }
        upper
    }
}

async fn use_them() -> String {
    let (text, o) = (String::new(), orchestrated::Orchestrator::new());
    let text = Publish { text }.run(&o).await.unwrap();
    Again { text }.run(&o).await.unwrap()
}

fn main() {}
