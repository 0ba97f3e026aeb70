//! One graph a state: somebody acts, and the supervisor says what comes next. Each is made when the one before is done.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use orchestrate_plan::Plan;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Assessment, Situation, Supervision, SupervisionEntry, SupervisionError, SupervisionMetrics,
    SupervisorState,
};
use crate::dynamic::{
    Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, TaskGraph, TaskResult,
    TaskResults,
    delegation::{Took, Watched},
    task::Inner,
};

/// Who acts, by the state.
pub(super) type Agents = BTreeMap<SupervisorState, Arc<dyn Agent>>;

/// A process that is supervised.
pub(super) struct Rounds {
    pub(super) supervision: Arc<dyn Supervision>,
    pub(super) agents: Agents,
    pub(super) at_most: usize,
    pub(super) timeout: Option<Duration>,
    pub(super) process: AgentInput,
    pub(super) began: Instant,
    pub(super) kept: Mutex<Kept>,
}

/// What one state leaves for the next.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) state: SupervisorState,
    /// When the state began, counted from the start.
    since: Duration,
    /// What the supervisor makes of the state; none before it was asked.
    assessment: Option<Assessment>,
    /// Who acts, and for how long.
    acting: Option<(String, Took)>,
    pub(super) log: Vec<SupervisionEntry>,
    pub(super) metrics: SupervisionMetrics,
}

/// The name of the step in which the supervisor is asked.
const SUPERVISE: &str = "supervise";

impl Rounds {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that was kept.
    pub(super) fn take(&self) -> Kept {
        std::mem::take(&mut *self.kept())
    }
}

/// The rounds of a process, as a graph that others follow.
pub(super) struct States(pub(super) Arc<Rounds>);

impl States {
    fn limited(&self, task: AgentTask) -> AgentTask {
        match self.0.timeout {
            Some(limit) => task.or_timeout(limit),
            None => task,
        }
    }

    /// The supervisor is asked.
    fn supervise(&self) -> AgentTask {
        let agent = Supervises {
            name: self.0.supervision.name().to_owned(),
            rounds: Arc::clone(&self.0),
        };
        self.limited(AgentTask::new(SUPERVISE, agent, ()))
    }

    fn only_supervise(&self) -> Result<TaskGraph, AgentError> {
        Ok(TaskGraph::new("Supervision", [self.supervise()])?)
    }

    /// The agent for a state: its own, or that for what the assessment asks for.
    fn agent(
        &self,
        state: SupervisorState,
        assessment: &Assessment,
    ) -> Result<&Arc<dyn Agent>, SupervisionError> {
        let agents = &self.0.agents;
        let asked = assessment.asks_for();
        let agent = agents.get(&state).or_else(|| agents.get(&asked));
        agent.ok_or_else(|| SupervisionError::NoAgent {
            state,
            asked,
            known: agents.keys().copied().collect(),
        })
    }

    /// The action of a state, and the supervisor after it.
    fn round(&self, agent: Arc<dyn Agent>, took: Took, input: AgentInput) -> [AgentTask; 2] {
        let state = self.0.kept().state.word();
        let watched = Watched::new(agent, took);
        let action = AgentTask::new(state, watched, input).optional();
        [self.limited(action), self.supervise().after([state])]
    }
}

impl Inner for States {
    /// That of the first: it says that agents are launched.
    fn plan(&self) -> Option<Plan> {
        let graph = self.only_supervise().ok()?;
        Some(graph.plan().clone())
    }

    fn graph(&self, _: AgentInput) -> Result<TaskGraph, AgentError> {
        self.only_supervise()
    }

    fn next(&self, _: &TaskResults) -> Result<Option<TaskGraph>, AgentError> {
        let (state, assessment, input) = {
            let kept = self.0.kept();
            let Some(assessment) = kept.assessment.clone() else {
                return Ok(None);
            };
            let input = kept.input(&self.0.process, &assessment);
            (kept.state, assessment, input)
        };
        if assessment.finished {
            return self.only_supervise().map(Some);
        }
        let agent = Arc::clone(self.agent(state, &assessment)?);
        let took = Took::default();
        self.0.kept().acting = Some((agent.name().to_owned(), took.clone()));
        let tasks = self.round(agent, took, input);
        Ok(Some(TaskGraph::new(title(state), tasks)?))
    }

    fn output(&self, _: &TaskResults) -> Result<AgentOutput, AgentError> {
        Ok(self.0.kept().state.word().into())
    }
}

