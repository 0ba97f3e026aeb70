//! Which options can never work: alone, together, or on such a step.

use std::time::Duration;

use syn::Ident;

use super::{Message, listed, new};

// What the run gives to a step.

pub(crate) fn last_reserved(name: &Ident) -> Message {
    new(format!(
        "`{name}` is reserved for the feedback of a step with `repeat`"
    ))
    .help("a step with `repeat` that names `last` among its inputs is given what it produced before; choose another name here")
}

pub(crate) fn last_outside() -> Message {
    new("`last` is only there in a step with `repeat`").help(
        "it is what the step produced when it ran before: add `#[repeat(max = 3, until = expr)]`, or read something else",
    )
}

pub(crate) fn last_in_flow() -> Message {
    new("a flow cannot read `last`").help(
        "what a flow reads is an input or an output; let an ordinary step make the next attempt",
    )
}

/// `move last`, or `move item`.
pub(crate) fn given_by_value(name: &Ident) -> Message {
    new(format!("`{name}` cannot be moved")).help(format!(
        "the step is lent it by the run: write `{name}` without `move`"
    ))
}

pub(crate) fn item_reserved(item: &Ident) -> Message {
    new(format!("an item cannot be called `{item}`")).help(format!(
        "`{item}` is reserved for what the run gives to a step; choose another name"
    ))
}

pub(crate) fn item_taken(item: &Ident, step: &Ident) -> Message {
    new(format!(
        "`{item}` is already the name of an input of step `{step}`"
    ))
    .help(
        "the item is an input of the body too; give it a name of its own: `#[each(item in items)]`",
    )
}

// Running again.

pub(crate) fn retry_unsafe(step: &Ident) -> Message {
    new(format!(
        "`retry` on step `{step}`, which is not declared idempotent: a second attempt may repeat its effects"
    ))
    .help("where running it twice does no harm, add `#[idempotent]`; otherwise remove `retry`")
}

pub(crate) fn cache_unsafe(step: &Ident) -> Message {
    new(format!(
        "`cache` on step `{step}`, which is not declared idempotent: a hit would skip its effects"
    ))
    .help("where running it twice, or not at all, does no harm, add `#[idempotent]`; otherwise remove `cache`")
}

pub(crate) fn moved_again(option: &Ident, value: &Ident, step: &Ident) -> Message {
    new(format!(
        "`{value}` is moved into step `{step}`, whose body may run more than once"
    ))
    .help(format!(
        "with `{option}`, the body needs its inputs again: read `{value}` without `move`, and clone it in the body if need be"
    ))
}

pub(crate) fn moved_and_wanted(option: &Ident, value: &Ident, step: &Ident) -> Message {
    new(format!(
        "`{value}` is moved into step `{step}`, so `{option}` cannot read it afterwards"
    ))
    .help(format!(
        "the expression is made after the body has run: read `{value}` without `move`"
    ))
}

pub(crate) fn moved_and_maybe(option: &Ident, value: &str, step: &Ident, mover: &Ident) -> Message {
    let (why, gets) = if option == "when" {
        ("may not run", "an `Option`")
    } else {
        ("may fail", "a `Result`")
    };
    new(format!(
        "`{value}` is moved into step `{mover}`, but step `{step}` {why}: with `{option}` there may be nothing to move"
    ))
    .help(format!("let `{mover}` read it without `move`: it gets {gets}"))
}

// Failing.

pub(crate) fn optional_and_default(step: &Ident) -> Message {
    new(format!(
        "step `{step}` has both `optional` and `default`, which are two answers to one failure"
    ))
    .help("with `default`, the run goes on with a value; with `optional`, readers get a `Result`; keep one of them")
}

pub(crate) fn cannot_fail(option: &str, step: &Ident) -> Message {
    new(format!("`{option}` on step `{step}`, which cannot fail")).help(format!(
        "a step fails when it returns an `Err`: let `{step}` return a `Result`, or remove `{option}`"
    ))
}

pub(crate) fn irreversible_and_rollback(step: &Ident) -> Message {
    new(format!(
        "step `{step}` has both `rollback` and `irreversible`"
    ))
    .help("a step is undone by its `rollback`, or says why it cannot be undone; keep one of them")
}

pub(crate) fn no_time(what: &str) -> Message {
    new(format!("the {what} is 0: nothing could end in time"))
        .help("write a time such as `250ms` or `10s`; without the option there is no limit")
}

