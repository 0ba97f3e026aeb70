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
    label = "a `{Self}` cannot run this workflow, which launches agents",
    note = "only an orchestrator launches agents: an agent, a tool and an mcp step run only workflows that launch none",
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
}

impl sealed::Sealed for Orchestrator {}
impl<A: 'static> Launcher<A> for Orchestrator {
    fn __scope(&self) -> Scope {
        Scope {
            limit: self.time_limit(),
            deadline: None,
        }
    }
}

impl sealed::Sealed for Flow {}
impl<A: 'static> Launcher<A> for Flow {
    fn __scope(&self) -> Scope {
        self.0
    }
}

macro_rules! forward {
    ($($pointer:ty, $($bound:ident)+;)*) => {$(
        impl<L: sealed::Sealed + ?Sized> sealed::Sealed for $pointer {}
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
