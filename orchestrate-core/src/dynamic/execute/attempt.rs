//! One task: the same layers around it as around a step of a `workflow!`, from the outside in: breaker, fallback, retry,
//! time-out of one attempt, the agent.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
};

use super::Undo;
use crate::{
    Failure, Reason, StepFailure,
    dynamic::{
        Agent, AgentContext, AgentError, AgentInput, AgentOutput, TaskGraph,
        context::Dependencies,
        task::{Inner, Options, Work},
    },
    failure::StepError,
    guard::{Attempt, Limit, Retry, StepRun, Takes},
    launcher::Scope,
    undo::Rollbacks,
};

/// How a task has ended.
pub(super) enum Ended {
    /// It has its output, and there may be something that undoes it.
    Done(AgentOutput, Option<Undo>),
    /// It has failed, which fails the run.
    Failed(StepError<AgentError>),
    /// It has failed, which does not.
    Excused(StepFailure),
}

/// A task with all that is around it.
#[derive(Clone, Copy)]
pub(super) struct Guarded<'g> {
    pub(super) step: StepRun<'g>,
    pub(super) done: Dependencies<'g>,
    /// Whether its failure is told, and does not fail the run.
    pub(super) is_excused: bool,
}

type Answer = Result<(AgentOutput, Option<Undo>), StepError<AgentError>>;

