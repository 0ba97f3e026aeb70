use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        async fn draft(text) -> String { text.to_uppercase() }
        tool async fn report(draft) -> String { draft.clone() }
        unsafe fn again(report) -> String { report.clone() }
        again
    }
}

fn main() {}