pub(crate) fn rollback_and_cache(cache: &Ident, step: &Ident) -> Message {
    new(format!(
        "step `{step}` has both `{cache}` and `rollback`: a hit does nothing, so there is nothing to undo"
    ))
    .help("cache what has no effects in a step of its own; keep one of them here")
}

/// `cx` or `last`, in a rollback.
pub(crate) fn gone_when_undone(word: &Ident) -> Message {
    new(format!(
        "`{word}` is not there in a rollback: it is gone when the step is undone"
    ))
    .help("a rollback sees the inputs that the workflow gives to the step, and the step's output")
}

pub(crate) fn error_is_taken(option: &Ident, step: &Ident) -> Message {
    new(format!(
        "step `{step}` reads an input called `error`, and its `{option}` means why the step failed by that name"
    ))
    .help("rename the input")
}

pub(crate) fn critical_idempotent(step: &Ident, is_plain: bool) -> Message {
    let why = if is_plain {
        "a plain `fn` is idempotent by itself: make it a `tool fn` if it has effects"
    } else {
        "keep `idempotent` or `critical`"
    };
    new(format!(
        "`critical` on step `{step}`, which is idempotent: there is nothing to approve"
    ))
    .help("`critical` asks a person before effects that cannot be repeated")
    .help(why)
}

pub(crate) fn quorum_of_none(step: &Ident) -> Message {
    new(format!(
        "`quorum` on step `{step}`, which reads no optional output"
    ))
    .help("a quorum says how many of the optional inputs must have succeeded: declare the steps that may fail `#[optional]`")
}

pub(crate) fn quorum_too_large(wanted: u64, optional: usize, step: &Ident) -> Message {
    let outputs = if optional == 1 { "output" } else { "outputs" };
    new(format!(
        "a quorum of {wanted} on step `{step}`, which reads {optional} optional {outputs}"
    ))
    .help(format!(
        "it could never be reached: ask for {optional} at most"
    ))
}

// Items.

pub(crate) fn batch_without_each(step: &Ident) -> Message {
    new(format!("`batch` on step `{step}`, which has no `each`"))
        .help("a batch gathers items: say of what with `#[each(item in items)]`")
}

pub(crate) fn batch_of_kind(step: &Ident, kind: &str) -> Message {
    new(format!(
        "`batch` on step `{step}`, which is of kind `{kind}`"
    ))
    .help("only a body can be given many items at once: remove `batch`")
}

pub(crate) fn batch_of_run(input: &Ident, step: &Ident) -> Message {
    let message = new(format!(
        "`{input}` belongs to one run, but step `{step}` answers several runs at once"
    ));
    if input == "cx" || input == "last" {
        return message.help(format!(
            "with `batch`, items of other runs come along: do without `{input}`"
        ));
    }
    message.help(format!("with `batch`, items of other runs come along, and they would be answered with this run's `{input}`: put it into the items, or let the workflow take it as a reference"))
}

pub(crate) fn each_of_unknown(items: &Ident, step: &Ident, inputs: &[&str]) -> Message {
    let message = new(format!("`{items}` is not an input of step `{step}`"));
    if inputs.is_empty() {
        return message.help(format!(
            "`each` goes over an input: `fn {step}({items}) {{ .. }}`"
        ));
    }
    message.help(format!(
        "`each` goes over an input: add `{items}` to them, or go over one of {}",
        listed(inputs)
    ))
}

pub(crate) fn items_moved(items: &Ident, step: &Ident) -> Message {
    new(format!(
        "`{items}` cannot be moved into step `{step}`, which goes over it"
    ))
    .help(format!(
        "with `each`, the body is lent one item after the other: read `{items}` without `move`"
    ))
}

// Apart from the run.

pub(crate) fn spawn_and_blocking(step: &Ident) -> Message {
    new(format!("step `{step}` has both `spawn` and `blocking`"))
        .help("`spawn` makes it a task of the executor; `blocking` gives its body a thread to hold, for as long as it likes; keep one of them")
}

pub(crate) fn flow_apart(option: &Ident, step: &Ident) -> Message {
    new(format!("`{option}` on step `{step}`, which runs a workflow"))
        .help(format!("only a body runs apart from its run: put `#[{option}]` on those steps inside that workflow which compute"))
}

pub(crate) fn blocking_waits(step: &Ident, kind: &str) -> Message {
    new(format!(
        "`blocking` on step `{step}`, whose body is that of an async `{kind} fn`"
    ))
    .help("only a plain `fn` holds its thread: write `fn` without a kind, or `#[spawn]` for a task of its own")
}