impl Guarded<'_> {
    /// Runs the task, with its options.
    pub(super) async fn run(self) -> Ended {
        let task = self.done.task();
        let options = task.options();
        let ended = self.broken(options).await;
        let error = match ended {
            Ok((output, kept)) => return self.kept(options, output, kept),
            Err(error) => error,
        };
        // Nobody makes good for a run that stops.
        if error.is_cancelled() || self.step.is_stopping() {
            return Ended::Failed(error);
        }
        if let Some(output) = options.and_then(|options| options.default.as_ref()) {
            let failure = self.step.erase(error, AgentError::into_inner);
            if let Some(told) = options.and_then(|options| options.on_default.as_ref()) {
                told(&failure);
            }
            return Ended::Done(output.clone(), None);
        }
        if self.is_excused {
            return Ended::Excused(self.step.erase(error, AgentError::into_inner));
        }
        Ended::Failed(error)
    }

    /// The breaker, where there is one.
    async fn broken(self, options: Option<&Options>) -> Answer {
        let Some(breaker) = options.and_then(|options| options.breaker.as_ref()) else {
            return self.instead(options).await;
        };
        let name = breaker.name.clone();
        let guarded = self
            .step
            .breaker_of(name, breaker.failures, breaker.cooldown)?;
        let ended = self.instead(options).await;
        // An agent that was not asked has not failed.
        if !matches!(&ended, Err(error) if error.attempts() == 0) {
            guarded.ended(&ended);
        }
        ended
    }

    /// The task, or what is asked instead of it, one after the other.
    async fn instead(self, options: Option<&Options>) -> Answer {
        let mut ended = self.again(options).await;
        let fallbacks = options.map_or(&[][..], |options| &options.fallbacks);
        for (position, fallback) in (0..).zip(fallbacks) {
            let error = match ended {
                Err(error) if !error.is_cancelled() && !self.step.is_stopping() => error,
                ended => return ended,
            };
            let attempts = error.attempts();
            let before = self.step.erase(error, AgentError::into_inner);
            // A panic of what makes the input is a failure of this fallback alone.
            let input = async { Ok((fallback.input)(&before)) };
            let asked = match self.step.caught(input).await {
                Ok(input) => {
                    let attempt = Attempt::fallback(attempts, position);
                    self.asked(attempt, &*fallback.agent, input).await
                }
                Err(error) => Err(error),
            };
            ended = match asked {
                Ok(output) => Ok((output, None)),
                Err(error) => Err(error.after(&before)),
            };
        }
        ended
    }

    /// The attempts.
    async fn again(self, options: Option<&Options>) -> Answer {
        let input = self.input().await?;
        let Some(retries) = options.and_then(|options| options.retries) else {
            return self.once(1, options, input).await;
        };
        let mut retry = Retry::new(
            retries.attempts,
            retries.backoff,
            retries.max_backoff,
            retries.jitter,
        );
        loop {
            let number = retry.begin();
            let mut error = match self.once(number, options, input.clone()).await {
                Ok(ended) => return Ok(ended),
                Err(error) => error,
            };
            let wanted = match error.error() {
                Some(error) => !error.is_permanent(),
                None => error.is_worth_another(),
            };
            if !retry.again(&self.step, &mut error, wanted).await {
                return Err(error);
            }
        }
    }

    /// What it is given. What panics in that has failed like an attempt: what makes good for one is asked.
    async fn input(self) -> Result<AgentInput, StepError<AgentError>> {
        let made = async {
            let made = self.done.task().make_input(&self.done);
            made.map_err(|error| StepError::new(Reason::Error(error), 0))
        };
        let made = self.step.caught(made).await;
        made.map_err(|error| StepError::new(error.reason, 0))
    }

    async fn once(self, number: u32, options: Option<&Options>, input: AgentInput) -> Answer {
        let limit = options.and_then(|options| options.timeout);
        let attempt = Attempt {
            number,
            told: Some(number),
            limit: limit.map_or(Limit::None, Limit::After),
            recorded: limit.is_some(),
            takes: Takes {
                counted: true,
                priority: options.map(|options| options.priority).unwrap_or_default(),
                uses: &[],
            },
        };
        match self.done.task().work() {
            Work::Agent(agent) => {
                let output = self.asked(attempt, &**agent, input).await?;
                Ok((output, None))
            }
            Work::Graph(inner) => self.nested(attempt, inner, input).await,
        }
    }

    /// One attempt by an agent.
    async fn asked(
        self,
        attempt: Attempt,
        agent: &dyn Agent,
        input: AgentInput,
    ) -> Result<AgentOutput, StepError<AgentError>> {
        let cx = AgentContext::new(self.step.context(attempt.number), self.done);
        // What it does before its future is made belongs to the attempt, too.
        let body = async { agent.execute(cx, input).await };
        let body = pin!(Some(body));
        self.step.fallible(attempt, body, ToString::to_string).await
    }

    /// One attempt at a graph inside this one, and those that follow it.
    async fn nested(self, attempt: Attempt, inner: &Arc<dyn Inner>, input: AgentInput) -> Answer {
        let error = |error| StepError::new(Reason::Error(error), attempt.number);
        let graph = inner.graph(input).map_err(error)?;
        let attempt = Attempt {
            takes: Takes {
                counted: false,
                ..attempt.takes
            },
            ..attempt
        };
        let stop = self.step.stop(self.fails_the_run());
        let launcher = self.step.flow(&stop);
        // In a box: what it holds is of this same type.
        let mut part: Pin<Box<dyn Future<Output = Part> + Send + '_>> =
            Box::pin(in_turn(graph, &**inner, launcher.0));
        let (output, undo) = self
            .step
            .run_flow(attempt, true, &stop, pin!(&mut part))
            .await?;
        match output {
            Ok(output) => Ok((output, Some(undo))),
            Err(failed) => {
                let mut failed = error(failed);
                failed.rollbacks = undo.await.0;
                Err(failed)
            }
        }
    }

    /// Whether the run fails when an attempt does: where something may make good for that, nothing is stopped yet.
    fn fails_the_run(self) -> bool {
        let makes_good = self.done.task().options().is_some_and(|options| {
            options.retries.is_some() || !options.fallbacks.is_empty() || options.default.is_some()
        });
        !self.is_excused && !makes_good
    }

    /// The output, with what undoes the task.
    fn kept(self, options: Option<&Options>, output: AgentOutput, kept: Option<Undo>) -> Ended {
        let Some(rollback) = options.and_then(|options| options.rollback.clone()) else {
            return Ended::Done(output, kept);
        };
        let given = output.clone();
        let told = self.step.told();
        let plan = Arc::clone(self.done.plan());
        let index = self.done.index();
        let undo = async move {
            let mut rollbacks = Rollbacks::new();
            let undone = async { rollback(given).await.map_err(AgentError::into_inner) };
            rollbacks.undo(plan, index, &told, undone).await;
            if let Some(kept) = kept {
                rollbacks.extend(kept.await);
            }
            rollbacks
        };
        Ended::Done(output, Some(Box::pin(undo)))
    }
}

/// What it produces, and what undoes it, the last first.
type Part = Result<(Result<AgentOutput, AgentError>, Undo), Failure<AgentError>>;

