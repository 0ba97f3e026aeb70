//! Without `#[async_trait]` rustc has the word: the book says what it means.

use orchestrated::dynamic::{Agent, AgentContext, AgentError, AgentInput, AgentOutput};

struct Echo;

impl Agent for Echo {
    async fn execute(&self, _: AgentContext<'_>, input: AgentInput) -> Result<AgentOutput, AgentError> {
        Ok(input.into())
    }
}

fn main() {}
