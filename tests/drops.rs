//! When what a run holds is dropped: an output after its last reader, and not at the end of the run.

use std::{
    cell::RefCell,
    future::Future,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use orchestrated::{Failure, Orchestrator, workflow};

/// What has happened, in order.
type Log = Rc<RefCell<Vec<String>>>;

/// Says when it is dropped.
#[derive(Debug)]
struct Value {
    name: &'static str,
    log: Log,
}

impl Drop for Value {
    fn drop(&mut self) {
        say(&self.log, &format!("{} is dropped", self.name));
    }
}

fn say(log: &Log, what: &str) {
    log.borrow_mut().push(what.to_owned());
}

/// A step: it starts, waits for one poll, and makes a value.
async fn make(log: &Log, name: &'static str) -> Value {
    say(log, &format!("{name} starts"));
    yield_now().await;
    Value {
        name,
        log: Rc::clone(log),
    }
}

async fn yield_now() {
    let mut waited = false;
    std::future::poll_fn(|cx| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
}

/// Asserts that all of these have happened, in this order; something else may have happened between.
#[track_caller]
fn in_order(log: &Log, expected: &[&str]) {
    let log = log.borrow();
    let mut rest = log.iter();
    for one in expected {
        assert!(
            rest.any(|entry| entry == one),
            "`{one}` is missing, or comes too early, in {log:#?}"
        );
    }
}

/// Asserts that this has happened exactly so often.
#[track_caller]
fn times(log: &Log, what: &str, expected: usize) {
    let log = log.borrow();
    let seen = log.iter().filter(|entry| *entry == what).count();
    assert_eq!(seen, expected, "`{what}` in {log:#?}");
}

workflow! {
    /// Each output is read by the next step alone.
    workflow Chain(log: &Log) -> &'static str {
        tool fn a(log) -> Value { make(log, "a").await }
        tool fn b(log, a) -> Value { let _ = a; make(log, "b").await }
        tool fn c(log, b) -> Value { let _ = b; make(log, "c").await }
        tool fn d(log, c) -> Value { let _ = c; make(log, "d").await }

        d.name
    }

    /// Stages of one batch, where each step reads all of the batch before.
    workflow Batches(log: &Log) -> &'static str {
        tool fn a(log) -> Value { make(log, "a").await }
        tool fn b(log) -> Value { make(log, "b").await }
        tool fn c(log, a, b) -> Value { let _ = (a, b); make(log, "c").await }
        tool fn d(log, a, b) -> Value { let _ = (a, b); make(log, "d").await }
        tool fn e(log, c, d) -> Value { let _ = (c, d); make(log, "e").await }
        tool fn f(log, c, d) -> Value { let _ = (c, d); make(log, "f").await }

        [e.name, f.name][1]
    }

    /// A stage of several batches, and a step after it.
    workflow Dataflow(log: &Log) -> &'static str {
        tool fn a(log) -> Value { make(log, "a").await }
        tool fn b(log) -> Value { make(log, "b").await }
        tool fn after_a(log, a) -> Value { let _ = a; make(log, "after_a").await }
        tool fn end(log, b, after_a) -> Value { let _ = (b, after_a); make(log, "end").await }
        tool fn last(log, end) -> Value { let _ = end; make(log, "last").await }

        last.name
    }

    /// `kept` is for the last expression, and `long` for a step two stages later.
    workflow Kept(log: &Log) -> Value {
        tool fn kept(log) -> Value { make(log, "kept").await }
        tool fn long(log, kept) -> Value { let _ = kept; make(log, "long").await }
        tool fn short(log, long) -> Value { let _ = long; make(log, "short").await }
        tool fn reads(log, long, short) -> Value { let _ = (long, short); make(log, "reads").await }
        tool fn last(log, reads) { let _ = reads; drop(make(log, "last").await); }

        say(log, "the last expression");
        kept
    }

    /// `view` holds a reference to `text`, which no step reads any more when `view` is read.
    workflow Borrowed(log: &Log) -> usize {
        tool fn text(log) -> Value { make(log, "text").await }
        tool fn view(text) -> &Value { yield_now().await; text }
        tool fn between(log, view) -> Value { let _ = view; make(log, "between").await }
        tool fn length(log, view, between) -> usize {
            let _ = between;
            say(log, "length starts");
            view.name.len()
        }

        length
    }

    workflow Fails(log: &Log, input: Value) -> Result<&'static str, &'static str> {
        tool fn a(log, input) -> Value { let _ = input; make(log, "a").await }
        tool fn b(log, a) -> Value { let _ = a; make(log, "b").await }
        tool fn c(b) -> Result<Value, &'static str> { let _ = b; Err("as it should") }
        tool fn d(log, a, c) -> Value { let _ = (a, c); make(log, "d").await }

        Ok(d.name)
    }

    /// The input is a value, and read by the first step alone.
    workflow Input(log: &Log, input: Value) -> &'static str {
        tool fn a(log, input) -> Value { let _ = input; make(log, "a").await }
        tool fn b(log, a) -> Value { let _ = a; make(log, "b").await }
        tool fn c(log, b) -> Value { let _ = b; make(log, "c").await }

        c.name
    }

    /// `whole` is moved: it is dropped by the step that has it, and only there.
    workflow Moved(log: &Log) -> &'static str {
        tool fn whole(log) -> Value { make(log, "whole").await }
        tool fn taken(log, move whole) -> &'static str {
            let name = whole.name;
            drop(whole);
            say(log, "taken ends");
            name
        }
        tool fn last(log, taken) -> &'static str { say(log, "last starts"); taken }

        last
    }

    /// Nobody reads `_side`.
    workflow Unread(log: &Log) -> &'static str {
        tool fn _side(log) -> Value { make(log, "side").await }
        #[after(_side)]
        tool fn b(log) -> Value { make(log, "b").await }
        tool fn c(log, b) -> Value { let _ = b; make(log, "c").await }

        c.name
    }
}

