//! Agents for tests.

use std::sync::{Arc, Mutex};

use orchestrated::dynamic::{
    Agent, AgentError, AgentInput, AgentOutput, AgentTask, IntoAgent as _, agent_fn,
};

use crate::lines::ms;

/// Adds its name to the text that it is given, after a millisecond.
pub(crate) fn adds(name: &'static str) -> Arc<dyn Agent> {
    let adds = move |input: AgentInput| async move {
        ms(1).await;
        Ok(format!("{} {name}", input.to::<&str>()?).into())
    };
    agent_fn(name, adds).into_agent()
}

/// Fails, after a millisecond.
pub(crate) fn fails(name: &'static str) -> Arc<dyn Agent> {
    let fails = move |input: AgentInput| async move {
        ms(1).await;
        Err(AgentError::msg(format!("{name} given {}", input.value())))
    };
    agent_fn(name, fails).into_agent()
}

/// Gives back what it is given.
pub(crate) fn same(name: &'static str) -> Arc<dyn Agent> {
    agent_fn(name, |input: AgentInput| async move { Ok(input.into()) }).into_agent()
}

/// A task that writes down what it undoes.
pub(crate) fn undone(task: AgentTask, log: &Arc<Mutex<Vec<String>>>) -> AgentTask {
    let log = Arc::clone(log);
    task.with_rollback(move |output: AgentOutput| {
        let log = Arc::clone(&log);
        async move {
            log.lock().unwrap().push(output.to::<String>()?);
            Ok(())
        }
    })
}
