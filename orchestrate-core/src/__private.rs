//! What an expansion of `workflow!` may name, and nobody else: no promise is made about anything here.
#![doc(hidden)]
#![allow(
    missing_docs,
    reason = "the docs of an expansion are those of the macro"
)]

use std::{convert::Infallible, error::Error, fmt, future::Future, marker::PhantomData};

pub use std::{
    future::poll_fn,
    option::Option,
    pin::pin,
    result::Result,
    task::{Context as TaskContext, Poll},
};

pub use crate::{
    Context, Failure, Launcher, StepFailure, WithAgents, WithoutAgents, Workflow,
    branch::Branch,
    counted::{Counted, Lent, Shared},
    erase::{Erase, ErasesDebug, ErasesDisplay, ErasesError, ErasesType},
    errors::Errors,
    failure::{AnyError, StepError},
    guard::{Apart, Attempt, Limit, Retry, StepRun, Takes, quorum, unsatisfied},
    observe::{Sink, Told},
    place::Place,
    policy::{
        batch::same,
        each::{Around, Others, each},
    },
    run::{Elsewhere, Run},
    run_future::RunFuture,
    slot::{Kept, Slot, Slots, Writer, split},
    strand::{
        Pause, Strands, WaitLast, WideStrands, WithEarly, tell, tell_early, waits, waits_first,
    },
    undo::{
        Completed, Keep, MayUndo, OrUndoes, Rollbacks, UndoType, Undoes, UndoesNothing, Undone,
        keep, keep_flow, kept, whole,
    },
    values::{CacheKey, Item, Key, Same, ShowsDebug, ShowsType, Succeeded},
    wake::{Wakes, Woken},
};
pub use orchestrate_plan::{
    Count, Kind, Options, Packed, Priority, StaticOptions, Undo, Unusual, Whole,
};

/// Gives back what it is given: an expansion has in it what is there for rustc alone, and not for an editor.
#[macro_export]
macro_rules! __compiled {
    ($($tokens:tt)*) => { $($tokens)* };
}

pub use crate::__compiled as compiled;

/// The options of a step, as an editor proposes and explains them.
#[allow(
    non_upper_case_globals,
    reason = "they are called as they are written in an attribute"
)]
pub mod options {
    /// `#[after(a, b)]`: starts after these steps, though it reads nothing of them.
    pub const after: () = ();
    /// `#[idempotent]`: running it twice does no harm. `retry` and `cache` ask for it; a plain `fn` is idempotent.
    pub const idempotent: () = ();
    /// `#[retry(3)]`, `#[retry(attempts = 3, backoff = 100ms, max_backoff = 5s, jitter, when = expr)]`: tries again when
    /// it fails, after a wait that doubles.
    pub const retry: () = ();
    /// `#[timeout(10s)]`, `#[timeout(adaptive, start = 30s)]`: how long one attempt may take.
    pub const timeout: () = ();
    /// `#[cache(ttl = 1h, capacity = 256, key = expr)]`: keeps the output, by the inputs or by `key`.
    pub const cache: () = ();
    /// `#[fallback(expr)]`: what is done instead when it has failed; `error` is in scope. Several are tried in order.
    pub const fallback: () = ();
    /// `#[default(expr)]`: the value with which the run goes on when all has failed; `error` is in scope.
    pub const default: () = ();
    /// `#[optional]`: its failure does not fail the run; readers get `Result<&T, &StepFailure>`.
    pub const optional: () = ();
    /// `#[quorum(2)]`: how many of its optional inputs must have succeeded.
    pub const quorum: () = ();
    /// `#[rollback(expr)]`: undoes the step when the run fails later; the inputs and the output are in scope.
    pub const rollback: () = ();
    /// `#[irreversible = "reason"]`: it has effects that nothing undoes.
    pub const irreversible: () = ();
    /// `#[when(expr)]`: runs only if so; the output becomes an `Option`.
    pub const when: () = ();
    /// `#[each(item in items, concurrency = 8)]`: runs once an item; the output becomes a `Vec`, in the order of the items.
    pub const each: () = ();
    /// `#[batch(size = 50, wait = 2ms)]`: gathers items over runs, and runs once for all of them.
    pub const batch: () = ();
    /// `#[repeat(max = 3, until = expr)]`: runs again until the condition on its output holds; `last` is its last output.
    pub const repeat: () = ();
    /// `#[breaker(name = "server", failures = 5, cooldown = 60s)]`: is not tried for a while after so many failures.
    pub const breaker: () = ();
    /// `#[priority(high)]`: low, normal, high or critical: who goes first when a limit is reached.
    pub const priority: () = ();
    /// `#[uses(gpu = 1)]`: the resources that it takes while it runs.
    pub const uses: () = ();
    /// `#[requires("db:write")]`: the permissions that are checked before anything runs.
    pub const requires: () = ();
    /// `#[estimate(400ms)]`: how long it takes, for the dry run, until there is history.
    pub const estimate: () = ();
    /// `#[critical]`: a person agrees before it runs.
    pub const critical: () = ();
    /// `#[spawn]`: runs as a task of its own on the executor, so that it uses another core.
    pub const spawn: () = ();
    /// `#[blocking]`: runs on a thread that it may block.
    pub const blocking: () = ();
}