impl Kept {
    /// What the one is given who acts.
    fn input(&self, process: &AgentInput, assessment: &Assessment) -> AgentInput {
        let actions = self
            .log
            .iter()
            .rev()
            .filter_map(|entry| entry.action.as_ref());
        let last = actions.clone().find_map(|action| action.as_ref().ok());
        let failure = actions
            .clone()
            .next()
            .and_then(|action| action.as_ref().err());
        AgentInput::new(json!({
            "process": process.value(),
            "state": self.state,
            "assessment": assessment,
            "last": last.map_or(&Value::Null, AgentOutput::value),
            "failure": failure.map(ToString::to_string),
        }))
    }
}

/// The name of the run of a state: the variant of that name.
fn title(state: SupervisorState) -> String {
    format!("{state:?}")
}

/// The supervisor, asked.
struct Supervises {
    name: String,
    rounds: Arc<Rounds>,
}

/// What is kept, taken out so that it can be shown to code that waits; it is put back however that ends.
struct Held<'r> {
    kept: Kept,
    rounds: &'r Rounds,
}

impl<'r> Held<'r> {
    fn new(rounds: &'r Rounds) -> Self {
        Self {
            kept: rounds.take(),
            rounds,
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.rounds.kept() = std::mem::take(&mut self.kept);
    }
}

#[async_trait]
impl Agent for Supervises {
    fn name(&self) -> &str {
        &self.name
    }

    async fn execute(
        &self,
        cx: AgentContext<'_>,
        _: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        let rounds = &*self.rounds;
        let mut held = Held::new(rounds);
        let kept = &mut held.kept;
        if let Some(assessment) = kept.assessment.take() {
            let state = kept.state.word();
            let output = cx.output(state).cloned().map(Ok);
            let action = output.or_else(|| cx.failure(state).cloned().map(Err));
            kept.ended(rounds, action, assessment)?;
        }
        if kept.state.is_terminal() {
            return Ok(kept.state.word().into());
        }
        if kept.log.len() >= rounds.at_most {
            let error = SupervisionError::TooManyTransitions {
                limit: rounds.at_most,
                state: kept.state,
            };
            return Err(error.into());
        }
        let situation = Situation {
            state: kept.state,
            process: &rounds.process,
            metrics: &kept.metrics,
            log: &kept.log,
        };
        let assessment = rounds.supervision.assess(&situation).await?;
        kept.assessment = Some(assessment);
        Ok(kept.state.word().into())
    }
}

impl Kept {
    /// The action of the state has ended: it is written down, measured, and followed by the next state.
    fn ended(
        &mut self,
        rounds: &Rounds,
        action: Option<TaskResult>,
        assessment: Assessment,
    ) -> Result<(), SupervisionError> {
        let from = self.state;
        let (agent, took) = match self.acting.take() {
            Some((agent, took)) => (Some(agent), took.get().unwrap_or_default()),
            None => (None, Duration::ZERO),
        };
        self.count(rounds, action.as_ref(), took);
        // Before anything of the user's is called, so that it is not lost when that panics.
        self.log.push(SupervisionEntry {
            at: self.since,
            state: from,
            agent,
            action,
            took,
            assessment,
            next: None,
            metrics: self.metrics.clone(),
        });
        let Some((entry, log)) = self.log.split_last_mut() else {
            return Ok(());
        };
        let supervision = &*rounds.supervision;
        let mut measured = self.metrics.clone();
        let situation = |metrics| Situation {
            state: from,
            process: &rounds.process,
            metrics,
            log,
        };
        let action = entry.action.as_ref();
        supervision.measure(&mut measured, &situation(&self.metrics), action);
        let to = supervision.transition(&situation(&measured), action, &entry.assessment);
        let is_legal = from.may_become(to);
        measured.transitions += usize::from(is_legal);
        entry.metrics = measured.clone();
        self.metrics = measured;
        if !is_legal {
            return Err(SupervisionError::IllegalTransition { from, to });
        }
        entry.next = Some(to);
        self.state = to;
        self.since = self.metrics.elapsed;
        Ok(())
    }

    fn count(&mut self, rounds: &Rounds, action: Option<&TaskResult>, took: Duration) {
        let metrics = &mut self.metrics;
        metrics.elapsed = rounds.began.elapsed();
        metrics.worked = metrics.worked.saturating_add(took);
        metrics.actions += usize::from(action.is_some());
        metrics.failures += usize::from(matches!(action, Some(Err(_))));
    }
}
