//! Graphs of 100,000 tasks: no stack is used up, and nothing takes time that is not linear.

use std::sync::Arc;

use orchestrated::{
    Orchestrator,
    dynamic::{
        Agent, AgentChain, AgentError, AgentInput, AgentTask, DependencyFailed, IntoAgent as _,
        SequentialOrchestrator, TaskGraph, TaskResults, agent_fn,
    },
};

const MANY: usize = 100_000;

/// On a thread with little stack: a tenth of what others have.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(200 << 10);
    thread.spawn(test).unwrap().join().unwrap();
}

fn same() -> Arc<dyn Agent> {
    agent_fn("same", |input: AgentInput| async move { Ok(input.into()) }).into_agent()
}

fn run(graph: &TaskGraph, orchestrator: &Orchestrator) -> TaskResults {
    futures::executor::block_on(graph.run(orchestrator)).unwrap()
}

fn chain(first: &Arc<dyn Agent>) -> Vec<AgentTask> {
    let same = same();
    let tasks = (0..MANY).map(|n| match n.checked_sub(1) {
        None => AgentTask::new("0", first, 0),
        Some(before) => AgentTask::new(n.to_string(), &same, n).after([before.to_string()]),
    });
    tasks.collect()
}

#[test]
fn a_chain() {
    on_a_small_stack(|| {
        let tasks = chain(&same());
        for is_reversed in [false, true] {
            let mut tasks = tasks.clone();
            if is_reversed {
                tasks.reverse();
            }
            let graph = TaskGraph::new("Chain", tasks).unwrap();
            let results = run(&graph, &Orchestrator::new());
            assert_eq!(results.outputs().count(), MANY);
            assert_eq!(results.output("99999").unwrap().value(), 99_999);
        }
    });
}

#[test]
fn a_chain_whose_first_task_fails() {
    on_a_small_stack(|| {
        let fails = agent_fn("fails", |_: AgentInput| async {
            Err(AgentError::msg("told to fail"))
        });
        let graph = TaskGraph::new("Chain", chain(&fails.into_agent())).unwrap();
        let (orchestrator, events) = Orchestrator::new().events();
        drop(events);
        for orchestrator in [Orchestrator::new(), orchestrator] {
            let results = run(&graph.clone().collect_errors(true), &orchestrator);
            assert_eq!(results.failures().count(), MANY);
            let (_, last) = results.failures().next_back().unwrap();
            let why: &DependencyFailed = last.downcast_ref().unwrap();
            assert_eq!(&*why.dependency, "99998");
        }
    });
}

#[test]
fn a_fan() {
    on_a_small_stack(|| {
        let same = same();
        let sum = agent_fn("sum", |input: AgentInput| async move { Ok(input.into()) });
        let names = || (0..MANY).map(|n| n.to_string());
        let tasks = names().map(|name| AgentTask::new(name, &same, 1));
        let last = AgentTask::new("sum", sum, ())
            .after(names())
            .with_input_from(|done| {
                let ones = done.outputs().map(|(_, one)| one.to::<usize>());
                Ok(ones.sum::<Result<usize, _>>()?.into())
            });
        let graph = TaskGraph::new("Fan", tasks.chain([last])).unwrap();
        for orchestrator in [Orchestrator::new(), Orchestrator::new().max_concurrency(3)] {
            let results = run(&graph, &orchestrator);
            assert_eq!(results.output("sum").unwrap().value(), MANY);
        }
        let results = run(&graph.with_concurrency(1), &Orchestrator::new());
        assert_eq!(results.output("sum").unwrap().value(), MANY);
    });
}

/// Each wants to be undone: all of them are, the last first.
#[test]
fn a_chain_that_is_undone() {
    on_a_small_stack(|| {
        let fails = agent_fn("fails", |_: AgentInput| async {
            Err(AgentError::msg("told to fail"))
        });
        let count = 20_000;
        let tasks = chain(&same()).into_iter().take(count);
        let tasks = tasks.map(|task| task.with_rollback(|_| async { Ok(()) }));
        let last = AgentTask::new("last", fails, ()).after([(count - 1).to_string()]);
        let graph = TaskGraph::new("Undone", tasks.chain([last])).unwrap();
        let ended = futures::executor::block_on(graph.run(&Orchestrator::new()));
        let failure = ended.unwrap_err();
        assert_eq!(failure.rollbacks().len(), count);
        assert_eq!(&*failure.rollbacks()[0].step, "19999");
    });
}

#[test]
fn a_chain_of_agents() {
    on_a_small_stack(|| {
        let same = same();
        let count = 20_000;
        let chain = (0..count).fold(AgentChain::new(), |chain, _| chain.then(&same));
        let by = SequentialOrchestrator::new();
        let output = futures::executor::block_on(by.execute(chain, "text"));
        assert_eq!(output.unwrap().value(), "text");
    });
}
