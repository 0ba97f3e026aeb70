//! What a plan says of tasks whose graph is not known yet.

use std::sync::Arc;

use orchestrate_plan::Plan;

use super::{super::task::Inner, TaskGraph};
use crate::{
    Orchestrator, Reason,
    dynamic::{AgentError, AgentInput, AgentOutput, AgentTask, TaskResults, agent_fn},
};

/// One agent, of which nobody knows before it is asked.
struct Hidden;

impl Inner for Hidden {
    fn plan(&self) -> Option<Plan> {
        None
    }

    fn graph(&self, _: AgentInput) -> Result<TaskGraph, AgentError> {
        let agent = agent_fn("agent", |_: AgentInput| async { Ok("done".into()) });
        Ok(TaskGraph::new(
            "Hidden",
            [AgentTask::new("task", agent, ())],
        )?)
    }

    fn output(&self, results: &TaskResults) -> Result<AgentOutput, AgentError> {
        Ok(results.output("task").cloned().unwrap_or_default())
    }
}

fn whole() -> TaskGraph {
    let hidden = AgentTask::of_graph("hidden", Arc::new(Hidden));
    TaskGraph::new("Whole", [hidden]).unwrap()
}

#[test]
fn what_is_not_known_yet_may_launch_agents() {
    assert!(whole().plan().launches_agents());
}

#[tokio::test]
async fn an_agent_may_not_start_what_is_not_known_yet() {
    let outer = agent_fn("outer", |_: AgentInput| async {
        let failure = whole().run(&Orchestrator::new()).await.unwrap_err();
        assert!(matches!(failure.reason(), Reason::NestedAgent), "{failure}");
        // Nothing of it has started.
        assert_eq!(failure.step(), None);
        Ok(AgentOutput::default())
    });
    let graph = TaskGraph::new("Outer", [AgentTask::new("outer", outer, ())]).unwrap();
    graph.run(&Orchestrator::new()).await.unwrap();
}
