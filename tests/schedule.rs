//! When steps start, in virtual time: never later than when their own inputs are there.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use orchestrated::{Orchestrator, plan::Plan, workflow};
use tokio::time::{Instant, sleep};

/// When each step started and ended, in milliseconds since the run began.
struct Clock {
    began: Instant,
    spans: Mutex<BTreeMap<&'static str, (u64, u64)>>,
}

impl Clock {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            spans: Mutex::default(),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap()
    }

    /// A step that takes so long.
    async fn takes(&self, step: &'static str, millis: u64) -> u64 {
        let start = self.now();
        // A timer of zero would still wait for the driver's next turn.
        if millis > 0 {
            sleep(Duration::from_millis(millis)).await;
        }
        self.note(step, start);
        millis
    }

    fn note(&self, step: &'static str, start: u64) {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(
            spans.insert(step, (start, self.now())).is_none(),
            "{step} ran twice"
        );
    }

    fn start_of(&self, step: &str) -> u64 {
        self.spans.lock().unwrap()[step].0
    }

    fn ran(&self) -> usize {
        self.spans.lock().unwrap().len()
    }
}

/// Declares a workflow of steps `name(inputs) millis`, the same with strict batches, and the test that both take the
/// time that they should.
macro_rules! graph {
    ($test:ident: $($step:ident($($read:ident),*) $millis:literal;)*) => {
        #[tokio::test(start_paused = true)]
        async fn $test() {
            workflow! {
                workflow Graph(clock: &Clock) {
                    $(tool fn $step(clock, $($read),*) -> u64 {
                        let _ = ($($read,)*);
                        clock.takes(stringify!($step), $millis).await
                    })*
                    let _ = ($($step,)*);
                }
                #[schedule(batches)]
                workflow Strict(clock: &Clock) {
                    $(tool fn $step(clock, $($read),*) -> u64 {
                        let _ = ($($read,)*);
                        clock.takes(stringify!($step), $millis).await
                    })*
                    let _ = ($($step,)*);
                }
            }
            let millis = [$($millis),*];

            let clock = Clock::new();
            Graph { clock: &clock }.run(&Orchestrator::new()).await.unwrap();
            check_dataflow(Graph::PLAN, &millis, &clock);

            let clock = Clock::new();
            Strict { clock: &clock }.run(&Orchestrator::new()).await.unwrap();
            check_batches(Strict::PLAN, &millis, &clock);
        }
    };
}

/// Every step starts at the very moment when the last of its inputs is there.
fn check_dataflow(plan: &Plan, millis: &[u64], clock: &Clock) {
    let mut ends = vec![0; millis.len()];
    for batch in plan.batches() {
        for &step in batch.indices() {
            let planned = &plan.steps()[step];
            let ready = planned.dependencies().iter().map(|&on| ends[on]).max();
            let ready = ready.unwrap_or(0);
            assert_eq!(
                clock.start_of(planned.name()),
                ready,
                "`{}` of {plan}",
                planned.name()
            );
            ends[step] = ready + millis[step];
        }
    }
    let path = plan.critical_path_by(|step| {
        let at = plan
            .steps()
            .iter()
            .position(|other| other.name() == step.name());
        millis[at.unwrap()]
    });
    assert_eq!(clock.now(), path.length);
    assert_eq!(clock.ran(), millis.len());
}

/// Every step starts with its batch, and a batch with the end of the one before.
fn check_batches(plan: &Plan, millis: &[u64], clock: &Clock) {
    let mut now = 0;
    for batch in plan.batches() {
        for &step in batch.indices() {
            assert_eq!(clock.start_of(plan.steps()[step].name()), now);
        }
        now += batch
            .indices()
            .iter()
            .map(|&step| millis[step])
            .max()
            .unwrap_or(0);
    }
    assert_eq!(clock.now(), now);
    assert_eq!(clock.ran(), millis.len());
}

mod shapes {
    use super::*;

    graph! { one: a() 5; }
    graph! { chain: a() 1; b(a) 2; c(b) 3; d(c) 4; e(d) 5; }
    graph! { diamond: a() 1; b(a) 10; c(a) 20; d(b, c) 1; }
    graph! { fan: a() 1; b(a) 9; c(a) 8; d(a) 7; e(a) 6; f(b, c, d, e) 1; }
    graph! { two_chains: a() 10; b(a) 1; c() 1; d(c) 10; }
    graph! { two_chains_that_meet: a() 10; b(a) 1; c() 1; d(c) 10; e(b, d) 3; }
    graph! { three_chains_of_other_lengths: a() 7; b(a) 7; c(b) 7; d() 20; e() 1; f(e) 1; g(f) 1; h(g) 1; }
    graph! { a_shortcut: a() 5; b(a) 5; c(a, b) 5; d(a, c) 5; }
    graph! { a_late_reader_of_the_first: a() 1; b(a) 50; c(b) 1; d(a) 2; e(d) 2; f(e, a) 2; g(f, c) 1; }
    graph! { a_slow_one_beside_all: slow() 100; a() 1; b(a) 1; c(b) 1; d(c) 1; e(d, slow) 1; }
    graph! { a_bottleneck_between_skews: a() 9; b(a) 1; c() 1; d(c) 9; mid(b, d) 2; e(mid) 9; f(e) 1; g(mid) 1; h(g) 9; i(f, h) 1; }
    graph! { steps_that_are_ready_at_once: a() 0; b(a) 5; c() 5; d(c) 0; e(d) 0; f(e, b) 0; }
    graph! { nothing_waits: a() 0; b(a) 0; c() 0; d(c, a) 0; e(d) 0; }
    graph! { declared_backwards: f(d, e) 4; e(c) 1; d(a) 9; c(b) 1; b() 1; a() 5; }
    graph! { crossed: a() 1; b() 9; c(a) 9; d(b) 1; e(c, b) 1; f(d, a) 9; g(e, f) 1; }
    graph! { an_early_input_that_is_there_last: b() 1; c(b) 1; d() 1; e(d) 1; a() 50; f(c, e, a) 1; g(f) 1; beside() 99; }
    graph! { an_early_input_that_is_there_first: b() 1; c(b) 9; d() 1; e(d) 20; a() 3; f(c, e, a) 1; g(f, e) 1; beside() 99; }
    graph! { two_early_inputs_one_after_the_other: c() 1; d(c) 1; e() 1; f(e) 1; a() 30; b() 40; g(d, f, a, b) 1; h(g) 1; beside() 99; }
    graph! { on_by_way_of_another: a() 1; b(a) 5; c(a) 9; d(b, c) 1; e(d) 5; f(d) 9; g(e, f) 1; beside() 99; }
    graph! { wide_and_deep:
        a0() 3; a1() 1; a2() 4; a3() 1;
        b0(a0, a1) 5; b1(a1, a2) 9; b2(a2, a3) 2; b3(a3, a0) 6;
        c0(b0, b1) 5; c1(b1, b2) 3; c2(b2, b3) 5; c3(b3, b0) 8;
        d0(c0, c1) 9; d1(c1, c2) 7; d2(c2, c3) 9; d3(c3, c0) 3;
    }
}

