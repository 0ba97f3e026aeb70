//! Only an orchestrator launches agents, whatever an agent says that it is, and whatever it launches them with.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use orchestrated::{
    Orchestrator, Reason,
    dynamic::{
        Agent, AgentChain, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask,
        Assessment, Coordination, Coordinator, HierarchicalOrchestrator, Master, MasterWorker,
        OrchestrationError, ParallelOrchestrator, ParallelSkills, SequentialOrchestrator,
        Situation, SkillAgent, SkillCall, SkillChain, SkillRegistry, Subtask, Supervision,
        Supervisor, SupervisorState, TaskGraph, TaskResults, agent_fn, async_trait, skill_fn,
    },
    plan::Kind,
    workflow,
};

type Ran = Arc<AtomicU32>;

fn counts(ran: &Ran) -> impl Agent + Clone + 'static {
    let ran = Arc::clone(ran);
    agent_fn("inner", move |_: AgentInput| {
        ran.fetch_add(1, Ordering::SeqCst);
        async { Ok(().into()) }
    })
}

struct Boss(Ran);

#[async_trait]
impl Master for Boss {
    async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(vec![Subtask::new("part", ())])
    }

    async fn aggregate(&self, _: &AgentInput, _: &TaskResults) -> Result<AgentOutput, AgentError> {
        Ok(().into())
    }
}

#[async_trait]
impl Coordination for Boss {
    async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(vec![Subtask::new("part", ())])
    }

    async fn synthesise(&self, _: &AgentInput, _: &TaskResults) -> Result<AgentOutput, AgentError> {
        Ok(().into())
    }
}

#[async_trait]
impl Supervision for Boss {
    async fn assess(&self, _: &Situation<'_>) -> Result<Assessment, AgentError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Assessment::default().finished())
    }
}

workflow! {
    workflow Asks(ran: Ran) -> u32 {
        agent fn asked(ran) -> u32 { ran.fetch_add(1, Ordering::SeqCst) }
        asked
    }
}

/// The ways to launch agents.
const WAYS: [&str; 9] = [
    "parallel",
    "aggregated",
    "stream",
    "sequential",
    "hierarchical",
    "master",
    "coordinator",
    "supervisor",
    "workflow",
];

/// Whether this way is refused because it stands below an agent.
async fn is_refused(way: &str, ran: &Ran) -> bool {
    let run = |error: &OrchestrationError| match error {
        OrchestrationError::Run(failure) => matches!(failure.reason(), Reason::NestedAgent),
        OrchestrationError::Supervision(failure) => {
            matches!(failure.failure.reason(), Reason::NestedAgent)
        }
        _ => false,
    };
    let agent = counts(ran);
    let task = || AgentTask::new("task", agent.clone(), ());
    let ended = match way {
        "parallel" => ParallelOrchestrator::new().execute([task()]).await.err(),
        "aggregated" => {
            let first = orchestrated::dynamic::FirstSuccessful;
            let by = ParallelOrchestrator::new().with_aggregator(first);
            by.execute_aggregated([task()]).await.err()
        }
        "stream" => {
            let mut results = ParallelOrchestrator::new().execute_streaming([task()]);
            results.next().await.unwrap().1.err()
        }
        "sequential" => {
            let chain = AgentChain::new().then(agent.clone());
            SequentialOrchestrator::new().execute(chain, ()).await.err()
        }
        "hierarchical" => {
            let mut hierarchy = HierarchicalOrchestrator::new();
            hierarchy.add_node("node", vec![task()]).unwrap();
            hierarchy.execute(()).await.err()
        }
        "master" => {
            let team = MasterWorker::new(Boss(Arc::clone(ran)), [agent.clone()]);
            team.execute(()).await.err()
        }
        "coordinator" => {
            let team = Coordinator::new(Boss(Arc::clone(ran))).with_agent(agent.clone());
            team.execute(()).await.err()
        }
        "supervisor" => {
            let team = Supervisor::new(Boss(Arc::clone(ran)))
                .with_agent(SupervisorState::Initialising, agent.clone());
            team.execute(()).await.err()
        }
        _ => {
            let asks = Asks {
                ran: Arc::clone(ran),
            };
            let ended = asks.run(&Orchestrator::new()).await;
            return matches!(ended.unwrap_err().reason(), Reason::NestedAgent);
        }
    };
    ended.is_some_and(|error| run(&error))
}

/// An agent that says what it likes of itself, and tries all that there is.
struct Tries {
    ran: Ran,
    kind: Kind,
}

#[async_trait]
impl Agent for Tries {
    fn kind(&self) -> Kind {
        self.kind
    }

