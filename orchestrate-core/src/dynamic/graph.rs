//! Tasks that come after one another.

mod links;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    fmt,
    future::Future,
    sync::{Arc, OnceLock},
};

use orchestrate_plan::{Estimates, Graph as Nodes, Kind, Plan, StaticPlan, StaticStep, Step};

use links::Links;

use super::{
    AgentError, AgentTask, OperationPlace, PlanError, PlanErrors, TaskResult, TaskResults, execute,
    planning, task::Work,
};
use crate::{
    Failure, History, Launcher, WithAgents, Workflow,
    errors::Errors,
    planned::{AGENTS, Drawn},
    undo::{Rollbacks, Undoes, whole},
};

/// Tasks that come after one another, planned: what every orchestrator of agents makes, and one executor runs.
///
/// A task starts as soon as those are done that it comes after. By default the first failure ends the run, as it does in a
/// `workflow!`; see [`collect_errors`](Self::collect_errors).
///
/// ```
/// use orchestrated::{Orchestrator, dynamic::{AgentInput, AgentTask, TaskGraph, agent_fn}};
///
/// # futures::executor::block_on(async {
/// let read = agent_fn("read", |input: AgentInput| async move { Ok(input.to::<String>()?.into()) });
/// let count = agent_fn("count", |input: AgentInput| async move { Ok(input.to::<String>()?.len().into()) });
/// let graph = TaskGraph::new("Letters", [
///     AgentTask::new("text", read, "one two"),
///     AgentTask::new("letters", count, ()).after(["text"]).with_input_from(|done| {
///         Ok(done.output("text").cloned().unwrap_or_default().into())
///     }),
/// ])?;
/// assert_eq!(
///     graph.plan().to_string(),
///     "\
/// Letters: 2 steps in 2 batches, one at a time
///   batch 1  text     agent
///   batch 2  letters  agent  <- text"
/// );
/// let results = graph.run(&Orchestrator::new()).await?;
/// assert_eq!(results.output("letters").unwrap().to::<usize>()?, 7);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
#[must_use = "a graph does nothing until it is run"]
pub struct TaskGraph {
    graph: Arc<Graph>,
    settings: Settings,
}

/// How a graph is run.
#[derive(Clone, Default)]
pub(super) struct Settings {
    pub(super) collect_errors: bool,
    pub(super) at_most: Option<usize>,
    pub(super) decides: Option<Decides>,
    pub(super) keeps_inputs: bool,
    pub(super) concludes: Option<Concludes>,
}

/// Whether nothing more is needed, once this task has ended so.
pub(super) type Decides = Arc<dyn Fn(&str, &TaskResult) -> bool + Send + Sync>;

/// The last thing that a run does, given what has become of its tasks: where that fails, so does the run.
pub(super) type Concludes = Arc<dyn Fn(&TaskResults) -> Result<(), AgentError> + Send + Sync>;

/// The tasks, and what is known of how they hang together.
pub(super) struct Graph {
    name: Cow<'static, str>,
    tasks: Vec<AgentTask>,
    // Where it is plain that the tasks can work, it is made for who wants to see it.
    plan: OnceLock<Arc<Plan>>,
    links: Links,
}