#[path = "schedule/random.rs"]
mod random;

workflow! {
    workflow Order(log: &Mutex<Vec<&'static str>>) {
        fn plain_first(log) { note(log, "plain"); }
        tool fn waits(log) { note(log, "waits"); tokio::task::yield_now().await; note(log, "waited"); }
        fn plain_last(log) { note(log, "plain"); }
        agent fn thinks(log) { note(log, "thinks"); tokio::task::yield_now().await; note(log, "thought"); }
    }

    /// The same in a stage of several batches.
    workflow SkewedOrder(log: &Mutex<Vec<&'static str>>) {
        fn a(log) -> u32 { note(log, "plain a"); 1 }
        tool fn b(log) -> u32 { note(log, "waits b"); tokio::task::yield_now().await; note(log, "waited b"); 1 }
        fn c(a, log) -> u32 { note(log, "plain c"); *a }
        tool fn d(a, log) -> u32 { note(log, "waits d"); tokio::task::yield_now().await; note(log, "waited d"); *a }
        fn e(b, log) -> u32 { note(log, "plain e"); *b }
        let _ = (c, d, e);
    }
}

fn note(log: &Mutex<Vec<&'static str>>, word: &'static str) {
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(word);
}

#[tokio::test]
async fn what_waits_starts_before_what_holds_the_thread() {
    let log = Mutex::default();
    Order { log: &log }.run(&Orchestrator::new()).await.unwrap();
    assert_eq!(
        *log.lock().unwrap(),
        ["waits", "thinks", "plain", "plain", "waited", "thought"]
    );

    let log = Mutex::default();
    SkewedOrder { log: &log }
        .run(&Orchestrator::new())
        .await
        .unwrap();
    assert_eq!(
        *log.lock().unwrap(),
        [
            "waits b", "plain a", "waits d", "plain c", "waited b", "waited d", "plain e"
        ]
    );
}

workflow! {
    workflow Part(clock: &Clock, name: &'static str, millis: u64) -> u64 {
        tool fn slept(clock, name, millis) -> u64 { clock.takes(name, *millis).await }
        slept
    }

    /// Flows run beside steps, and plain steps take no time.
    workflow Whole(clock: &Clock) -> u64 {
        fn left_name() -> &'static str { "left" }
        fn right_name() -> &'static str { "right" }
        fn five() -> u64 { 5 }
        fn seven() -> u64 { 7 }
        flow left = Part { clock, name: left_name, millis: five };
        flow right = Part { clock, name: right_name, millis: seven };
        tool fn after_left(left, clock) -> u64 { clock.takes("after left", *left).await }
        fn sum(after_left, right) -> u64 { after_left + right }
        sum
    }

    /// A chain of effects beside a chain of values.
    workflow Ordered(clock: &Clock) -> u64 {
        tool fn a(clock) { clock.takes("a", 5).await; }
        #[after(a)]
        tool fn b(clock) { clock.takes("b", 1).await; }
        tool fn c(clock) -> u64 { clock.takes("c", 1).await }
        tool fn d(c, clock) -> u64 { let _ = c; clock.takes("d", 9).await }
        #[after(b)]
        tool fn e(d, clock) -> u64 { clock.takes("e", *d).await }
        e
    }
}

#[tokio::test(start_paused = true)]
async fn flows_and_effects_take_part() {
    let clock = Clock::new();
    Whole { clock: &clock }
        .run(&Orchestrator::new())
        .await
        .unwrap();
    assert_eq!((clock.start_of("left"), clock.start_of("right")), (0, 0));
    assert_eq!((clock.start_of("after left"), clock.now()), (5, 10));

    let clock = Clock::new();
    Ordered { clock: &clock }
        .run(&Orchestrator::new())
        .await
        .unwrap();
    assert_eq!((clock.start_of("b"), clock.start_of("d")), (5, 1));
    assert_eq!((clock.start_of("e"), clock.now()), (10, 19));
}
