//! What the steps do: they tell what happens to them, wait as they are told to, and fail where they are told to.

use std::{
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use tokio::time::Instant;

/// How a step waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// It is ready at once.
    Not,
    /// It wakes itself so many times.
    Yields(u32),
    /// A timer wakes it, after so many milliseconds.
    Sleeps(u64),
    /// Another task wakes it.
    Joins(u64),
    /// A timer, and others wake it for nothing, too; also when it is done.
    Disturbed(u64),
}

impl Wait {
    /// How long that is, in milliseconds.
    pub(crate) const fn millis(self) -> u64 {
        match self {
            Self::Not | Self::Yields(_) => 0,
            Self::Sleeps(millis) | Self::Joins(millis) | Self::Disturbed(millis) => millis,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Error,
    Panic,
}

/// What a step is told to do in a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Orders {
    pub(crate) wait: Wait,
    pub(crate) fault: Option<Fault>,
    /// What its `when` says.
    pub(crate) goes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Starts,
    Completes,
    Fails,
    /// Its future is dropped before it has ended.
    IsDropped,
    IsUndone,
}

/// What has happened to a step, and when, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) what: What,
    pub(crate) step: usize,
    pub(crate) at: u64,
}

/// The error of a step: which one it was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Oops(pub(crate) usize);

impl fmt::Display for Oops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} fails", self.0)
    }
}

impl std::error::Error for Oops {}

/// An output. It is counted when it is made, and when it is dropped; nobody can copy it.
#[derive(Debug)]
pub(crate) struct Value {
    number: u64,
    id: usize,
    drops: Arc<Mutex<Vec<u32>>>,
}

impl Drop for Value {
    fn drop(&mut self) {
        locked(&self.drops)[self.id] += 1;
    }
}

/// What stands for an input that is not there.
pub(crate) const SKIPPED: u64 = 11;
pub(crate) const FAILED: u64 = 13;

/// The number in an input, however the step gets it.
pub(crate) trait Number {
    fn number(&self) -> u64;
}

impl Number for Value {
    fn number(&self) -> u64 {
        assert_eq!(
            locked(&self.drops)[self.id],
            0,
            "it is used after it was dropped"
        );
        self.number
    }
}

impl<T: Number> Number for &T {
    fn number(&self) -> u64 {
        T::number(self)
    }
}

impl<T: Number> Number for Option<T> {
    fn number(&self) -> u64 {
        self.as_ref().map_or(SKIPPED, Number::number)
    }
}

impl<T: Number, E> Number for Result<T, E> {
    fn number(&self) -> u64 {
        self.as_ref().map_or(FAILED, Number::number)
    }
}

/// What a step without an error asks for.
pub(crate) trait Sure<T> {
    fn sure(self) -> T;
}

impl<T> Sure<T> for Result<T, Oops> {
    fn sure(self) -> T {
        self.expect("a step that cannot fail is not told to")
    }
}

/// What a step makes of its inputs.
pub(crate) fn made(step: usize, inputs: &[u64]) -> u64 {
    let start = 0xCBF2_9CE4_8422_2325 ^ step as u64;
    inputs.iter().fold(start, |hash, input| {
        (hash.rotate_left(5) ^ input).wrapping_mul(0x0100_0000_01B3)
    })
}

/// The number of one of its outputs.
pub(crate) const fn output(made: u64, output: usize) -> u64 {
    made.wrapping_add(output as u64)
}

/// The number that stands in for it.
pub(crate) const fn instead(step: usize, output: usize) -> u64 {
    (step * 10 + output) as u64
}

/// The application behind a run.
pub(crate) struct World {
    orders: Vec<Orders>,
    began: Instant,
    events: Mutex<Vec<Event>>,
    drops: Arc<Mutex<Vec<u32>>>,
    /// Who can be woken for nothing.
    disturbed: Mutex<Vec<Waker>>,
}

