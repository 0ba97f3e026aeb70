//! Who is told when a threshold is passed.

use super::Orchestrator;
use crate::{Alarm, Alert, observe::Watcher};

impl Orchestrator {
    /// Calls a hook when this alert is raised, and when it is clear again: once each, in turn, and never in between,
    /// however many runs or steps there are for which it could be raised.
    ///
    /// It looks at all runs of this orchestrator, and of the clones that are made from it. An alert about time is raised
    /// while the step still runs or waits, by tokio's clock: that takes a tokio runtime that polls the runs, with its
    /// timer enabled. Without one it is raised with the next event of any run, at the latest when the step has ended; then
    /// it is clear at once.
    ///
    /// The hook never slows a run: a thread of its own calls it, which there is only while there is something to tell. One
    /// that panics is called the next time all the same. Of one that is so slow that 64 alarms wait for it, an alert is
    /// left out that is clear again before it has heard of it. [`flush`](Self::flush) waits for it too.
    ///
    /// With the feature `alerts`.
    ///
    /// ```
    /// use std::{sync::mpsc, time::Duration};
    /// # mod orchestrated { pub use ::orchestrated::*; pub use orchestrate_core::{AlarmState, Alert}; }
    /// use orchestrated::{workflow, AlarmState, Alert, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Ask() {
    ///         agent fn review() { tokio::time::sleep(Duration::from_secs(90)).await }
    ///     }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// let (sender, alarms) = mpsc::channel();
    /// let orchestrator = Orchestrator::new().alert_when(
    ///     Alert::slow_step("review", Duration::from_secs(60)),
    ///     move |alarm| sender.send(alarm.clone()).expect("somebody listens"),
    /// );
    /// Ask {}.run(&orchestrator).await?;
    /// orchestrator.flush().await;
    ///
    /// let raised = alarms.recv()?;
    /// assert_eq!((raised.state, raised.at), (AlarmState::Raised, Duration::from_secs(60)));
    /// let clear = alarms.recv()?;
    /// assert_eq!((clear.state, clear.at), (AlarmState::Cleared, Duration::from_secs(90)));
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn alert_when(self, alert: Alert, hook: impl FnMut(&Alarm) + Send + 'static) -> Self {
        self.observer(Watcher::new(alert, hook))
    }
}
