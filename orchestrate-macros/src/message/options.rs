//! How options are written.

use orchestrate_plan::nearest;
use syn::Ident;

use super::{Message, listed, meant, new};

/// What an option looks like.
pub(crate) fn form(option: &Ident) -> Message {
    let option = option.to_string();
    match option.as_str() {
        "after" => super::after_form(),
        "retry" => new("expected how many times it is tried: `#[retry(3)]`")
            .help("with all its settings: `#[retry(attempts = 3, backoff = 100ms, max_backoff = 5s, jitter, when = expr)]`"),
        "timeout" => new("expected how long an attempt may take: `#[timeout(10s)]`")
            .help("or by how long its runs have taken so far: `#[timeout(adaptive, start = 30s)]`"),
        "cache" => new("expected `#[cache]`, or settings of it: `#[cache(ttl = 1h, capacity = 256, key = expr)]`"),
        "fallback" => new("expected what is tried when the step has failed: `#[fallback(expr)]`"),
        "default" => new("expected the value to go on with: `#[default(expr)]`"),
        "rollback" => new("expected what undoes the step: `#[rollback(expr)]`"),
        "when" => new("expected a condition: `#[when(expr)]`"),
        "irreversible" => new("expected why the step cannot be undone: `#[irreversible = \"reason\"]`"),
        "quorum" => new("expected how many of the optional inputs must have succeeded: `#[quorum(2)]`"),
        "each" => new("expected the name of an item, and the input that they are in: `#[each(item in items)]`")
            .help("with a bound: `#[each(item in items, concurrency = 8)]`"),
        "batch" => new("expected how many items the body gets at most: `#[batch(size = 50)]`")
            .help("with all its settings: `#[batch(size = 50, wait = 2ms)]`"),
        "repeat" => new("expected a bound and a condition: `#[repeat(max = 3, until = expr)]`"),
        "breaker" => new("expected `#[breaker]`, or settings of it: `#[breaker(name = \"server\", failures = 5, cooldown = 60s)]`"),
        "priority" => new("expected `#[priority(high)]`").help(PRIORITIES),
        "uses" => new("expected resources, and how much of each: `#[uses(gpu = 1, disk = 2)]`"),
        "requires" => new("expected permissions: `#[requires(\"db:write\", \"db:read\")]`"),
        "estimate" => new("expected how long the step takes: `#[estimate(400ms)]`"),
        "deadline" => new("expected how long a run may take: `#[deadline(60s)]`"),
        "crate" => super::facade_form(),
        "schedule" => super::schedule_form(),
        flag => new(format!("expected `#[{flag}]`: it has no settings")),
    }
}

const PRIORITIES: &str = "the priorities: `low`, `normal`, `high`, `critical`";

/// Tokens where an attribute should be.
pub(crate) fn not_an_attribute() -> Message {
    new("expected an option or an attribute: `#[name]`, `#[name(..)]` or `#[name = \"text\"]`")
}

/// An option of steps on a workflow, or the other way round.
pub(crate) fn elsewhere(option: &str, of: &str, not_of: &str) -> Message {
    new(format!("`{option}` is an option of {of}, not of {not_of}")).help(match option {
        "deadline" => "an attempt of a step is bounded by `#[timeout(10s)]`".to_owned(),
        "timeout" => "a whole run is bounded by `#[deadline(60s)]`".to_owned(),
        _ => format!("put it on {of}"),
    })
}

pub(crate) fn unknown_setting(option: &Ident, word: &Ident, legal: &[&str]) -> Message {
    let said = word.to_string();
    let near = nearest(&said, legal.iter().copied());
    let message = new(format!(
        "unknown setting `{said}` of `{option}`{}",
        meant(&near)
    ));
    if legal.is_empty() {
        message.help(form(option).line)
    } else {
        message.help(format!("the settings of `{option}`: {}", listed(legal)))
    }
}

pub(crate) fn no_value(setting: &Ident) -> Message {
    new(format!("`{setting}` has no value")).help(format!("write `{setting} = value`"))
}

pub(crate) fn flag_with_value(flag: &Ident) -> Message {
    new(format!("`{flag}` takes no value")).help(format!("write `{flag}` alone"))
}

pub(crate) fn no_count(name: &str) -> Message {
    new(format!("`{name}` is 0, but must be at least 1"))
}

pub(crate) fn not_a_count(name: &str) -> Message {
    new(format!("`{name}` is a whole number")).help("such as `3`, or an expression for one")
}

/// Where not even an expression will do.
pub(crate) fn not_a_number(name: &Ident) -> Message {
    new(format!(
        "how much of `{name}` is a number, not an expression"
    ))
    .help("what a step uses is checked before anything runs")
}

pub(crate) fn not_a_time(name: &str) -> Message {
    new(format!("`{name}` is a time: `250ms`, `10s`, `5m` or `1h`")).help(TIMES)
}

const TIMES: &str = "or an expression of the type `Duration`";

pub(crate) fn no_unit(digits: &str) -> Message {
    new(format!("`{digits}` is a time without a unit")).help(format!(
        "write `{digits}ms`, `{digits}s`, `{digits}m` or `{digits}h`"
    ))
}

pub(crate) fn unknown_unit(digits: &str, unit: &str) -> Message {
    let meant = match unit {
        "sec" | "secs" | "second" | "seconds" => Some("s"),
        "min" | "mins" | "minute" | "minutes" => Some("m"),
        "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "msec" | "msecs" | "milli" | "millis" | "mS" => Some("ms"),
        _ => None,
    };
    let hint = meant.map_or_else(String::new, |meant| {
        format!("; did you mean `{digits}{meant}`?")
    });
    new(format!("unknown unit of time `{unit}`{hint}"))
        .help("the units of time: `ms`, `s`, `m`, `h`")
        .help("any other time is an expression of the type `Duration`")
}

pub(crate) fn time_too_long(text: &str) -> Message {
    new(format!("`{text}` is longer than any `Duration`"))
}

pub(crate) fn no_bound() -> Message {
    new("`repeat` has no bound: it could go on for ever")
        .help("say how many times at most: `#[repeat(max = 3, until = expr)]`")
}

pub(crate) fn not_a_name() -> Message {
    new("the name of a breaker is a string: `name = \"server\"`")
        .help("all steps whose breaker has this name share it")
}

pub(crate) fn unknown_priority(word: &str, near: &[String]) -> Message {
    new(format!("unknown priority `{word}`{}", meant(near))).help(PRIORITIES)
}
