use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        agent fn draft -> String { String::new() }
        fn report(draft, text) -> String { draft.clone() + text }
        report
    }

    workflow NoInputs -> String {
        fn length() -> String { String::new() }
        length
    }

    workflow Braces {
        tool fn nothing() {}
    }
}

async fn use_it() {
    let _: String = NoInputs {}.run(&orchestrated::Orchestrator::new()).await.unwrap();
    Braces {}.run(&orchestrated::Orchestrator::new()).await.unwrap();
}

fn main() {}
