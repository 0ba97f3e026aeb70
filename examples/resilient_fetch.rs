//! Fetches weather bulletins from servers that are slow, flaky and down by turns, and tells what it took.
//!
//! ```text
//! cargo run --example resilient_fetch                                # 40 bulletins, 4 at a time
//! cargo run --example resilient_fetch -- --runs 200 --at-once 16
//! cargo run --example resilient_fetch -- --without-mirror            # and see what cannot be made good
//! ```
//!
//! The servers are real ones, on loopback: this program starts them. What they do with a request goes by how many they have
//! seen, so each run of the program meets the same trouble. This file holds the workflow and starts it; the servers are in
//! `resilient_fetch/schedule.rs` and `resilient_fetch/server.rs`.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{process::ExitCode, time::Duration};

use futures::StreamExt as _;
use orchestrated::{Orchestrator, workflow};
use tokio::time::Instant;

use crate::{
    bulletin::{Page, Reading, Station},
    error::FetchError,
    options::{HELP, Request},
    report::Report,
    world::World,
};

/// How long a server may take to answer, as long as nobody knows how long it usually does.
const PATIENCE: Duration = Duration::from_millis(250);

// What happens when a server is slow, busy or down is said beside the step that asks it, and nowhere else: the bodies ask
// once, and hand on what goes wrong.
workflow! {
    /// Asks three servers for all that a bulletin needs.
    #[deadline(30s)]
    workflow Bulletin(world: &World) -> Result<Page, FetchError> {
        /// Which stations there are. This server is busy now and then, and has an answer a moment later.
        #[idempotent]
        #[timeout(adaptive, start = PATIENCE)]
        #[retry(attempts = 3, backoff = 2ms, when = error.is_temporary())]
        #[fallback(Station::list(&world.mirrored(cx, "/stations").await?))]
        mcp fn stations(world, cx) -> Result<Vec<Station>, FetchError> {
            Station::list(&world.fetch(cx, &world.weather, "/stations").await?)
        }

        /// What each of them has measured. Some requests are never answered, and one station is unknown to this server: that
        /// is not worth a second attempt, but the mirror knows it.
        #[each(station in stations, concurrency = 3)]
        #[idempotent]
        #[timeout(adaptive, start = PATIENCE)]
        #[retry(attempts = 2, backoff = 2ms, when = error.is_temporary())]
        #[fallback(Reading::old(station, &world.mirrored(cx, &station.path()).await?))]
        mcp fn readings(world, stations, cx) -> Result<Reading, FetchError> {
            Reading::new(station, &world.fetch(cx, &world.weather, &station.path()).await?)
        }

        /// The map never changes: one of all the runs fetches it.
        #[idempotent]
        #[cache(ttl = 1h, capacity = 1, key = ())]
        mcp fn map(world, cx) -> Result<String, FetchError> {
            world.fetch(cx, &world.weather, "/map").await
        }

        /// The office is down for a while. Both steps that ask it share what they know of that; and a bulletin without a
        /// forecast is a bulletin.
        #[optional]
        #[breaker(name = "office", failures = 3, cooldown = 30ms)]
        mcp fn forecast(world, cx) -> Result<String, FetchError> {
            world.fetch(cx, &world.office, "/forecast").await
        }

        /// Warnings must say something in any case.
        #[default(world.without(error, "no word from the office: look out of the window"))]
        #[breaker(name = "office", failures = 3, cooldown = 30ms)]
        mcp fn warnings(world, cx) -> Result<String, FetchError> {
            world.fetch(cx, &world.office, "/warnings").await
        }

        /// The bulletin, from what there is.
        fn page(world, move readings, map, forecast, move warnings) -> Page {
            let forecast = match forecast {
                Ok(forecast) => Some(forecast.clone()),
                Err(failure) => world.without(failure, None),
            };
            Page { readings, map_bytes: map.len(), forecast, warnings }
        }

        Ok(page)
    }
}

/// Makes the bulletins, and tells of it.
async fn fetch(world: &World, request: &Request) -> Report {
    let (orchestrator, started) = (Orchestrator::new(), Instant::now());
    let runs = futures::stream::iter(0..request.runs);
    let runs = runs.map(|_| Bulletin { world }.run(&orchestrator));
    let ended = runs.buffer_unordered(request.at_once).collect().await;
    Report::new(world, ended, started.elapsed(), &orchestrator.history())
}

#[tokio::main]
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
    let world = match World::on_loopback(request.has_mirror).await {
        Ok(world) => world,
        Err(error) => {
            eprintln!("error: cannot start a server on loopback: {error}");
            return ExitCode::FAILURE;
        }
    };

    println!("{}", Bulletin::PLAN);
    let report = fetch(&world, &request).await;
    println!("{report}");
    if let Some(failure) = report.failure() {
        eprintln!("error: {failure}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

// The parts, in files of their own.
#[path = "resilient_fetch/bulletin.rs"]
mod bulletin;
#[path = "resilient_fetch/client.rs"]
mod client;
#[path = "resilient_fetch/error.rs"]
mod error;
#[path = "resilient_fetch/ledger.rs"]
mod ledger;
#[path = "resilient_fetch/options.rs"]
mod options;
#[path = "resilient_fetch/report.rs"]
mod report;
#[path = "resilient_fetch/schedule.rs"]
mod schedule;
#[path = "resilient_fetch/server.rs"]
mod server;
#[path = "resilient_fetch/table.rs"]
mod table;
#[cfg(test)]
#[path = "resilient_fetch/tests.rs"]
mod tests;
#[path = "shared/text.rs"]
mod text;
#[path = "resilient_fetch/world.rs"]
mod world;
