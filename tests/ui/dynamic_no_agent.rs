//! What a task takes as its agent is one: a type with `Agent`, or a closure by `agent_fn`; and one that is shared stands in
//! an `Arc`.

use orchestrated::dynamic::{AgentError, AgentInput, AgentOutput, AgentRegistry, AgentTask, agent_fn};

struct Writer;

async fn echo(input: AgentInput) -> Result<AgentOutput, AgentError> {
    Ok(input.into())
}

fn main() {
    let _ = AgentTask::new("draft", Writer, ());
    let _ = AgentTask::new("draft", echo, ());
    let _ = AgentRegistry::new().with("writer");

    let shared = agent_fn("echo", echo);
    let _ = ["left", "right"].map(|name| AgentTask::new(name, &shared, ()));
}