    async fn execute(&self, _: AgentContext<'_>, _: AgentInput) -> Result<AgentOutput, AgentError> {
        let mut got_through = Vec::new();
        for way in WAYS {
            tokio::task::yield_now().await;
            if !is_refused(way, &self.ran).await {
                got_through.push(way);
            }
        }
        Ok(got_through.into())
    }
}

#[tokio::test(start_paused = true)]
async fn every_way_out_is_closed_whatever_the_agent_says_that_it_is() {
    for kind in [Kind::Agent, Kind::Tool, Kind::Mcp, Kind::Plain, Kind::Flow] {
        for has_options in [false, true] {
            let ran = Ran::default();
            let tries = Tries {
                ran: Arc::clone(&ran),
                kind,
            };
            let mut task = AgentTask::new("tries", tries, ());
            if has_options {
                task = task.idempotent();
            }
            let results = ParallelOrchestrator::new().execute([task]).await.unwrap();
            let got_through = results.output("tries").unwrap();
            assert_eq!(*got_through.value(), serde_json::json!([]), "{kind:?}");
            assert_eq!(ran.load(Ordering::SeqCst), 0, "nothing has started");
        }
    }
}

/// What makes an input, transforms, decides and judges stands in a step, too.
#[tokio::test(start_paused = true)]
async fn a_tool_that_launches_agents_is_refused_in_every_position() {
    let ran = Ran::default();
    let tries = |ran: &Ran| {
        let ran = Arc::clone(ran);
        skill_fn("tries", move |_: SkillCall| {
            let ran = Arc::clone(&ran);
            async move {
                let mut got_through = Vec::new();
                for way in WAYS {
                    if !is_refused(way, &ran).await {
                        got_through.push(way);
                    }
                }
                Ok(got_through.into())
            }
        })
    };
    let skills = SkillRegistry::new().with(tries(&ran)).unwrap();
    let nothing = serde_json::json!([]);
    let outcome = SkillChain::new(&skills).then("tries").execute(()).await;
    assert_eq!(*outcome.unwrap().output().value(), nothing);
    let outcome = ParallelSkills::new(&skills).execute([("tries", ())]).await;
    let outcome = outcome.unwrap();
    assert_eq!(*outcome.results().output("tries").unwrap().value(), nothing);
    let task = AgentTask::new("skill", SkillAgent::new(tries(&ran)), ());
    let results = ParallelOrchestrator::new().execute([task]).await.unwrap();
    assert_eq!(*results.output("skill").unwrap().value(), nothing);
    // As a fallback, and behind a router.
    let fails = agent_fn("fails", |_: AgentInput| async {
        Err(AgentError::msg("told to fail"))
    });
    let desk = orchestrated::dynamic::Router::new("desk").with(SkillAgent::new(tries(&ran)));
    let task = AgentTask::new("task", fails, ()).with_fallback(desk, |_| ().into());
    let results = ParallelOrchestrator::new().execute([task]).await.unwrap();
    assert_eq!(*results.output("task").unwrap().value(), nothing);
    assert_eq!(ran.load(Ordering::SeqCst), 0);
}

/// A tool may run skills: they are tools themselves.
#[tokio::test(start_paused = true)]
async fn a_tool_may_use_tools() {
    let says = skill_fn("says", |_: SkillCall| async { Ok("well".into()) });
    let inner = SkillRegistry::new().with(says).unwrap();
    let uses = skill_fn("uses", move |_: SkillCall| {
        let inner = inner.clone();
        async move {
            let outcome = SkillChain::new(&inner).then("says").execute(()).await;
            Ok(outcome?.into_output())
        }
    });
    let skills = SkillRegistry::new().with(uses).unwrap();
    let outcome = SkillChain::new(&skills).then("uses").execute(()).await;
    assert_eq!(outcome.unwrap().output().value(), "well");
}

/// The same in a graph of a graph of a workflow.
#[tokio::test(start_paused = true)]
async fn a_workflow_in_an_agent_in_a_graph_in_a_flow() {
    workflow! {
        workflow Whole(graph: TaskGraph) -> Result<usize, AgentError> {
            flow done = orchestrated::dynamic::DynamicWorkflow { graph: move graph };
            Ok(done.outputs().count())
        }
    }
    let ran = Ran::default();
    let tries = Tries {
        ran: Arc::clone(&ran),
        kind: Kind::Agent,
    };
    let mut hierarchy = HierarchicalOrchestrator::new();
    let task = AgentTask::new("tries", tries, ());
    hierarchy.add_node("node", vec![task]).unwrap();
    let whole = Whole {
        graph: hierarchy.graph(()).unwrap(),
    };
    assert_eq!(whole.run(&Orchestrator::new()).await.unwrap(), 1);
    assert_eq!(ran.load(Ordering::SeqCst), 0);
}
