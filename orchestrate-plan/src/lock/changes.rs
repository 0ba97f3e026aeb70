//! What follows from the difference of two locks.

mod path;
mod rename;

use core::fmt;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) use path::seconds;

use super::{
    Lock, Locked, LockedStep,
    text::{counted, read},
};

/// What is different between two [`Lock`]s, in sentences.
///
/// Printed, it has a line for each, below the name of the workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    list: Vec<Change>,
}

/// One difference: a part of [`Changes`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The name of the workflow, of those that the lock lists.
    pub workflow: String,
    /// What it does to a run.
    pub effect: Effect,
    /// What is different.
    pub what: String,
}

/// What a [`Change`] does to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// It takes longer, or fewer steps run at the same time.
    Worse,
    /// It takes less time, or more steps run at the same time.
    Better,
    /// Neither follows from it.
    Other,
}

impl Changes {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them, in the order of the workflows.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Change> {
        self.list.iter()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut workflow = None;
        for change in &self.list {
            if workflow != Some(&change.workflow) {
                let gap = if workflow.is_none() { "" } else { "\n" };
                write!(f, "{gap}{}", change.workflow)?;
                workflow = Some(&change.workflow);
            }
            let effect = match change.effect {
                Effect::Worse => "worse",
                Effect::Better => "better",
                Effect::Other => "also",
            };
            write!(f, "\n  {effect}: {}", change.what)?;
        }
        Ok(())
    }
}

pub(super) fn changes(before: &Lock, now: &Lock) -> Changes {
    let mut list = Vec::new();
    let find = |lock: &'_ Lock, name: &str| lock.plans.iter().any(|plan| plan.name == name);
    for plan in &now.plans {
        let mut sink = Sink {
            workflow: &plan.name,
            list: &mut list,
        };
        match before.plans.iter().find(|other| other.name == plan.name) {
            Some(other) => compare(other, plan, "", &mut sink),
            None => sink.say(Effect::Other, "it is new".to_owned()),
        }
    }
    for plan in before.plans.iter().filter(|plan| !find(now, &plan.name)) {
        let mut sink = Sink {
            workflow: &plan.name,
            list: &mut list,
        };
        sink.say(Effect::Other, "it is gone".to_owned());
    }
    Changes { list }
}

/// Where changes go.
struct Sink<'s> {
    workflow: &'s str,
    list: &'s mut Vec<Change>,
}

impl Sink<'_> {
    /// What is a part of another sentence already is not said again.
    fn say(&mut self, effect: Effect, what: String) {
        let mut told = self
            .list
            .iter()
            .filter(|told| told.workflow == self.workflow);
        if effect == Effect::Other && told.any(|told| told.what.contains(&what)) {
            return;
        }
        self.list.push(Change {
            workflow: self.workflow.to_owned(),
            effect,
            what,
        });
    }
}

/// `prefix`: of the paths of the steps, for a workflow inside.
fn compare(before: &Locked, now: &Locked, prefix: &str, sink: &mut Sink<'_>) {
    let renamed = rename::renamed(before, now);
    let before = &rename::apply(before, &renamed);
    path::compare(before, now, prefix, sink);
    for (old, new) in &renamed {
        sink.say(
            Effect::Other,
            format!("`{prefix}{old}` is now called `{prefix}{new}`"),
        );
    }
    parallel(before, now, prefix, sink);
    let of = of(prefix);
    let count = |plan: &Locked| plan.batches.len();
    if count(before) != count(now) {
        let effect = if count(before) < count(now) {
            Effect::Worse
        } else {
            Effect::Better
        };
        sink.say(
            effect,
            format!("batches{of} {} -> {}", count(before), count(now)),
        );
    }
    options_of_workflow(before, now, &of, sink);
    let (old, new) = (by_name(before), by_name(now));
    for name in new.keys().filter(|name| !old.contains_key(*name)) {
        sink.say(Effect::Other, format!("`{prefix}{name}` is new"));
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        sink.say(Effect::Other, format!("`{prefix}{name}` is gone"));
    }
    for (name, step) in new {
        if let Some(other) = old.get(name) {
            compare_steps(other, step, &format!("{prefix}{name}"), sink);
        }
    }
}

/// ` of ..`, for a workflow inside.
fn of(prefix: &str) -> String {
    match prefix.strip_suffix('/') {
        None => String::new(),
        Some(path) => format!(" of `{path}`"),
    }
}

fn by_name(plan: &Locked) -> BTreeMap<&str, &LockedStep> {
    plan.steps()
        .map(|step| (step.name.as_str(), step))
        .collect()
}

fn options_of_workflow(before: &Locked, now: &Locked, of: &str, sink: &mut Sink<'_>) {
    for (one, other, verb, strict) in [
        (now, before, "now has", Effect::Worse),
        (before, now, "no longer has", Effect::Better),
    ] {
        for option in one
            .options
            .iter()
            .filter(|option| !other.options.contains(option))
        {
            let effect = if option.starts_with("strict") {
                strict
            } else {
                Effect::Other
            };
            let who = of.strip_prefix(" of ").unwrap_or("the workflow");
            sink.say(effect, format!("{who} {verb} {option}"));
        }
    }
}

