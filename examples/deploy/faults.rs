//! Faults on demand: how it is seen what a failure leaves behind.

use orchestrated::Context;

use crate::error::DeployError;

/// Which step is to fail, if any.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) at: Option<String>,
}

/// The fault of one step, or none. Goes to other threads.
#[derive(Debug, Clone)]
pub(crate) struct Fault(Option<String>);

impl Faults {
    /// The fault of the step whose context this is.
    pub(crate) fn of(&self, cx: &Context<'_>) -> Fault {
        Fault(self.at.clone().filter(|at| at == cx.step()))
    }
}

impl Fault {
    #[cfg(test)]
    pub(crate) const NONE: Self = Self(None);

    /// Fails where it is due. A step with effects strikes when its work is done, and before anybody can see it.
    pub(crate) fn strike(self) -> Result<(), DeployError> {
        self.0
            .map_or(Ok(()), |step| Err(DeployError::Injected(step)))
    }
}
