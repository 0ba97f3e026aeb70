#[cfg(feature = "alerts")]
mod alerts;
mod apart;
mod observers;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use crate::{
    Approver, CancelToken, Executor, History,
    observe::{Clock, Listeners},
    policy::{
        batch::Batches, breaker::Breakers, cache::Caches, history::Histories, limiter::Limiter,
    },
    shutdown::Shutdown,
};

/// What runs workflows: it alone launches agents.
///
/// Cheap to make and to clone. All the runs of one orchestrator, and of its clones, share its settings and what it has
/// learnt: how long steps take, which breakers are open, what is cached, who waits for a resource. So a service makes
/// one, and not one a request.
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
#[derive(Clone, Default)]
pub struct Orchestrator {
    /// None where nothing is set, which is looked at for each run.
    settings: Option<Arc<Settings>>,
    state: Arc<State>,
}

/// What is said once, before the first run.
#[derive(Clone, Default)]
struct Settings {
    deadline: Option<Duration>,
    concurrency: Option<usize>,
    resources: BTreeMap<String, usize>,
    limiter: Option<Arc<Limiter>>,
    grants: BTreeSet<String>,
    approver: Option<Arc<dyn Approver>>,
    cancel: Vec<CancelToken>,
    listeners: Listeners,
    executor: Option<Arc<dyn Executor>>,
    /// How many threads are held at once; without it, as many as there are cores.
    threads: Option<Arc<Limiter>>,
}

/// What the runs share.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) histories: Histories,
    pub(crate) breakers: Breakers,
    pub(crate) caches: Caches,
    pub(crate) batches: Batches,
    pub(crate) shutdown: Shutdown,
    /// How many threads are held at once, where that is not said; made when one is first asked for.
    threads: OnceLock<Arc<Limiter>>,
    /// By which events are told.
    pub(crate) clock: Clock,
}

impl Orchestrator {
    /// An orchestrator without limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives every run at most this much time, from the moment when it starts.
    ///
    /// A run that takes longer starts nothing new, rolls back what must be undone, and fails with
    /// [`Reason::TimedOut`](crate::Reason::TimedOut). Steps see the moment in
    /// [`Context::deadline`](crate::Context::deadline). A workflow that says `#[deadline(..)]` itself has the shorter of
    /// the two. A workflow that runs inside another one as a flow step is a part of that run, and this deadline is not
    /// started for it again.
    ///
    /// A deadline needs a clock: the run must be polled on a tokio runtime with its timer enabled. Elsewhere the run is
    /// refused ([`Refusal::NoTimer`](crate::Refusal::NoTimer)) before anything starts.
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
    pub fn deadline(self, of_a_run: Duration) -> Self {
        self.set(|settings| settings.deadline = Some(of_a_run))
    }

