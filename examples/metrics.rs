//! Checks the pages of a book over and over, and serves what that took to Prometheus.
//!
//! ```text
//! cargo run --features metrics --example metrics                            # the book of this library, looked at twice
//! cargo run --features metrics --example metrics -- --rounds 3 my/folder    # other pages
//! cargo run --features metrics --example metrics -- --listen 127.0.0.1:9090 --serve
//! ```
//!
//! It is a service as small as one can be: each page is a run of one orchestrator, at most four at once, and what has been
//! read is remembered for a minute. `Metrics` records it all through the `metrics` facade; an exporter turns that into
//! text, and a few lines over a socket serve it at `/metrics`. Then it scrapes itself, as Prometheus would, and prints what
//! it was given.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{path::PathBuf, process::ExitCode};

use futures::future::join_all;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusRecorder};
use orchestrated::{Metrics, Orchestrator};
use tokio::net::TcpListener;

use crate::{
    options::{HELP, Request},
    pages::{Look, Page, PageError},
};

/// The bounds of the buckets of times, in seconds.
const BUCKETS: [f64; 6] = [0.000_1, 0.001, 0.01, 0.1, 1.0, 10.0];

/// What collects the metrics.
fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let times = Matcher::Suffix("_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(times, &BUCKETS)?;
    Ok(builder.build_recorder())
}

/// Looks at every page once.
async fn look(
    orchestrator: &Orchestrator,
    paths: &[PathBuf],
) -> Vec<Result<Page, orchestrated::Failure<PageError>>> {
    let runs = paths.iter().map(|path| Look { path }.run(orchestrator));
    join_all(runs).await
}

#[tokio::main(flavor = "current_thread")]
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
    match serve(&request).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(request: &Request) -> Result<(), String> {
    let paths = pages::paths(&request.folder).map_err(|error| error.to_string())?;
    let recorder = recorder().map_err(|error| error.to_string())?;
    let prometheus = recorder.handle();
    let orchestrator = Orchestrator::new()
        .max_concurrency(4)
        .observer(Metrics::with_recorder(recorder));

    let address = request.listen;
    let unable = |error| format!("unable to listen at {address}: {error}");
    let listener = TcpListener::bind(address).await.map_err(unable)?;
    let address = listener.local_addr().map_err(unable)?;
    let server = tokio::spawn(server::serve(listener, move || prometheus.render()));

    for round in 1..=request.rounds.get() {
        println!("round {round}");
        for looked in look(&orchestrator, &paths).await {
            match looked {
                Ok(page) => println!("  {page}"),
                Err(failure) => println!("  {failure}"),
            }
        }
    }

    println!("\nhttp://{address}/metrics\n");
    let metrics = server::scrape(address, "/metrics").await;
    println!(
        "{}",
        metrics.map_err(|error| format!("unable to scrape {address}: {error}"))?
    );
    if request.serve {
        println!("Serving until it is stopped.");
        server.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[path = "metrics/options.rs"]
mod options;
#[path = "metrics/pages.rs"]
mod pages;
#[path = "metrics/server.rs"]
mod server;
#[cfg(test)]
#[path = "metrics/tests.rs"]
mod tests;
