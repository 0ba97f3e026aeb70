use orchestrated::Orchestrator;

mod answers {
    orchestrated::workflow! {
        pub workflow Answer(question: String) -> String {
            agent fn answer(question) -> String { question.to_uppercase() }
            answer
        }
    }
}

mod library {
    orchestrated::workflow! {
        /// It launches agents through its flow alone.
        pub workflow Research(question: String) -> String {
            flow answer = crate::answers::Answer { question };
            answer
        }

        pub workflow Lookup(question: String) -> String {
            tool fn found(question) -> String { question.to_uppercase() }
            found
        }
    }
}

mod program {
    use super::library::{Lookup, Research};

    orchestrated::workflow! {
        pub workflow AskAgent(question: String) -> String {
            agent fn asked(question, cx) -> String {
                Research { question: question.clone() }.run(cx).await.unwrap()
            }
            asked
        }

        pub workflow AskTool(question: String) -> String {
            tool fn asked(question, cx) -> String {
                Research { question: question.clone() }.run(cx).await.unwrap()
            }
            asked
        }

        pub workflow AskServer(question: String) -> String {
            mcp fn asked(question, cx) -> String {
                Research { question: question.clone() }.run(cx).await.unwrap()
            }
            asked
        }

        /// A workflow that launches no agent is fine.
        pub workflow Look(question: String) -> String {
            agent fn looked(question, cx) -> String {
                Lookup { question: question.clone() }.run(cx).await.unwrap()
            }
            looked
        }
    }
}

fn main() {
    let question = String::new();
    drop(program::Look { question }.run(&Orchestrator::new()));
}
