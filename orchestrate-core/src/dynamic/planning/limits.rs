//! How large a plan from outside may be.

use orchestrate_plan::Plan;

use super::{
    error::{OperationPlace, PlanError},
    operation::Operation,
    operations::{Operations, UNNAMED},
};
use crate::dynamic::text::start;

/// How large a plan may be that comes from outside: from a model, from a file, from the network.
///
/// A text is read up to the first limit that it exceeds, and no further. So what it takes to refuse one is bounded by the
/// limits, whatever is in it.
///
/// The defaults are far above what a model plans in one go, and far below what would hurt:
///
/// | limit | default | what it bounds |
/// | --- | --- | --- |
/// | `bytes` | 1 MiB | the text |
/// | `operations` | 1,000 | operations; of a plan, steps with those of the workflows inside |
/// | `depth` | 100 | batches, which run one after the other |
/// | `width` | 250 | operations of one batch, which run at the same time |
/// | `names` | 250 | names in one list: inputs, outputs, `after` |
/// | `name_bytes` | 128 | a name, in bytes of UTF-8 |
/// | `values` | 10,000 | values in the parameters of all operations together |
/// | `nesting` | 16 | lists and objects inside one another in parameters |
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::dynamic::PlanLimits;
///
/// let limits = PlanLimits::default().with_operations(20).with_depth(5).with_width(8);
/// assert_eq!(limits.operations, 20);
/// assert_eq!(limits.bytes, 1 << 20);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanLimits {
    /// How many bytes a text may have.
    pub bytes: usize,
    /// How many operations there may be.
    pub operations: usize,
    /// How many batches there may be.
    pub depth: usize,
    /// How many operations a batch may have.
    pub width: usize,
    /// How many names one list may have.
    pub names: usize,
    /// How many bytes a name may have.
    pub name_bytes: usize,
    /// How many values the parameters of all operations may have together: each number, text, list and object is one.
    pub values: usize,
    /// How deep lists and objects may lie inside one another in parameters.
    pub nesting: usize,
}

impl Default for PlanLimits {
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            operations: 1_000,
            depth: 100,
            width: 250,
            names: 250,
            name_bytes: 128,
            values: 10_000,
            nesting: 16,
        }
    }
}

/// How each limit is set.
macro_rules! setters {
    ($($setter:ident $field:ident $what:literal)*) => {
        impl PlanLimits {
            $(
                #[doc = $what]
                #[must_use]
                pub const fn $setter(mut self, $field: usize) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

setters! {
    with_bytes bytes "Sets how many bytes a text may have."
    with_operations operations "Sets how many operations there may be."
    with_depth depth "Sets how many batches there may be."
    with_width width "Sets how many operations a batch may have."
    with_names names "Sets how many names one list may have."
    with_name_bytes name_bytes "Sets how many bytes a name may have."
    with_values values "Sets how many values the parameters of all operations may have together."
    with_nesting nesting "Sets how deep lists and objects may lie inside one another in parameters. Below the limits of \
        what reads the text: 128 for JSON."
}

impl PlanLimits {
    /// What operations exceed before they are planned. With too many of them, only that.
    pub(super) fn exceeded_by(&self, operations: &Operations) -> Vec<PlanError> {
        if operations.list.len() > self.operations {
            return vec![PlanError::TooManyOperations {
                limit: self.operations,
            }];
        }
        let mut errors = Vec::new();
        self.look(&operations.inputs, None, "inputs", &mut errors);
        if operations.name != UNNAMED {
            errors.extend(self.name(&operations.name));
        }
        for (index, operation) in operations.list.iter().enumerate() {
            let at = (index, operation);
            errors.extend(self.name(&operation.id));
            self.look(&operation.inputs, Some(at), "inputs", &mut errors);
            self.look(&operation.outputs, Some(at), "outputs", &mut errors);
            self.look(&operation.after, Some(at), "after", &mut errors);
            errors.extend(operation.agent.as_deref().and_then(|name| self.name(name)));
        }
        errors
    }

    /// What a plan exceeds: each batch that is too wide is told.
    pub(super) fn exceeded_by_plan(&self, plan: &Plan) -> Vec<PlanError> {
        let depth = (plan.batch_count() > self.depth).then(|| PlanError::TooDeep {
            batches: plan.batch_count(),
            limit: self.depth,
        });
        let batches = plan
            .batches()
            .filter(|batch| batch.indices().len() > self.width);
        let wide = batches.map(|batch| PlanError::TooWide {
            batch: batch.index(),
            operations: batch.indices().len(),
            limit: self.width,
        });
        depth.into_iter().chain(wide).collect()
    }

    /// What is wrong with the length of a name.
    pub(super) fn name(&self, name: &str) -> Option<PlanError> {
        (name.len() > self.name_bytes).then(|| PlanError::NameTooLong {
            start: start(name),
            bytes: name.len(),
            limit: self.name_bytes,
        })
    }

    fn look(
        &self,
        names: &[String],
        operation: Option<(usize, &Operation)>,
        field: &'static str,
        errors: &mut Vec<PlanError>,
    ) {
        if names.len() > self.names {
            let operation = operation.map(|(index, operation)| OperationPlace {
                index,
                id: Some(start(&operation.id)),
            });
            errors.push(PlanError::TooManyNames {
                operation,
                field,
                limit: self.names,
            });
            return;
        }
        errors.extend(names.iter().filter_map(|name| self.name(name)));
    }
}
