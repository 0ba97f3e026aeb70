//! A plan that an event carries.

use std::{borrow::Cow, ops::Deref, sync::Arc};

use orchestrate_plan::Plan;

/// A plan: constant, or shared. Cheap to clone, and read like a [`Plan`].
#[derive(Clone, Debug)]
pub struct PlanRef(Kept);

#[derive(Clone, Debug)]
enum Kept {
    Static(&'static Plan),
    Shared(Arc<Plan>),
}

impl PlanRef {
    /// A name in it, which is copied where the plan is not constant.
    pub(crate) fn named(&self, name: impl FnOnce(&Plan) -> &str) -> Cow<'static, str> {
        match &self.0 {
            Kept::Static(plan) => Cow::Borrowed(name(plan)),
            Kept::Shared(plan) => Cow::Owned(name(plan).to_owned()),
        }
    }
}

impl Deref for PlanRef {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        match &self.0 {
            Kept::Static(plan) => plan,
            Kept::Shared(plan) => plan,
        }
    }
}

impl PartialEq for PlanRef {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(&raw const **self, &raw const **other) || **self == **other
    }
}

impl Eq for PlanRef {}

impl From<&'static Plan> for PlanRef {
    fn from(plan: &'static Plan) -> Self {
        Self(Kept::Static(plan))
    }
}

impl From<Plan> for PlanRef {
    fn from(plan: Plan) -> Self {
        Self(Kept::Shared(Arc::new(plan)))
    }
}

impl From<Arc<Plan>> for PlanRef {
    fn from(plan: Arc<Plan>) -> Self {
        Self(Kept::Shared(plan))
    }
}