    /// Lets at most `steps` steps run at once, in all the runs of this orchestrator together. At least 1: for 0 it is 1.
    ///
    /// Agents, tools and mcp steps count; a plain `fn`, a human step and a flow step do not (the steps of the flow do).
    /// Who goes first is said by `#[priority(..)]`, and nobody waits for ever. The time for which a step waits counts
    /// for no `timeout`, but for the deadline of the run. A workflow that a step runs by its `cx` runs in that step's
    /// turn.
    ///
    /// Like [`resource`](Self::resource), it begins to count anew: clones that were made before keep the limits that
    /// they had, and do not share these.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Both() -> u32 {
    ///         tool fn one() -> u32 { 1 }
    ///         tool fn two() -> u32 { 2 }
    ///         one + two
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// // One after the other.
    /// assert_eq!(Both {}.run(&Orchestrator::new().max_concurrency(1)).await?, 3);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn max_concurrency(self, steps: usize) -> Self {
        self.set(|settings| {
            settings.concurrency = Some(steps.max(1));
            settings.renew_limiter();
        })
    }

    /// There are `amount` of what steps take with `#[uses(name = n)]`, for all the runs of this orchestrator together.
    ///
    /// A step that uses what does not exist, or more than there is, is refused before anything of its workflow starts.
    /// Where a name is given twice, the later amount counts.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator, Reason};
    ///
    /// workflow! {
    ///     workflow Train() -> u32 {
    ///         #[uses(gpu = 2)]
    ///         tool fn loss() -> u32 { 0 }
    ///         loss
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// assert_eq!(Train {}.run(&Orchestrator::new().resource("gpu", 2)).await?, 0);
    /// let failure = Train {}.run(&Orchestrator::new().resource("gpu", 1)).await.unwrap_err();
    /// assert!(matches!(failure.reason(), Reason::Refused(_)));
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn resource(self, name: impl Into<String>, amount: usize) -> Self {
        self.set(|settings| {
            settings.resources.insert(name.into(), amount);
            settings.renew_limiter();
        })
    }

    /// Grants a permission that steps ask for with `#[requires("..")]`.
    ///
    /// A workflow with a step that asks for what is not granted is refused before anything of it starts.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Store(row: String) -> usize {
    ///         #[requires("db:write")]
    ///         tool fn stored(row) -> usize { row.len() }
    ///         stored
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let reader = Orchestrator::new().grant("db:read");
    /// assert!(Store::PLAN.check(&reader).is_err());
    /// let writer = reader.grant("db:write");
    /// assert_eq!(Store { row: "a".to_owned() }.run(&writer).await?, 1);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn grant(self, permission: impl Into<String>) -> Self {
        self.set(|settings| {
            settings.grants.insert(permission.into());
        })
    }

    /// Who is asked by `human` steps and before `#[critical]` ones: one approver, and so the last that was given.
    ///
    /// ```
    /// use orchestrated::{workflow, AutoApprover, Decision, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Release(version: u32) -> bool {
    ///         human fn allowed(version) -> Decision { format!("release version {version}?") }
    ///         allowed.is_approved()
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let orchestrator = Orchestrator::new().approver(AutoApprover::approve());
    /// assert!(Release { version: 2 }.run(&orchestrator).await?);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn approver(self, approver: impl Approver + 'static) -> Self {
        self.set(|settings| settings.approver = Some(Arc::new(approver)))
    }

    /// Cancels all the runs of this orchestrator when the token is cancelled, as [`shutdown`](Self::shutdown) does. The
    /// orchestrator that this is made from, and its other clones, are not concerned: a clone for each request can be
    /// cancelled with that request.
    ///
    /// ```
    /// use orchestrated::{workflow, CancelToken, Orchestrator, Reason};
    ///
    /// workflow! {
    ///     workflow Wait() {
    ///         tool fn wait() { std::future::pending().await }
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let orchestrator = Orchestrator::new();
    /// let token = CancelToken::new();
    /// let this_one = orchestrator.clone().cancel_on(&token);
    /// let (ended, ()) = futures::join!(Wait {}.run(&this_one), async { token.cancel() });
    /// assert!(matches!(ended.unwrap_err().reason(), Reason::Cancelled));
    /// # });
    /// ```
    #[must_use]
    pub fn cancel_on(self, token: &CancelToken) -> Self {
        self.set(|settings| settings.cancel.push(token.clone()))
    }

    /// Cancels all the runs of this orchestrator and of its clones, and waits until they have ended: each starts nothing
    /// new, rolls back what must be undone, and fails with [`Reason::Cancelled`](crate::Reason::Cancelled). Runs that
    /// are asked for from then on are refused. There is no way back.
    ///
    /// Somebody must go on polling the futures of the runs, or they never end. A run that has nothing to undo, no step
    /// that names `cx`, no deadline, and an orchestrator without settings is not waited for, and ends when it is next
    /// polled: to be woken would cost such runs more than all the rest of the runtime does. Its future can be dropped.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator, Reason, Refusal};
    ///
    /// workflow! {
    ///     workflow One() -> u32 {
    ///         fn one() -> u32 { 1 }
    ///         one
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let orchestrator = Orchestrator::new();
    /// orchestrator.shutdown().await;
    /// let failure = One {}.run(&orchestrator).await.unwrap_err();
    /// assert!(matches!(failure.reason(), Reason::Refused(Refusal::ShutDown)));
    /// # });
    /// ```
    pub async fn shutdown(&self) {
        self.state.shutdown.shut_down().await;
    }

    /// How long the steps have taken that have a `timeout` or an `estimate`, and with an
    /// [`observer`](Self::observer) all of them: to look at, and to be saved. It is what
    /// `#[timeout(adaptive, ..)]` goes by.
    ///
    /// ```
    /// # use orchestrated::Orchestrator;
    /// let orchestrator = Orchestrator::new();
    /// // .. many runs later:
    /// let history = orchestrator.history();
    /// let tomorrow = Orchestrator::new();
    /// tomorrow.load_history(history);
    /// ```
    #[must_use]
    pub fn history(&self) -> History {
        self.state.histories.snapshot()
    }

    /// Goes on from a history that was saved: it stands before what this orchestrator has seen itself, as older.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Ask() -> u32 {
    ///         #[timeout(adaptive, start = 30s)]
    ///         agent fn answer() -> u32 { 42 }
    ///         answer
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let today = Orchestrator::new();
    /// Ask {}.run(&today).await?;
    ///
    /// let tomorrow = Orchestrator::new();
    /// tomorrow.load_history(today.history());
    /// assert_eq!(tomorrow.history().steps().len(), 1);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn load_history(&self, history: History) {
        self.state.histories.load(history);
    }

    pub(crate) fn set_listeners(self, listeners: Listeners) -> Self {
        self.set(|settings| settings.listeners = listeners)
    }

    fn set(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(Arc::make_mut(self.settings.get_or_insert_default()));
        self
    }

    /// Whether nothing is set that a run must see to.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.settings.is_none()
    }

    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.settings.as_ref()?.deadline
    }

    pub(crate) fn limiter(&self) -> Option<&Arc<Limiter>> {
        self.settings.as_ref()?.limiter.as_ref()
    }

    pub(crate) fn asked(&self) -> Option<&Arc<dyn Approver>> {
        self.settings.as_ref()?.approver.as_ref()
    }

    /// Who is told of its runs; none where nobody is.
    pub(crate) fn listeners(&self) -> Option<&Listeners> {
        let listeners = &self.settings.as_ref()?.listeners;
        (!listeners.is_empty()).then_some(listeners)
    }

    /// What cancels its runs, apart from a shutdown.
    pub(crate) fn tokens(&self) -> &[CancelToken] {
        self.settings
            .as_ref()
            .map_or(&[], |settings| &settings.cancel)
    }

    /// Whether its runs are cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.state.shutdown.is_down() || self.tokens().iter().any(CancelToken::is_cancelled)
    }

    #[inline]
    pub(crate) fn state(&self) -> &Arc<State> {
        &self.state
    }
}

