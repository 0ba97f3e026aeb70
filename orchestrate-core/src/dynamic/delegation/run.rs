//! The run: the task is divided, its parts are assigned, done, and made one.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use orchestrate_plan::{Kind, Plan};

use super::{
    Assignment, Execution, Master, Subtask, Took, Unassignable, Watched, Workers, watched::Check,
};
use crate::{
    Orchestrator, StepFailure,
    dynamic::{
        Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, Operation,
        OrchestrationError, PlanErrors, PlanLimits, TaskGraph, TaskResults, analyze_within,
        planning::Planned, task::Inner,
    },
};

/// What is run, and how.
#[derive(Clone)]
pub(in crate::dynamic) struct Delegation {
    pub(in crate::dynamic) orchestrator: Orchestrator,
    pub(in crate::dynamic) name: Cow<'static, str>,
    pub(in crate::dynamic) master: Arc<dyn Master>,
    pub(in crate::dynamic) workers: Vec<Arc<dyn Agent>>,
    pub(in crate::dynamic) at_most: Option<usize>,
    pub(in crate::dynamic) timeout: Option<Duration>,
    pub(in crate::dynamic) collect_errors: bool,
    pub(in crate::dynamic) validation: Option<Validation>,
    pub(in crate::dynamic) limits: PlanLimits,
    /// The name of the step that makes one of the results.
    pub(in crate::dynamic) joining: &'static str,
    /// Whether the master may learn from it.
    pub(in crate::dynamic) learns: bool,
}

/// Whether the output of a subtask is one.
pub(in crate::dynamic) type Validation =
    Arc<dyn Fn(&Subtask, &AgentOutput) -> Result<(), AgentError> + Send + Sync>;

/// What came of it.
pub(in crate::dynamic) struct Delegated {
    pub(in crate::dynamic) output: AgentOutput,
    pub(in crate::dynamic) assignments: Vec<Assignment>,
    pub(in crate::dynamic) results: TaskResults,
    pub(in crate::dynamic) not_learned: Option<StepFailure>,
}

/// The names of the steps.
const DECOMPOSE: &str = "decompose";
const ASSIGN: &str = "assign";
const WORK: &str = "work";
const LEARN: &str = "learn";

impl Delegation {
    pub(in crate::dynamic) fn new(
        name: &'static str,
        master: Arc<dyn Master>,
        joining: &'static str,
    ) -> Self {
        Self {
            orchestrator: Orchestrator::new(),
            name: Cow::Borrowed(name),
            master,
            workers: Vec::new(),
            at_most: None,
            timeout: None,
            collect_errors: false,
            validation: None,
            limits: limits(),
            joining,
            learns: false,
        }
    }

    pub(in crate::dynamic) async fn execute(
        &self,
        task: AgentInput,
    ) -> Result<Delegated, OrchestrationError> {
        let work = Arc::new(Work {
            how: self.clone(),
            task,
            state: Mutex::default(),
        });
        let graph = work.graph_of_steps()?;
        let ended = graph.run(&self.orchestrator).await;
        let results = work.state().results.take();
        let steps = match (ended, results) {
            (Ok(steps), Some(results)) => (steps, results),
            // A run that ends well has done its work.
            (Ok(steps), None) => (steps, TaskResults::default()),
            (Err(failure), Some(results)) => {
                return Err(OrchestrationError::NotAggregated { failure, results });
            }
            (Err(failure), None) => return Err(failure.into()),
        };
        let (steps, results) = steps;
        let not_learned = steps.get(LEARN).and_then(|learnt| learnt.as_ref().err());
        Ok(Delegated {
            output: steps.output(self.joining).cloned().unwrap_or_default(),
            assignments: work.assignments(),
            not_learned: not_learned.cloned(),
            results,
        })
    }
}

/// The usual limits, but for those on what stands side by side: all subtasks may, and one may come after all others.
fn limits() -> PlanLimits {
    let limits = PlanLimits::default();
    let subtasks = limits.operations;
    limits.with_width(subtasks).with_names(subtasks)
}

impl fmt::Debug for Delegation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delegation")
            .field("name", &self.name)
            .field("master", &self.master.name())
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

/// One task that is worked at.
struct Work {
    how: Delegation,
    task: AgentInput,
    state: Mutex<State>,
}

/// What one step leaves for the next.
#[derive(Default)]
struct State {
    subtasks: Vec<Subtask>,
    assigned: Vec<Assigned>,
    graph: Option<TaskGraph>,
    results: Option<TaskResults>,
}

struct Assigned {
    subtask: Subtask,
    worker: Arc<dyn Agent>,
    took: Took,
}

impl Work {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The steps, one after the other.
    fn graph_of_steps(self: &Arc<Self>) -> Result<TaskGraph, PlanErrors> {
        let joining = self.how.joining;
        let work = AgentTask::of_graph(WORK, Arc::clone(self) as Arc<dyn Inner>);
        let mut steps = vec![
            self.step(DECOMPOSE, Doing::Decompose),
            self.step(ASSIGN, Doing::Assign).after([DECOMPOSE]),
            work.after([ASSIGN]),
            self.step(joining, Doing::Join).after([WORK]),
        ];
        if self.how.learns {
            let learn = self.step(LEARN, Doing::Learn);
            steps.push(learn.after([joining]).optional());
        }
        TaskGraph::new(self.how.name.clone(), steps)
    }

