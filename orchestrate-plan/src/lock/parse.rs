//! Reads the text of a lock. Nothing that is read makes it panic.

use core::fmt;
use std::collections::HashSet;

use super::{Lock, Locked, LockedStep, Path, Read, text::unquoted};
use crate::kind::Kind;

/// Workflows that nest deeper than this are refused, because reading them takes stack.
const DEEPEST: usize = 32;

/// Why a text is no [`Lock`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl core::error::Error for LockError {}

/// The lines that say something, with their numbers and how far they stand from the left.
struct Lines<'t> {
    all: Vec<(usize, usize, &'t str)>,
    next: usize,
    /// The number of the last line, for what is missing at the end.
    last: usize,
}

impl<'t> Lines<'t> {
    /// The next line, when it stands exactly that far from the left.
    fn take_at(&mut self, left: usize) -> Option<(usize, &'t str)> {
        let &(number, indent, text) = self.all.get(self.next)?;
        (indent == left).then(|| {
            self.next += 1;
            (number, text)
        })
    }

    fn next_starts(&self, left: usize, word: &str) -> bool {
        let line = self.all.get(self.next);
        line.is_some_and(|&(_, indent, text)| indent == left && text.starts_with(word))
    }

    /// What is wrong where the next line stands.
    fn expected(&self, what: &str) -> LockError {
        match self.all.get(self.next) {
            Some(&(line, _, text)) => wrong(line, text, what),
            None => LockError {
                line: self.last,
                what: format!("expected {what}, found the end"),
            },
        }
    }
}

fn wrong(line: usize, text: &str, what: &str) -> LockError {
    let found: String = text.chars().take(60).collect();
    let found = found.escape_debug();
    let merge = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
    let marks = if merge.iter().any(|mark| text.starts_with(mark)) {
        ": a merge has left its marks"
    } else {
        ""
    };
    LockError {
        line,
        what: format!("expected {what}, found `{found}`{marks}"),
    }
}

pub(super) fn lock(text: &str) -> Result<Lock, LockError> {
    let numbered = text.lines().enumerate().map(|(index, line)| {
        let said = line.trim_start_matches(' ');
        (index + 1, line.len() - said.len(), said.trim_end())
    });
    let lines = numbered.filter(|(_, _, said)| !said.is_empty() && !said.starts_with('#'));
    let mut lines = Lines {
        all: lines.collect(),
        next: 0,
        last: text.lines().count().max(1),
    };
    let mut plans = Vec::new();
    while lines.next < lines.all.len() {
        plans.push(locked(&mut lines, 0, 1)?);
    }
    let mut names = HashSet::new();
    for plan in &plans {
        if !names.insert(plan.name.as_str()) {
            return Err(LockError {
                line: 1,
                what: format!("workflow `{}` stands there twice", plan.name),
            });
        }
    }
    Ok(Lock { plans })
}

fn locked(lines: &mut Lines<'_>, left: usize, depth: usize) -> Result<Locked, LockError> {
    if depth > DEEPEST {
        return Err(lines.expected("no further workflow this deep"));
    }
    if !lines.next_starts(left, "workflow ") {
        return Err(lines.expected("`workflow`, and its name"));
    }
    let start = lines.next;
    let Some((number, text)) = lines.take_at(left) else {
        return Err(lines.expected("`workflow`, and its name"));
    };
    let (head, options) = split_options(text);
    let name = head.strip_prefix("workflow ").and_then(unquoted);
    let name = name.ok_or_else(|| wrong(number, text, "`workflow`, and its name"))?;
    let mut plan = Locked {
        name,
        options,
        ..Locked::default()
    };
    let inner = left + 2;
    if !lines.next_starts(inner, "critical path ") {
        return if lines.next == start + 1
            && lines.all.get(lines.next).is_some_and(|line| line.1 > left)
        {
            Err(lines.expected("its `critical path`"))
        } else {
            Ok(plan)
        };
    }
    if let Some((number, text)) = lines.take_at(inner) {
        plan.path =
            path(text).ok_or_else(|| wrong(number, text, "the steps of the `critical path`"))?;
    }
    let (number, text) = lines
        .take_at(inner)
        .ok_or_else(|| lines.expected("how many batches there are"))?;
    let (batches, stages) =
        sizes(text).ok_or_else(|| wrong(number, text, "how many batches there are"))?;
    plan.stages = stages;
    while lines.next_starts(inner, "batch ") {
        let Some((number, text)) = lines.take_at(inner) else {
            break;
        };
        let expected = format!("batch {}", plan.batches.len() + 1);
        if text != expected {
            return Err(wrong(number, text, &format!("`{expected}`")));
        }
        let mut batch = Vec::new();
        while let Some((number, text)) = lines.take_at(inner + 2) {
            let mut step = step(text).ok_or_else(|| wrong(number, text, "a step"))?;
            if lines.next_starts(inner + 4, "workflow ") {
                step.flow = Some(Box::new(locked(lines, inner + 4, depth + 1)?));
            }
            batch.push(step);
        }
        if batch.is_empty() {
            return Err(lines.expected("a step"));
        }
        plan.batches.push(batch);
    }
    if plan.batches.len() != batches {
        return Err(lines.expected(&format!("`batch {}` of {batches}", plan.batches.len() + 1)));
    }
    check(&plan).map_err(|what| LockError { line: number, what })?;
    Ok(plan)
}

