use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        agent fn draft(text) -> String;
        fn report(draft) -> String { draft.clone() }
        agent fn last(report) -> String
    }

    workflow NoBraces(text: String) -> String;

    workflow Whole(text: String) -> usize {
        fn length(text) -> usize { text.len() }
        length
    }
}

async fn use_them() {
    let text = String::new();
    let _: usize = Whole { text }.run(&orchestrated::Orchestrator::new()).await.unwrap();
    let text = String::new();
    let _: String = NoBraces { text }.run(&orchestrated::Orchestrator::new()).await.unwrap();
}

fn main() {}
