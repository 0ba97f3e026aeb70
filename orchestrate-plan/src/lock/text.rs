//! How a lock is written. [`parse`](super::parse) reads it.

use core::fmt;

use super::{Lock, Locked, LockedStep, Read};

/// The first lines of every lock.
const HEAD: &str = "\
# The plans of some workflows, for reviews. `orchestrated::lock!` wrote this file, and compares it.
# Do not edit it: `ORCHESTRATED_UPDATE=1 cargo test` writes it anew.
";

pub(super) fn lock(lock: &Lock, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(HEAD)?;
    for plan in &lock.plans {
        f.write_str("\n")?;
        locked(plan, f, 0)?;
    }
    Ok(())
}

/// `left`: how far its first line stands from the left.
fn locked(plan: &Locked, f: &mut fmt::Formatter<'_>, left: usize) -> fmt::Result {
    let Locked {
        name,
        options,
        path,
        stages,
        batches,
    } = plan;
    let inner = left + 2;
    write!(f, "{:left$}workflow {}", "", quoted(name))?;
    asks(options, f)?;
    if batches.is_empty() {
        return Ok(());
    }
    write!(f, "{:inner$}critical path ", "")?;
    if let Some(time) = &path.time {
        write!(f, "{time}, ")?;
    }
    let steps: Vec<String> = path.steps.iter().map(|step| path_of(step)).collect();
    writeln!(
        f,
        "{}: {}",
        counted(steps.len(), "step"),
        steps.join(" -> ")
    )?;
    let batches_word = if batches.len() == 1 {
        "batch"
    } else {
        "batches"
    };
    writeln!(
        f,
        "{:inner$}{} {batches_word} in {}",
        "",
        batches.len(),
        counted(*stages, "stage")
    )?;
    for (number, batch) in batches.iter().enumerate() {
        writeln!(f, "{:inner$}batch {}", "", number + 1)?;
        for step in batch {
            self::step(step, f, inner + 2)?;
        }
    }
    Ok(())
}

fn step(step: &LockedStep, f: &mut fmt::Formatter<'_>, left: usize) -> fmt::Result {
    let LockedStep {
        name,
        kind,
        reads,
        after,
        options,
        flow,
    } = step;
    write!(f, "{:left$}{kind} {}", "", quoted(name))?;
    if !reads.is_empty() {
        let reads: Vec<String> = reads.iter().map(read).collect();
        write!(f, " <- {}", reads.join(", "))?;
    }
    if !after.is_empty() {
        let after: Vec<String> = after.iter().map(|step| quoted(step)).collect();
        write!(f, " after {}", after.join(", "))?;
    }
    asks(options, f)?;
    match flow {
        Some(flow) => locked(flow, f, left + 2),
        None => Ok(()),
    }
}

/// The rest of a line.
fn asks(options: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if options.is_empty() {
        f.write_str("\n")
    } else {
        writeln!(f, " | {}", options.join(", "))
    }
}

/// A value that a step reads: `files`, or `split.head` where it is not called like its step.
pub(super) fn read(read: &Read) -> String {
    match &read.value {
        None => quoted(&read.step),
        Some(value) => format!("{}.{}", quoted(&read.step), quoted(value)),
    }
}

/// The path of a step, with `/` in it for one of a workflow inside.
fn path_of(path: &str) -> String {
    let steps: Vec<String> = path.split('/').map(quoted).collect();
    steps.join("/")
}

pub(super) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// A name as it may stand between the signs of a lock. Names of Rust stay as they are; what else is
/// in a name, as a plan of a run-time graph may have it, is written as its number: `%20` is a space.
pub(super) fn quoted(name: &str) -> String {
    use core::fmt::Write as _;
    let mut text = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_alphanumeric() || matches!(letter, '_' | ':' | '-') {
            text.push(letter);
        } else {
            // Writing to a string does not fail.
            let _ = write!(text, "%{:x};", u32::from(letter));
        }
    }
    if text.is_empty() {
        "%;".to_owned()
    } else {
        text
    }
}

/// The name that was [`quoted`].
pub(super) fn unquoted(text: &str) -> Option<String> {
    let mut name = String::with_capacity(text.len());
    let mut left = text;
    if left == "%;" {
        return Some(name);
    }
    if left.is_empty() {
        return None;
    }
    while let Some(letter) = left.chars().next() {
        left = &left[letter.len_utf8()..];
        if letter == '%' {
            let (number, rest) = left.split_once(';')?;
            name.push(char::from_u32(u32::from_str_radix(number, 16).ok()?)?);
            left = rest;
        } else if letter.is_alphanumeric() || matches!(letter, '_' | ':' | '-') {
            name.push(letter);
        } else {
            return None;
        }
    }
    Some(name)
}
