//! A supervisor, which takes a process from state to state.

mod assessment;
mod error;
mod log;
mod rounds;
mod state;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::Instant;

pub use assessment::Assessment;
pub use error::{SupervisionError, SupervisionFailure};
pub use log::{Situation, SupervisionEntry, SupervisionMetrics};
pub use state::SupervisorState;

use super::{
    AgentError, AgentInput, AgentTask, IntoAgent, OrchestrationError, TaskGraph, TaskResult,
    agent::short,
};
use crate::Orchestrator;
use rounds::{Agents, Kept, Rounds, States};

/// Who supervises a process: see [`Supervisor`].
///
/// It is asked in a step of the run, of the kind agent: it is told to observers, counts against the limits, and may not
/// launch agents itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how to supervise",
    label = "no `Supervision`",
    note = "implement `Supervision` for it: who assesses how things stand, and says which state comes next"
)]
#[async_trait]
pub trait Supervision: Send + Sync {
    /// Its name: that of its type, where it says nothing. What the runs of an orchestrator know of it, they know by this.
    fn name(&self) -> &str {
        short(std::any::type_name::<Self>())
    }

    /// Looks at how things stand, before somebody acts.
    ///
    /// # Errors
    ///
    /// When it cannot: that fails the run.
    async fn assess(&self, situation: &Situation<'_>) -> Result<Assessment, AgentError>;

    /// Puts into the numbers what it makes of an action. It finds those in it that are always kept. Where it says nothing,
    /// there are no others.
    fn measure(
        &self,
        metrics: &mut SupervisionMetrics,
        situation: &Situation<'_>,
        action: Option<&TaskResult>,
    ) {
        let _ = (metrics, situation, action);
    }

    /// Says which state comes next, by what the action has come to (none where nothing was left to do), and what was made
    /// of how things stood before it. Where it says nothing: [`SupervisorState::usual_next`].
    ///
    /// A state that [may not come next](SupervisorState::next) fails the run.
    fn transition(
        &self,
        situation: &Situation<'_>,
        action: Option<&TaskResult>,
        assessment: &Assessment,
    ) -> SupervisorState {
        situation.state().usual_next(action, assessment)
    }
}

/// Takes a process from state to state: a supervisor assesses how things stand, the agent of the state acts, and the
/// supervisor says which [state](SupervisorState) comes next, until one is terminal.
///
/// An action that fails does not fail the run: the supervisor is told of it, and usually the process recovers. However
/// things go, there are [not too many](Self::with_max_transitions) transitions.
///
/// One run does all of it: its one step, `states`, is a flow of one run a state, each of the steps `planning` (or whatever
/// the state is) and `supervise`. So the limits, the deadline, the observers and the cancellation of its orchestrator hold
/// for the whole, and the rule about agents for the supervisor, too.
///
/// # Who acts
///
/// The agent [of the state](Self::with_agent); where it has none, the agent of the state that the assessment
/// [asks for](Assessment::asks_for). It is given an object:
///
/// | name | what it is |
/// | --- | --- |
/// | `process` | what is supervised |
/// | `state` | the state, in lower case |
/// | `assessment` | the [`Assessment`] |
/// | `last` | what the last action has produced that did not fail; null before |
/// | `failure` | why the last action has failed, as a text; null where it has not |
///
/// ```
/// use orchestrated::dynamic::{
///     AgentError, AgentInput, Assessment, Situation, Supervision, Supervisor, SupervisorState, agent_fn, async_trait,
/// };
///
/// /// Done when there are three pages.
/// struct Pages;
///
/// #[async_trait]
/// impl Supervision for Pages {
///     async fn assess(&self, situation: &Situation<'_>) -> Result<Assessment, AgentError> {
///         let is_written = |entry: &&_| {
///             let entry: &orchestrated::dynamic::SupervisionEntry = entry;
///             entry.state == SupervisorState::Executing && matches!(entry.action, Some(Ok(_)))
///         };
///         let pages = situation.log().iter().filter(is_written).count();
///         let wanted: usize = situation.process().get("pages")?;
///         let assessment = Assessment::default().with_data(pages);
///         Ok(if pages < wanted { assessment.ready_for_execution() } else { assessment.finished() })
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let plan = agent_fn("outline", |_| async { Ok("three pages".into()) });
/// let write = agent_fn("writer", |input: AgentInput| async move {
///     let assessment: Assessment = input.get("assessment")?;
///     Ok(format!("page {}", assessment.data).into())
/// });
/// let read = agent_fn("reader", |_| async { Ok("well".into()) });
/// let outcome = Supervisor::new(Pages)
///     .with_agent(SupervisorState::Planning, plan)
///     .with_agent(SupervisorState::Executing, write)
///     .with_agent(SupervisorState::Monitoring, read)
///     .execute(AgentInput::default().with("pages", 1))
///     .await?;
/// let told: Vec<_> = outcome.log.iter().map(|entry| format!("{} {:?}", entry.state, entry.agent)).collect();
/// assert_eq!(
///     told,
///     [
///         // It has no agent of its own, and there is something to execute.
///         r#"initialising Some("writer")"#,
///         r#"planning Some("outline")"#,
///         r#"executing Some("writer")"#,
///         r#"monitoring None"#,
///     ]
/// );
/// assert_eq!(outcome.final_state, SupervisorState::Done);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
#[must_use = "an orchestrator does nothing until it executes a process"]
pub struct Supervisor {
    orchestrator: Orchestrator,
    name: Cow<'static, str>,
    supervision: Arc<dyn Supervision>,
    agents: Agents,
    at_most: usize,
    timeout: Option<Duration>,
}

/// What became of a supervised process.
///
/// See [`Supervisor::execute`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SupervisionOutcome {
    /// The terminal state in which it has ended: done, or failed.
    pub final_state: SupervisorState,
    /// The states that it was in, the first one first.
    pub log: Vec<SupervisionEntry>,
    /// The numbers at the end.
    pub metrics: SupervisionMetrics,
}

