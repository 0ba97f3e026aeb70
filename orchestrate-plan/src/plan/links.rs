//! What flows along the edges of a plan: for those that draw it.

use std::collections::HashMap;

use super::{Plan, Step};

/// Who produces the values of a plan.
pub(super) struct Links<'p> {
    plan: &'p Plan,
    producers: HashMap<&'p str, usize>,
}

impl<'p> Links<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let outputs = plan
            .steps()
            .iter()
            .enumerate()
            .flat_map(|(index, step)| step.outputs().map(move |output| (output, index)));
        Self {
            plan,
            producers: outputs.collect(),
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
}
