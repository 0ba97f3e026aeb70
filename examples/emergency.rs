//! Takes emergency calls at one desk: the urgent ones first, and the others before they have waited too long.
//!
//! ```text
//! cargo run --example emergency                 # the evening that this example ships: a storm, 40 minutes long
//! cargo run --example emergency -- --desks 2    # the same with two desks
//! cargo run --example emergency -- my.csv       # another evening
//! ```
//!
//! It shows `#[priority]` under `max_concurrency(1)`: each call is a run of one orchestrator, and the steps of all runs wait
//! in one queue. The flood of high calls does not starve the low ones. Who is passed over 8 times goes up by one level, so a
//! low call is passed over 16 times by high ones, and then it goes.
//!
//! The evening takes no time: the clock of the runtime is paused, and jumps to whatever comes next.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::process::ExitCode;

use futures::future::join_all;
use orchestrated::{Failure, Orchestrator, plan::Priority, workflow};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    calls::{Call, Time},
    options::{HELP, Request},
    report::{Evening, Served},
};

/// When the evening began, by the clock on the wall and by that of the runtime.
#[derive(Debug, Clone, Copy)]
struct Clock {
    first: Time,
    began: Instant,
}

impl Clock {
    fn now(self) -> Time {
        self.first.after(self.began.elapsed())
    }

    /// The moment at which it is so late.
    fn at(self, time: Time) -> Instant {
        self.began + time.since(self.first)
    }
}

// The priority of a step is a part of the plan. Where it depends on a value, there is a step for each, and `when` chooses.
workflow! {
    /// Takes a call. It is only ever one of the steps that runs; the others need no desk.
    workflow Take(clock: Clock, call: &Call, priority: Priority) -> Option<Time> {
        /// Before all others.
        #[when(*priority == Priority::Critical)]
        #[priority(critical)]
        tool fn critical(clock, call, priority) -> Time { at_the_desk(*clock, call).await }

        #[when(*priority == Priority::High)]
        #[priority(high)]
        tool fn high(clock, call, priority) -> Time { at_the_desk(*clock, call).await }

        /// What a step has that says nothing.
        #[when(*priority == Priority::Normal)]
        tool fn normal(clock, call, priority) -> Time { at_the_desk(*clock, call).await }

        /// When nobody else waits, or when it has been passed over often enough.
        #[when(*priority == Priority::Low)]
        #[priority(low)]
        tool fn low(clock, call, priority) -> Time { at_the_desk(*clock, call).await }

        critical.or(high).or(normal).or(low)
    }
}

/// Takes a call, now that there is a desk; when that began.
async fn at_the_desk(clock: Clock, call: &Call) -> Time {
    let began = clock.now();
    sleep(call.takes).await;
    began
}

/// All calls of an evening, each when it comes.
async fn evening(
    calls: &[Call],
    desks: usize,
    priority: fn(&Call) -> Priority,
) -> Result<Evening<'_>, Failure<std::convert::Infallible>> {
    let Some(first) = calls.first().map(|call| call.came) else {
        return Ok(Evening::new(Vec::new()));
    };
    // One orchestrator for all: its runs share the limit.
    let orchestrator = Orchestrator::new().max_concurrency(desks);
    let clock = Clock {
        first,
        began: Instant::now(),
    };
    let runs = calls.iter().map(async |call| {
        sleep_until(clock.at(call.came)).await;
        let take = Take {
            clock,
            call,
            priority: priority(call),
        };
        let began = take.run(&orchestrator).await?;
        Ok(began.map(|began| Served { call, began }))
    });
    let served: Result<Vec<_>, _> = join_all(runs).await.into_iter().collect();
    Ok(Evening::new(served?.into_iter().flatten().collect()))
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> ExitCode {
    let request = match Request::parse(std::env::args_os().skip(1)) {
        Ok(Some(request)) => request,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    match report(&request).await {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn report(request: &Request) -> Result<String, String> {
    println!("{}\n", Take::PLAN);
    let calls = calls::read(&request.calls).map_err(|error| explained(&error))?;
    let desks = request.desks.get();
    let told = |failure: Failure<_>| format!("{failure:#}");
    let urgent_first = evening(&calls, desks, |call| call.priority)
        .await
        .map_err(told)?;
    let equal = evening(&calls, desks, |_| Priority::Normal)
        .await
        .map_err(told)?;
    Ok(format!(
        "{urgent_first}\n\n{}",
        report::compared(&urgent_first, &equal)
    ))
}

/// An error and all that it comes from, on one line.
fn explained(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

// The parts, in files of their own.
#[path = "emergency/calls.rs"]
mod calls;
#[path = "emergency/options.rs"]
mod options;
#[path = "emergency/report.rs"]
mod report;
#[cfg(test)]
#[path = "emergency/tests.rs"]
mod tests;
