//! Why the critical path is longer, or shorter.

use std::collections::BTreeMap;

use super::{Effect, Sink, by_name, of};
use crate::lock::{Locked, LockedStep, text::counted};

/// How the word of an estimate begins.
pub(super) const ESTIMATE: &str = "estimate ";

/// At most so many reasons are given.
const REASONS: usize = 3;

pub(super) fn compare(before: &Locked, now: &Locked, prefix: &str, sink: &mut Sink<'_>) {
    let (old, new) = (&before.path, &now.path);
    let of = of(prefix);
    let sizes = |old: &str, new: &str| format!("critical path{of} {old} -> {new}");
    let number = |time: &Option<String>| time.as_deref().and_then(seconds);
    let (what, is_longer) = match (number(&old.time), number(&new.time)) {
        (Some(was), Some(is)) if old.time != new.time => {
            let time = |time: &Option<String>| time.clone().unwrap_or_default();
            (sizes(&time(&old.time), &time(&new.time)), is > was)
        }
        (None, None) if old.steps.len() != new.steps.len() => {
            let size = |steps: &[String]| counted(steps.len(), "step");
            (
                sizes(&size(&old.steps), &size(&new.steps)),
                new.steps.len() > old.steps.len(),
            )
        }
        (was, is) if was.is_some() != is.is_some() => {
            let size = |time: &Option<String>| {
                time.clone()
                    .unwrap_or_else(|| "without estimates".to_owned())
            };
            sink.say(Effect::Other, sizes(&size(&old.time), &size(&new.time)));
            return;
        }
        _ => {
            if old.steps != new.steps {
                sink.say(
                    Effect::Other,
                    format!(
                        "critical path{of} is as long as before, now over {}",
                        new.steps.join(" -> ")
                    ),
                );
            }
            return;
        }
    };
    let reasons = if is_longer {
        reasons(before, now, &new.steps, prefix, true)
    } else {
        reasons(now, before, &old.steps, prefix, false)
    };
    let effect = if is_longer {
        Effect::Worse
    } else {
        Effect::Better
    };
    sink.say(effect, format!("{what}: {reasons}"));
}

/// Why there is a path in one of the plans that is not in the other. `is_longer`: it is there now,
/// and not before.
fn reasons(
    without: &Locked,
    with: &Locked,
    path: &[String],
    prefix: &str,
    is_longer: bool,
) -> String {
    let (without_steps, with_steps) = (by_name(without), by_name(with));
    let mut steps: Vec<&str> = path
        .iter()
        .map(|step| step.split('/').next().unwrap_or(step))
        .collect();
    steps.dedup();
    let mut reasons = Vec::new();
    for (at, name) in steps.iter().enumerate() {
        let shown = format!("`{prefix}{name}`");
        let Some(other) = without_steps.get(name) else {
            reasons.push(format!(
                "{shown} is {}",
                if is_longer { "new" } else { "gone" }
            ));
            continue;
        };
        let previous = at.checked_sub(1).map(|at| steps[at]);
        if let Some(previous) = previous.filter(|previous| without_steps.contains_key(previous))
            && other
                .dependencies()
                .all(|dependency| dependency != previous)
        {
            let verb = if is_longer {
                "now waits"
            } else {
                "no longer waits"
            };
            reasons.push(format!("{shown} {verb} for `{prefix}{previous}`"));
        }
        reasons.extend(of_step(
            other,
            &with_steps,
            name,
            &format!("{prefix}{name}"),
            is_longer,
        ));
    }
    if reasons.is_empty() {
        return format!(
            "now over {}",
            if is_longer { path } else { &without.path.steps }.join(" -> ")
        );
    }
    reasons.truncate(REASONS);
    reasons.join(", ")
}

/// What is different about how long a step takes.
fn of_step(
    without: &LockedStep,
    with: &BTreeMap<&str, &LockedStep>,
    name: &str,
    path: &str,
    is_longer: bool,
) -> Option<String> {
    let with = with.get(name)?;
    let (before, now) = if is_longer {
        (without, *with)
    } else {
        (*with, without)
    };
    if let Some(change) = estimate_change(before, now, path) {
        return Some(change);
    }
    let inside = |step: &LockedStep| step.flow.as_ref()?.path.time.as_deref().and_then(seconds);
    let (was, is) = (inside(before)?, inside(now)?);
    let words = if is > was {
        "takes longer inside"
    } else {
        "takes less time inside"
    };
    ((is - was).abs() > f64::EPSILON).then(|| format!("`{path}` {words}"))
}

/// `` `lint` is estimated at 550ms, no longer 400ms``.
pub(super) fn estimate_change(before: &LockedStep, now: &LockedStep, path: &str) -> Option<String> {
    let estimate = |step: &LockedStep| {
        let word = step
            .options
            .iter()
            .find_map(|option| option.strip_prefix(ESTIMATE));
        word.map(str::to_owned)
    };
    match (estimate(before), estimate(now)) {
        (old, new) if old == new => None,
        (Some(old), Some(new)) => Some(format!("`{path}` is estimated at {new}, no longer {old}")),
        (None, Some(new)) => Some(format!("`{path}` is now estimated at {new}")),
        (Some(_), None) => Some(format!("`{path}` has no estimate any more")),
        (None, None) => None,
    }
}

/// A time as it is written: `250ms`, `1m 30s`. None for what is no such time.
pub(in crate::lock) fn seconds(text: &str) -> Option<f64> {
    let units = [
        ("ns", 1e-9),
        ("µs", 1e-6),
        ("ms", 1e-3),
        ("h", 3600.0),
        ("m", 60.0),
        ("s", 1.0),
    ];
    let mut sum = 0.0;
    for part in text.split(' ') {
        let (number, unit) = units
            .iter()
            .find_map(|(unit, size)| Some((part.strip_suffix(unit)?, size)))?;
        let is_number = number.starts_with(|first: char| first.is_ascii_digit())
            && number
                .chars()
                .all(|sign| sign.is_ascii_digit() || sign == '.');
        sum += is_number.then(|| number.parse::<f64>().ok())?? * unit;
    }
    Some(sum)
}
