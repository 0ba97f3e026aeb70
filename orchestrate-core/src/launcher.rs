use std::{sync::Arc, time::Instant};

use crate::{Orchestrator, Within, stop::Stop};

/// Who may run a workflow that launches agents (`A` is [`WithAgents`]) or one that does not ([`WithoutAgents`]).
///
/// Only an orchestrator launches agents. So [`Orchestrator`] is a launcher of both, and the [`Context`](crate::Context)
/// of a step only of workflows that launch no agent, themselves or through their flow steps. Nobody else can implement
/// this trait.
///
/// ```compile_fail
/// use orchestrated::workflow;
///
/// workflow! {
///     workflow Answer(question: String) -> String {
///         agent fn answer(question) -> String { format!("I think about {question}") }
///         answer
///     }
///     workflow Ask(question: String) -> String {
///         agent fn asked(question, cx) -> String {
///             // error: a sub-agent cannot launch other sub-agents
///             Answer { question: question.clone() }.run(cx).await.unwrap()
///         }
///         asked
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a sub-agent cannot launch other sub-agents",
    label = "`{Self}` is not an orchestrator",
    note = "only an `Orchestrator` launches agents; the `cx` of a step runs workflows that launch none, and nothing else runs workflows",
    note = "to run this workflow inside another one, make it a step: `flow name = Workflow {{ .. }};`"
)]
pub trait Launcher<A: 'static>: Sync + sealed::Sealed {
    #[doc(hidden)]
    fn __scope(&self) -> Scope<'_>;
}

/// Marks a workflow that launches agents: it has an agent step, or a flow step that runs such a workflow.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WithAgents;

/// Marks a workflow that launches no agent.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WithoutAgents;

/// What a run takes from its launcher.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'o> {
    pub(crate) orchestrator: &'o Orchestrator,
    pub(crate) part: Part<'o>,
}

/// Of what a run is a part.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'o> {
    /// Of nothing: an orchestrator runs it.
    Whole,
    /// Of a step that runs it by its `cx`: what the step has, it has.
    Step {
        /// Until when the outer run lasts; that one sees to it.
        deadline: Option<Instant>,
        within: Option<Within>,
    },
    /// Of a run, as a flow step: when that one stops, so does this.
    Flow {
        deadline: Option<Instant>,
        stop: &'o Stop<'o>,
        /// Whether the steps of that run wait for their turns: not below a step that has one.
        turns: bool,
        /// Of which step, where somebody is told.
        within: Option<Within>,
    },
}

impl Part<'_> {
    #[inline]
    pub(crate) fn within(self) -> Option<Within> {
        match self {
            Self::Whole => None,
            Self::Step { within, .. } | Self::Flow { within, .. } => within,
        }
    }

    #[inline]
    pub(crate) fn deadline(self) -> Option<Instant> {
        match self {
            Self::Whole => None,
            Self::Step { deadline, .. } | Self::Flow { deadline, .. } => deadline,
        }
    }
}

/// Launches the workflow of a flow step: a part of its run, and so under the same rights.
#[derive(Clone, Copy, Debug)]
pub struct Flow<'r>(pub(crate) Scope<'r>);

pub(crate) mod sealed {
    pub trait Sealed {}

    /// [`WithoutAgents`](super::WithoutAgents) alone: an error about the other one does not list this one.
    pub trait NoAgents: 'static {}
    impl NoAgents for super::WithoutAgents {}
}

impl sealed::Sealed for Orchestrator {}
#[diagnostic::do_not_recommend]
impl<A: 'static> Launcher<A> for Orchestrator {
    fn __scope(&self) -> Scope<'_> {
        Scope {
            orchestrator: self,
            part: Part::Whole,
        }
    }
}

impl sealed::Sealed for Flow<'_> {}
#[diagnostic::do_not_recommend]
impl<A: 'static> Launcher<A> for Flow<'_> {
    fn __scope(&self) -> Scope<'_> {
        self.0
    }
}

macro_rules! forward {
    ($($pointer:ty, $($bound:ident)+;)*) => {$(
        impl<L: sealed::Sealed + ?Sized> sealed::Sealed for $pointer {}
        #[diagnostic::do_not_recommend]
        impl<A: 'static, L: Launcher<A> $(+ $bound)+ + ?Sized> Launcher<A> for $pointer {
            fn __scope(&self) -> Scope<'_> {
                (**self).__scope()
            }
        }
    )*};
}
forward! {
    &L, Sync;
    Box<L>, Sync;
    Arc<L>, Send;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_pointer_to_an_orchestrator_hands_it_on() {
        fn hands_on<L: Launcher<WithAgents> + Launcher<WithoutAgents> + ?Sized>(
            launcher: &L,
            orchestrator: &Orchestrator,
        ) {
            let scope = Launcher::<WithAgents>::__scope(launcher);
            let other = Launcher::<WithoutAgents>::__scope(launcher);
            assert!(std::ptr::eq(scope.orchestrator, other.orchestrator));
            assert_eq!(scope.orchestrator.time_limit(), orchestrator.time_limit());
            assert!(matches!(scope.part, Part::Whole));
        }
        let orchestrator = Orchestrator::new().deadline(Duration::from_secs(1));
        hands_on(&orchestrator, &orchestrator);
        hands_on(&&&orchestrator, &orchestrator);
        hands_on(&Box::new(orchestrator.clone()), &orchestrator);
        hands_on(&Arc::new(orchestrator.clone()), &orchestrator);
    }
}
