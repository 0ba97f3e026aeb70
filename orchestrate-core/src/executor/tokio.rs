//! tokio: the runtime on which a run is polled, or another one that is named.

use std::{future::Future, pin::Pin};

use tokio::runtime::Handle;

use super::{Executor, NoExecutor, TaskHandle};

/// The runtime on which the run is polled.
#[derive(Debug)]
pub(crate) struct Current;

impl Current {
    fn handle() -> Result<Handle, NoExecutor> {
        Handle::try_current().map_err(|_| {
            NoExecutor::new("it runs apart from its run, and so needs a tokio runtime, or an executor that is set with `Orchestrator::executor`")
        })
    }
}

impl Executor for Current {
    fn spawn(
        &self,
        task: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) -> Result<TaskHandle, NoExecutor> {
        Executor::spawn(&Self::handle()?, task)
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) -> Result<(), NoExecutor> {
        Executor::spawn_blocking(&Self::handle()?, work)
    }
}

impl Executor for Handle {
    fn spawn(
        &self,
        task: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) -> Result<TaskHandle, NoExecutor> {
        let task = Handle::spawn(self, task);
        Ok(TaskHandle::new(move || task.abort()))
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) -> Result<(), NoExecutor> {
        drop(Handle::spawn_blocking(self, work));
        Ok(())
    }
}