#[test]
fn an_output_of_a_chain_is_gone_when_the_step_after_its_reader_starts() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    let name = drive(Chain { log: &log }.run(&orchestrator)).unwrap();
    assert_eq!(name, "d");
    in_order(
        &log,
        &[
            "a starts",
            "b starts",
            "a is dropped",
            "c starts",
            "b is dropped",
            "d starts",
        ],
    );
    for name in ["a", "b", "c", "d"] {
        times(&log, &format!("{name} is dropped"), 1);
    }
}

#[test]
fn the_outputs_of_a_batch_are_gone_two_batches_later() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    let name = drive(Batches { log: &log }.run(&orchestrator)).unwrap();
    assert_eq!(name, "f");
    for value in ["a", "b"] {
        for step in ["e", "f"] {
            in_order(
                &log,
                &[
                    "c starts",
                    &format!("{value} is dropped"),
                    &format!("{step} starts"),
                ],
            );
        }
        times(&log, &format!("{value} is dropped"), 1);
    }
}

#[test]
fn the_outputs_of_a_dataflow_are_gone_when_the_next_stage_starts() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    let name = drive(Dataflow { log: &log }.run(&orchestrator)).unwrap();
    assert_eq!(name, "last");
    // All that comes after `after_a` comes after `a`, too: its stage ends there.
    in_order(&log, &["after_a starts", "a is dropped", "end starts"]);
    for value in ["b", "after_a"] {
        in_order(
            &log,
            &["end starts", &format!("{value} is dropped"), "last starts"],
        );
    }
    for value in ["a", "b", "after_a"] {
        times(&log, &format!("{value} is dropped"), 1);
    }
}

#[test]
fn what_is_still_read_lives_as_long_as_that_takes() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    let kept = drive(Kept { log: &log }.run(&orchestrator)).unwrap();
    assert_eq!(kept.name, "kept");
    in_order(
        &log,
        &[
            "reads starts",
            "long is dropped",
            "last starts",
            "the last expression",
        ],
    );
    times(&log, "kept is dropped", 0);
    drop(kept);
    times(&log, "kept is dropped", 1);
}

#[test]
fn what_a_later_output_borrows_from_lives_as_long_as_that() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    let length = drive(Borrowed { log: &log }.run(&orchestrator)).unwrap();
    assert_eq!(length, 4);
    in_order(
        &log,
        &[
            "text starts",
            "between starts",
            "length starts",
            "text is dropped",
        ],
    );
    times(&log, "text is dropped", 1);
}

#[test]
fn a_run_that_fails_drops_all_that_it_holds() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    let input = Value {
        name: "input",
        log: Rc::clone(&log),
    };
    let failure: Failure<_> = drive(Fails { log: &log, input }.run(&orchestrator)).unwrap_err();
    assert_eq!(failure.step(), Some("c"));
    for value in ["input", "a", "b"] {
        times(&log, &format!("{value} is dropped"), 1);
    }
    times(&log, "d starts", 0);
}

#[test]
fn a_run_that_is_dropped_drops_all_that_it_holds() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    {
        let mut run = pin!(Chain { log: &log }.run(&orchestrator));
        let mut cx = Context::from_waker(Waker::noop());
        // Once more than `a` needs, so that `b` is waiting.
        assert!(run.as_mut().poll(&mut cx).is_pending());
        assert!(run.as_mut().poll(&mut cx).is_pending());
        in_order(&log, &["b starts"]);
    }
    times(&log, "a is dropped", 1);
    times(&log, "b is dropped", 0);
}

#[test]
fn an_input_by_value_is_gone_after_its_last_reader() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    let input = Value {
        name: "input",
        log: Rc::clone(&log),
    };
    let name = drive(Input { log: &log, input }.run(&orchestrator)).unwrap();
    assert_eq!(name, "c");
    in_order(&log, &["a starts", "input is dropped", "b starts"]);
    times(&log, "input is dropped", 1);
}

#[test]
fn a_moved_value_is_dropped_by_the_step_that_took_it() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    let name = drive(Moved { log: &log }.run(&orchestrator)).unwrap();
    assert_eq!(name, "whole");
    in_order(&log, &["whole is dropped", "taken ends", "last starts"]);
    times(&log, "whole is dropped", 1);
}

#[test]
fn what_nobody_reads_is_gone_when_the_next_stage_starts() {
    let log = Log::default();
    let orchestrator = Orchestrator::new();
    let name = drive(Unread { log: &log }.run(&orchestrator)).unwrap();
    assert_eq!(name, "c");
    in_order(&log, &["side is dropped", "b starts"]);
    times(&log, "side is dropped", 1);
}