/// `is_input`: of the workflow.
pub(crate) fn borrowed_apart(
    option: &Ident,
    value: &Ident,
    step: &Ident,
    is_input: bool,
) -> Message {
    let message = new(format!(
        "`{value}` is borrowed, but step `{step}` may outlive what it borrows from"
    ))
    .help(format!(
        "with `{option}`, a body runs apart from its run, which may be dropped meanwhile"
    ));
    if is_input {
        message.help(format!("let the workflow take `{value}` by value, or as an `Arc` where it is needed afterwards: readers get a `&` all the same"))
    } else {
        message.help(format!(
            "let the step that produces `{value}` return what owns its parts"
        ))
    }
}

/// `param`: a type parameter of the workflow.
pub(crate) fn generic_apart(option: &Ident, param: &str, step: &Ident) -> Message {
    new(format!(
        "`{param}` may borrow, but step `{step}` may outlive what it borrows from"
    ))
    .help(format!(
        "with `{option}`, a body runs apart from its run, which may be dropped meanwhile"
    ))
    .help(format!("add `'static` to the bounds of `{param}`"))
}

pub(crate) fn returns_borrow_apart(option: &Ident, step: &Ident) -> Message {
    new(format!(
        "step `{step}` returns what is borrowed, but runs apart from what it borrows from"
    ))
    .help(format!(
        "with `{option}`, inputs are shared with the body only while it runs: return what owns its parts"
    ))
}

// Time.

pub(crate) fn timeout_beyond(
    step: &Ident,
    timeout: Duration,
    workflow: &Ident,
    deadline: Duration,
) -> Message {
    new(format!(
        "one attempt of step `{step}` may take {}, but workflow `{workflow}` has a deadline of {}",
        time(timeout),
        time(deadline)
    ))
    .help("a run ends at its deadline, so this time-out is never reached: make it shorter, or the deadline longer")
}

pub(crate) fn attempts_beyond(
    step: &Ident,
    attempts: u64,
    altogether: Duration,
    workflow: &Ident,
    deadline: Duration,
) -> Message {
    new(format!(
        "{attempts} attempts of step `{step}` may take {}, but workflow `{workflow}` has a deadline of {}",
        time(altogether),
        time(deadline)
    ))
    .help("that is every attempt to its time-out, with the waits between them")
    .help("a run ends at its deadline: allow fewer attempts or less time, or make the deadline longer")
}

/// A time as its author would write it.
fn time(time: Duration) -> String {
    let (seconds, rest) = (time.as_secs(), time.subsec_nanos());
    match (seconds / 3_600, seconds / 60) {
        (hours @ 1.., _) if rest == 0 && seconds % 3_600 == 0 => format!("{hours}h"),
        (_, minutes @ 2..) if rest == 0 && seconds % 60 == 0 => format!("{minutes}m"),
        _ => format!("{time:?}"),
    }
}

// People.

pub(crate) fn human_option(option: &Ident, step: &Ident) -> Message {
    new(format!(
        "`{option}` makes no sense on `human` step `{step}`"
    ))
    .help("a person is asked once, and answers in their own time: remove it")
    .help("`timeout`, `default` and `optional` say what happens without an answer")
}

// Undoing.

/// How a step that can fail stands to one that cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fails {
    After,
    Beside,
}

pub(crate) fn not_undone(step: &Ident, other: &Ident, how: Fails, why: &str) -> Message {
    let line = match how {
        Fails::After => {
            format!("step `{step}` cannot be undone, but `{other}` can still fail after it")
        }
        Fails::Beside => {
            format!("step `{step}` cannot be undone, but `{other}` can fail beside it")
        }
    };
    new(line)
        .help(format!("in a `#[saga]` workflow, a step that has run is undone when another one fails, and `{other}` {why}"))
        .help("add `#[rollback(expr)]`, or `#[idempotent]` where running it twice does no harm, or `#[irreversible = \"why\"]`")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::time;

    #[test]
    fn times_are_written_as_they_are_read() {
        let written = [1, 250, 1_500, 60_000, 90_000, 600_000, 3_600_000, 3_661_000]
            .map(|millis| time(Duration::from_millis(millis)));
        assert_eq!(
            written,
            ["1ms", "250ms", "1.5s", "60s", "90s", "10m", "1h", "3661s"]
        );
        assert_eq!(time(Duration::ZERO), "0ns");
    }
}
