//! Alerts on runs that are told of by hand, under a clock that is paused.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, channel, sync_channel},
    },
    time::Duration,
};

use orchestrate_plan::{Graph, Kind, Node, Plan};
use tokio::time::sleep;

use super::{Alarm, AlarmState, Alert, Watcher};
use crate::{
    Cause, Event, Fault, Observer as _, Wait,
    observe::{
        Sink,
        told::{attempts, begins, fails, finishes, is_done, release, review, starts, waits, wide},
    },
};

const SECOND: Duration = Duration::from_secs(1);

/// An alert, and what its hook hears.
struct Heard {
    sink: Arc<dyn Sink>,
    alarms: Receiver<Alarm>,
}

impl Heard {
    fn of(alert: Alert) -> Self {
        let (sender, alarms) = channel();
        let watcher = Watcher::new(alert, move |alarm| _ = sender.send(alarm.clone()));
        let sink = watcher.__sink().unwrap();
        Self { sink, alarms }
    }

    /// Tells each of the events when it is due by the clock.
    async fn tell(&self, events: impl IntoIterator<Item = Event>) {
        let mut last = None;
        for event in events {
            let before = last.replace(event.at).unwrap_or(event.at);
            sleep(event.at.saturating_sub(before)).await;
            self.sink.tell(&event);
        }
    }

    /// The next alarm: its thread is on its way, or has said it.
    fn next(&self) -> String {
        self.alarms
            .recv_timeout(30 * SECOND)
            .map_or_else(|error| error.to_string(), |alarm| alarm.to_string())
    }

    /// Whether there is none: the hook is gone with what it watches, and has said nothing more.
    fn stays_silent(self) -> bool {
        drop(self.sink);
        self.alarms.recv().is_err()
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_step_is_noticed_while_it_runs() {
    let heard = Heard::of(Alert::slow_step("review", 10 * SECOND));
    heard
        .tell([
            begins(4, 0, &review(), None),
            starts(4, 0, 0),
            starts(4, 2000, 2),
        ])
        .await;
    // Nothing is told any more, and the clock goes to where the alert is due, and then to the end of this.
    sleep(11 * SECOND).await;
    assert_eq!(
        heard.next(),
        "raised: step `review` runs for 10s or more: 10s (run 4 of `CodeReview`, step `review`)"
    );
    sleep(59 * SECOND).await;
    heard
        .tell([finishes(4, 72_000, 2), is_done(4, 72_000)])
        .await;
    assert_eq!(
        heard.next(),
        "clear: step `review` runs for 10s or more: 0ms (run 4 of `CodeReview`, step `review`)"
    );
    assert!(heard.stays_silent());
}

#[tokio::test(start_paused = true)]
async fn many_slow_steps_are_one_alarm() {
    let heard = Heard::of(Alert::any_slow_step(SECOND));
    let mut events = vec![begins(1, 0, &wide(3), None)];
    events.extend((0..3).map(|step| starts(1, 0, step)));
    heard.tell(events).await;
    sleep(5 * SECOND).await;
    assert!(
        heard
            .next()
            .starts_with("raised: a step runs for 1.0s or more: 1.0s (run 1 of `Wide`")
    );
    heard
        .tell([
            finishes(1, 5000, 0),
            finishes(1, 6000, 2),
            finishes(1, 7000, 1),
        ])
        .await;
    assert!(heard.next().starts_with("clear: "));
    // Once more, and for as long as nobody has noticed anything before.
    heard
        .tell([starts(1, 7000, 0), finishes(1, 7500, 0), starts(1, 7500, 1)])
        .await;
    sleep(2 * SECOND).await;
    assert!(heard.next().contains("step `s1`"));
    assert!(heard.stays_silent());
}

#[tokio::test(start_paused = true)]
async fn flows_people_and_other_names_are_not_meant() {
    let graph = Graph::default()
        .with(Node::new("allowed", Kind::Human))
        .with(Node::new("quick", Kind::Tool));
    let plan = Plan::new("Ask", &graph).unwrap();
    let any = Heard::of(Alert::any_slow_step(SECOND));
    any.tell([
        begins(1, 0, &plan, None),
        starts(1, 0, 0),
        begins(2, 0, &release(), None),
        starts(2, 0, 1),
        starts(2, 0, 99),
        finishes(1, 9000, 0),
        is_done(2, 9000),
    ])
    .await;
    assert!(any.stays_silent());
    let named = Heard::of(Alert::slow_step("allowed", SECOND));
    named
        .tell([
            begins(1, 0, &plan, None),
            starts(1, 0, 1),
            starts(1, 5000, 0),
        ])
        .await;
    sleep(2 * SECOND).await;
    assert!(
        named.next().contains("step `allowed`"),
        "a person who is named is meant"
    );
    assert!(named.stays_silent());
}

#[test]
fn without_a_runtime_it_is_noticed_with_the_next_event() {
    let heard = Heard::of(Alert::any_slow_step(SECOND));
    let tell = |event: Event| heard.sink.tell(&event);
    tell(begins(1, 0, &wide(2), None));
    tell(starts(1, 0, 0));
    tell(starts(1, 3000, 1));
    assert!(
        heard
            .next()
            .starts_with("raised: a step runs for 1.0s or more: 3.0s")
    );
    tell(finishes(1, 3000, 0));
    assert!(heard.next().starts_with("clear: "));
    // It was too slow, and it is over: the hook hears of both.
    tell(finishes(1, 5000, 1));
    assert!(heard.next().contains("2.0s (run 1 of `Wide`, step `s1`)"));
    assert!(heard.next().starts_with("clear: "));
    assert!(heard.stays_silent());
}

#[test]
fn a_task_that_its_runtime_drops_is_replaced() {
    let heard = Heard::of(Alert::any_slow_step(SECOND));
    for run in 1..=2 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let at = run * 500;
            heard
                .tell([begins(run, at, &wide(1), None), starts(run, at, 0)])
                .await;
            if run == 2 {
                sleep(2 * SECOND).await;
            }
        });
    }
    assert!(heard.next().starts_with("raised"));
}

