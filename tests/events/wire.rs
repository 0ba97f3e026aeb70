//! Events outside of the program: what is read back is what was told.

use orchestrated::{Event, Observer as _, Orchestrator, Trace, workflow};

use crate::{
    lines::ms,
    well_formed::{told, well_formed},
};

workflow! {
    workflow Part() -> u32 {
        #[rollback(())]
        tool fn one() -> u32 { ms(1).await; 1 }
        one
    }

    workflow Whole(numbers: &[u64]) -> Result<u32, String> {
        flow part = Part {};

        #[idempotent]
        #[each(number in numbers, concurrency = 2)]
        #[retry(2, backoff = 3ms)]
        tool fn tried(numbers, cx) -> Result<u64, String> {
            ms(*number).await;
            if cx.attempt() == 1 && *number == 4 { Err("busy".to_owned()) } else { Ok(*number) }
        }

        #[optional]
        #[uses(desk = 1)]
        agent fn maybe() -> Result<u32, String> { ms(2).await; panic!("at \"work\"\n") }

        #[when(false)]
        #[uses(desk = 1)]
        tool fn never() -> u32 { 1 }

        tool fn ends(part, tried, maybe, never) -> Result<u32, String> {
            Err(format!("{part} {} {} {}", tried.len(), maybe.is_ok(), never.is_some()))
        }

        Ok(ends)
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_of_events_gives_the_same_trace() {
    let trace = Trace::new();
    let (orchestrator, mut events) = Orchestrator::new()
        .resource("desk", 1)
        .observer(trace.clone())
        .events();
    let whole = Whole {
        numbers: &[4, 1, 2],
    };
    whole.run(&orchestrator).await.unwrap_err();
    let told = told(&mut events);
    well_formed(&told);

    let log: Vec<String> = told
        .iter()
        .map(|event| serde_json::to_string(event).unwrap())
        .collect();
    let mut again = Trace::new();
    for (line, event) in log.iter().zip(&told) {
        let read: Event = serde_json::from_str(line).unwrap();
        assert_eq!(&read, event, "{line}");
        again.observe(&read);
    }
    assert_eq!(again.runs(), trace.runs());
    assert_eq!(again.runs().len(), 2);

    // What is kept of runs is read back, too.
    let kept = serde_json::to_string(&trace.runs()).unwrap();
    let runs: Vec<orchestrated::RunTrace> = serde_json::from_str(&kept).unwrap();
    assert_eq!(runs, trace.runs());
}

#[test]
fn what_is_no_event_is_refused() {
    for (line, names) in [
        (
            r#"{"run":1,"at":-5,"kind":{"step_started":{"step":0}}}"#,
            "-5",
        ),
        (
            r#"{"run":1,"at":5,"kind":{"step_begun":{"step":0}}}"#,
            "step_begun",
        ),
        (r#"{"run":1,"at":5,"kind":{"step_started":{}}}"#, "step"),
    ] {
        let error = serde_json::from_str::<Event>(line).unwrap_err().to_string();
        assert!(error.contains(names), "{error}");
    }
}
