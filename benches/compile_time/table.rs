//! What is printed.

use crate::{
    Costs, Row,
    rustc::{Cost, Profile},
};

pub(crate) fn head(nothing: &[Cost], profiles: &[Profile]) {
    for (cost, profile) in nothing.iter().zip(profiles) {
        println!(
            "a crate without steps, {profile}: {:.3} s of rustc (taken off below), {:.3} s of cargo",
            cost.cpu, cost.wall
        );
    }
    println!(
        "{:12} {:>5} {:8} | {:6} {:>7} {:>7} {:>6} | {:>7} {:>7} | {:>8} {:>8} | {:>6} {:>6}",
        "shape",
        "steps",
        "profile",
        "best",
        "hand s",
        "ours s",
        "ratio",
        "wait h",
        "wait o",
        "expand h",
        "expand o",
        "MiB h",
        "MiB o",
    );
}

pub(crate) fn row(row: &Row) {
    for costs in &row.profiles {
        let Costs {
            profile,
            hand,
            best,
            ours,
        } = costs;
        println!(
            "{:12} {:>5} {:8} | {:6} {:>7.3} {:>7.3} {:>6.2} | {:>7.2} {:>7.2} | {:>5.0} ms {:>5.0} ms | {:>6.0} {:>6.0}",
            row.shape.name,
            row.shape.steps(),
            profile.to_string(),
            best.name(),
            hand.cpu,
            ours.cpu,
            ours.cpu / hand.cpu,
            hand.wall,
            ours.wall,
            hand.expand * 1e3,
            ours.expand * 1e3,
            hand.memory,
            ours.memory,
        );
    }
}

/// How the time grows from a hundred steps to a thousand, where both have been measured.
pub(crate) fn growth(rows: &[Row]) {
    let grown = rows.iter().filter(|row| row.size == 1000);
    for large in grown {
        let small = rows
            .iter()
            .find(|row| row.kind == large.kind && row.size == 100);
        let Some(small) = small else { continue };
        for (from, to) in small.profiles.iter().zip(&large.profiles) {
            println!(
                "{:12} {:8} time of {} steps / time of {}: by hand {:.1}, ours {:.1}",
                large.kind,
                to.profile.to_string(),
                large.shape.steps(),
                small.shape.steps(),
                to.hand.cpu / from.hand.cpu,
                to.ours.cpu / from.ours.cpu,
            );
        }
    }
}
