//! Analyses the sales of a shop: queries an `SQLite` database and two feeds, joins them, works figures out for three
//! regions side by side, draws a chart, stores a report.
//!
//! ```text
//! cargo run --example data_analytics                # the data that this example ships: 60,000 events
//! cargo run --example data_analytics -- ./my-data   # other data of the same form
//! ```
//!
//! This file holds the workflow and starts it. What the steps do is ordinary Rust, in the modules named below.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{path::PathBuf, process::ExitCode};

use orchestrated::workflow;

use crate::{
    error::AnalyticsError,
    feeds::{Demographics, Markets},
    figures::Figures,
    join::Partition,
    options::{HELP, Request, Task},
    warehouse::{Event, User, Warehouse},
};

workflow! {
    /// Works the figures of a half-year out, and stores a chart and a report.
    workflow DataAnalytics(warehouse: &Warehouse, request: &Request) -> Result<PathBuf, AnalyticsError> {
        #[estimate(2ms)]
        tool fn users(warehouse) -> Result<Vec<User>, AnalyticsError> {
            warehouse.users().await
        }

        #[estimate(70ms)]

        tool fn events(warehouse) -> Result<Vec<Event>, AnalyticsError> {
            warehouse.events().await
        }

        #[estimate(1ms)]

        tool fn demographics(request) -> Result<Demographics, AnalyticsError> {
            feeds::demographics(&request.data).await
        }

        #[estimate(5ms)]

        tool fn market(request) -> Result<Markets, AnalyticsError> {
            feeds::market(&request.data).await
        }

        /// Nobody else reads the four sources, so the join takes them over: nothing is copied.
        #[estimate(35ms)]
        tool fn join(move users, move events, move demographics, move market)
            -> Result<(americas: Partition, asia_pacific: Partition, europe: Partition), AnalyticsError>
        {
            join::by_region(users, events, demographics, market).await
        }

        /// The figures of the regions are computed side by side: each is a task, and takes a core.
        #[estimate(10ms)]
        #[spawn]
        fn americas_figures(move americas) -> Figures {
            figures::of(&americas)
        }

        #[estimate(5ms)]
        #[spawn]
        fn asia_pacific_figures(move asia_pacific) -> Figures {
            figures::of(&asia_pacific)
        }

        #[estimate(10ms)]
        #[spawn]
        fn europe_figures(move europe) -> Figures {
            figures::of(&europe)
        }

        /// Drawing takes a few milliseconds: a plain function will do.
        #[estimate(1ms)]
        fn chart(americas_figures, asia_pacific_figures, europe_figures) -> Result<String, AnalyticsError> {
            chart::svg([americas_figures, asia_pacific_figures, europe_figures])
        }

        /// Stores the chart, then the report that shows it, each whole or not at all.
        #[estimate(10ms)]
        tool fn stored(request, americas_figures, asia_pacific_figures, europe_figures, move chart)
            -> Result<PathBuf, AnalyticsError>
        {
            let regions = [americas_figures, asia_pacific_figures, europe_figures];
            let page = report::markdown(regions, "chart.svg");
            store::store(&request.out.join("chart.svg"), chart).await?;
            let path = request.out.join("report.md");
            store::store(&path, page).await?;
            Ok(path)
        }

        Ok(stored)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Task::parse(std::env::args_os().skip(1)) {
        Ok(Task::Help) => {
            print!("{HELP}");
            Ok(())
        }
        Ok(Task::Generate(folder)) => generate::write(&folder).map_err(|error| explained(&error)),
        Ok(Task::Analyse(request)) => analyse(&request).await,
        Err(error) => Err(format!("{error}\n\n{HELP}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn analyse(request: &Request) -> Result<(), String> {
    let warehouse = Warehouse::build(&request.data)
        .await
        .map_err(|error| explained(&error))?;
    let analysis = DataAnalytics {
        warehouse: &warehouse,
        request,
    };
    if let Some(report) = request.seeing.run(analysis).await? {
        println!("report: {}", report.display());
    }
    Ok(())
}

/// An error and all that it comes from, on one line.
fn explained(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

// The parts, in files of their own.
#[path = "data_analytics/chart.rs"]
mod chart;
#[path = "data_analytics/error.rs"]
mod error;
#[path = "data_analytics/feeds.rs"]
mod feeds;
#[path = "data_analytics/figures.rs"]
mod figures;
#[path = "data_analytics/generate.rs"]
mod generate;
#[path = "data_analytics/join.rs"]
mod join;
#[path = "data_analytics/options.rs"]
mod options;
#[path = "data_analytics/report.rs"]
mod report;
#[path = "data_analytics/rows.rs"]
mod rows;
#[path = "shared/seeing.rs"]
mod seeing;
#[path = "shared/store.rs"]
mod store;
#[cfg(test)]
#[path = "data_analytics/tests.rs"]
mod tests;
#[path = "shared/text.rs"]
mod text;
#[path = "data_analytics/warehouse.rs"]
mod warehouse;
