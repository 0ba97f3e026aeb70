use orchestrated::workflow;

workflow! {
    workflow Article(topic: String) -> String {
        agent fn draft(topic, draft) -> String { format!("{topic}: {draft}") }
        draft
    }

    workflow Waits() {
        #[after(itself)]
        tool fn itself() {}
    }
}

fn main() {}
