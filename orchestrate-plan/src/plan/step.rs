//! A step of a plan.

use std::borrow::Cow;

use super::Plan;
use crate::{
    graph::Node,
    kind::Kind,
    layout::Layout,
    names::Names,
    options::{Options, StaticOptions, words},
};

/// One step of a [`Plan`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    name: Cow<'static, str>,
    kind: Kind,
    inputs: Names,
    outputs: Names,
    dependencies: Cow<'static, [usize]>,
    batch: usize,
    fallible: bool,
    flow: Option<Flow>,
    options: Options,
}

/// A step as an expansion writes it: see [`StaticPlan`](super::StaticPlan).
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
    pub flow: Option<&'static Plan>,
    pub options: StaticOptions,
}

impl Step {
    #[doc(hidden)]
    #[must_use]
    pub const fn __from_static(parts: StaticStep) -> Self {
        Self {
            name: Cow::Borrowed(parts.name),
            kind: parts.kind,
            inputs: Names::Static(parts.inputs),
            outputs: Names::Static(parts.outputs),
            dependencies: Cow::Borrowed(parts.dependencies),
            batch: parts.batch,
            fallible: parts.fallible,
            flow: match parts.flow {
                Some(plan) => Some(Flow::Static(plan)),
                None => None,
            },
            options: Options::from_static(parts.options).of_kind(parts.kind),
        }
    }

    /// A step without options that is no flow: most are, and few words for each keep large expansions small.
    #[doc(hidden)]
    #[must_use]
    pub const fn __plain(
        kind: Kind,
        name: &'static str,
        inputs: &'static [&'static str],
        outputs: &'static [&'static str],
        dependencies: &'static [usize],
        batch: usize,
        fallible: bool,
    ) -> Self {
        Self::__from_static(StaticStep {
            name,
            kind,
            inputs,
            outputs,
            dependencies,
            batch,
            fallible,
            flow: None,
            options: StaticOptions::NONE,
        })
    }

    pub(super) fn new(index: usize, node: &Node, layout: &Layout) -> Self {
        Self {
            name: Cow::Owned(node.name.clone()),
            kind: node.kind,
            inputs: Names::Owned(node.reads.clone()),
            outputs: Names::Owned(node.produces.clone()),
            dependencies: Cow::Owned(layout.dependencies(index).to_vec()),
            batch: layout.batch_of(index),
            fallible: false,
            flow: None,
            options: node.options.clone().of_kind(node.kind),
        }
    }

    pub(super) fn set_fallible(&mut self) {
        self.fallible = true;
    }

    pub(super) fn set_flow(&mut self, plan: Plan) {
        self.flow = Some(Flow::Owned(Box::new(plan)));
    }

    /// The step's name.
    #[must_use]
    pub const fn name(&self) -> &str {
        match &self.name {
            Cow::Borrowed(name) => name,
            Cow::Owned(name) => name.as_str(),
        }
    }

    /// What the step is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The names of the values that it reads: workflow inputs, and outputs of other steps.
    #[must_use]
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.inputs.iter()
    }

    /// The names of its outputs.
    #[must_use]
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.outputs.iter()
    }

    /// The steps that it depends on directly, by data or by order: indices into [`Plan::steps`],
    /// sorted, each once.
    #[must_use]
    pub const fn dependencies(&self) -> &[usize] {
        match &self.dependencies {
            Cow::Borrowed(dependencies) => dependencies,
            Cow::Owned(dependencies) => dependencies.as_slice(),
        }
    }

    /// The batch that it is in, counted from 0.
    #[must_use]
    pub const fn batch(&self) -> usize {
        self.batch
    }

    /// Whether it can fail.
    #[must_use]
    pub const fn is_fallible(&self) -> bool {
        self.fallible
    }

    /// What it asks for.
    #[must_use]
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// What it asks for, in the words and in the order in which a plan shows them: `retry 3`,
    /// `timeout 1s`. Empty for a step that asks for nothing.
    #[must_use]
    pub fn asks(&self) -> Vec<String> {
        words(&self.options, self.kind, str::to_owned)
    }

    /// The plan of the workflow that a flow step runs.
    #[must_use]
    pub const fn flow(&self) -> Option<&Plan> {
        match &self.flow {
            Some(Flow::Static(plan)) => Some(plan),
            Some(Flow::Owned(plan)) => Some(plan),
            None => None,
        }
    }
}

/// The plan of another workflow, constant or owned.
#[derive(Clone, Debug)]
enum Flow {
    Static(&'static Plan),
    Owned(Box<Plan>),
}

impl Flow {
    const fn plan(&self) -> &Plan {
        match self {
            Self::Static(plan) => plan,
            Self::Owned(plan) => plan,
        }
    }
}

impl PartialEq for Flow {
    fn eq(&self, other: &Self) -> bool {
        self.plan() == other.plan()
    }
}

impl Eq for Flow {}
