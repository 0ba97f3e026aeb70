use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::Orchestrator;

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
    fn __scope(&self) -> Scope;
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
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    /// How long it may take, from its first poll.
    pub(crate) limit: Option<Duration>,
    /// Until when the run lasts of which it is a part; that one sees to it.
    pub(crate) deadline: Option<Instant>,
}

/// Launches the workflow of a flow step: a part of its run, and so under the same rights.
#[derive(Clone, Copy, Debug)]
pub struct Flow(pub(crate) Scope);

pub(crate) mod sealed {
    pub trait Sealed {}

    /// [`WithoutAgents`](super::WithoutAgents) alone: an error about the other one does not list this one.
    pub trait NoAgents: 'static {}
    impl NoAgents for super::WithoutAgents {}
}

impl sealed::Sealed for Orchestrator {}
#[diagnostic::do_not_recommend]
impl<A: 'static> Launcher<A> for Orchestrator {
    fn __scope(&self) -> Scope {
        Scope {
            limit: self.time_limit(),
            deadline: None,
        }
    }
}

impl sealed::Sealed for Flow {}
#[diagnostic::do_not_recommend]
impl<A: 'static> Launcher<A> for Flow {
    fn __scope(&self) -> Scope {
        self.0
    }
}

macro_rules! forward {
    ($($pointer:ty, $($bound:ident)+;)*) => {$(
        impl<L: sealed::Sealed + ?Sized> sealed::Sealed for $pointer {}
        #[diagnostic::do_not_recommend]
        impl<A: 'static, L: Launcher<A> $(+ $bound)+ + ?Sized> Launcher<A> for $pointer {
            fn __scope(&self) -> Scope {
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
    use super::*;

    #[test]
    fn every_pointer_to_an_orchestrator_hands_its_settings_on() {
        fn limit<L: Launcher<WithAgents> + Launcher<WithoutAgents> + ?Sized>(
            launcher: &L,
        ) -> Option<Duration> {
            let scope = Launcher::<WithAgents>::__scope(launcher);
            assert_eq!(
                scope.limit,
                Launcher::<WithoutAgents>::__scope(launcher).limit
            );
            assert_eq!(scope.deadline, None);
            scope.limit
        }
        let second = Some(Duration::from_secs(1));
        let orchestrator = Orchestrator::new().deadline(Duration::from_secs(1));
        assert_eq!(limit(&orchestrator), second);
        assert_eq!(limit(&&&orchestrator), second);
        assert_eq!(limit(&Box::new(orchestrator.clone())), second);
        assert_eq!(limit(&Arc::new(orchestrator)), second);
        assert_eq!(limit(&Orchestrator::new()), None);
    }
}