    fn step(self: &Arc<Self>, name: &'static str, doing: Doing) -> AgentTask {
        let agent = Step {
            name: format!("{}.{name}", self.how.master.name()),
            work: Arc::clone(self),
            doing,
        };
        self.limited(AgentTask::new(name, agent, ()))
    }

    fn limited(&self, task: AgentTask) -> AgentTask {
        match self.how.timeout {
            Some(limit) => task.or_timeout(limit),
            None => task,
        }
    }

    /// Says who does what, and makes the graph of it.
    async fn assign(&self) -> Result<(), AgentError> {
        let subtasks = std::mem::take(&mut self.state().subtasks);
        self.check(&subtasks)?;
        let workers = &self.how.workers;
        let mut loads = vec![0; workers.len()];
        let mut assigned = Vec::with_capacity(subtasks.len());
        let mut left = Vec::new();
        for subtask in subtasks {
            let among = Workers::new(workers, &loads);
            let worker = self.how.master.assign(&subtask, &among).await?;
            let Some(index) = worker.map(|worker| worker.index()) else {
                left.push(subtask);
                continue;
            };
            loads[index] += 1;
            assigned.push(Assigned {
                subtask,
                worker: Arc::clone(&workers[index]),
                took: Took::default(),
            });
        }
        if !left.is_empty() {
            return Err(Unassignable::new(&self.how.name, &left, workers).into());
        }
        let graph = self.graph_of(&assigned)?;
        let mut state = self.state();
        state.assigned = assigned;
        state.graph = Some(graph);
        Ok(())
    }

    /// Finds what can never work, and what is too much.
    fn check(&self, subtasks: &[Subtask]) -> Result<(), AgentError> {
        let operations: Vec<Operation> = subtasks
            .iter()
            .map(|subtask| {
                Operation::new(subtask.name(), Kind::Agent).after(subtask.dependencies())
            })
            .collect();
        let planned = analyze_within(operations, &self.how.limits);
        planned.map_err(|errors| errors.in_planned(Planned::Subtasks))?;
        let taken = subtasks
            .iter()
            .find(|subtask| subtask.has_results_of_its_own());
        match taken {
            Some(subtask) => Err(AgentError::msg(format!(
                "the input of subtask `{}` has `results` of its own, where those of the subtasks stand that it comes \
                 after: give them another name",
                subtask.name()
            ))),
            None => Ok(()),
        }
    }

    fn graph_of(&self, assigned: &[Assigned]) -> Result<TaskGraph, PlanErrors> {
        let tasks = assigned.iter().map(|assigned| {
            let watched = Watched::new(Arc::clone(&assigned.worker), assigned.took.clone());
            let watched = watched.checked(self.check_of(&assigned.subtask));
            self.limited(assigned.subtask.assigned_to(watched))
        });
        let graph = TaskGraph::new("Subtasks", tasks);
        let graph = graph.map_err(|errors| errors.in_planned(Planned::Subtasks))?;
        let graph = graph.collect_errors(self.how.collect_errors);
        Ok(match self.how.at_most {
            Some(tasks) => graph.with_concurrency(tasks),
            None => graph,
        })
    }

    fn check_of(&self, subtask: &Subtask) -> Option<Check> {
        let validation = self.how.validation.clone()?;
        let subtask = subtask.clone();
        Some(Box::new(move |output| validation(&subtask, output)))
    }

    fn assignments(&self) -> Vec<Assignment> {
        let state = self.state();
        let assigned = state.assigned.iter();
        assigned
            .map(|assigned| Assignment {
                subtask: assigned.subtask.clone(),
                worker: Arc::clone(&assigned.worker),
                took: assigned.took.get(),
            })
            .collect()
    }

    fn results(&self) -> TaskResults {
        self.state().results.clone().unwrap_or_default()
    }
}

impl Inner for Work {
    /// Nothing is known of it before the task is divided.
    fn plan(&self) -> Option<Plan> {
        None
    }

    fn graph(&self, _: AgentInput) -> Result<TaskGraph, AgentError> {
        let graph = self.state().graph.take();
        graph.ok_or_else(|| AgentError::msg("nothing was assigned"))
    }

    fn output(&self, results: &TaskResults) -> Result<AgentOutput, AgentError> {
        self.state().results = Some(results.clone());
        Ok(AgentOutput::new(results.outputs().count()))
    }
}

/// What the master does in a step of its own.
struct Step {
    name: String,
    work: Arc<Work>,
    doing: Doing,
}

#[derive(Clone, Copy)]
enum Doing {
    Decompose,
    Assign,
    Join,
    Learn,
}

#[async_trait]
impl Agent for Step {
    fn name(&self) -> &str {
        &self.name
    }

    async fn execute(
        &self,
        cx: AgentContext<'_>,
        _: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        let work = &*self.work;
        let master = &work.how.master;
        match self.doing {
            Doing::Decompose => {
                let subtasks = master.decompose(&work.task).await?;
                let names: Vec<&str> = subtasks.iter().map(Subtask::name).collect();
                let told = AgentOutput::new(names);
                work.state().subtasks = subtasks;
                return Ok(told);
            }
            Doing::Assign => work.assign().await?,
            Doing::Join => return master.aggregate(&work.task, &work.results()).await,
            Doing::Learn => {
                let nothing = AgentOutput::default();
                let execution = Execution {
                    task: &work.task,
                    assignments: &work.assignments(),
                    results: &work.results(),
                    output: cx.output(work.how.joining).unwrap_or(&nothing),
                };
                master.learn(&execution).await?;
            }
        }
        Ok(AgentOutput::default())
    }
}