/// Whether steps depend on steps that are there, in earlier batches.
fn check(plan: &Locked) -> Result<(), String> {
    let mut earlier: HashSet<&str> = HashSet::new();
    for batch in &plan.batches {
        for step in batch {
            if let Some(unknown) = step.dependencies().find(|before| !earlier.contains(before)) {
                return Err(format!(
                    "step `{}` depends on `{unknown}`, which is in no earlier batch",
                    step.name
                ));
            }
        }
        for step in batch {
            if !earlier.insert(&step.name) {
                return Err(format!("step `{}` stands there twice", step.name));
            }
        }
    }
    Ok(())
}

fn split_options(text: &str) -> (&str, Vec<String>) {
    match text.split_once(" | ") {
        None => (text, Vec::new()),
        Some((head, options)) => (head, options.split(", ").map(str::to_owned).collect()),
    }
}

/// `critical path 4.6s, 2 steps: files -> review`, and the same without a time.
fn path(text: &str) -> Option<Path> {
    let (head, steps) = text.strip_prefix("critical path ")?.split_once(": ")?;
    let (time, count) = match head.split_once(", ") {
        Some((time, count)) => (Some(time), count),
        None => (None, head),
    };
    let steps: Option<Vec<String>> = steps.split(" -> ").map(unquoted_path).collect();
    let steps = steps?;
    let is_counted = count.split(' ').next()? == steps.len().to_string();
    if !is_counted || time.is_some_and(|time| super::changes::seconds(time).is_none()) {
        return None;
    }
    Some(Path {
        time: time.map(str::to_owned),
        steps,
    })
}

fn unquoted_path(path: &str) -> Option<String> {
    let steps: Option<Vec<String>> = path.split('/').map(unquoted).collect();
    Some(steps?.join("/"))
}

/// `4 batches in 2 stages`.
fn sizes(text: &str) -> Option<(usize, usize)> {
    let (batches, stages) = text.split_once(" in ")?;
    let number = |text: &str| text.split(' ').next()?.parse().ok();
    Some((number(batches)?, number(stages)?))
}

/// `agent review <- files, split.head after lint | retry 3, timeout 10s`.
fn step(text: &str) -> Option<LockedStep> {
    let (head, options) = split_options(text);
    let (head, after) = match head.split_once(" after ") {
        Some((head, after)) => (head, names(after, unquoted)?),
        None => (head, Vec::new()),
    };
    let (head, reads) = match head.split_once(" <- ") {
        Some((head, reads)) => (head, names(reads, read)?),
        None => (head, Vec::new()),
    };
    let (kind, name) = head.split_once(' ')?;
    Kind::ALL.iter().find(|known| known.word() == kind)?;
    Some(LockedStep {
        name: unquoted(name)?,
        kind: kind.to_owned(),
        reads,
        after,
        options,
        flow: None,
    })
}

fn names<T>(text: &str, one: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(", ").map(one).collect()
}

fn read(text: &str) -> Option<Read> {
    Some(match text.split_once('.') {
        None => Read {
            step: unquoted(text)?,
            value: None,
        },
        Some((step, value)) => Read {
            step: unquoted(step)?,
            value: Some(unquoted(value)?),
        },
    })
}