impl SupervisionOutcome {
    /// Whether the process has done what it should.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.final_state == SupervisorState::Done
    }
}

impl Supervisor {
    /// One without agents, on an [`Orchestrator`] of its own, with at most 100 transitions.
    pub fn new(supervision: impl Supervision + 'static) -> Self {
        Self {
            orchestrator: Orchestrator::new(),
            name: Cow::Borrowed("Supervisor"),
            supervision: Arc::new(supervision),
            agents: Agents::new(),
            at_most: 100,
            timeout: None,
        }
    }

    /// Says who acts in a state, instead of who did before. In a terminal state nobody acts.
    pub fn with_agent(mut self, state: SupervisorState, agent: impl IntoAgent) -> Self {
        self.agents.insert(state, agent.into_agent());
        self
    }

    /// How many transitions there may be, at least 1. A process that has not ended by then is a failure.
    pub fn with_max_transitions(mut self, transitions: usize) -> Self {
        self.at_most = transitions.max(1);
        self
    }

    /// How long an action may take, and how long the supervisor, whenever it is asked. An action that takes longer has
    /// failed.
    pub fn with_timeout(mut self, of_a_step: Duration) -> Self {
        self.timeout = Some(of_a_step);
        self
    }

    /// Executes on this orchestrator: under its limits, its deadline and its permissions, and told to its observers.
    pub fn on(mut self, orchestrator: &Orchestrator) -> Self {
        self.orchestrator = orchestrator.clone();
        self
    }

    /// The name of its runs, in plans, events and failures.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Supervises the process until it has ended, well or not.
    ///
    /// # Errors
    ///
    /// [`OrchestrationError::Supervision`], with the log so far, when there are too many transitions, one that is not
    /// allowed, or no agent for a state (each a [`SupervisionError`]); when the supervisor itself fails; or when the run as a
    /// whole does: it is cancelled, takes too long, or must not start.
    pub async fn execute(
        &self,
        process: impl Into<AgentInput>,
    ) -> Result<SupervisionOutcome, OrchestrationError> {
        let rounds = Arc::new(Rounds {
            supervision: Arc::clone(&self.supervision),
            agents: self.agents.clone(),
            at_most: self.at_most,
            timeout: self.timeout,
            process: process.into(),
            began: Instant::now(),
            kept: Mutex::default(),
        });
        let states = States(Arc::clone(&rounds));
        let states = AgentTask::of_graph("states", Arc::new(states));
        let graph = TaskGraph::new(self.name.clone(), [states])?;
        let ended = graph.run(&self.orchestrator).await;
        let Kept {
            state,
            log,
            metrics,
            ..
        } = rounds.take();
        match ended {
            Ok(_) => Ok(SupervisionOutcome {
                final_state: state,
                log,
                metrics,
            }),
            Err(failure) => Err(OrchestrationError::Supervision(Box::new(
                SupervisionFailure {
                    failure,
                    state,
                    log,
                    metrics,
                },
            ))),
        }
    }
}

impl fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supervisor")
            .field("name", &self.name)
            .field("supervision", &self.supervision.name())
            .field("agents", &self.agents)
            .field("at_most", &self.at_most)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<S: Supervision + ?Sized> Supervision for Arc<S> {
    fn name(&self) -> &str {
        (**self).name()
    }

    async fn assess(&self, situation: &Situation<'_>) -> Result<Assessment, AgentError> {
        (**self).assess(situation).await
    }

    fn measure(
        &self,
        metrics: &mut SupervisionMetrics,
        situation: &Situation<'_>,
        action: Option<&TaskResult>,
    ) {
        (**self).measure(metrics, situation, action);
    }

    fn transition(
        &self,
        situation: &Situation<'_>,
        action: Option<&TaskResult>,
        assessment: &Assessment,
    ) -> SupervisorState {
        (**self).transition(situation, action, assessment)
    }
}
