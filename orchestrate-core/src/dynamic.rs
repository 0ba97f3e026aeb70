//! Graphs known only at run time: what a model, a user or a file decides while the program runs, under the same planner,
//! events, failures, limits and rule about agents as what stands in the source.
//!
//! Where the graph is known when you write the program, `workflow!` finds out more, and earlier.
//!
//! # What to start with
//!
//! An [`Agent`] does what it is asked to do, an [`AgentTask`] asks it, and a [`TaskGraph`] is tasks that come after one another,
//! planned. [`agent_fn`] makes an agent of a closure.
//!
//! ```
//! use orchestrated::{Orchestrator, dynamic::{AgentInput, AgentTask, TaskGraph, agent_fn}};
//!
//! # futures::executor::block_on(async {
//! let length = agent_fn("length", |input: AgentInput| async move {
//!     Ok(input.get::<String>("text")?.len().into())
//! });
//! let tasks = [AgentTask::new("count", length, AgentInput::default().with("text", "four"))];
//! let results = TaskGraph::new("Lengths", tasks)?.run(&Orchestrator::new()).await?;
//! assert_eq!(results.output("count").unwrap().to::<usize>()?, 4);
//! # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
//! ```
//!
//! Most programs take one of the [orchestrators](#orchestrators), which put graphs together.
//!
//! # Tasks
//!
//! - [`AgentInput`] and [`AgentOutput`] hold values of JSON, with typed access; an output says how sure its agent is.
//! - An agent sees the run by its [`AgentContext`]: the task, what earlier tasks have produced, and all that the
//!   [`Context`](crate::Context) of a step shows.
//! - A task has the options of a step: [`TaskPriority`], time-outs, [`Retries`], a [`CircuitBreaker`], fallbacks, a default,
//!   a rollback.
//! - [`TaskResults`] say what became of each task, by name and in the order in which they were given.
//!
//! # Plans from outside
//!
//! - [`Operations`] are what a program puts together, or a model writes: [`Operations::from_json`] reads them under
//!   [`PlanLimits`], [`analyze()`] makes an [`ExecutionPlan`] of them, or says all that is wrong ([`PlanErrors`]).
//! - An [`AgentRegistry`] gives each operation to its agent: [`assign`](AgentRegistry::assign) makes a [`TaskGraph`].
//!
//! # Orchestrators
//!
//! | what there is to do | take |
//! | --- | --- |
//! | tasks side by side, or a [stream](ParallelOrchestrator::execute_streaming) of them | [`ParallelOrchestrator`] |
//! | several are asked, and one answer is wanted | a [`ResultAggregator`]: [`FirstSuccessful`], [`MajorityVote`], [`AverageConfidence`], [`Collect`], [`Merge`], [`Custom`] |
//! | each agent goes on with what the one before it has produced | [`SequentialOrchestrator`] with an [`AgentChain`] |
//! | groups and chains that depend on one another | [`HierarchicalOrchestrator`] |
//! | one of several agents shall do a task | [`Router`], [`LoadBalancer`], [`AgentPool`]: agents themselves |
//! | somebody divides the task into independent parts | [`MasterWorker`] |
//! | the parts depend on one another, for specialists | [`Coordinator`] |
//! | what comes next depends on how the last thing went | [`Supervisor`] |
//!
//! Each works by itself, or [on](ParallelOrchestrator::on) an [`Orchestrator`](crate::Orchestrator), whose limits, deadline and
//! observers hold then.
//!
//! # Skills
//!
//! A [`Skill`] is a tool with a name that looks at its input before it works on it. A [`SkillRegistry`] knows skills by name; a
//! [`SkillChain`] puts them one after the other, also as a model has written it; [`ParallelSkills`] calls them
//! side by side, and has a [`ResultAggregator`] make one output of theirs.
//!
//! # When something fails
//!
//! An agent fails with an [`AgentError`]: any error, or a text. The first failure ends a run with a [`Failure`](crate::Failure),
//! as in a `workflow!`, unless errors are collected: then the results hold a [`StepFailure`](crate::StepFailure) for each task
//! without an output. An orchestrator fails with an [`OrchestrationError`].
//!
//! # In a workflow
//!
//! A [`DynamicWorkflow`] makes a graph what a `flow` step of a `workflow!` runs: an earlier step has decided it.
//!
//! # Who launches agents
//!
//! Only an orchestrator does. An [`AgentContext`] launches workflows without agents, and nothing else compiles; an agent that
//! makes an orchestrator of its own is refused when it runs agents.

mod agent;
mod aggregate;
mod context;
mod coordinator;
mod delegation;
mod error;
mod execute;
mod graph;
mod hierarchical;
mod master_worker;
mod parallel;
mod planning;
mod registry;
mod require;
mod results;
mod route;
mod sequential;
mod skill;
mod stream;
mod supervisor;
mod task;
mod text;
mod value;

pub use async_trait::async_trait;

pub use agent::{Agent, AgentFn, IntoAgent, agent_fn};
pub use aggregate::{
    AggregateError, AverageConfidence, Collect, Custom, FirstSuccessful, MajorityVote, Merge,
    ResultAggregator,
};
pub use context::{AgentContext, Dependencies};
pub use coordinator::{Coordination, Coordinator, CoordinatorOutcome};
pub use delegation::{
    Assignment, Execution, Master, Subtask, Unassignable, Unassigned, Worker, Workers,
};
pub use error::{AgentError, DependencyFailed, OrchestrationError};
pub use graph::{DynamicWorkflow, TaskGraph};
pub use hierarchical::{
    HierarchicalOrchestrator, HierarchyError, NodeResult, NodeResults, OrchestratorNode,
};
pub use master_worker::{MasterOutcome, MasterWorker};
pub use orchestrate_plan::Priority as TaskPriority;
pub use parallel::ParallelOrchestrator;
pub use planning::{
    ExecutionPlan, Operation, OperationPlace, Operations, PlanError, PlanErrors, PlanLimits,
    analyze, analyze_within, read_plan,
};
pub use registry::AgentRegistry;
pub use require::NoOutput;
pub use results::{TaskResult, TaskResults};
pub use route::{
    AgentAbilities, AgentLoad, AgentPool, LoadBalancer, NoCapableAgent, Routed, Router,
};
pub use sequential::{AgentChain, ChainError, ChainResults, SequentialOrchestrator};
pub use skill::{
    IntoSkill, MappingError, OnFailure, OutputMapping, ParallelSkills, RegisterError, Skill,
    SkillAgent, SkillCall, SkillChain, SkillChainLimits, SkillChainOutcome, SkillChainRecord,
    SkillChainSpec, SkillEnd, SkillFn, SkillInputError, SkillPlanError, SkillPlanErrors, SkillPool,
    SkillRecord, SkillRegistry, SkillStep, SkillsOutcome, UnknownSkill, ValuePath, skill_fn,
};
pub use stream::{Streamed, TaskStream};
pub use supervisor::{
    Assessment, Situation, Supervision, SupervisionEntry, SupervisionError, SupervisionFailure,
    SupervisionMetrics, SupervisionOutcome, Supervisor, SupervisorState,
};
pub use task::{AgentTask, CircuitBreaker, Retries};
pub use value::{AgentInput, AgentOutput, ValueError};
