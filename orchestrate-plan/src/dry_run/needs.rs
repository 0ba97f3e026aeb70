//! What a run takes and asks for.

use std::collections::BTreeMap;

use super::{Estimates, peak::peak};
use crate::plan::Plan;

/// What a workflow needs of who runs it, with the workflows inside: a part of a
/// [`DryRun`](crate::DryRun).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Needs {
    /// What its steps take while they run, by name.
    pub resources: Vec<ResourceNeed>,
    /// What must be granted, by name.
    pub permissions: Vec<PermissionNeed>,
    /// The paths of the steps that ask a person.
    pub people: Vec<String>,
}

/// A resource that steps take: `#[uses(gpu = 1)]`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ResourceNeed {
    /// Its name.
    pub name: String,
    /// The most that a single attempt at a step takes: with less, the workflow cannot run.
    pub least: usize,
    /// The most that steps can take at the same time: with more, nobody waits for it. None where
    /// that grows with the number of items of a step with `each`.
    ///
    /// Of a resource that more than 128 steps of one workflow take, it is a bound: more than is ever
    /// taken, perhaps.
    pub at_once: Option<usize>,
    /// The paths of the steps that take it.
    pub steps: Vec<String>,
}

/// A permission that steps ask for: `#[requires("db:write")]`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PermissionNeed {
    /// Its name.
    pub name: String,
    /// The paths of the steps that ask for it.
    pub steps: Vec<String>,
}

/// While it is put together: by name.
#[derive(Default)]
struct Gathered {
    resources: BTreeMap<String, ResourceNeed>,
    permissions: BTreeMap<String, Vec<String>>,
    people: Vec<String>,
}

/// `prefix`: of the paths of its steps.
pub(super) fn needs(plan: &Plan, estimates: &Estimates, prefix: &str) -> Needs {
    let gathered = gather(plan, estimates, prefix);
    let permissions = gathered.permissions.into_iter();
    Needs {
        resources: gathered.resources.into_values().collect(),
        permissions: permissions
            .map(|(name, steps)| PermissionNeed { name, steps })
            .collect(),
        people: gathered.people,
    }
}

fn gather(plan: &Plan, estimates: &Estimates, prefix: &str) -> Gathered {
    let mut all = Gathered::default();
    // How much each step takes at the same time, by resource.
    let mut takes: BTreeMap<String, Vec<(usize, Option<usize>)>> = BTreeMap::new();
    for (index, step) in plan.steps().iter().enumerate() {
        let options = step.options();
        let path = format!("{prefix}{}", step.name());
        let mut own: BTreeMap<String, ResourceNeed> = BTreeMap::new();
        for (name, amount) in options.uses() {
            let need = own.entry(name.to_owned()).or_insert_with(|| none(name));
            need.least = need.least.saturating_add(amount);
            need.at_once = Some(need.least);
            need.steps = vec![path.clone()];
        }
        for permission in options.requires() {
            let steps = all.permissions.entry(permission.to_owned()).or_default();
            if !steps.contains(&path) {
                steps.push(path.clone());
            }
        }
        if options.needs_approval() {
            all.people.push(path.clone());
        }
        if let Some(flow) = step.flow() {
            let inside = gather(flow, estimates, &format!("{path}/"));
            for (name, need) in inside.resources {
                let own = own.entry(name.clone()).or_insert_with(|| none(&name));
                own.least = own.least.max(need.least);
                own.at_once = plus(own.at_once, need.at_once);
                own.steps.extend(need.steps);
            }
            for (name, steps) in inside.permissions {
                all.permissions.entry(name).or_default().extend(steps);
            }
            all.people.extend(inside.people);
        }
        let items = side_by_side(options, estimates.items_of(&path));
        for (name, need) in own {
            let at_once = items.zip(need.at_once);
            let at_once = at_once.map(|(items, amount)| amount.saturating_mul(items));
            takes
                .entry(name.clone())
                .or_default()
                .push((index, at_once));
            let whole = all
                .resources
                .entry(name.clone())
                .or_insert_with(|| none(&name));
            whole.least = whole.least.max(need.least);
            whole.steps.extend(need.steps);
        }
    }
    for (name, takes) in takes {
        let known: Option<Vec<(usize, usize)>> = takes
            .into_iter()
            .map(|(step, amount)| Some((step, amount?)))
            .collect();
        if let Some(need) = all.resources.get_mut(&name) {
            need.at_once = known.map(|takes| peak(plan, &takes));
        }
    }
    all
}

/// How many items run at the same time, at most; 1 for a step without `each`.
fn side_by_side(options: &crate::Options, items: Option<u32>) -> Option<usize> {
    if !options.is_per_item() {
        return Some(1);
    }
    let items = items.map(|items| usize::try_from(items).unwrap_or(usize::MAX));
    match (items, options.concurrency()) {
        (Some(items), Some(concurrency)) => Some(items.min(concurrency)),
        (items, concurrency) => items.or(concurrency),
    }
}

fn plus(one: Option<usize>, other: Option<usize>) -> Option<usize> {
    one.zip(other).map(|(one, other)| one.saturating_add(other))
}

fn none(name: &str) -> ResourceNeed {
    ResourceNeed {
        name: name.to_owned(),
        least: 0,
        at_once: Some(0),
        steps: Vec::new(),
    }
}
