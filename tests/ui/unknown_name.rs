use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        agent fn report(text) -> String { text.to_uppercase() }
        tool fn check(reprot) -> bool { reprot.is_empty() }
        #[after(chekc)]
        tool fn store(report) -> u32 { report.len().try_into().unwrap_or(0) }
        if check { report } else { store.to_string() }
    }
}

fn main() {}
