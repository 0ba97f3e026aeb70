//! What flows along the edges of a plan: for those that draw it.

use std::collections::HashMap;

use super::{Plan, Step};

impl Plan {
    /// The step that produces each value.
    pub(crate) fn producers(&self) -> HashMap<&str, usize> {
        let steps = self.steps().iter().enumerate();
        let outputs =
            steps.flat_map(|(index, step)| step.outputs().map(move |output| (output, index)));
        outputs.collect()
    }
}

/// Who produces the values of a plan.
pub(super) struct Links<'p> {
    plan: &'p Plan,
    producers: HashMap<&'p str, usize>,
}

impl<'p> Links<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            producers: plan.producers(),
        }
    }

    /// What a step reads from other steps, as it wrote it: the name of each value and the step that
    /// produces it.
    pub(super) fn values(&self, step: &'p Step) -> impl Iterator<Item = (&'p str, usize)> {
        step.inputs()
            .filter_map(|input| Some((input, *self.producers.get(input)?)))
    }

    /// The steps that a step depends on although it reads nothing of theirs.
    pub(super) fn orders(&self, step: &'p Step) -> impl Iterator<Item = &'p Step> {
        let mut read: Vec<usize> = self.values(step).map(|(_, producer)| producer).collect();
        read.sort_unstable();
        let dependencies = step
            .dependencies()
            .iter()
            .filter(move |dependency| read.binary_search(dependency).is_err());
        dependencies.map(|&dependency| &self.plan.steps()[dependency])
    }

    /// What comes into a step from each that it depends on.
    pub(super) fn edges(&self, step: &'p Step) -> impl Iterator<Item = Edge<'p>> {
        let mut values: Vec<(usize, &str)> = self
            .values(step)
            .map(|(value, producer)| (producer, value))
            .collect();
        // Stable: the values of one producer stay in the order in which the step reads them.
        values.sort_by_key(|&(producer, _)| producer);
        step.dependencies().iter().map(move |&from| {
            let start = values.partition_point(|&(producer, _)| producer < from);
            let end = values.partition_point(|&(producer, _)| producer <= from);
            let carried = values[start..end].iter().map(|&(_, value)| value);
            let name = self.plan.steps()[from].name();
            Edge {
                from,
                is_order: carried.len() == 0,
                values: if carried.clone().all(|value| value == name) {
                    Vec::new()
                } else {
                    carried.collect()
                },
            }
        })
    }
}

/// A dependency, as it is drawn.
pub(super) struct Edge<'p> {
    pub(super) from: usize,
    /// Whether it carries no value.
    pub(super) is_order: bool,
    /// The values that it carries; none where it is the one with the name of the step.
    pub(super) values: Vec<&'p str>,
}
