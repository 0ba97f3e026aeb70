//! What is drawn and what is written, of runs that are told of by hand.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use expect_test::{Expect, expect};
use indicatif::{InMemoryTerm, ProgressDrawTarget};
use orchestrate_plan::{Graph, Kind, Node, Plan};
use tokio::time::Instant;

use super::{
    Ink, Plain, Progress,
    block::Size,
    drawn::{Drawn, Screen, size_of},
};
use crate::{
    Cause, Event, Fault, Observer as _, RunOutcome, StepOutcome, UndoOutcome, Wait,
    observe::{
        EventKind,
        told::{
            attempted, attempts, begins, ends, event, fails, finishes, is_done, progresses,
            release, review, starts, undoes, waits, wide,
        },
    },
};

/// A terminal in memory: what it shows can be read.
struct Memory(InMemoryTerm);

impl Screen for Memory {
    fn target(&self) -> ProgressDrawTarget {
        ProgressDrawTarget::term_like(Box::new(self.0.clone()))
    }

    fn size(&self) -> Size {
        size_of(&self.0)
    }
}

/// A progress that is drawn to such a terminal, and the moment at which its clock was started.
struct Seen {
    drawn: Drawn,
    term: InMemoryTerm,
    zero: Instant,
}

impl Seen {
    fn on(rows: u16, columns: u16, colours: bool) -> Self {
        let term = InMemoryTerm::new(rows, columns);
        let drawn = Drawn::on(Box::new(Memory(term.clone())), Ink { colours });
        let zero = Instant::now();
        Self { drawn, term, zero }
    }

    fn tell(&mut self, events: impl IntoIterator<Item = Event>) -> &mut Self {
        for event in events {
            self.drawn.tell(&event, self.zero + event.at);
        }
        self
    }

    /// What is seen so many milliseconds after the clock was started.
    fn shows(&mut self, millis: u64, expected: &Expect) -> &mut Self {
        self.drawn.paint(self.zero + Duration::from_millis(millis));
        expected.assert_eq(&self.term.contents());
        self
    }
}

fn fault(message: &str) -> Fault {
    Fault::new(Cause::Error, message)
}

