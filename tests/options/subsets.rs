//! Every set of options that may stand on one step, against a model: plain functions, one around the other in the order
//! that the options are said to wrap a step in.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::Future,
    time::Duration,
};

use orchestrated::{Failure, Orchestrator, Reason, workflow};

use crate::log::{Fault, pass};

/// What a call does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Give(u32),
    Fail,
    Panic,
    /// For a second, and then gives 0.
    Wait,
}

/// What the calls of the body and of the fallback do, one after the other; and how many there were.
#[derive(Debug)]
struct Script {
    body: RefCell<VecDeque<Act>>,
    fallback: RefCell<VecDeque<Act>>,
    calls: Cell<[u32; 2]>,
}

impl Script {
    /// The numbers of a linear congruential generator make a script.
    fn new(mut seed: u64) -> Self {
        let mut act = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            match seed >> 60 {
                0..3 => Act::Give(1),
                3..5 => Act::Give(7),
                5..10 => Act::Fail,
                10..13 => Act::Wait,
                _ => Act::Panic,
            }
        };
        let body = (0..40).map(|_| act()).collect();
        let fallback = (0..40).map(|_| act()).collect();
        Self {
            body: RefCell::new(body),
            fallback: RefCell::new(fallback),
            calls: Cell::default(),
        }
    }

    fn next(&self, of: usize) -> Act {
        let mut calls = self.calls.get();
        calls[of] += 1;
        self.calls.set(calls);
        let acts = [&self.body, &self.fallback][of];
        acts.borrow_mut().pop_front().unwrap_or(Act::Give(3))
    }

    async fn call(&self, of: usize) -> Result<u32, Fault> {
        match self.next(of) {
            Act::Give(value) => Ok(value),
            Act::Fail => Err(Fault::Busy),
            Act::Panic => panic!("as it is written"),
            Act::Wait => {
                pass(1_000).await;
                Ok(0)
            }
        }
    }
}

/// Why a step fails.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Why {
    Error,
    Panic,
    Time,
    Rounds,
    Open,
}

fn why<E>(reason: &Reason<E>) -> Why {
    match reason {
        Reason::Error(_) => Why::Error,
        Reason::Panicked(_) => Why::Panic,
        Reason::TimedOut(_) => Why::Time,
        Reason::Unsatisfied { .. } => Why::Rounds,
        Reason::BreakerOpen(_) => Why::Open,
        _ => panic!("nothing else happens here"),
    }
}

/// A number for each reason, so that a value tells what it was made of.
fn of(why: Why) -> u32 {
    why as u32
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Closed(u32),
    Open(u32),
}

/// The options that are on, and what they know.
struct Model<'o> {
    on: &'o [&'o str],
    script: Script,
    /// In minutes.
    now: u32,
    kept: Option<(u32, u32)>,
    phase: Phase,
}

impl Model<'_> {
    fn has(&self, option: &str) -> bool {
        self.on.contains(&option)
    }

    fn body(&self) -> Result<u32, Why> {
        match self.script.next(0) {
            Act::Give(value) => Ok(value),
            Act::Fail => Err(Why::Error),
            Act::Panic => Err(Why::Panic),
            Act::Wait if self.has("timeout") => Err(Why::Time),
            Act::Wait => Ok(0),
        }
    }

    fn retry(&self) -> Result<u32, Why> {
        let mut ended = self.body();
        for _ in 1..3 {
            if self.has("retry") && matches!(ended, Err(Why::Error | Why::Time)) {
                ended = self.body();
            }
        }
        ended
    }

    fn repeat(&self) -> Result<u32, Why> {
        for _ in 0..2 {
            let value = self.retry()?;
            if value >= 5 || !self.has("repeat") {
                return Ok(value);
            }
        }
        Err(Why::Rounds)
    }

    fn fallback(&self) -> Result<u32, Why> {
        match self.repeat() {
            Err(before) if self.has("fallback") => match self.script.next(1) {
                Act::Give(value) => Ok(10 * value + of(before)),
                Act::Fail => Err(Why::Error),
                Act::Panic => Err(Why::Panic),
                Act::Wait => Ok(of(before)),
            },
            ended => ended,
        }
    }

    fn breaker(&mut self) -> Result<u32, Why> {
        if !self.has("breaker") {
            return self.fallback();
        }
        if let Phase::Open(since) = self.phase
            && self.now - since < 60
        {
            return Err(Why::Open);
        }
        let ended = self.fallback();
        self.phase = match (ended, self.phase) {
            (Ok(_), _) => Phase::Closed(0),
            (Err(_), Phase::Closed(0)) => Phase::Closed(1),
            (Err(_), _) => Phase::Open(self.now),
        };
        ended
    }

    fn cache(&mut self) -> Result<u32, Why> {
        if let Some((value, since)) = self.kept
            && self.now - since < 90
        {
            return Ok(value);
        }
        let value = self.breaker()?;
        if self.has("cache") {
            self.kept = Some((value, self.now));
        }
        Ok(value)
    }

    fn run(&mut self) -> Result<u32, Why> {
        match self.cache() {
            Err(why) if self.has("default") => Ok(900 + of(why)),
            ended => ended,
        }
    }
}

