//! A server that has been down is asked again.

use std::time::Duration;

use orchestrated::{Orchestrator, workflow};

workflow! {
    workflow Asks(is_down: bool) -> bool {
        #[timeout(2ms)]
        #[default(false)]
        tool fn answers(is_down) -> bool {
            if *is_down {
                std::future::pending::<()>().await;
            }
            true
        }

        answers
    }
}

#[tokio::test(start_paused = true)]
async fn time_outs_do_not_make_a_limit_look_too_short() {
    let orchestrator = Orchestrator::new();
    for run in 0..60 {
        // A timer counts in milliseconds: what is cut off has taken a little longer than its limit.
        tokio::time::advance(Duration::from_micros(1500)).await;
        let is_down = run < 30;
        let ended = Asks { is_down }.run(&orchestrator).await;
        assert_eq!(ended.map_err(|failure| failure.to_string()), Ok(!is_down));
    }
    let history = orchestrator.history();
    let answers = history.steps().next().expect("it has run");
    let limit = Duration::from_millis(2);
    assert_eq!((answers.runs(), answers.p95()), (60, Some(limit)));
}