/// The future of a run.
#[inline]
pub fn run<'o, W, F, T>(
    launcher: &'o dyn Launcher<W::Agents>,
    body: impl FnOnce(Run<'o, W>) -> F,
) -> RunFuture<'o, W, F>
where
    W: Workflow,
    F: Future<Output = Result<T, Failure<W::Error>>>,
{
    RunFuture::new(launcher.__scope(), body)
}

/// Refuses a workflow while it is compiled, at the place of the call.
///
/// # Panics
///
/// Always: that is how a constant is refused.
#[track_caller]
pub const fn refuse(why: &str) -> ! {
    panic!("{}", why)
}

/// The error of a workflow that cannot fail, as a constant has made sure.
///
/// # Panics
///
/// Never: it is never called.
#[must_use]
pub fn never<E>(_: E) -> Infallible {
    unreachable!("a workflow that does not return a `Result` has no error")
}

/// What a function returns: gives `!` a name.
pub trait Returns {
    type Output;
}
impl<R> Returns for fn() -> R {
    type Output = R;
}

/// Nobody needs this value any more.
#[inline]
pub fn ended<T>(_: T) {}

/// A value that a stage has produced; the stage is over only when every step of it has.
#[inline]
#[track_caller]
pub fn produced<T>(value: Option<T>) -> T {
    value.expect("a stage ends when each of its steps has produced its output")
}

/// One of the items of a step, of which the body has its own count.
///
/// # Panics
///
/// Never: they are the same items.
#[inline]
#[track_caller]
pub fn nth<I: IntoIterator>(items: I, index: usize) -> I::Item {
    let item = items.into_iter().nth(index);
    item.expect("the items of a step are the same for each of them")
}

/// What is in a `Result`, for the names of it that say nothing (`fmt::Result`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called a `Result`, but is none",
    label = "not a `Result`",
    note = "a step or a workflow can fail if the last word of its type is `Result`"
)]
pub trait Outcome {
    type Output;
    type Error;
    /// The same by its own name.
    ///
    /// # Errors
    ///
    /// When it is one.
    fn into_result(self) -> Result<Self::Output, Self::Error>;
}

impl<T, E> Outcome for Result<T, E> {
    type Output = T;
    type Error = E;
    fn into_result(self) -> Self {
        self
    }
}

/// A future whose output is known before it is looked at.
pub fn giving<T, F: Future<Output = T>>(future: F) -> F {
    future
}

/// The output of a step that ran, though it need not have.
///
/// # Errors
///
/// When it failed.
pub fn some<T, E>(ended: Result<T, E>) -> Result<Option<T>, E> {
    ended.map(Some)
}

/// Whether a workflow launches agents: from what its plan says to a type.
#[derive(Debug)]
pub struct Launches<const AGENTS: bool>;

pub trait Agents {
    type Agents: 'static;
}
impl Agents for Launches<true> {
    type Agents = WithAgents;
}
impl Agents for Launches<false> {
    type Agents = WithoutAgents;
}

/// The same of two workflows.
pub trait Or<Other> {
    type Agents: 'static;
}
impl<Other> Or<Other> for WithAgents {
    type Agents = WithAgents;
}
impl Or<WithAgents> for WithoutAgents {
    type Agents = WithAgents;
}
impl Or<WithoutAgents> for WithoutAgents {
    type Agents = WithoutAgents;
}

/// A workflow that returns no `Result` runs only workflows that cannot fail either.
#[diagnostic::on_unimplemented(
    message = "this flow step can fail with `{Self}`, but the workflow does not return a `Result`",
    label = "can fail",
    note = "return a `Result` whose error is `From<{Self}>`"
)]
pub trait CannotFail {
    fn never(self) -> Infallible;
}
#[diagnostic::do_not_recommend]
impl CannotFail for Infallible {
    fn never(self) -> Infallible {
        self
    }
}

/// Looks at a type through autoref: the first method that fits, from the most referenced on, is taken.
/// (The technique is David Tolnay's "autoref-based stable specialization".)
pub struct Probe<'e, T>(pub &'e T);

impl<T> fmt::Debug for Probe<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").finish_non_exhaustive()
    }
}

