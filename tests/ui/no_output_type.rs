use orchestrated::workflow;

struct Report;

workflow! {
    workflow Publish(text: String) -> {
        agent fn report(text) -> Report { drop(text); Report }
        report
    }

    workflow Draft(text: String) -> Report {
        agent fn report(text) -> { drop(text); Report }
        tool fn check(report) -> usize { report.length() }
        tool fn again(check) -> usize { let n: usize = *check; n }
        report
    }
}

async fn use_it() -> Report {
    let text = String::new();
    Publish { text }.run(&orchestrated::Orchestrator::new()).await.unwrap()
}

fn main() {}