impl World {
    pub(crate) fn new(orders: Vec<Orders>) -> Self {
        Self {
            orders,
            began: Instant::now(),
            events: Mutex::default(),
            drops: Arc::default(),
            disturbed: Mutex::default(),
        }
    }

    /// The body of a step.
    pub(crate) async fn step(&self, step: usize, inputs: &[u64]) -> Result<u64, Oops> {
        let running = Running::start(self, step);
        self.wait(self.orders[step].wait).await;
        running.end(inputs)
    }

    /// The body of a plain step.
    pub(crate) fn now(&self, step: usize, inputs: &[u64]) -> Result<u64, Oops> {
        Running::start(self, step).end(inputs)
    }

    pub(crate) fn goes(&self, step: usize) -> bool {
        self.orders[step].goes
    }

    /// What undoes a step.
    pub(crate) async fn undo(&self, step: usize) {
        self.say(What::IsUndone, step);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    pub(crate) fn value(&self, _step: usize, output: usize, made: u64) -> Value {
        self.kept(self::output(made, output))
    }

    pub(crate) fn instead(&self, step: usize, output: usize) -> Value {
        self.kept(instead(step, output))
    }

    fn kept(&self, number: u64) -> Value {
        let mut drops = locked(&self.drops);
        drops.push(0);
        Value {
            number,
            id: drops.len() - 1,
            drops: self.drops.clone(),
        }
    }

    /// The last expression.
    #[expect(
        clippy::unused_self,
        reason = "every workflow has a use for its input then"
    )]
    pub(crate) fn end(&self, left: &[u64]) -> u64 {
        made(usize::MAX, left)
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        locked(&self.events).clone()
    }

    /// How often each value has been dropped.
    pub(crate) fn drops(&self) -> Vec<u32> {
        locked(&self.drops).clone()
    }

    pub(crate) fn millis(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).expect("no run takes so long")
    }

    fn say(&self, what: What, step: usize) {
        let at = self.millis();
        locked(&self.events).push(Event { what, step, at });
        // Some of those that wait for something else, and of those that wait no more.
        let disturbed: Vec<Waker> = locked(&self.disturbed)
            .iter()
            .rev()
            .take(3)
            .cloned()
            .collect();
        disturbed.iter().for_each(Waker::wake_by_ref);
    }

    async fn wait(&self, wait: Wait) {
        let sleep = |millis| tokio::time::sleep(Duration::from_millis(millis));
        match wait {
            Wait::Not => {}
            Wait::Yields(times) => {
                let mut left = times;
                poll_fn(|cx| {
                    if left == 0 {
                        return Poll::Ready(());
                    }
                    left -= 1;
                    cx.waker().wake_by_ref();
                    Poll::Pending
                })
                .await;
            }
            Wait::Sleeps(millis) => sleep(millis).await,
            Wait::Joins(millis) => tokio::spawn(sleep(millis)).await.expect("it only sleeps"),
            Wait::Disturbed(millis) => {
                poll_fn(|cx| {
                    locked(&self.disturbed).push(cx.waker().clone());
                    Poll::Ready(())
                })
                .await;
                sleep(millis).await;
            }
        }
    }
}

/// A step that runs.
struct Running<'w> {
    world: &'w World,
    step: usize,
    ended: bool,
}

impl<'w> Running<'w> {
    fn start(world: &'w World, step: usize) -> Self {
        world.say(What::Starts, step);
        Self {
            world,
            step,
            ended: false,
        }
    }

    fn end(mut self, inputs: &[u64]) -> Result<u64, Oops> {
        self.ended = true;
        let (world, step) = (self.world, self.step);
        match world.orders[step].fault {
            None => {
                world.say(What::Completes, step);
                Ok(made(step, inputs))
            }
            Some(fault) => {
                world.say(What::Fails, step);
                assert!(
                    fault == Fault::Error,
                    "step {step} panics, as it is told to"
                );
                Err(Oops(step))
            }
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.world.say(What::IsDropped, self.step);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
