//! A plan, and a run of it.

use std::{error::Error, time::Duration};

use orchestrated::{Gantt, Orchestrator, Trace, plan::Estimates, workflow};

/// Works for a while, in virtual time.
async fn ms(n: u64) {
    tokio::time::sleep(Duration::from_millis(n)).await;
}

workflow! {
    workflow CodeReview(pr: u32) -> Result<String, String> {
        #[estimate(300ms)]
        mcp fn files(pr) -> Result<usize, String> { ms(310).await; Ok(*pr as usize) }

        #[idempotent]
        #[retry(3, backoff = 150ms)]
        #[timeout(1s)]
        #[estimate(200ms)]
        mcp fn practices(pr, cx) -> Result<usize, String> {
            let _ = pr;
            ms(180).await;
            if cx.attempt() == 1 { Err("busy".to_owned()) } else { Ok(12) }
        }

        #[estimate(1200ms)]
        agent fn review(files, practices) -> String { ms(1260).await; format!("{files} files, {practices} rules") }

        #[optional]
        #[estimate(400ms)]
        agent fn security(files) -> Result<String, String> { ms(700).await; Err(format!("no answer about {files} files")) }

        #[estimate(150ms)]
        tool fn syntax(review) -> usize { ms(150).await; review.len() }

        #[estimate(250ms)]
        tool fn format(review) -> usize { ms(240).await; review.len() }

        fn report(review, security, syntax, format) -> String {
            format!("{review}: {} notes", syntax + format + security.iter().count())
        }

        Ok(report)
    }
}

/// The plan and what it would take, as they print, and the chart of a run.
pub(crate) async fn shown(width: usize) -> Result<(String, String), Box<dyn Error>> {
    let trace = Trace::new();
    let orchestrator = Orchestrator::new().observer(trace.clone());
    CodeReview { pr: 7 }.run(&orchestrator).await?;
    let run = trace.last().ok_or("no run was traced")?;
    let chart = Gantt::of(&run).width(width).color(true);
    let plan = CodeReview::PLAN;
    let dry_run = plan.dry_run(&Estimates::new());
    Ok((format!("{plan}\n\n{dry_run}\n"), chart.to_string()))
}
