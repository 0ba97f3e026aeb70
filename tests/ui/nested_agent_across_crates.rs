use orchestrated::workflow;
use orchestrated_ui_support::Research;

workflow! {
    workflow Ask(question: String) -> String {
        agent fn asked(question, cx) -> String {
            Research { question: question.clone() }.run(cx).await.unwrap()
        }
        asked
    }
}

fn main() {}
