//! Agents that divide work, and one that takes a process from state to state.

#![cfg(feature = "dynamic")]

#[path = "dynamic_bosses/coordinator.rs"]
mod coordinator;
#[path = "dynamic_bosses/master.rs"]
mod master;
#[path = "dynamic_bosses/supervisor.rs"]
mod supervisor;

use std::{collections::BTreeSet, time::Duration};

use orchestrated::{
    Trace,
    dynamic::{Agent, AgentContext, AgentError, AgentInput, AgentOutput, async_trait},
    plan::Step,
};

/// Takes some time over a text, and says it in capitals; some texts are orders.
struct Shouts {
    name: String,
    able: Vec<String>,
    takes: Duration,
}

fn shouts(name: &str, able: &[&str]) -> Shouts {
    Shouts {
        name: name.to_owned(),
        able: able.iter().map(|&able| able.to_owned()).collect(),
        takes: Duration::from_millis(10),
    }
}

#[async_trait]
impl Agent for Shouts {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &[String] {
        &self.able
    }

    async fn execute(
        &self,
        _: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        tokio::time::sleep(self.takes).await;
        match input.to::<&str>()? {
            "fail" => Err(AgentError::msg("told to fail")),
            "panic" => panic!("told to panic"),
            "hang" => std::future::pending().await,
            text => Ok(text.to_uppercase().into()),
        }
    }
}

/// The workflows that have run, and in which workflow each has run.
fn told(trace: &Trace) -> BTreeSet<String> {
    let runs = trace.runs();
    let lines = runs.iter().map(|run| {
        let steps: Vec<_> = run.plan.steps().iter().map(Step::name).collect();
        let within = run.within.as_ref().map_or("", |_| "within: ");
        format!("{within}{}: {}", run.plan.name(), steps.join(", "))
    });
    lines.collect()
}

/// A task of the executor can hold each of them.
#[tokio::test(start_paused = true)]
async fn they_can_be_spawned() {
    let team = master::team();
    let words = tokio::spawn(async move { team.execute("a b").await });
    assert_eq!(words.await.unwrap().unwrap().results.len(), 2);
    let team = supervisor::team(supervisor::builds(1));
    let built = tokio::spawn(async move { team.execute("a boat").await });
    assert!(built.await.unwrap().unwrap().is_done());
}
