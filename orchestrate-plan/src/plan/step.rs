//! A step of a plan.

use super::{Plan, packed::PackedStep};
use crate::{
    graph::Node,
    kind::Kind,
    layout::Layout,
    names::View,
    options::{Options, words},
};

/// One step of a [`Plan`].
#[derive(Clone, Debug)]
pub struct Step(pub(super) Kept);

/// What it says: somewhere in the bytes of an expansion, a constant, or made at run time.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    Packed(PackedStep),
    Static(&'static StaticStep),
    Owned(Box<Owned>),
}

/// A step without options, written by hand: see [`StaticPlan`](super::StaticPlan).
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct StaticStep {
    pub name: &'static str,
    pub kind: Kind,
    pub inputs: &'static [&'static str],
    pub outputs: &'static [&'static str],
    pub dependencies: &'static [usize],
    pub batch: usize,
    pub fallible: bool,
}

/// A step of a graph that was planned at run time.
#[derive(Clone, Debug)]
pub(super) struct Owned {
    name: String,
    kind: Kind,
    inputs: Vec<String>,
    outputs: Vec<String>,
    dependencies: Vec<usize>,
    batch: usize,
    fallible: bool,
    flow: Option<Plan>,
    options: Options,
}

impl Step {
    #[doc(hidden)]
    #[must_use]
    pub const fn __from_static(parts: &'static StaticStep) -> Self {
        Self(Kept::Static(parts))
    }

    pub(super) fn new(index: usize, node: &Node, layout: &Layout) -> Self {
        Self(Kept::Owned(Box::new(Owned {
            name: node.name.clone(),
            kind: node.kind,
            inputs: node.reads.clone(),
            outputs: node.produces.clone(),
            dependencies: layout.dependencies(index).to_vec(),
            batch: layout.batch_of(index),
            fallible: false,
            flow: None,
            options: node.options.clone().of_kind(node.kind),
        })))
    }

    pub(super) fn set_fallible(&mut self) {
        self.owned().fallible = true;
    }

    pub(super) fn set_flow(&mut self, plan: Plan) {
        self.owned().flow = Some(plan);
    }

    /// What can be changed.
    fn owned(&mut self) -> &mut Owned {
        if !matches!(self.0, Kept::Owned(_)) {
            let owned = |names: View<'_>| names.iter().map(str::to_owned).collect();
            self.0 = Kept::Owned(Box::new(Owned {
                name: self.name().to_owned(),
                kind: self.kind(),
                inputs: owned(self.reads()),
                outputs: owned(self.produces()),
                dependencies: self.dependencies().to_vec(),
                batch: self.batch(),
                fallible: self.is_fallible(),
                flow: self.flow().cloned(),
                options: self.options().clone(),
            }));
        }
        match &mut self.0 {
            Kept::Owned(owned) => owned,
            Kept::Packed(_) | Kept::Static(_) => unreachable!("it has just been made so"),
        }
    }

    /// The step's name.
    #[must_use]
    pub const fn name(&self) -> &str {
        match &self.0 {
            Kept::Packed(step) => step.name(),
            Kept::Static(step) => step.name,
            Kept::Owned(step) => step.name.as_str(),
        }
    }

    /// What the step is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match &self.0 {
            Kept::Packed(step) => step.kind(),
            Kept::Static(step) => step.kind,
            Kept::Owned(step) => step.kind,
        }
    }

    /// The names of the values that it reads: workflow inputs, and outputs of other steps.
    #[must_use]
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.reads().iter()
    }

    const fn reads(&self) -> View<'_> {
        match &self.0 {
            Kept::Packed(step) => step.inputs(),
            Kept::Static(step) => View::Static(step.inputs),
            Kept::Owned(step) => View::Owned(step.inputs.as_slice()),
        }
    }

    /// The names of its outputs.
    #[must_use]
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.produces().iter()
    }

    const fn produces(&self) -> View<'_> {
        match &self.0 {
            Kept::Packed(step) => step.outputs(),
            Kept::Static(step) => View::Static(step.outputs),
            Kept::Owned(step) => View::Owned(step.outputs.as_slice()),
        }
    }

    /// The steps that it depends on directly, by data or by order: indices into [`Plan::steps`],
    /// sorted, each once.
    #[must_use]
    pub const fn dependencies(&self) -> &[usize] {
        match &self.0 {
            Kept::Packed(step) => step.dependencies(),
            Kept::Static(step) => step.dependencies,
            Kept::Owned(step) => step.dependencies.as_slice(),
        }
    }

    /// The batch that it is in, counted from 0.
    #[must_use]
    pub const fn batch(&self) -> usize {
        match &self.0 {
            Kept::Packed(step) => step.batch(),
            Kept::Static(step) => step.batch,
            Kept::Owned(step) => step.batch,
        }
    }

    /// Whether it can fail.
    #[must_use]
    pub const fn is_fallible(&self) -> bool {
        match &self.0 {
            Kept::Packed(step) => step.is_fallible(),
            Kept::Static(step) => step.fallible,
            Kept::Owned(step) => step.fallible,
        }
    }

    /// What it asks for.
    #[must_use]
    pub const fn options(&self) -> &Options {
        match &self.0 {
            Kept::Packed(step) => step.options(),
            Kept::Static(step) => Options::plain(step.kind),
            Kept::Owned(step) => &step.options,
        }
    }

    /// What it asks for, in the words and in the order in which a plan shows them: `retry 3`,
    /// `timeout 1s`. Empty for a step that asks for nothing.
    #[must_use]
    pub fn asks(&self) -> Vec<String> {
        words(self.options(), self.kind(), str::to_owned)
    }

    /// The plan of the workflow that a flow step runs.
    #[must_use]
    pub const fn flow(&self) -> Option<&Plan> {
        match &self.0 {
            Kept::Packed(step) => step.flow(),
            Kept::Static(_) => None,
            Kept::Owned(step) => step.flow.as_ref(),
        }
    }
}

/// Steps are equal when they say the same, wherever that is kept.
impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
            && self.kind() == other.kind()
            && self.inputs().eq(other.inputs())
            && self.outputs().eq(other.outputs())
            && self.dependencies() == other.dependencies()
            && self.batch() == other.batch()
            && self.is_fallible() == other.is_fallible()
            && self.flow() == other.flow()
            && self.options() == other.options()
    }
}

impl Eq for Step {}
