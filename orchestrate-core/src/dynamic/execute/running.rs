//! The tasks that run, and how they are polled.

use std::{
    future::Future,
    pin::Pin,
    task::{Context as TaskContext, Poll, Waker},
};

use futures_util::{Stream as _, stream::FuturesUnordered};

use super::{
    TaskRun,
    attempt::{Ended, Guarded},
    drive::Drive,
};
use crate::{
    Reason,
    dynamic::{AgentContext, AgentError, AgentOutput, context::Dependencies, task::Work},
    failure::StepError,
    place::Place,
};

/// So few tasks are polled all together whenever one of them is woken: to know which one it was would cost each of them more
/// than to be asked for nothing. It is where `futures::future::join_all` draws the line, too.
const FEW: usize = 30;

/// The tasks that run.
pub(super) enum Running<'g> {
    Few {
        tasks: Vec<Task<'g>>,
        /// The next one to be polled, of this round.
        next: usize,
        /// Whether all of them are polled once more, before anybody waits.
        is_again: bool,
    },
    /// Each is polled when it is woken.
    Many(FuturesUnordered<Task<'g>>),
}

/// None at all.
impl Default for Running<'_> {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

impl<'g> Running<'g> {
    /// None yet, of so many, of which so many start at once.
    pub(super) fn new(tasks: usize, at_once: usize) -> Self {
        if tasks > FEW {
            return Self::Many(FuturesUnordered::new());
        }
        Self::Few {
            tasks: Vec::with_capacity(at_once),
            next: 0,
            is_again: false,
        }
    }

    /// It runs, once it is polled.
    pub(super) fn push(&mut self, task: Task<'g>) {
        match self {
            Self::Few { tasks, next, .. } => {
                if tasks.len() == tasks.capacity() {
                    // Rather than to grow: as a rule it follows on one that has ended.
                    let polled = tasks[..*next].iter();
                    *next -= polled.filter(|task| task.is_gone()).count();
                    tasks.retain(|task| !task.is_gone());
                }
                tasks.push(task);
            }
            Self::Many(tasks) => tasks.push(task),
        }
    }

    /// The next task that ends.
    pub(super) fn poll_next(&mut self, cx: &mut TaskContext<'_>) -> Poll<(usize, Ended)> {
        match self {
            Self::Few {
                tasks,
                next,
                is_again,
            } => loop {
                while let Some(task) = tasks.get_mut(*next) {
                    *next += 1;
                    if let Poll::Ready(ended) = Pin::new(task).poll(cx) {
                        return Poll::Ready(ended);
                    }
                }
                // In the order in which they started.
                tasks.retain(|task| !task.is_gone());
                *next = 0;
                if !std::mem::take(is_again) {
                    return Poll::Pending;
                }
            },
            Self::Many(tasks) => match Pin::new(tasks).poll_next(cx) {
                Poll::Ready(Some(ended)) => Poll::Ready(ended),
                // Those that are left were dropped.
                Poll::Ready(None) | Poll::Pending => Poll::Pending,
            },
        }
    }

    /// Drops what can be dropped, and says how many that were; the rest is polled again, so that it sees that the run stops.
    pub(super) fn stop(&mut self) -> usize {
        match self {
            Self::Few {
                tasks, is_again, ..
            } => {
                *is_again = true;
                tasks.iter_mut().filter_map(Task::stop).count()
            }
            Self::Many(tasks) => Pin::new(tasks)
                .iter_pin_mut()
                .filter_map(|task| task.get_mut().stop())
                .count(),
        }
    }

    /// Drops what is left.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Few { tasks, .. } => tasks.clear(),
            Self::Many(tasks) => tasks.clear(),
        }
    }
}

/// A task that runs.
pub(super) struct Task<'g> {
    run: &'g TaskRun<'g>,
    done: Dependencies<'g>,
    place: Place,
    /// Whether its failure is told, and does not fail the run.
    is_excused: bool,
    has_rollback: bool,
    /// By which it is polled again; none before it has started.
    waker: Option<Waker>,
    work: Doing<'g>,
}

type BoxFuture<'g, T> = Pin<Box<dyn Future<Output = T> + Send + 'g>>;

