use orchestrated::workflow;

workflow! {
    workflow Publish(#[cfg(unix)] text: String) -> String {
        #[cfg(unix)]
        agent fn draft(text) -> String { text.to_uppercase() }
        fn report(#[cfg(unix)] draft) -> String { draft.clone() }
        report
    }
}

fn main() {}