const MINUTE: Duration = Duration::from_mins(1);

async fn check<'s, F>(
    on: &[&str],
    scripts: &'s [Script],
    run: impl Fn(&'s Script, &'s Orchestrator) -> F,
) where
    F: Future<Output = Result<u32, Failure<Fault>>>,
{
    for (seed, script) in scripts.iter().enumerate() {
        // It outlives the runs, whose type says nothing of how long they take.
        let o: &'s Orchestrator = Box::leak(Box::default());
        script.calls.set([0; 2]);
        let mut model = Model {
            on,
            script: Script::new(seed as u64),
            now: 0,
            kept: None,
            phase: Phase::Closed(0),
        };
        let again = Script::new(seed as u64);
        script.body.swap(&again.body);
        script.fallback.swap(&again.fallback);
        for turn in 0..6 {
            if turn % 3 == 2 {
                // Long enough for a breaker, and after twice as long also for what is kept.
                tokio::time::sleep(70 * MINUTE).await;
                model.now += 70;
            }
            let ended = run(script, o)
                .await
                .map_err(|failure| why(failure.reason()));
            assert_eq!(
                ended,
                model.run(),
                "turn {turn} of script {seed}, with {on:?}"
            );
            let calls = (script.calls.get(), model.script.calls.get());
            assert_eq!(
                calls.0, calls.1,
                "turn {turn} of script {seed}, with {on:?}"
            );
        }
    }
}

/// With each option and without it. They stand in an order that is not the one in which they wrap the step.
macro_rules! subsets {
    ($scripts:ident $script:ident $value:ident: [] $(#[$on:ident $($settings:tt)*])*) => {{
        workflow! {
            workflow Subset($script: &Script) -> Result<u32, Fault> {
                #[idempotent]
                $(#[$on $($settings)*])*
                tool fn $value($script) -> Result<u32, Fault> { $script.call(0).await }
                Ok($value)
            }
        }
        let on: &[&str] = &[$(stringify!($on)),*];
        check(on, $scripts, |$script, o| Subset { $script }.run(o)).await;
        1
    }};
    ($scripts:ident $script:ident $value:ident: [#[$($first:tt)*] $($others:tt)*] $($on:tt)*) => {
        subsets!($scripts $script $value: [$($others)*] $($on)*)
            + subsets!($scripts $script $value: [$($others)*] $($on)* #[$($first)*])
    };
}

#[tokio::test(start_paused = true)]
async fn every_set_of_options_does_what_its_layers_do() {
    // What a body panics with is told on the standard error, some thousands of times.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<&str>();
        if message != Some(&"as it is written") {
            hook(panic);
        }
    }));
    let scripts: Vec<Script> = (0..12).map(Script::new).collect();
    let scripts = &scripts[..];
    let sets: i32 = subsets!(scripts script value: [
        #[retry(attempts = 3, backoff = 1ms)]
        #[breaker(failures = 2, cooldown = 1h)]
        #[timeout(10ms)]
        #[default(900 + of(why(error.reason())))]
        #[repeat(max = 2, until = *value >= 5)]
        #[cache(ttl = 90m, key = ())]
        #[fallback(script.call(1).await.map(|value| 10 * value + of(why(error.reason()))))]
    ]);
    assert_eq!(sets, 128);
}
