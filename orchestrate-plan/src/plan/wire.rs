//! Plans outside the program. What comes in is planned again, so that a plan that was changed on
//! its way cannot make anything panic.

#[cfg(test)]
mod tests;

use core::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use super::{Plan, Step};
use crate::{
    analyze::arrange,
    digraph::{Lists, NOWHERE},
    graph::{Graph, Node},
    kind::Kind,
    options::Options,
    problem::{Problem, Problems},
    resolve::{Resolution, resolve},
};

/// Workflows nested deeper than this are refused, because going through them takes stack. What may
/// run is far less deep.
const DEEPEST: usize = 32;

/// The most mistakes that are told of: each may name a step whose name is as long as the text, and there may be as many as
/// steps.
const TOLD: usize = 16;

#[derive(Serialize)]
#[serde(rename = "Plan")]
struct PlanRef<'p> {
    name: &'p str,
    path: &'p str,
    deadline: Option<Duration>,
    strict: bool,
    inputs: Vec<&'p str>,
    steps: &'p [Step],
    batches: Vec<&'p [usize]>,
    stages: Vec<(usize, usize)>,
}

#[derive(Serialize)]
#[serde(rename = "Step")]
struct StepRef<'p> {
    name: &'p str,
    kind: Kind,
    inputs: Vec<&'p str>,
    outputs: Vec<&'p str>,
    dependencies: &'p [usize],
    batch: usize,
    fallible: bool,
    flow: Option<&'p Plan>,
    /// Not there when the step asks for no more than its kind.
    options: Option<&'p Options>,
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PlanRef {
            name: self.name(),
            path: self.path(),
            deadline: self.deadline(),
            strict: self.has_strict_batches(),
            inputs: self.inputs().collect(),
            steps: self.steps(),
            batches: self.batches().map(super::Batch::indices).collect(),
            stages: pairs(self),
        }
        .serialize(serializer)
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let asks = *self.options() != Options::default().of_kind(self.kind());
        StepRef {
            name: self.name(),
            kind: self.kind(),
            inputs: self.inputs().collect(),
            outputs: self.outputs().collect(),
            dependencies: self.dependencies(),
            batch: self.batch(),
            fallible: self.is_fallible(),
            flow: self.flow(),
            options: asks.then_some(self.options()),
        }
        .serialize(serializer)
    }
}

#[derive(Deserialize)]
#[serde(rename = "Plan")]
pub(super) struct PlanWire {
    name: String,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    deadline: Option<Duration>,
    #[serde(default)]
    strict: bool,
    inputs: Vec<String>,
    steps: Vec<StepWire>,
    batches: Vec<Vec<usize>>,
    stages: Vec<(usize, usize)>,
}

#[derive(Deserialize)]
#[serde(rename = "Step")]
struct StepWire {
    name: String,
    kind: Kind,
    inputs: Vec<String>,
    outputs: Vec<String>,
    dependencies: Vec<usize>,
    batch: usize,
    fallible: bool,
    flow: Option<Box<Plan>>,
    #[serde(default)]
    options: Option<Options>,
}

impl TryFrom<PlanWire> for Plan {
    type Error = String;

    /// Plans the steps again, and asks that the result is what the wire says.
    fn try_from(wire: PlanWire) -> Result<Self, String> {
        let name = wire.name;
        let count = wire.steps.len();
        let mut graph = Graph {
            inputs: wire.inputs,
            nodes: Vec::with_capacity(count),
        };
        let mut claims = Vec::with_capacity(count);
        for step in wire.steps {
            if step.dependencies.iter().any(|&step| step >= count) {
                return Err(format!(
                    "a dependency of step `{}` in plan `{name}` is no step: there are {count}",
                    step.name
                ));
            }
            graph.nodes.push(Node {
                name: step.name,
                kind: step.kind,
                reads: step.inputs,
                produces: step.outputs,
                after: Vec::new(),
                options: step.options.unwrap_or_default(),
            });
            claims.push((step.dependencies, step.batch, step.fallible, step.flow));
        }
        // To ask for all dependencies as orders is the same as to ask for those that carry no data. They are asked for by
        // index: a name may be long, and many steps may come after its step.
        let orders = claims.iter().map(|(dependencies, ..)| &**dependencies);
        let layout = arrange(&graph, with_orders(resolve(&graph), orders));
        let layout = layout.map_err(|problems| told(&problems, &graph))?;
        let mut plan = Self::from_layout(name, &graph, &layout);
        if let Some(path) = wire.path {
            plan.path = path.into();
        }
        plan.deadline = wire.deadline;
        plan.strict = wire.strict;

        for (step, (dependencies, batch, fallible, flow)) in
            plan.steps.to_mut().iter_mut().zip(claims)
        {
            if step.dependencies() != dependencies {
                return Err(format!(
                    "the dependencies of step `{}` do not follow from what it reads",
                    step.name()
                ));
            }
            if step.batch() != batch {
                return Err(format!(
                    "step `{}` is in batch {}, not {batch}",
                    step.name(),
                    step.batch()
                ));
            }
            if fallible {
                step.set_fallible();
            }
            if let Some(flow) = flow {
                if flow.depth() >= DEEPEST {
                    return Err(format!(
                        "more than {DEEPEST} workflows are nested in step `{}`",
                        step.name()
                    ));
                }
                step.set_flow(*flow);
            }
        }
        if !plan.batches().map(super::Batch::indices).eq(&wire.batches) {
            return Err(format!(
                "the batches of plan `{}` do not follow from its steps",
                plan.name()
            ));
        }
        if pairs(&plan) != wire.stages {
            return Err(format!(
                "the stages of plan `{}` do not follow from its steps",
                plan.name()
            ));
        }
        Ok(plan)
    }
}

/// Where each stage starts and ends.
fn pairs(plan: &Plan) -> Vec<(usize, usize)> {
    plan.stages()
        .map(|stage| (stage.start, stage.end))
        .collect()
}

/// With orders by index besides, a list for each step, which are those of steps that there are.
fn with_orders<'o>(
    resolution: Resolution,
    orders: impl Iterator<Item = &'o [usize]>,
) -> Resolution {
    let Resolution {
        edges,
        sources,
        mut problems,
    } = resolution;
    let mut all = Lists::with_capacity(edges.len(), 0);
    for (node, orders) in orders.enumerate() {
        for &edge in edges.get(node) {
            all.push(edge);
        }
        for (after, &order) in orders.iter().enumerate() {
            if order == node {
                problems.push(Problem::OwnOrder { node, after });
            }
            all.push(if order == node { NOWHERE } else { order });
        }
        all.close();
    }
    Resolution {
        edges: all,
        sources,
        problems,
    }
}

/// The first of the problems, in one line.
fn told(problems: &Problems, graph: &Graph) -> String {
    let first = problems.iter().take(TOLD);
    let first: Vec<String> = first.map(|problem| problem.message(graph)).collect();
    let first = first.join("; ").replace('\n', "; ");
    match problems.len().saturating_sub(TOLD) {
        0 => first,
        more => format!("{first}; and {more} more"),
    }
}