/// Runs a graph, and those that follow it, one after the other.
async fn in_turn(mut graph: TaskGraph, inner: &dyn Inner, scope: Scope<'_>) -> Part {
    let mut undo = Vec::new();
    loop {
        let results = match super::run(graph, scope).await {
            Ok((results, kept)) => {
                undo.push(Box::pin(kept) as Undo);
                results
            }
            Err(failure) => return Err(failure.__undone(super::last_first(undo).await)),
        };
        let output = match inner.next(&results) {
            Ok(Some(next)) => {
                graph = next;
                continue;
            }
            Ok(None) => inner.output(&results),
            Err(error) => Err(error),
        };
        return Ok((output, Box::pin(super::last_first(undo))));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{
        Orchestrator,
        dynamic::{AgentTask, TaskResults, agent_fn},
    };

    /// Graphs one after the other, each of one task that can be undone.
    struct Steps {
        names: Vec<&'static str>,
        at: Mutex<usize>,
        undone: Arc<Mutex<Vec<String>>>,
    }

    impl Steps {
        fn step(&self) -> Result<Option<TaskGraph>, AgentError> {
            let mut at = self.at.lock().unwrap();
            let Some(&name) = self.names.get(*at) else {
                return Ok(None);
            };
            *at += 1;
            let does = agent_fn("does", |name: AgentInput| async move {
                match name.to::<&str>()? {
                    "fails" => Err(AgentError::msg("told to fail")),
                    name => Ok(name.into()),
                }
            });
            let undone = Arc::clone(&self.undone);
            let task = AgentTask::new(name, does, name).with_rollback(move |output| {
                undone.lock().unwrap().push(output.to().unwrap());
                async { Ok(()) }
            });
            match name {
                "is none" => Err(AgentError::msg("there is no such step")),
                _ => Ok(Some(TaskGraph::new(name, [task])?)),
            }
        }
    }

    impl Inner for Steps {
        fn plan(&self) -> Option<orchestrate_plan::Plan> {
            None
        }

        fn graph(&self, _: AgentInput) -> Result<TaskGraph, AgentError> {
            self.step()?.ok_or_else(|| AgentError::msg("no step"))
        }

        fn next(&self, _: &TaskResults) -> Result<Option<TaskGraph>, AgentError> {
            self.step()
        }

        fn output(&self, results: &TaskResults) -> Result<AgentOutput, AgentError> {
            let last = results.outputs().next();
            last.map(|(_, output)| output.clone())
                .ok_or_else(|| AgentError::msg("no output"))
        }
    }

    /// What comes of graphs one after the other, and which of them are undone; a task after them fails where that is asked.
    fn run(names: &[&'static str], fails_after: bool) -> (Result<String, String>, Vec<String>) {
        let undone = Arc::default();
        let inner = Steps {
            names: names.to_vec(),
            at: Mutex::default(),
            undone: Arc::clone(&undone),
        };
        let after = agent_fn("after", move |_| async move {
            if fails_after {
                return Err(AgentError::msg("afterwards"));
            }
            Ok(().into())
        });
        let tasks = [
            AgentTask::of_graph("steps", Arc::new(inner)),
            AgentTask::new("after", after, ()).after(["steps"]),
        ];
        let graph = TaskGraph::new("Whole", tasks).unwrap();
        let orchestrator = Orchestrator::new();
        let ended = futures::executor::block_on(graph.run(&orchestrator));
        let ended = match ended {
            Ok(results) => Ok(results.output("steps").unwrap().to().unwrap()),
            Err(failure) => {
                assert_eq!(failure.rollbacks().len(), undone.lock().unwrap().len());
                Err(failure.to_string())
            }
        };
        (ended, undone.lock().unwrap().clone())
    }

    #[test]
    fn graphs_that_follow_one_another_are_undone_the_last_first() {
        assert_eq!(run(&["a", "b", "c"], false), (Ok("c".to_owned()), vec![]));
        let undone = |names: [&str; 2]| names.map(str::to_owned).to_vec();
        let (ended, rollbacks) = run(&["a", "b", "fails", "c"], false);
        assert_eq!(
            ended.unwrap_err(),
            "workflow `Whole`: step `steps`: workflow `fails`: step `fails` failed: told to fail"
        );
        assert_eq!(rollbacks, undone(["b", "a"]));
        let (ended, rollbacks) = run(&["a", "b", "is none"], false);
        assert_eq!(
            ended.unwrap_err(),
            "workflow `Whole`: step `steps` failed: there is no such step"
        );
        assert_eq!(rollbacks, undone(["b", "a"]));
        let (ended, rollbacks) = run(&["a", "b"], true);
        assert_eq!(
            ended.unwrap_err(),
            "workflow `Whole`: step `after` failed: afterwards"
        );
        assert_eq!(rollbacks, undone(["b", "a"]));
    }
}