pub trait SourceOfError<'e> {
    fn source(&self) -> Option<&'e (dyn Error + 'static)>;
}
impl<'e, T: Error + 'static> SourceOfError<'e> for &&&Probe<'e, T> {
    fn source(&self) -> Option<&'e (dyn Error + 'static)> {
        Some(self.0)
    }
}
pub trait SourceOfBox<'e> {
    fn source(&self) -> Option<&'e (dyn Error + 'static)>;
}
impl<'e, T: AsRef<dyn Error + 'static>> SourceOfBox<'e> for &&Probe<'e, T> {
    fn source(&self) -> Option<&'e (dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}
pub trait SourceOfSendBox<'e> {
    fn source(&self) -> Option<&'e (dyn Error + 'static)>;
}
impl<'e, T: AsRef<dyn Error + Send + Sync + 'static>> SourceOfSendBox<'e> for &Probe<'e, T> {
    fn source(&self) -> Option<&'e (dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}
pub trait NoSource<'e> {
    fn source(&self) -> Option<&'e (dyn Error + 'static)>;
}
impl<'e, T> NoSource<'e> for Probe<'e, T> {
    fn source(&self) -> Option<&'e (dyn Error + 'static)> {
        None
    }
}

pub trait DescribeDisplay {
    fn describe(&self) -> String;
}
impl<T: fmt::Display> DescribeDisplay for &&Probe<'_, T> {
    fn describe(&self) -> String {
        self.0.to_string()
    }
}
pub trait DescribeDebug {
    fn describe(&self) -> String;
}
impl<T: fmt::Debug> DescribeDebug for &Probe<'_, T> {
    fn describe(&self) -> String {
        format!("{:?}", self.0)
    }
}
pub trait DescribeType {
    fn describe(&self) -> String;
}
impl<T> DescribeType for Probe<'_, T> {
    fn describe(&self) -> String {
        std::any::type_name::<T>().to_owned()
    }
}

/// How the error of a flow's workflow becomes the workflow's own: by `Into`, or not at all where there can be none.
#[derive(Debug)]
pub struct FlowError<E>(PhantomData<E>);

#[derive(Debug)]
pub struct Never;
#[derive(Debug)]
pub struct Own;

impl<E> FlowError<E> {
    #[must_use]
    pub fn of(_: &E) -> Self {
        Self(PhantomData)
    }
}

pub trait NeverFails {
    fn tag(&self) -> Never;
}
impl NeverFails for &FlowError<Infallible> {
    fn tag(&self) -> Never {
        Never
    }
}
pub trait CanFail {
    fn tag(&self) -> Own;
}
impl<E> CanFail for FlowError<E> {
    fn tag(&self) -> Own {
        Own
    }
}

impl Never {
    #[must_use]
    pub fn pass<E>(self, _: PhantomData<E>, error: Infallible) -> E {
        match error {}
    }
}
impl Own {
    pub fn pass<E, I>(self, _: PhantomData<E>, error: I) -> I {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Known;
    impl fmt::Display for Known {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("known")
        }
    }
    impl Error for Known {}

    #[derive(Debug)]
    struct Shown;
    struct Mute;

    macro_rules! source {
        ($error:expr) => {
            (&&&&Probe(&$error)).source().is_some()
        };
    }
    macro_rules! describe {
        ($error:expr) => {
            (&&&Probe(&$error)).describe()
        };
    }

    #[test]
    fn what_is_an_error_is_a_source() {
        let boxed: Box<dyn Error> = Box::new(Known);
        let sent: Box<dyn Error + Send + Sync> = Box::new(Known);
        assert!(source!(Known) && source!(boxed) && source!(sent));
        assert!(!source!(Mute) && !source!(Shown) && !source!(String::new()));
    }

    #[test]
    fn an_error_tells_what_it_can() {
        assert_eq!(describe!(Known), "known");
        assert_eq!(describe!(Shown), "Shown");
        assert!(describe!(Mute).ends_with("Mute"));
    }

    #[test]
    fn whether_agents_are_launched_is_a_type() {
        fn is<A: 'static, B: 'static>() -> bool {
            std::any::TypeId::of::<A>() == std::any::TypeId::of::<B>()
        }
        assert!(is::<<Launches<true> as Agents>::Agents, WithAgents>());
        assert!(is::<<Launches<false> as Agents>::Agents, WithoutAgents>());
        assert!(is::<<WithAgents as Or<WithoutAgents>>::Agents, WithAgents>());
        assert!(is::<<WithoutAgents as Or<WithAgents>>::Agents, WithAgents>());
        assert!(is::<
            <WithoutAgents as Or<WithoutAgents>>::Agents,
            WithoutAgents,
        >());
    }
}
