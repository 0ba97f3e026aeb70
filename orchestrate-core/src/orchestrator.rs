use std::time::Duration;

/// What runs workflows: it alone launches agents.
///
/// Cheap to make and to clone. All the runs of one orchestrator share its settings.
///
/// ```
/// use orchestrated::{workflow, Orchestrator};
///
/// workflow! {
///     workflow Greet(name: String) -> String {
///         tool fn greeting(name) -> String { format!("Hello, {name}!") }
///         greeting
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let orchestrator = Orchestrator::new();
/// let greeting = Greet { name: "Ada".to_owned() }.run(&orchestrator).await?;
/// assert_eq!(greeting, "Hello, Ada!");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Orchestrator {
    deadline: Option<Duration>,
}

impl Orchestrator {
    /// An orchestrator without limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives every run at most this much time, from the moment when it starts.
    ///
    /// A run that takes longer is dropped, with all its steps, and fails with
    /// [`Reason::TimedOut`](crate::Reason::TimedOut). Steps see the moment in
    /// [`Context::deadline`](crate::Context::deadline). A workflow that runs inside another one as a flow step has no
    /// deadline of its own: it is a part of that run.
    ///
    /// This is the one thing here that needs a clock: the run must be polled on a tokio runtime with its timer enabled.
    /// Elsewhere the run is refused ([`Refusal::NoTimer`](crate::Refusal::NoTimer)) before anything starts.
    ///
    /// ```
    /// use std::time::Duration;
    /// use orchestrated::{workflow, Orchestrator, Reason};
    ///
    /// workflow! {
    ///     workflow Slow() {
    ///         tool fn wait() { tokio::time::sleep(Duration::from_secs(3600)).await }
    ///     }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// let orchestrator = Orchestrator::new().deadline(Duration::from_secs(60));
    /// let failure = Slow {}.run(&orchestrator).await.unwrap_err();
    /// assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    /// # });
    /// ```
    #[must_use]
    pub fn deadline(mut self, of_a_run: Duration) -> Self {
        self.deadline = Some(of_a_run);
        self
    }

    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.deadline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_asked_for() {
        assert_eq!(Orchestrator::new().time_limit(), None);
        let orchestrator = Orchestrator::default().deadline(Duration::from_secs(1));
        assert_eq!(
            orchestrator.clone().time_limit(),
            Some(Duration::from_secs(1))
        );
        let later = orchestrator.deadline(Duration::from_secs(2));
        assert_eq!(later.time_limit(), Some(Duration::from_secs(2)));
    }
}