#[test]
fn a_run_from_its_start_to_its_end() {
    Seen::on(30, 80, false)
        .tell([
            begins(1, 0, &review(), None),
            starts(1, 0, 0),
            starts(1, 0, 1),
        ])
        .shows(
            300,
            &expect![[r"
                CodeReview  ────────────────────    0%  0/6  300ms  about 10s left
                  ⠸ files      mcp   300ms
                  ⠸ practices  mcp   300ms"]],
        )
        .tell([
            finishes(1, 900, 0),
            finishes(1, 1000, 1),
            starts(1, 1000, 2),
            attempts(1, 1000, 2, None, 1),
            attempted(1, 3000, 2, None, Some("rate limited\nby the server")),
            waits(
                1,
                3000,
                2,
                None,
                Wait::Retry {
                    pause: Duration::from_millis(500),
                },
            ),
        ])
        .shows(
            3200,
            &expect![[r"
                CodeReview  ━━━━━━──────────────   33%  2/6  3.2s  about 7.8s left
                  ◦ review  agent  2.2s  tries again in 500ms, rate limited"]],
        )
        .tell([attempts(1, 3500, 2, None, 2), progresses(1, 4000, 2, 3, 8)])
        .shows(
            4000,
            &expect![[r"
                CodeReview  ━━━━━━──────────────   33%  2/6  4.0s  about 7.0s left
                  ⠋ review  agent  3.0s  3/8, attempt 2, rate limited"]],
        )
        .tell([
            finishes(1, 9000, 2),
            waits(1, 9000, 3, None, Wait::Turn),
            starts(1, 9000, 4),
        ])
        .shows(
            9100,
            &expect![[r"
                CodeReview  ━━━━━━━━━━──────────   50%  3/6  9.1s  about 1.9s left
                  ◦ syntax  tool         waits for its turn
                  ⠙ format  tool  100ms"]],
        )
        .tell([
            ends(1, 9500, 3, StepOutcome::Cached),
            finishes(1, 9500, 4),
            starts(1, 9500, 5),
            finishes(1, 9500, 5),
            is_done(1, 9500),
        ])
        .shows(9500, &expect!["✓ CodeReview  finished: 6 steps in 9.5s"]);
}

#[test]
fn a_run_inside_another_one_fails() {
    Seen::on(30, 80, false)
        .tell([
            begins(1, 0, &release(), None),
            starts(1, 0, 0),
            finishes(1, 1000, 0),
            starts(1, 1000, 1),
            begins(2, 1000, &review(), Some((1, 1))),
            starts(2, 1000, 0),
            starts(2, 1000, 1),
            ends(2, 1500, 1, StepOutcome::Excused(fault("no practices"))),
        ])
        .shows(
            2000,
            &expect![[r"
                ! Release/review/practices  failed after 500ms, and the run goes on: no practice
                s
                Release  ━━━━━───────────────   25%  2/8  2.0s
                  ▸ review   flow   1.0s
                    ⠋ files  mcp    1.0s"]],
        )
        .tell([
            ends(2, 2500, 0, StepOutcome::Failed(fault("no such file"))),
            fails(2, 2500, Some(0), fault("no such file")),
            ends(1, 2500, 1, StepOutcome::Failed(fault("no such file"))),
            event(
                1,
                2600,
                EventKind::StepUndone {
                    step: 0,
                    outcome: UndoOutcome::Failed("it is locked".to_owned()),
                },
            ),
            fails(1, 2600, Some(1), fault("no such file")),
        ])
        .shows(
            2600,
            &expect![[r"
            ! Release/review/practices  failed after 500ms, and the run goes on: no practice
            s
            ✗ Release/review/files  failed after 1.5s: no such file
            ✗ Release/change  could not be rolled back: it is locked
            ✗ Release  failed after 2.6s, 1 of 8 steps done: at `review`"]],
        );
}

#[test]
#[cfg_attr(miri, ignore = "too large for an interpreter")]
fn many_steps_and_many_runs_fit() {
    let mut seen = Seen::on(12, 60, false);
    let events = (0..1000).map(|step| match step {
        500..510 => starts(1, 0, step),
        _ => waits(1, 0, step, None, Wait::Turn),
    });
    seen.tell([begins(1, 0, &wide(1000), None)])
        .tell(events)
        .shows(
            100,
            &expect![[r"
                Wide  ───────────────    0%  0/1000  100ms
                  ⠙ s500  tool  100ms
                  ⠙ s501  tool  100ms
                  ⠙ s502  tool  100ms
                  ⠙ s503  tool  100ms
                  ⠙ s504  tool  100ms
                  ⠙ s505  tool  100ms
                  ⠙ s506  tool  100ms
                  ⠙ s507  tool  100ms
                  ⠙ s508  tool  100ms
                  + 991 more"]],
        )
        .tell((2..40).map(|run| begins(run, 0, &wide(3), None)))
        .tell((0..3).map(|step| starts(2, 0, step)))
        .shows(
            200,
            &expect![[r"
                Wide #1  ───────────────    0%  0/1000  200ms
                  + 1000 more
                Wide #2  ───────────────    0%  0/3  200ms
                  + 3 more
                Wide #3  ───────────────    0%  0/3  200ms
                Wide #4  ───────────────    0%  0/3  200ms
                Wide #5  ───────────────    0%  0/3  200ms
                + 34 more runs"]],
        );
    // Of many failures, the first ones stay.
    let no = || StepOutcome::Excused(fault("no"));
    let mut seen = Seen::on(30, 60, false);
    seen.tell([begins(1, 0, &wide(50), None)])
        .tell((0..50).map(|step| ends(1, 0, step, no())))
        .tell([is_done(1, 1000)])
        .shows(
            1000,
            &expect![[r"
                ! Wide/s0  failed, and the run goes on: no
                ! Wide/s1  failed, and the run goes on: no
                ! Wide/s2  failed, and the run goes on: no
                ! Wide/s3  failed, and the run goes on: no
                ! Wide/s4  failed, and the run goes on: no
                ! Wide/s5  failed, and the run goes on: no
                ! Wide/s6  failed, and the run goes on: no
                ! Wide/s7  failed, and the run goes on: no
                ! Wide/s8  failed, and the run goes on: no
                ! Wide/s9  failed, and the run goes on: no
                ! Wide  40 more have failed
                ✓ Wide  finished: 50 steps in 1.0s"]],
        );
}

#[test]
fn items_and_odd_messages() {
    let graph = Graph::new(["docs"]).with(Node::new("read", Kind::Agent).reads(["docs"]).each());
    let plan = Plan::new("Read", &graph).unwrap();
    Seen::on(10, 50, false)
        .tell([
            begins(1, 0, &plan, None),
            starts(1, 0, 0),
            attempts(1, 0, 0, Some(0), 1),
            waits(1, 0, 0, Some(1), Wait::Turn),
            waits(1, 0, 0, Some(2), Wait::Turn),
            progresses(1, 2000, 0, 1, 4),
            attempted(1, 2000, 0, Some(0), Some("\u{1b}[2J\tgone\u{7}")),
            attempts(1, 2000, 0, Some(0), 2),
        ])
        .shows(
            2500,
            &expect![[r"
                Read  ────────────    0%  0/1  2.5s  about 5.5s l…
                  ⠴ read  agent  2.5s  1/4, 2 wait"]],
        );
}

#[test]
fn colours_are_codes_and_without_them_there_are_none() {
    for colours in [true, false] {
        let mut seen = Seen::on(30, 80, colours);
        seen.tell([begins(1, 0, &review(), None), starts(1, 0, 0)]);
        seen.drawn.paint(seen.zero);
        let text = String::from_utf8(seen.term.contents_formatted()).unwrap();
        assert_eq!(text.contains("\u{1b}[36m"), colours, "{text:?}");
    }
}

#[test]
fn what_is_dropped_is_wiped() {
    let mut seen = Seen::on(30, 80, false);
    seen.tell([begins(1, 0, &review(), None)]);
    assert!(seen.term.contents().contains("CodeReview"));
    let Seen { drawn, term, .. } = seen;
    drop(drawn);
    assert_eq!(term.contents(), "");
}

#[test]
fn what_was_missed_is_said() {
    let mut seen = Seen::on(30, 80, false);
    seen.drawn.missed(12);
    seen.shows(
        0,
        &expect!["(12 events were missed: what is shown is not all)"],
    );
}

/// A writer whose text can be read.
#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn check_plain(events: impl IntoIterator<Item = Event>, expected: &Expect) {
    let text = Text::default();
    let mut plain = Plain::new(Box::new(text.clone()));
    let zero = Instant::now();
    for event in events {
        plain.tell(&event, zero + event.at);
    }
    let text = String::from_utf8(text.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
    expected.assert_eq(&text);
}

#[test]
fn plain_lines() {
    check_plain(
        [
            begins(4, 0, &release(), None),
            starts(4, 0, 0),
            finishes(4, 1000, 0),
            starts(4, 1000, 1),
            begins(5, 1000, &review(), Some((4, 1))),
            ends(5, 1000, 0, StepOutcome::Cached),
            ends(5, 1000, 1, StepOutcome::Skipped),
            starts(5, 1000, 2),
            waits(5, 1000, 2, None, Wait::Approval),
            attempts(5, 2000, 2, None, 1),
            attempted(5, 3000, 2, None, Some("\u{1b}[31mrate limited")),
            attempts(5, 3000, 2, None, 2),
            ends(5, 4000, 2, StepOutcome::Failed(fault("no\nnever"))),
            starts(5, 4000, 3),
            ends(5, 4000, 3, StepOutcome::Stopped),
            fails(5, 4000, Some(2), fault("no")),
            ends(4, 4000, 1, StepOutcome::Failed(fault("no"))),
            event(
                4,
                4000,
                EventKind::StepUndone {
                    step: 0,
                    outcome: UndoOutcome::Undone,
                },
            ),
            fails(4, 4000, Some(1), fault("no")),
            begins(6, 5000, &review(), None),
            fails(6, 5000, None, Fault::new(Cause::Cancelled, "")),
            begins(7, 5000, &wide(1), None),
            event(
                7,
                6500,
                EventKind::RunEnded {
                    outcome: RunOutcome::Dropped,
                },
            ),
        ],
        &expect![[r"
            [4] Release: started, 8 steps
            [4] Release/change: started (tool)
            [4] Release/change: finished in 1.0s
            [4] Release/review: started (flow)
            [4] Release/review/files: remembered
            [4] Release/review/practices: left out
            [4] Release/review/review: started (agent)
            [4] Release/review/review: waits for an answer
            [4] Release/review/review: attempt 1 failed: rate limited
            [4] Release/review/review: failed after 3.0s: no
            [4] Release/review/syntax: started (tool)
            [4] Release/review/syntax: stopped after 0ms
            [4] Release/change: rolled back
            [4] Release: failed after 4.0s, 2 of 8 steps done: at `review`
            [6] CodeReview: started, 6 steps
            [6] CodeReview: cancelled after 0ms, 0 of 6 steps done
            [7] Wide: started, 1 step
            [7] Wide: dropped after 1.5s
        "]],
    );
}

#[test]
fn a_run_inside_another_one_is_undone_with_it() {
    check_plain(
        undoes(),
        &expect![[r"
        [1] Outer: started, 1 step
        [1] Outer/inner: started (flow)
        [1] Outer/inner/store: started (tool)
        [1] Outer/inner/store: finished in 1.0s
        [1] Outer/inner: finished in 1.0s
        [1] Outer/inner/store: rolled back
        [1] Outer: failed after 2.0s, 1 of 1 step done: no
    "]],
    );
}

#[test]
fn a_graph_that_was_decided_says_how_much_was_needed() {
    check_plain(
        [
            begins(1, 0, &wide(3), None),
            starts(1, 0, 0),
            starts(1, 0, 1),
            finishes(1, 1000, 1),
            ends(1, 1000, 0, StepOutcome::Stopped),
            is_done(1, 1000),
        ],
        &expect![[r"
            [1] Wide: started, 3 steps
            [1] Wide/s0: started (tool)
            [1] Wide/s1: started (tool)
            [1] Wide/s1: finished in 1.0s
            [1] Wide/s0: stopped after 1.0s
            [1] Wide: finished: 1 of 3 steps in 1.0s, no more was needed
        "]],
    );
}

#[test]
#[cfg_attr(miri, ignore = "too large for an interpreter")]
fn many_steps_are_few_lines() {
    let steps = (0..1000_usize).flat_map(|step| {
        let millis = step as u64 * 10;
        [starts(1, millis, step), finishes(1, millis + 10, step)]
    });
    let ends = [is_done(1, 10_000)];
    let events = [begins(1, 0, &wide(1000), None)].into_iter().chain(steps);
    check_plain(
        events.chain(ends),
        &expect![[r"
        [1] Wide: started, 1000 steps
        [1] Wide: 50 of 1000 steps done
        [1] Wide: 100 of 1000 steps done
        [1] Wide: 150 of 1000 steps done
        [1] Wide: 200 of 1000 steps done
        [1] Wide: 250 of 1000 steps done
        [1] Wide: 300 of 1000 steps done
        [1] Wide: 350 of 1000 steps done
        [1] Wide: 400 of 1000 steps done
        [1] Wide: 450 of 1000 steps done
        [1] Wide: 500 of 1000 steps done
        [1] Wide: 550 of 1000 steps done
        [1] Wide: 600 of 1000 steps done
        [1] Wide: 650 of 1000 steps done
        [1] Wide: 700 of 1000 steps done
        [1] Wide: 750 of 1000 steps done
        [1] Wide: 800 of 1000 steps done
        [1] Wide: 850 of 1000 steps done
        [1] Wide: 900 of 1000 steps done
        [1] Wide: 950 of 1000 steps done
        [1] Wide: finished: 1000 steps in 10s
    "]],
    );
}

#[test]
fn progress_is_an_observer() {
    let text = Text::default();
    let mut progress = Progress::to(text.clone());
    progress.observe(&begins(1, 0, &wide(1), None));
    progress.missed(3);
    assert_eq!(progress.suspend(|| 7), 7);
    let text = String::from_utf8(text.0.lock().unwrap().clone()).unwrap();
    assert_eq!(
        text,
        "[1] Wide: started, 1 step\n(3 events were missed: what is shown is not all)\n"
    );
}
