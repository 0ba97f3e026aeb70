//! The context of an agent runs no graph of agents, and no workflow with agents.

use orchestrated::{
    dynamic::{Agent, AgentContext, AgentError, AgentInput, AgentOutput, TaskGraph, async_trait},
    workflow,
};

workflow! {
    workflow Ask(question: String) -> usize {
        agent fn answer(question) -> usize { question.len() }
        answer
    }
}

struct Boss {
    graph: TaskGraph,
}

#[async_trait]
impl Agent for Boss {
    async fn execute(&self, cx: AgentContext<'_>, input: AgentInput) -> Result<AgentOutput, AgentError> {
        let answer = Ask { question: input.to()? }.run(&cx).await?;
        self.graph.run(&cx).await?;
        Ok(answer.into())
    }
}

fn main() {}
