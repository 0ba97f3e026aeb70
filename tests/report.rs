//! A report of runs: what it weighs. What it shows is looked at in a browser: see `report_in_browser.rs`.

#[allow(dead_code, reason = "shared with the test in a browser")]
#[path = "report/runs.rs"]
mod runs;

use orchestrated::Report;

#[test]
fn a_hundred_steps_weigh_less_than_300_kib() {
    let run = runs::large(100, 10);
    assert!(run.steps.iter().any(|step| step.attempts.len() > 1));
    let html = Report::of(&run).title("A hundred steps").to_string();
    let kib = html.len() / 1024;
    assert!(kib < 300, "{kib} KiB");
}

#[test]
fn a_thousand_steps_weigh_less_than_1_mib() {
    let html = Report::of(&runs::large(1_000, 50)).to_string();
    let kib = html.len() / 1024;
    assert!(kib < 1024, "{kib} KiB");
}

/// What is in it can be made later and elsewhere.
#[test]
fn it_is_made_of_what_is_read_back_as_well() {
    let runs = runs::release();
    let json = serde_json::to_string(&runs).unwrap();
    let read: Vec<orchestrated::RunTrace> = serde_json::from_str(&json).unwrap();
    assert_eq!(
        Report::of_runs(&runs).to_string(),
        Report::of_runs(&read).to_string()
    );
}
