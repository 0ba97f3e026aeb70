//! What runs the bodies that do not run in the future of their run: tasks, and threads that may block.

mod tokio;

use std::{borrow::Cow, error::Error, fmt, future::Future, pin::Pin, sync::Arc};

pub(crate) use self::tokio::Current;

/// Runs what steps do apart from the future of their run: `#[spawn]` and `#[blocking]`.
///
/// Without one, it is the tokio runtime on which the run is polled. A [`tokio::runtime::Handle`](::tokio::runtime::Handle) is an executor too: its
/// runtime then does the work, whoever polls the run. With any other one, no tokio runtime is needed.
///
/// ```
/// use std::{future::Future, pin::Pin};
/// use orchestrated::{workflow, Executor, NoExecutor, Orchestrator, TaskHandle};
///
/// struct Smol;
///
/// impl Executor for Smol {
///     fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) -> Result<TaskHandle, NoExecutor> {
///         let task = smol::spawn(task);
///         Ok(TaskHandle::new(move || drop(task))) // a task of smol ends when it is dropped
///     }
///
///     fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) -> Result<(), NoExecutor> {
///         smol::unblock(work).detach();
///         Ok(())
///     }
/// }
///
/// workflow! {
///     workflow Count(text: String) -> usize {
///         #[spawn]
///         fn words(text) -> usize { text.split_whitespace().count() }
///         #[blocking]
///         fn lines(text) -> usize { text.lines().count() }
///         words + lines
///     }
/// }
///
/// let orchestrator = Orchestrator::new().executor(Smol);
/// let text = "one two\nthree".to_owned();
/// assert_eq!(smol::block_on(Count { text }.run(&orchestrator))?, 5);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no executor",
    label = "not an `Executor`",
    note = "a `tokio::runtime::Handle` is one; without any, it is the tokio runtime on which the run is polled"
)]
pub trait Executor: Send + Sync {
    /// Starts a task. It goes on until it has ended, or its handle is dropped.
    ///
    /// # Errors
    ///
    /// When there is nothing to run it on: the step that it is for then fails with
    /// [`Refusal::NoExecutor`](crate::Refusal::NoExecutor). A task that is taken, and dropped before it has ended, fails its
    /// step in the same way.
    fn spawn(
        &self,
        task: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) -> Result<TaskHandle, NoExecutor>;

    /// Starts work that may hold its thread for as long as it likes. How much of it there is at once is not the executor's
    /// concern: see [`Orchestrator::blocking_threads`](crate::Orchestrator::blocking_threads).
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn).
    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) -> Result<(), NoExecutor>;
}

impl<E: Executor + ?Sized> Executor for Arc<E> {
    fn spawn(
        &self,
        task: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) -> Result<TaskHandle, NoExecutor> {
        (**self).spawn(task)
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) -> Result<(), NoExecutor> {
        (**self).spawn_blocking(work)
    }
}

/// A task that an [`Executor`] has started. Dropped, it ends the task.
///
/// ```
/// use orchestrated::TaskHandle;
///
/// let (ends, ended) = std::sync::mpsc::channel();
/// drop(TaskHandle::new(move || ends.send("ended").unwrap()));
/// assert_eq!(ended.recv(), Ok("ended"));
/// ```
#[must_use = "a task ends when its handle is dropped"]
pub struct TaskHandle {
    end: Option<Box<dyn FnOnce() + Send>>,
}

impl TaskHandle {
    /// The handle of a task that this ends. It is called once, also when the task has ended by itself.
    pub fn new(end: impl FnOnce() + Send + 'static) -> Self {
        Self {
            end: Some(Box::new(end)),
        }
    }
}

impl Drop for TaskHandle {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            end();
        }
    }
}

impl fmt::Debug for TaskHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskHandle").finish_non_exhaustive()
    }
}

/// Why an [`Executor`] does not run what it is given.
///
/// ```
/// use orchestrated::NoExecutor;
///
/// let why = NoExecutor::new("the pool is closed");
/// assert_eq!(why.to_string(), "the pool is closed");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoExecutor {
    why: Cow<'static, str>,
}

impl NoExecutor {
    /// Why, in words that follow on "was not started: ".
    pub fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self { why: why.into() }
    }
}

impl fmt::Display for NoExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl Error for NoExecutor {}