impl TaskGraph {
    /// Plans the tasks.
    ///
    /// # Errors
    ///
    /// All that is wrong with them: names that are taken twice or unknown, tasks that come after each other in a circle, and
    /// those that are tried again though they are not idempotent.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        tasks: impl IntoIterator<Item = AgentTask>,
    ) -> Result<Self, PlanErrors> {
        let tasks: Vec<AgentTask> = tasks.into_iter().collect();
        let mut graph = Graph {
            name: name.into(),
            tasks,
            plan: OnceLock::new(),
            links: Links::default(),
        };
        let links = Links::plain(&graph.tasks).filter(|_| graph.is_plain());
        match links {
            Some(links) => graph.links = links,
            None => graph.plan_now()?,
        }
        Ok(Self {
            graph: Arc::new(graph),
            settings: Settings::default(),
        })
    }

    /// Tasks that have been planned already: each is the step of its place, and comes after what that depends on.
    pub(super) fn planned(plan: Plan, tasks: Vec<AgentTask>) -> Self {
        let mut graph = Graph {
            name: Cow::Owned(plan.name().to_owned()),
            links: Links::of(&plan),
            tasks,
            plan: OnceLock::new(),
        };
        graph.plan = OnceLock::from(Arc::new(graph.told(plan)));
        Self {
            graph: Arc::new(graph),
            settings: Settings::default(),
        }
    }

    /// Goes on when a task fails, and tells of each what became of it. A task that comes after one that has failed is not
    /// run then: its failure is a [`DependencyFailed`](super::DependencyFailed).
    pub fn collect_errors(mut self, collect: bool) -> Self {
        self.settings.collect_errors = collect;
        self
    }

    /// Lets at most so many of its tasks run at once, at least 1; of those that could start, the ones with the highest
    /// priority go first. The limits of the orchestrator hold as well.
    pub fn with_concurrency(mut self, tasks: usize) -> Self {
        self.settings.at_most = Some(tasks.max(1));
        self
    }

    /// Ends the run, well, once this says so of a task that has ended: the others are dropped.
    pub(super) fn until(mut self, decides: Decides) -> Self {
        self.settings.decides = Some(decides);
        self
    }

    /// Keeps in each run what its tasks have been given: see [`Dependencies::keep`](super::context::Dependencies::keep).
    pub(super) fn keeping_inputs(mut self) -> Self {
        self.settings.keeps_inputs = true;
        self
    }

    /// Does this last, when the tasks have ended well; where it fails, what they have done is undone.
    pub(super) fn concluded(mut self, concludes: Concludes) -> Self {
        self.settings.concludes = Some(concludes);
        self
    }

    /// The plan: one step a task.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        self.graph.plan()
    }

    /// The tasks, in the order in which they were given.
    pub fn tasks(&self) -> &[AgentTask] {
        &self.graph.tasks
    }

    /// What is known of how long its tasks take, for a [dry run](Plan::dry_run): what their agents have taken.
    #[must_use]
    pub fn estimates(&self, history: &History) -> Estimates {
        let path = self.plan().path();
        let tasks = self.tasks().iter();
        tasks.fold(Estimates::from(history), |estimates, task| {
            let known = history.step(&format!("{AGENTS}/{}", task.performer()));
            match known.and_then(|known| Some((known.median()?, known.p95()))) {
                Some((median, p95)) => {
                    estimates.measured(format!("{path}/{}", task.name()), median, p95)
                }
                None => estimates,
            }
        })
    }

    /// Runs the tasks, and says what became of each. It can be run again.
    ///
    /// # Errors
    ///
    /// When a task fails, and does not only tell of it; when the run is cancelled, takes too long, or must not start.
    pub async fn run(
        &self,
        launcher: &dyn Launcher<WithAgents>,
    ) -> Result<TaskResults, Failure<AgentError>> {
        let graph = self.clone();
        DynamicWorkflow { graph }.run(launcher).await
    }

    pub(super) fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }
}

impl Graph {
    pub(super) fn task(&self, index: usize) -> &AgentTask {
        &self.tasks[index]
    }

    pub(super) fn tasks(&self) -> &[AgentTask] {
        &self.tasks
    }

    /// The tasks that this one comes after: what it calls them, and where they are.
    pub(super) fn before(&self, task: usize) -> impl Iterator<Item = (&str, usize)> + use<'_> {
        let names = self.tasks[task].dependencies().iter().map(String::as_str);
        names.zip(self.links.before(task))
    }

    /// The tasks that come after this one, each as often as it names it.
    pub(super) fn after(&self, task: usize) -> impl Iterator<Item = usize> + use<'_> {
        self.links.after(task)
    }

    /// How many tasks this one waits for, as often as it names them.
    pub(super) fn waits_for(&self, task: usize) -> usize {
        self.links.before(task).len()
    }

    /// Whether any of them comes after another.
    pub(super) fn has_order(&self) -> bool {
        !self.links.is_empty()
    }

    /// Whether nothing is wrong with any of its tasks by itself, and nothing of it need be planned first.
    fn is_plain(&self) -> bool {
        self.tasks.iter().all(|task| {
            !planning::is_blank(task.name())
                && !task.retries_unsafely()
                && !matches!(task.work(), Work::Graph(_))
        })
    }

    fn plan_now(&mut self) -> Result<(), PlanErrors> {
        let nodes = self.nodes();
        let unsafely = self.tasks.iter().filter(|task| task.retries_unsafely());
        let mut errors: Vec<PlanError> = unsafely
            .map(|task| PlanError::UnsafeRetry {
                task: task.name().to_owned(),
            })
            .collect();
        errors.extend(self.blank());
        let plan = match Plan::new(&*self.name, &nodes) {
            Ok(plan) => Some(self.told(plan)),
            Err(problems) => {
                errors.extend(planning::of_tasks(problems, &nodes));
                None
            }
        };
        let Some(plan) = plan.filter(|_| errors.is_empty()) else {
            return Err(PlanErrors::new(errors).in_planned(planning::Planned::Tasks));
        };
        self.links = Links::planned(&self.tasks);
        self.plan = OnceLock::from(Arc::new(plan));
        Ok(())
    }

    /// The names that nobody could see: the planner says nothing of them.
    fn blank(&self) -> impl Iterator<Item = PlanError> + '_ {
        let tasks = self.tasks.iter().enumerate();
        tasks.flat_map(|(index, task)| {
            let name = planning::is_blank(task.name());
            let after = task
                .dependencies()
                .iter()
                .any(|name| planning::is_blank(name));
            let fields = [("id", name), ("after", after)].into_iter();
            fields
                .filter(|&(_, is_blank)| is_blank)
                .map(move |(field, _)| {
                    let id = (!name).then(|| task.name().to_owned());
                    let operation = Some(OperationPlace { index, id });
                    PlanError::EmptyName { operation, field }
                })
        })
    }

    fn nodes(&self) -> Nodes {
        Nodes {
            inputs: Vec::new(),
            nodes: self.tasks.iter().map(AgentTask::node).collect(),
        }
    }

    /// The plan, with what a node does not say.
    fn told(&self, plan: Plan) -> Plan {
        let tasks = self.tasks.iter().enumerate();
        tasks.fold(plan, |plan, (i, task)| {
            let plan = plan.with_fallible(i);
            match task.work() {
                Work::Agent(_) => plan,
                Work::Graph(inner) => {
                    // One that is not known yet may launch agents.
                    let inner = inner.plan();
                    plan.with_flow(i, inner.unwrap_or_else(unknown))
                }
            }
        })
    }
}

