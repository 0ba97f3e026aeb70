//! What the steps of these workflows do: they say what happens to them, take their time, and fail where a test wants it.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use orchestrated::{Failure, Orchestrator, Rollback, RollbackOutcome, Workflow};

/// How something fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Error,
    Panic,
    /// It never ends by itself.
    Hang,
    /// The same, and its attempt takes too long when it should have been done.
    TimeOut,
}

/// The error of a step, or of a rollback: which one it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Oops(pub(crate) String);

impl fmt::Display for Oops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed", self.0)
    }
}

impl std::error::Error for Oops {}

/// The application behind a workflow.
///
/// Its log has a word for all that happens: `+a` when a step starts, `-a` when it is done, `!a` when it fails, `xa` when it
/// is dropped before that; `~a` when it is being undone, and `=a` when it is.
#[derive(Debug, Default)]
pub(crate) struct World {
    faults: BTreeMap<String, Fault>,
    log: Mutex<Vec<String>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Where this fails: a step by its name, a rollback by `~` and that.
    pub(crate) fn failing(at: &str, fault: Fault) -> Self {
        Self::new().and_failing(at, fault)
    }

    pub(crate) fn and_failing(mut self, at: &str, fault: Fault) -> Self {
        self.faults.insert(at.to_owned(), fault);
        self
    }

    pub(crate) fn say(&self, word: impl Into<String>) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(word.into());
    }

    /// All that has happened, in one line.
    pub(crate) fn told(&self) -> String {
        self.words().join(" ")
    }

    pub(crate) fn words(&self) -> Vec<String> {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The limit of a step that should take so long.
    pub(crate) fn limit(&self, name: &str, millis: u64) -> Duration {
        if self.faults.get(name) == Some(&Fault::TimeOut) {
            Duration::from_millis(millis)
        } else {
            Duration::from_hours(1)
        }
    }

    /// The body of a step.
    pub(crate) async fn step(&self, name: &str, millis: u64) -> Result<u64, Oops> {
        let runs = Runs::start(self, name);
        ms(millis).await;
        if let Some(Fault::Hang | Fault::TimeOut) = self.faults.get(name) {
            std::future::pending::<()>().await;
        }
        runs.end()?;
        Ok(millis)
    }

    /// The same in one go.
    pub(crate) fn now(&self, name: &str) -> Result<u64, Oops> {
        Runs::start(self, name).end()?;
        Ok(0)
    }

    /// The body of a rollback.
    pub(crate) async fn undo(&self, name: &str) -> Result<(), Oops> {
        self.say(format!("~{name}"));
        ms(1).await;
        self.fault(&format!("~{name}"))?;
        self.say(format!("={name}"));
        Ok(())
    }

    fn fault(&self, name: &str) -> Result<(), Oops> {
        match self.faults.get(name) {
            None | Some(Fault::Hang | Fault::TimeOut) => Ok(()),
            Some(Fault::Error) => Err(Oops(name.to_owned())),
            Some(Fault::Panic) => panic!("{name} panicked"),
        }
    }
}

/// A step that runs.
struct Runs<'w> {
    world: &'w World,
    name: String,
    ended: bool,
}

impl<'w> Runs<'w> {
    fn start(world: &'w World, name: &str) -> Self {
        world.say(format!("+{name}"));
        Self {
            world,
            name: name.to_owned(),
            ended: false,
        }
    }

    fn end(mut self) -> Result<(), Oops> {
        self.ended = true;
        let fails = self.world.faults.contains_key(&self.name);
        let sign = if fails { '!' } else { '-' };
        self.world.say(format!("{sign}{}", self.name));
        self.world.fault(&self.name)
    }
}

impl Drop for Runs<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let times_out = self.world.faults.get(&self.name) == Some(&Fault::TimeOut);
            let sign = if times_out { '!' } else { 'x' };
            self.world.say(format!("{sign}{}", self.name));
        }
    }
}

/// How it fails on an orchestrator of its own.
pub(crate) async fn failure<W: Workflow>(workflow: W) -> Failure<W::Error> {
    let orchestrator = Orchestrator::new();
    let ended = Box::pin(workflow.run(&orchestrator)).await;
    ended.err().expect("it fails")
}

pub(crate) async fn ms(millis: u64) {
    // A timer of zero would still wait for the driver's next turn.
    if millis > 0 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}

/// What became of the steps, in one line: `a`, `b: why it could not be undone`.
pub(crate) fn undone<E>(failure: &Failure<E>) -> String {
    let told: Vec<String> = failure.rollbacks().iter().map(of_a_step).collect();
    told.join(", ")
}

fn of_a_step(rollback: &Rollback) -> String {
    match &rollback.outcome {
        RollbackOutcome::Undone => rollback.step.to_string(),
        RollbackOutcome::Failed(error) => format!("{}: {error}", rollback.step),
        RollbackOutcome::Irreversible(why) => format!("{} is irreversible: {why}", rollback.step),
        other => panic!("{other:?}"),
    }
}
