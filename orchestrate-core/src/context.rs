use std::{borrow::Cow, fmt, time::Instant};

use orchestrate_plan::{Kind, Plan, Step};

use crate::{
    CancelToken, EventKind, Launcher, PlanRef, RunId,
    launcher::{
        Scope,
        sealed::{NoAgents, Sealed},
    },
    run::RunState,
};

/// What a step sees of its run: the reserved input `cx`.
///
/// It is a [`Launcher`] of workflows that launch no agent: `Lookup { .. }.run(cx).await`.
///
/// ```
/// use orchestrated::{workflow, Orchestrator};
///
/// workflow! {
///     workflow Describe() -> String {
///         tool fn line(cx) -> String {
///             format!("{} {} {}", cx.workflow(), cx.step(), cx.attempt())
///         }
///         line
///     }
/// }
///
/// # futures::executor::block_on(async {
/// assert_eq!(Describe {}.run(&Orchestrator::new()).await?, "Describe line 1");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Copy)]
pub struct Context<'r> {
    run: &'r RunState<'r>,
    step: usize,
    attempt: u32,
    /// Whether it is that of one item of several.
    is_of_item: bool,
}

impl<'r> Context<'r> {
    pub(crate) fn new(run: &'r RunState<'r>, step: usize, attempt: u32) -> Self {
        Self {
            run,
            step,
            attempt,
            is_of_item: false,
        }
    }

    pub(crate) fn of_item(self) -> Self {
        Self {
            is_of_item: true,
            ..self
        }
    }

    /// The run: unique in this process.
    #[must_use]
    pub fn run_id(&self) -> RunId {
        self.run.id()
    }

    /// The name of the workflow.
    #[must_use]
    pub fn workflow(&self) -> &'r str {
        self.run.plan().name()
    }

    /// The name of the step.
    #[must_use]
    pub fn step(&self) -> &'r str {
        self.planned().name()
    }

    /// The kind of the step.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.planned().kind()
    }

    /// Which attempt at this step this is, counted from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The moment at which the run will have taken too long, if its workflow or its orchestrator has a deadline.
    ///
    /// On tokio's paused clock, `tokio::time::Instant::from_std` gives the moment on that clock.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.run.deadline()
    }

    /// What cancels the run, and tells work outside of the run's future that the run is over.
    #[must_use]
    pub fn cancellation(&self) -> CancelToken {
        self.run.cancellation()
    }

    /// Says how far the step has come: so much of so much, in whatever it counts. Observers are told; where there are none
    /// it does nothing, nor in a step with `each`, of which they are told how many items are done.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Copy(pages: &[String]) -> usize {
    ///         tool fn letters(pages, cx) -> usize {
    ///             let mut letters = 0;
    ///             for (done, page) in (1..).zip(pages) {
    ///                 letters += page.len();
    ///                 cx.progress(done, pages.len() as u64);
    ///             }
    ///             letters
    ///         }
    ///         letters
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let pages = ["one".to_owned(), "two".to_owned()];
    /// assert_eq!(Copy { pages: &pages }.run(&Orchestrator::new()).await?, 6);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn progress(&self, done: u64, total: u64) {
        if let Some(teller) = self.run.teller()
            && !self.is_of_item
        {
            let step = self.step;
            teller.within(EventKind::StepProgress { step, done, total });
        }
    }

    /// The place of this step in its trace, for the requests that it makes: the span of this attempt, or of the step where
    /// it has no options. Where nothing makes spans of it, that of who runs the workflow.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Fetch(url: &str) -> String {
    ///         mcp fn request(url, cx) -> String {
    ///             let mut request = format!("GET {url} HTTP/1.1\r\n");
    ///             for (name, value) in cx.trace_context().headers() {
    ///                 request += &format!("{name}: {value}\r\n");
    ///             }
    ///             request
    ///         }
    ///         request
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let request = Fetch { url: "/news" }.run(&Orchestrator::new()).await?;
    /// assert_eq!(request, "GET /news HTTP/1.1\r\n"); // nobody traces it
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    #[cfg(feature = "otel")]
    #[must_use]
    pub fn trace_context(&self) -> crate::otel::TraceContext {
        crate::otel::TraceContext::of_step(self.run.spans(), self.step)
    }

    /// The names of its workflow and of its step, for what may outlive the run.
    pub(crate) fn names(&self) -> (Cow<'static, str>, Cow<'static, str>) {
        let plan = PlanRef::from(self.run.planned());
        let step = plan.named(|plan| plan.steps()[self.step].name());
        (plan.named(Plan::name), step)
    }

    fn planned(&self) -> &'r Step {
        &self.run.plan().steps()[self.step]
    }
}

impl Sealed for Context<'_> {}
#[diagnostic::do_not_recommend]
impl<A: NoAgents> Launcher<A> for Context<'_> {
    fn __scope(&self) -> Scope<'_> {
        self.run.scope_of_step(self.step)
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("workflow", &self.workflow())
            .field("step", &self.step())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Orchestrator, Workflow as _,
        testing::{AGENT, PLAIN, script},
    };

    #[test]
    fn a_context_knows_its_step() {
        let seen = script(|run| {
            Box::pin(async move {
                let (agent, plain) = (run.context(AGENT), run.context(PLAIN));
                assert_eq!(
                    (agent.workflow(), agent.step(), agent.kind().word()),
                    ("Script", "thinks", "agent")
                );
                assert_eq!(
                    (plain.step(), plain.kind().word(), plain.attempt()),
                    ("counts", "fn", 1)
                );
                assert_eq!(agent.run_id(), plain.run_id());
                assert_eq!(plain.deadline(), None);
                assert_eq!(
                    format!("{plain:?}"),
                    "Context { workflow: \"Script\", step: \"counts\", .. }"
                );
                Ok(1)
            })
        });
        assert_eq!(
            futures::executor::block_on(seen.run(&Orchestrator::new())).unwrap(),
            1
        );
    }
}
