use orchestrated::{Orchestrator, workflow};

workflow! {
    workflow Answer(question: String) -> String {
        agent fn answer(question) -> String { question.to_uppercase() }
        answer
    }

    workflow Named(question: String) -> String {
        mcp fn asked(question) -> String {
            let question = question.clone();
            Answer { question }.run(&Orchestrator::new()).await.unwrap()
        }
        asked
    }

    workflow Declared() {
        mcp fn asked() {
            workflow! {
                workflow Inner() {
                    agent fn inner() {}
                }
            }
            Inner {}.run(&orchestrated::Orchestrator::new()).await.unwrap();
        }
    }
}

fn main() {}
