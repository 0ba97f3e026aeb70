//! An agent of which it is noted how long it works, and whose output is looked at.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use orchestrate_plan::Kind;
use tokio::time::Instant;

use crate::dynamic::{Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask};

/// How long an agent has worked at something, all attempts together; none before it has begun.
#[derive(Clone, Debug, Default)]
pub(in crate::dynamic) struct Took(Arc<Mutex<Option<Duration>>>);

impl Took {
    pub(in crate::dynamic) fn get(&self) -> Option<Duration> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, took: Duration) {
        let mut before = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *before = Some(before.unwrap_or_default().saturating_add(took));
    }
}

/// Another agent, as far as anybody can see.
pub(in crate::dynamic) struct Watched {
    agent: Arc<dyn Agent>,
    took: Took,
    check: Option<Check>,
}

/// Whether an output is one.
pub(super) type Check = Box<dyn Fn(&AgentOutput) -> Result<(), AgentError> + Send + Sync>;

impl Watched {
    pub(in crate::dynamic) fn new(agent: Arc<dyn Agent>, took: Took) -> Self {
        Self {
            agent,
            took,
            check: None,
        }
    }

    pub(super) fn checked(mut self, check: Option<Check>) -> Self {
        self.check = check;
        self
    }
}

/// Notes how long an attempt was, however it ends: one that is dropped has a length, too.
struct Watch<'t> {
    began: Instant,
    took: &'t Took,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.took.add(self.began.elapsed());
    }
}

#[async_trait]
impl Agent for Watched {
    fn name(&self) -> &str {
        self.agent.name()
    }

    fn kind(&self) -> Kind {
        self.agent.kind()
    }

    fn capabilities(&self) -> &[String] {
        self.agent.capabilities()
    }

    fn can_handle(&self, task: &AgentTask) -> bool {
        self.agent.can_handle(task)
    }

    async fn execute(
        &self,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        let watch = Watch {
            began: Instant::now(),
            took: &self.took,
        };
        let output = self.agent.execute(cx, input).await?;
        drop(watch);
        if let Some(check) = &self.check {
            check(&output)?;
        }
        Ok(output)
    }
}