#[tokio::test(start_paused = true)]
async fn the_share_of_failures() {
    let heard = Heard::of(Alert::failure_rate(0.5, 4));
    let fault = |cause| Fault::new(cause, "no");
    let mut run = 0;
    let mut ends = |outcome: Option<Cause>| {
        run += 1;
        let end = match outcome {
            None => is_done(run, 0),
            Some(cause) => fails(run, 0, None, fault(cause)),
        };
        for event in [begins(run, 0, &review(), None), end] {
            heard.sink.tell(&event);
        }
    };
    let (good, bad) = (None, Some(Cause::Error));
    // Three bad ones of three say nothing yet; who was cancelled has not failed.
    for outcome in [
        bad,
        bad,
        bad,
        Some(Cause::Cancelled),
        Some(Cause::Cancelled),
    ] {
        ends(outcome);
    }
    ends(good);
    assert_eq!(
        heard.next(),
        "raised: 50% or more of the last 4 runs failed: 75%"
    );
    ends(good);
    ends(Some(Cause::TimedOut));
    ends(good);
    assert_eq!(
        heard.next(),
        "clear: 50% or more of the last 4 runs failed: 25%"
    );
    ends(bad);
    assert_eq!(
        heard.next(),
        "raised: 50% or more of the last 4 runs failed: 50%"
    );
    assert!(heard.stays_silent());
}

#[tokio::test(start_paused = true)]
async fn runs_inside_others_are_not_counted() {
    let heard = Heard::of(Alert::failure_rate(0.0, 1));
    let fault = Fault::new(Cause::Error, "no");
    heard
        .tell([
            begins(1, 0, &release(), None),
            begins(2, 0, &review(), Some((1, 1))),
            fails(2, 0, None, fault),
            is_done(1, 0),
        ])
        .await;
    assert!(heard.stays_silent());
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_too_long() {
    let heard = Heard::of(Alert::queue_length(2));
    let turn = |step, item| waits(1, 0, step, item, Wait::Turn);
    heard
        .tell([
            begins(1, 0, &wide(4), None),
            turn(0, None),
            waits(1, 0, 1, None, Wait::Approval),
            turn(2, Some(0)),
        ])
        .await;
    assert_eq!(
        heard.next(),
        "raised: 2 steps or more wait for their turn: 2"
    );
    heard
        .tell([
            turn(2, Some(1)),
            starts(1, 0, 0),
            attempts(1, 0, 2, Some(0), 1),
        ])
        .await;
    assert_eq!(
        heard.next(),
        "clear: 2 steps or more wait for their turn: 1"
    );
    heard.tell([turn(3, None), is_done(1, 0)]).await;
    assert!(heard.next().starts_with("raised"));
    assert_eq!(
        heard.next(),
        "clear: 2 steps or more wait for their turn: 0"
    );
    assert!(heard.stays_silent());
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_does_not_come() {
    let heard = Heard::of(Alert::queue_time(3 * SECOND));
    heard
        .tell([
            begins(1, 0, &wide(1), None),
            waits(1, 1000, 0, None, Wait::Turn),
        ])
        .await;
    sleep(4 * SECOND).await;
    assert_eq!(
        heard.next(),
        "raised: a step waits for its turn for 3.0s or more: 3.0s (run 1 of `Wide`, step `s0`)"
    );
    assert!(heard.stays_silent());
}

#[test]
fn a_hook_that_takes_its_time_or_panics_holds_nobody_up() {
    const TURNS: usize = if cfg!(miri) { 100 } else { 1_000 };
    let (go, wait) = sync_channel::<()>(0);
    let (sender, alarms) = channel();
    let mut first = true;
    let watcher = Watcher::new(Alert::queue_length(1), move |alarm: &Alarm| {
        if std::mem::take(&mut first) {
            let _ = wait.recv();
            std::panic::resume_unwind(Box::new("the hook is broken"));
        }
        let _ = sender.send(alarm.state);
    });
    let sink = watcher.__sink().unwrap();
    sink.tell(&begins(1, 0, &wide(1), None));
    for _ in 0..TURNS {
        sink.tell(&waits(1, 0, 0, None, Wait::Turn));
        sink.tell(&starts(1, 0, 0));
    }
    go.send(()).unwrap();
    drop((sink, watcher));
    let heard: Vec<_> = alarms.iter().collect();
    // The first one was not heard; from then on it is raised and clear in turn, and it is clear in the end.
    assert!(heard.len() < 100, "{}", heard.len());
    let expected = [AlarmState::Cleared, AlarmState::Raised];
    assert!(heard.iter().eq(expected.iter().cycle().take(heard.len())));
    assert_eq!(heard.last(), Some(&AlarmState::Cleared));
}

#[test]
fn odd_thresholds_are_made_good() {
    assert_eq!(
        Alert::failure_rate(f64::NAN, 0),
        Alert::failure_rate(-1.0, 1)
    );
    assert_eq!(Alert::failure_rate(7.0, 3), Alert::failure_rate(1.0, 3));
    assert_eq!(Alert::queue_length(0), Alert::queue_length(1));
    assert_eq!(
        Alert::queue_length(0).to_string(),
        "a step waits for its turn"
    );
    // A moment that no clock shows.
    let heard = Heard::of(Alert::any_slow_step(Duration::MAX));
    heard.sink.tell(&begins(1, 1, &wide(1), None));
    heard.sink.tell(&starts(1, 1, 0));
    assert!(heard.stays_silent());
}
