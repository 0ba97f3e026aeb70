//! Options where two of them, or a kind and one of them, meet.

use std::time::Duration;

use orchestrated::{Answer, Approver, ApproverGone, Decision, Orchestrator, Request, workflow};
use tokio::time::sleep;

workflow! {
    workflow Inner(name: &'static str) -> Result<usize, String> {
        #[rollback(sleep(Duration::from_secs(name.len() as u64)).await)]
        tool fn made(name) -> usize { name.len() }

        #[after(made)]
        tool fn waits() { std::future::pending().await }

        Ok(made)
    }

    workflow Outer(short: &'static str, long: &'static str) -> Result<usize, String> {
        flow one = Inner { name: long };
        flow other = Inner { name: short };

        tool fn fails() -> Result<usize, String> {
            sleep(Duration::from_secs(1)).await;
            Err("no".to_owned())
        }

        Ok(one + other + fails)
    }
}

#[tokio::test(start_paused = true)]
async fn flows_beside_a_failure_tell_what_they_have_undone() {
    let outer = Outer {
        short: "a",
        long: "bcd",
    };
    let orchestrator = Orchestrator::new();
    let failure = Box::pin(outer.run(&orchestrator)).await.unwrap_err();
    assert_eq!(
        format!("{failure:#}"),
        "workflow `Outer`: step `fails` (tool, batch 1, attempt 1) failed: no\n  \
         step `made` of workflow `Inner` is undone\n  \
         step `made` of workflow `Inner` is undone"
    );
}

/// Cannot be reached.
struct Gone;

impl Approver for Gone {
    fn ask(&self, _: Request) -> Answer<'_> {
        Box::pin(async { Err(ApproverGone::new()) })
    }
}

workflow! {
    workflow Ask(text: &'static str) -> (Decision, bool) {
        #[fallback(Decision::rejected(error.to_string()))]
        human fn decision(text) -> Decision { text.to_owned() }

        #[fallback(text.is_empty())]
        human fn allowed(text) -> bool { text.to_owned() }

        #[fallback(assert!(!error.is_timeout()))]
        human fn looked_at(text) { text.to_owned() }

        (decision, allowed)
    }
}

#[tokio::test]
async fn a_human_step_that_returns_no_result_has_a_fallback() {
    let orchestrator = Orchestrator::new().approver(Gone);
    let asked = Ask { text: "now?" }.run(&orchestrator).await;
    let (decision, allowed) = asked.unwrap();
    assert_eq!(
        decision.reason(),
        Some("step `decision` got no decision: the approver is gone")
    );
    assert!(!allowed);
}

workflow! {
    workflow Double(numbers: Vec<u32>) -> Vec<u32> {
        #[each(number in numbers)]
        #[batch(size = 2)]
        tool fn doubled(numbers) -> Vec<u32> { number.iter().map(|number| number * 2).collect() }

        doubled
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_needs_no_other_inputs() {
    let numbers = vec![1, 2, 3];
    let doubled = Double { numbers }.run(&Orchestrator::new()).await;
    assert_eq!(doubled.unwrap(), [2, 4, 6]);
}

workflow! {
    workflow Odd(n: u32) -> Result<u32, String> {
        fn odd(n) -> Result<u32, String> { if n % 2 == 1 { Ok(*n) } else { Err(format!("{n} is even")) } }

        Ok(odd)
    }

    workflow Either(n: u32) -> (u32, bool) {
        #[default(7)]
        flow odd = Odd { n };

        #[optional]
        flow tried = Odd { n };

        (odd, tried.is_ok())
    }
}

#[tokio::test]
async fn what_a_flow_absorbs_needs_no_error_of_the_workflow() {
    let either = |n| async move { Either { n }.run(&Orchestrator::new()).await.unwrap() };
    assert_eq!(either(2).await, (7, false));
    assert_eq!(either(3).await, (3, true));
}

workflow! {
    workflow Told() {
        #[estimate(Duration::from_millis(2 * 20))]
        tool fn told() {}
    }
}

#[test]
fn an_estimate_may_be_a_constant_expression() {
    let options = Told::PLAN.steps()[0].options();
    assert_eq!(options.estimate(), Some(Duration::from_millis(40)));
}