/// The plan of a graph that is not known yet.
fn unknown() -> Plan {
    <DynamicWorkflow as Workflow>::PLAN.clone()
}

impl Drawn for Graph {
    fn plan(&self) -> &Arc<Plan> {
        self.plan.get_or_init(|| {
            // Tasks that have names of their own, and come after earlier ones alone, can always be planned.
            let plan = Plan::new(&*self.name, &self.nodes());
            let plan = plan.unwrap_or_else(|_| unknown());
            Arc::new(self.told(plan))
        })
    }

    fn is_checked(&self) -> bool {
        self.tasks.iter().any(AgentTask::is_checked)
    }

    fn agent(&self, step: usize) -> &str {
        self.tasks[step].performer()
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph")
            .field("name", &self.name)
            .field("tasks", &self.tasks)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TaskGraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskGraph")
            .field("name", &self.graph.name)
            .field("tasks", &self.graph.tasks)
            .finish_non_exhaustive()
    }
}

/// A graph as a workflow: what a `flow` step runs whose graph an earlier step has decided.
///
/// ```
/// use orchestrated::{Orchestrator, workflow};
/// use orchestrated::dynamic::{AgentError, AgentInput, AgentTask, DynamicWorkflow, PlanErrors, TaskGraph, agent_fn};
///
/// workflow! {
///     workflow Count(text: String) -> Result<usize, AgentError> {
///         /// A task for each word.
///         fn graph(text) -> Result<TaskGraph, PlanErrors> {
///             let length = std::sync::Arc::new(agent_fn("length", |word: AgentInput| async move {
///                 Ok(word.to::<&str>()?.len().into())
///             }));
///             let tasks = text.split(' ').map(|word| AgentTask::new(word, std::sync::Arc::clone(&length), word));
///             TaskGraph::new("Words", tasks)
///         }
///
///         flow counted = DynamicWorkflow { graph: move graph };
///
///         Ok(counted.outputs().filter_map(|(_, length)| length.to::<usize>().ok()).sum())
///     }
/// }
///
/// # futures::executor::block_on(async {
/// assert_eq!(Count { text: "one three five".to_owned() }.run(&Orchestrator::new()).await?, 12);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a workflow does nothing until it is run"]
pub struct DynamicWorkflow {
    /// The graph.
    pub graph: TaskGraph,
}

impl DynamicWorkflow {
    fn kept(
        self,
        launcher: &dyn Launcher<WithAgents>,
    ) -> impl Future<
        Output = Result<
            (TaskResults, impl Future<Output = Rollbacks> + Send + use<>),
            Failure<AgentError>,
        >,
    > + Send {
        execute::run(self.graph, launcher.__scope())
    }
}

// It is named by who wants it, and no help to who has mistaken something else for a workflow.
#[diagnostic::do_not_recommend]
impl Workflow for DynamicWorkflow {
    type Output = TaskResults;
    type Error = AgentError;
    type Agents = WithAgents;
    type __Undoes = Undoes;

    /// What is known of it before there is a graph.
    const PLAN: &'static Plan = &Plan::__from_static(StaticPlan {
        name: "DynamicWorkflow",
        path: concat!(module_path!(), "::DynamicWorkflow"),
        inputs: &["graph"],
        steps: const {
            &[Step::__from_static(&StaticStep {
                name: "tasks",
                kind: Kind::Agent,
                inputs: &["graph"],
                outputs: &["tasks"],
                dependencies: &[],
                batch: 0,
                fallible: true,
            })]
        },
        batches: &[1],
        order: &[0],
        stages: &[1],
    });
    const __UNDOES: bool = true;
    const __ERRORS: Errors<AgentError> = Errors {
        source: |error| Some(&**error),
        describe: ToString::to_string,
    };

    fn run(
        self,
        launcher: &dyn Launcher<WithAgents>,
    ) -> impl Future<Output = Result<TaskResults, Failure<AgentError>>> {
        whole(self.kept(launcher))
    }

    fn __part(
        self,
        launcher: &dyn Launcher<WithAgents>,
    ) -> impl Future<
        Output = Result<
            (TaskResults, impl Future<Output = Rollbacks> + use<>),
            Failure<AgentError>,
        >,
    > {
        self.kept(launcher)
    }
}