impl Settings {
    /// The limits of what is known so far; runs that have started keep theirs.
    fn renew_limiter(&mut self) {
        let limiter = Limiter::new(self.concurrency, self.resources.clone());
        self.limiter = Some(Arc::new(limiter));
    }
}

/// What a plan asks for before a run.
impl orchestrate_plan::Host for Orchestrator {
    fn capacity(&self, resource: &str) -> Option<usize> {
        self.settings.as_ref()?.resources.get(resource).copied()
    }

    fn is_granted(&self, permission: &str) -> bool {
        self.settings
            .as_ref()
            .is_some_and(|settings| settings.grants.contains(permission))
    }

    fn has_approver(&self) -> bool {
        self.asked().is_some()
    }

    fn usual(&self, workflow: &str, step: &str) -> Option<Duration> {
        self.state.histories.p95(workflow, step)
    }

    fn deadline(&self) -> Option<Duration> {
        self.time_limit()
    }
}

impl fmt::Debug for Orchestrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Orchestrator");
        if let Some(settings) = &self.settings {
            shown
                .field("deadline", &settings.deadline)
                .field("max_concurrency", &settings.concurrency)
                .field("resources", &settings.resources)
                .field("grants", &settings.grants)
                .field("observers", &settings.listeners);
        }
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use orchestrate_plan::Host as _;

    use super::*;

    #[test]
    fn a_deadline_is_asked_for() {
        assert_eq!(Orchestrator::new().time_limit(), None);
        assert!(Orchestrator::new().is_plain());
        let orchestrator = Orchestrator::default().deadline(Duration::from_secs(1));
        assert_eq!(
            orchestrator.clone().time_limit(),
            Some(Duration::from_secs(1))
        );
        let later = orchestrator.clone().deadline(Duration::from_secs(2));
        assert_eq!(later.time_limit(), Some(Duration::from_secs(2)));
        assert_eq!(orchestrator.time_limit(), Some(Duration::from_secs(1)));
    }

    #[test]
    fn a_clone_shares_what_was_learnt_and_what_was_set_before() {
        let orchestrator = Orchestrator::new().resource("gpu", 2).grant("db:read");
        let clone = orchestrator.clone().grant("db:write");
        assert!(Arc::ptr_eq(orchestrator.state(), clone.state()));
        assert_eq!(clone.capacity("gpu"), Some(2));
        assert_eq!(clone.capacity("disk"), None);
        assert!(clone.is_granted("db:read") && clone.is_granted("db:write"));
        assert!(!orchestrator.is_granted("db:write"));
        assert!(Arc::ptr_eq(
            orchestrator.limiter().unwrap(),
            clone.limiter().unwrap()
        ));
    }
}
