use orchestrated::workflow;

struct App;

workflow! {
    workflow Answer(question: String) -> String {
        agent fn answer(question) -> String { question.to_uppercase() }
        answer
    }
    workflow Lookup(question: String) -> String {
        tool fn found(question) -> String { question.to_uppercase() }
        found
    }
}

async fn answers() {
    let question = String::new();
    let _ = Answer { question: question.clone() }.run(&App).await;
    let _ = Lookup { question }.run(&App).await;
}

async fn forgets() {
    let question = String::new();
    let _ = Answer { question }.run(orchestrated::Orchestrator::new()).await;
}

fn main() {
    drop((answers(), forgets()));
}
