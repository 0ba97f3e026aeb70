//! Steps that have another name, and are the same otherwise.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::lock::{Locked, LockedStep};

/// The old name of each step that has another one now, and that: those of which there is no doubt.
pub(super) fn renamed(before: &Locked, now: &Locked) -> BTreeMap<String, String> {
    let only_in = |one: &Locked, other: &Locked| {
        let names: BTreeSet<&str> = other.steps().map(|step| step.name.as_str()).collect();
        let only = one
            .steps()
            .filter(|step| !names.contains(step.name.as_str()));
        only.cloned().collect::<Vec<LockedStep>>()
    };
    let (gone, new) = (only_in(before, now), only_in(now, before));
    if gone.is_empty() || new.is_empty() {
        return BTreeMap::new();
    }
    let (old_readers, new_readers) = (readers(before), readers(now));
    let is_same = |old: &LockedStep, new: &LockedStep| {
        let dependencies = |step: &LockedStep| {
            step.dependencies()
                .map(str::to_owned)
                .collect::<BTreeSet<_>>()
        };
        old.kind == new.kind
            && old.options == new.options
            && old.flow == new.flow
            && dependencies(old) == dependencies(new)
            && old_readers.get(&*old.name) == new_readers.get(&*new.name)
    };
    let candidates = gone.iter().filter_map(|old| {
        let mut same = new.iter().filter(|new| is_same(old, new));
        let only = same.next().filter(|_| same.next().is_none())?;
        let is_its_own = gone.iter().filter(|other| is_same(other, only)).count() == 1;
        is_its_own.then(|| (old.name.clone(), only.name.clone()))
    });
    candidates.collect()
}

/// The steps that depend on each.
fn readers(plan: &Locked) -> HashMap<&str, BTreeSet<&str>> {
    let mut readers: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for step in plan.steps() {
        for dependency in step.dependencies() {
            readers.entry(dependency).or_default().insert(&step.name);
        }
    }
    readers
}

/// The plan with the new names.
pub(super) fn apply(plan: &Locked, renamed: &BTreeMap<String, String>) -> Locked {
    let mut plan = plan.clone();
    if renamed.is_empty() {
        return plan;
    }
    let rename = |name: &mut String| {
        if let Some(new) = renamed.get(name) {
            name.clone_from(new);
        }
    };
    for step in plan.batches.iter_mut().flatten() {
        rename(&mut step.name);
        step.reads
            .iter_mut()
            .for_each(|read| rename(&mut read.step));
        step.after.iter_mut().for_each(rename);
        step.reads.sort();
        step.after.sort();
    }
    for path in &mut plan.path.steps {
        let (step, inside) = match path.split_once('/') {
            Some((step, inside)) => (step, Some(inside)),
            None => (path.as_str(), None),
        };
        if let Some(new) = renamed.get(step) {
            *path = inside.map_or(new.clone(), |inside| format!("{new}/{inside}"));
        }
    }
    plan
}
