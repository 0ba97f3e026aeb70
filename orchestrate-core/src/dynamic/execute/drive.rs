//! What starts tasks, polls them, and says how the run goes on.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use orchestrate_plan::{Kind, Priority};

use super::{
    IN_A_ROW, TaskRun, Undo,
    attempt::Ended,
    failure_of,
    running::{Running, Task},
};
use crate::{
    Failure, Reason,
    dynamic::{
        AgentError, AgentTask, DependencyFailed, TaskResult, context::Common, graph::Graph,
        graph::Settings, task::Work,
    },
    failure::StepError,
    place::Place,
    undo::Rollbacks,
};

/// Drives the tasks of a graph to their ends.
pub(super) struct Drive<'g> {
    pub(super) run: &'g TaskRun<'g>,
    pub(super) graph: &'g Graph,
    pub(super) settings: &'g Settings,
    pub(super) common: &'g Common<'g>,
    /// What undoes the tasks that have completed, in the order of their completion.
    undo: &'g mut Vec<Undo>,
    /// How many tasks each waits for. Nothing where none does.
    waits_for: Vec<usize>,
    ready: Ready,
    running: Running<'g>,
    /// How many of them are not dropped.
    live: usize,
    /// Whether nothing starts any more.
    is_stopping: bool,
    /// Whether that is because nothing more is needed: then what fails after that fails nothing.
    is_decided: bool,
    /// Whether somebody listens: then each task is run with all that is told of it.
    pub(super) is_told: bool,
    failure: Option<Failure<AgentError>>,
    /// What failed after that has undone.
    others: Rollbacks,
}

/// The tasks that may start, by their priority, and in the order in which they became ready.
#[derive(Default)]
struct Ready([VecDeque<usize>; Priority::ALL.len()]);

impl Ready {
    /// Room for the tasks of the usual priority, without growing step by step.
    fn reserve(&mut self, tasks: &[AgentTask]) {
        self.0[Priority::Normal as usize].reserve(tasks.len());
    }

    fn push(&mut self, task: usize, priority: Priority) {
        self.0[priority as usize].push_back(task);
    }

    fn pop(&mut self) -> Option<usize> {
        self.0.iter_mut().rev().find_map(VecDeque::pop_front)
    }

    fn clear(&mut self) {
        self.0.iter_mut().for_each(VecDeque::clear);
    }
}

impl<'g> Drive<'g> {
    pub(super) fn new(
        run: &'g TaskRun<'g>,
        settings: &'g Settings,
        common: &'g Common<'g>,
        undo: &'g mut Vec<Undo>,
    ) -> Self {
        let graph = common.graph;
        let mut drive = Self {
            run,
            graph,
            settings,
            common,
            undo,
            waits_for: Vec::new(),
            ready: Ready::default(),
            running: Running::default(),
            live: 0,
            is_stopping: false,
            is_decided: false,
            is_told: run.is_told(),
            failure: None,
            others: Rollbacks::new(),
        };
        drive.line_up();
        drive
    }

    /// Finds out which tasks may start at once, and which come after which.
    fn line_up(&mut self) {
        let tasks = self.graph.tasks();
        self.ready.reserve(tasks);
        if self.graph.has_order() {
            // One that is named twice is waited for twice, and comes twice.
            let waits_for = (0..tasks.len()).map(|task| self.graph.waits_for(task));
            self.waits_for = waits_for.collect();
        }
        let mut at_once = 0;
        for (task, asked) in tasks.iter().enumerate() {
            if self.waits_for.get(task).is_none_or(|&count| count == 0) {
                self.ready.push(task, asked.priority());
                at_once += 1;
            }
        }
        let at_most = self.settings.at_most.unwrap_or(usize::MAX);
        self.running = Running::new(tasks.len(), at_once.min(at_most));
    }

    /// Starts what may start.
    fn fill(&mut self) {
        let at_most = self.settings.at_most.unwrap_or(usize::MAX);
        while self.live < at_most
            && let Some(task) = self.ready.pop()
        {
            self.live += 1;
            let task = Task::new(self, task);
            self.running.push(task);
        }
    }