enum Doing<'g> {
    /// It has not started. Whether it has options.
    Before(bool),
    /// An agent, and nothing around it.
    Bare(BoxFuture<'g, Result<AgentOutput, AgentError>>),
    Guarded(BoxFuture<'g, Ended>),
    /// It was dropped.
    Nothing,
}

impl<'g> Task<'g> {
    pub(super) fn new(drive: &Drive<'g>, index: usize) -> Self {
        let task = drive.graph.task(index);
        let is_guarded =
            drive.is_told || task.options().is_some() || matches!(task.work(), Work::Graph(_));
        let place = drive.place(index);
        Self {
            run: drive.run,
            done: Dependencies::new(drive.common, index),
            place: if is_guarded { place.guarded() } else { place },
            is_excused: drive.settings.collect_errors || task.is_optional(),
            has_rollback: task.has_rollback(),
            waker: None,
            work: Doing::Before(is_guarded),
        }
    }

    /// Whether it has ended, or was dropped.
    fn is_gone(&self) -> bool {
        matches!(self.work, Doing::Nothing)
    }

    /// The run stops: drops it where that may be done, and says so.
    fn stop(&mut self) -> Option<()> {
        match &self.work {
            Doing::Nothing => None,
            Doing::Bare(_) | Doing::Guarded(_) if self.has_rollback => {
                if let Some(waker) = &self.waker {
                    waker.wake_by_ref();
                }
                None
            }
            _ => {
                self.run
                    .drop_step(self.place, || self.work = Doing::Nothing);
                Some(())
            }
        }
    }

    fn start(&mut self, is_guarded: bool) -> Doing<'g> {
        let step = self.run.step(self.place);
        if let (false, Work::Agent(agent)) = (is_guarded, self.done.task().work()) {
            let cx = AgentContext::new(step.context(1), self.done);
            match self.done.task().make_input(&self.done) {
                Ok(input) => return Doing::Bare(agent.execute(cx, input)),
                Err(error) => return Doing::Bare(Box::pin(async { Err(error) })),
            }
        }
        let guarded = Guarded {
            step,
            done: self.done,
            is_excused: self.is_excused,
        };
        Doing::Guarded(Box::pin(guarded.run()))
    }

    /// How a task ends that has nothing around it.
    fn bare(&self, error: StepError<AgentError>) -> Ended {
        if self.is_excused {
            let step = self.run.step(self.place);
            Ended::Excused(step.erase(error, AgentError::into_inner))
        } else {
            Ended::Failed(error)
        }
    }
}

/// What it does, polled at the place of the task.
struct Step<'t, 'g>(&'t mut Task<'g>);

impl Future for Step<'_, '_> {
    type Output = Ended;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Ended> {
        let task = &mut *self.0;
        if let Doing::Before(is_guarded) = task.work {
            // It may be what stops the run.
            if task.has_rollback {
                task.waker = Some(cx.waker().clone());
            }
            task.work = task.start(is_guarded);
        }
        match &mut task.work {
            Doing::Bare(agent) => agent.as_mut().poll(cx).map(|ended| match ended {
                Ok(output) => Ended::Done(output, None),
                Err(error) => task.bare(StepError::new(Reason::Error(error), 1)),
            }),
            Doing::Guarded(guarded) => guarded.as_mut().poll(cx),
            Doing::Before(_) | Doing::Nothing => Poll::Pending,
        }
    }
}

impl Future for Task<'_> {
    type Output = (usize, Ended);

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let task = self.get_mut();
        if matches!(task.work, Doing::Nothing) {
            return Poll::Pending;
        }
        let (run, place) = (task.run, task.place);
        let polled = run.poll_quiet(place, Pin::new(&mut Step(task)), cx);
        let ended = match polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(ended)) => ended,
            // What has panicked is never polled again.
            Poll::Ready(Err(panic)) => task.bare(StepError::new(Reason::Panicked(panic), 1)),
        };
        // What its destructor does is no failure of the run, and belongs to its place.
        run.drop_step(place, || task.work = Doing::Nothing);
        Poll::Ready((task.done.index(), ended))
    }
}