/// What is different about a step itself.
fn compare_steps(before: &LockedStep, now: &LockedStep, path: &str, sink: &mut Sink<'_>) {
    if before.kind != now.kind {
        let (old, new) = (&before.kind, &now.kind);
        sink.say(
            Effect::Other,
            format!("`{path}` is a step of kind `{new}` now, not `{old}`"),
        );
    }
    let missing = |one: &LockedStep, other: &LockedStep| {
        let options = one
            .options
            .iter()
            .filter(|option| !other.options.contains(option));
        options
            .filter(|option| !option.starts_with(path::ESTIMATE))
            .cloned()
            .collect::<Vec<_>>()
    };
    let (gained, lost) = (missing(now, before), missing(before, now));
    for (options, verb) in [(gained, "now has"), (lost, "no longer has")] {
        if !options.is_empty() {
            sink.say(
                Effect::Other,
                format!("`{path}` {verb} {}", options.join(", ")),
            );
        }
    }
    if let Some(what) = path::estimate_change(before, now, path) {
        sink.say(Effect::Other, what);
    }
    let has_same_steps =
        before.dependencies().collect::<BTreeSet<_>>() == now.dependencies().collect();
    if has_same_steps && (&before.reads, &before.after) != (&now.reads, &now.after) {
        let reads: Vec<String> = now.reads.iter().map(read).collect();
        let reads = if reads.is_empty() {
            "nothing".to_owned()
        } else {
            reads.join(", ")
        };
        sink.say(Effect::Other, format!("`{path}` now reads {reads}"));
    }
    match (&before.flow, &now.flow) {
        (Some(old), Some(new)) if old.name == new.name => {
            compare(old, new, &format!("{path}/"), sink);
        }
        (Some(old), Some(new)) => {
            sink.say(
                Effect::Other,
                format!("`{path}` now runs `{}`, not `{}`", new.name, old.name),
            );
        }
        _ => {}
    }
}

/// What each step depends on, directly or not, by index.
struct Order<'l> {
    index: HashMap<&'l str, usize>,
    before: Vec<Vec<bool>>,
}

impl<'l> Order<'l> {
    fn new(plan: &'l Locked) -> Self {
        let steps: Vec<&LockedStep> = plan.steps().collect();
        let index: HashMap<&str, usize> = steps
            .iter()
            .enumerate()
            .map(|(index, step)| (step.name.as_str(), index))
            .collect();
        let mut before = vec![vec![false; steps.len()]; steps.len()];
        // No step stands before one that it depends on.
        for (at, step) in steps.iter().enumerate() {
            for dependency in step.dependencies().filter_map(|name| index.get(name)) {
                let (earlier, later) = before.split_at_mut(at);
                if let Some(row) = earlier.get(*dependency) {
                    for (mine, theirs) in later[0].iter_mut().zip(row) {
                        *mine |= theirs;
                    }
                }
                later[0][*dependency] = true;
            }
        }
        Self { index, before }
    }

    fn is_before(&self, earlier: &str, later: &str) -> bool {
        let known = self.index.get(earlier).zip(self.index.get(later));
        known.is_some_and(|(&earlier, &later)| self.before[later][earlier])
    }

    fn is_ordered(&self, one: &str, other: &str) -> bool {
        self.is_before(one, other) || self.is_before(other, one)
    }
}

/// With more steps than this, pairs are not counted that follow from others.
const COUNTED: usize = 1000;

/// Which steps run at the same time no longer, and which do now.
fn parallel(before: &Locked, now: &Locked, prefix: &str, sink: &mut Sink<'_>) {
    let (old, new) = (Order::new(before), Order::new(now));
    for (from, to, plan, effect, verb) in [
        (&old, &new, now, Effect::Worse, "no longer run in parallel"),
        (&new, &old, before, Effect::Better, "now run in parallel"),
    ] {
        let mut told = 0_usize;
        for step in plan
            .steps()
            .filter(|step| from.index.contains_key(step.name.as_str()))
        {
            let dependencies: BTreeSet<&str> = step.dependencies().collect();
            for dependency in dependencies {
                if from.index.contains_key(dependency) && !from.is_ordered(dependency, &step.name) {
                    told += 1;
                    sink.say(
                        effect,
                        format!("`{prefix}{dependency}` and `{prefix}{}` {verb}", step.name),
                    );
                }
            }
        }
        let shared: Vec<&str> = plan.steps().map(|step| step.name.as_str()).collect();
        if told == 0 || shared.len() > COUNTED {
            continue;
        }
        let mut all = 0;
        for (at, one) in shared
            .iter()
            .enumerate()
            .filter(|(_, one)| from.index.contains_key(**one))
        {
            for other in shared[at + 1..]
                .iter()
                .filter(|other| from.index.contains_key(**other))
            {
                if to.is_ordered(one, other) && !from.is_ordered(one, other) {
                    all += 1;
                }
            }
        }
        if all > told {
            let more = counted(all - told, "more pair");
            sink.say(effect, format!("for that reason {more} of steps {verb}"));
        }
    }
    reordered(&old, &new, before, now, prefix, sink);
}

/// Dependencies that are different, and change nothing about what runs at the same time.
fn reordered(
    old: &Order<'_>,
    new: &Order<'_>,
    before: &Locked,
    now: &Locked,
    prefix: &str,
    sink: &mut Sink<'_>,
) {
    let steps = by_name(before);
    for step in now.steps() {
        let Some(other) = steps.get(step.name.as_str()) else {
            continue;
        };
        let (name, both) = (&step.name, [&step, other]);
        let [mine, theirs] = both.map(|step| step.dependencies().collect::<BTreeSet<&str>>());
        for dependency in mine.difference(&theirs) {
            if old.is_before(name, dependency) {
                let what = format!(
                    "`{prefix}{name}` now comes after `{prefix}{dependency}`, no longer before it"
                );
                sink.say(Effect::Other, what);
            } else if old.is_ordered(name, dependency) {
                sink.say(
                    Effect::Other,
                    format!("`{prefix}{name}` now reads `{prefix}{dependency}` itself"),
                );
            }
        }
        for dependency in theirs.difference(&mine) {
            if new.is_before(dependency, name) {
                sink.say(
                    Effect::Other,
                    format!("`{prefix}{name}` no longer reads `{prefix}{dependency}` itself"),
                );
            }
        }
    }
}