    /// A task has ended.
    fn ended(&mut self, task: usize, ended: Ended) {
        self.live -= 1;
        match ended {
            Ended::Done(output, undo) => {
                self.undo.extend(undo);
                self.settle(task, Ok(output));
            }
            Ended::Excused(failure) => self.settle(task, Err(failure)),
            // One that was stopped, because something else has failed, does not say why.
            Ended::Failed(error)
                if self.failure.is_none()
                    && !self.is_decided
                    && !(error.is_cancelled() && self.run.has_failed()) =>
            {
                let place = self.place(task);
                let failure = self.run.step_failed(place, error, |error| error);
                self.stop(Some(failure));
            }
            Ended::Failed(error) => {
                self.run.failed_too(self.place(task), error.reason.cause());
                self.others.extend(Rollbacks(error.rollbacks));
            }
        }
    }

    /// What has become of a task is known: those that come after it may start.
    fn settle(&mut self, task: usize, result: TaskResult) {
        let decided = self.settings.decides.as_ref().map(|decides| {
            let task = self.graph.task(task).name();
            self.run.finished(|| decides(task, &result))
        });
        let failed = result.is_err();
        // Each task ends once.
        let _ = self.common.results[task].set(result);
        match decided {
            _ if self.is_stopping => {}
            Some(Ok(true)) => {
                self.is_decided = true;
                self.stop(None);
            }
            // Who decides has panicked.
            Some(Err(failure)) => self.stop(Some(failure)),
            Some(Ok(false)) | None => {}
        }
        let mut left_out = Vec::new();
        self.go_on(task, failed, &mut left_out);
        // Without recursion, however long the chain is.
        while let Some(task) = left_out.pop() {
            self.go_on(task, true, &mut left_out);
        }
    }

    fn go_on(&mut self, task: usize, failed: bool, left_out: &mut Vec<usize>) {
        let leaves_out = failed && !self.graph.task(task).is_optional();
        let graph = self.graph;
        for after in graph.after(task) {
            self.waits_for[after] -= 1;
            if leaves_out && self.common.results[after].get().is_none() {
                let dependency = self.graph.task(task).shared_name();
                let error = AgentError::new(DependencyFailed { dependency });
                let error = StepError::new(Reason::Error(error), 0);
                let failure = failure_of(self.graph, after, error);
                let _ = self.common.results[after].set(Err(failure));
                self.run.left_out(self.place(after).guarded());
                left_out.push(after);
            } else if self.waits_for[after] == 0 && self.common.results[after].get().is_none() {
                self.ready.push(after, self.graph.task(after).priority());
            }
        }
    }

    /// Nothing starts from here on. What can be dropped is; the rest is polled again, so that it sees that.
    fn stop(&mut self, failure: Option<Failure<AgentError>>) {
        self.is_stopping = true;
        self.failure = failure;
        self.ready.clear();
        self.run.stop();
        let dropped = self.running.stop();
        self.live -= dropped;
    }

    /// Whatever an agent says that it is: it launches no agents.
    pub(super) fn place(&self, task: usize) -> Place {
        let kind = match self.graph.task(task).work() {
            Work::Agent(_) => Kind::Agent,
            Work::Graph(_) => Kind::Flow,
        };
        Place::of_step(task, kind)
    }
}

impl Future for Drive<'_> {
    type Output = Result<(), Failure<AgentError>>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let mut ended_now = 0;
        loop {
            if !this.is_stopping {
                if this.run.has_failed() {
                    // A graph inside this one has failed, and says so when it has undone what it did. What this one is a
                    // part of stops by that, too: so this comes first.
                    this.stop(None);
                } else if let Some(failure) = this.run.interrupted() {
                    this.stop(Some(failure));
                } else {
                    this.fill();
                }
            }
            if this.live == 0 {
                break;
            }
            if ended_now == IN_A_ROW {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match this.running.poll_next(cx) {
                Poll::Ready((task, ended)) => {
                    ended_now += 1;
                    this.ended(task, ended);
                }
                // A graph inside this one has just failed.
                Poll::Pending if !this.is_stopping && this.run.has_failed() => {}
                Poll::Pending => return Poll::Pending,
            }
        }
        this.running.clear();
        let stopped = || (this.is_stopping && !this.is_decided).then(|| this.run.cancelled());
        Poll::Ready(match this.failure.take().or_else(stopped) {
            Some(failure) => Err(failure.__undone(std::mem::take(&mut this.others))),
            None => Ok(()),
        })
    }
}
