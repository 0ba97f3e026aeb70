use orchestrated::workflow;

struct Report;

workflow! {
    workflow Publish(text: String) -> Result<Report, String> {
        agent fn report(text) -> Report { drop(text); Report }
    }
}

fn main() {}
