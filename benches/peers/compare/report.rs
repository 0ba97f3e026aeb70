//! All that was measured, and of what.

use std::collections::BTreeMap;

use orchestrate_peers::version;
use serde::Serialize;

use crate::{about::About, figures::Figures, options::Options};

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) about: About,
    /// Whether there were so few rounds that times say nothing.
    pub(crate) quick: bool,
    /// By package: those that were measured, and tokio, which runs them all.
    pub(crate) versions: BTreeMap<&'static str, &'static str>,
    pub(crate) cells: Vec<Figures>,
}

impl Report {
    pub(crate) fn of(options: &Options, cells: Vec<Figures>) -> Self {
        let packages = options.contenders.iter().map(|contender| contender.package);
        Self {
            about: About::now(),
            quick: options.quick,
            versions: packages
                .chain(["tokio"])
                .filter_map(|package| Some((package, version(package)?)))
                .collect(),
            cells,
        }
    }
}
