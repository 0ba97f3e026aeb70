use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        let x = 1;
        tool fn draft(text) -> String { text.clone() }
        struct Draft;
        const N: usize = 3;
        tool draft2(text) -> String { text.clone() }
        tool fn report(draft) -> String { draft.clone() }
        report
    }
}

fn main() {}
