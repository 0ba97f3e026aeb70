//! Everything without a tokio runtime.

use std::{future::Future, pin::Pin, thread};

use orchestrated::{Executor, NoExecutor, Orchestrator, TaskHandle, workflow};

struct Smol;

impl Executor for Smol {
    fn spawn(
        &self,
        task: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) -> Result<TaskHandle, NoExecutor> {
        let task = smol::spawn(task);
        Ok(TaskHandle::new(move || drop(task)))
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) -> Result<(), NoExecutor> {
        smol::unblock(work).detach();
        Ok(())
    }
}

/// Whether there is no tokio here.
fn without_tokio() -> bool {
    tokio::runtime::Handle::try_current().is_err()
}

workflow! {
    /// A chain, a fan, a stage of several batches, and a flow, with options that need no clock.
    workflow Everything(numbers: Vec<u64>) -> Result<(u64, bool), String> {
        tool fn first(numbers) -> Result<u64, String> { smol::future::yield_now().await; Ok(numbers[0]) }
        #[idempotent] #[retry(1)]
        tool fn second(first, numbers) -> Result<u64, String> { Ok(first + numbers[1]) }
        #[spawn]
        fn left(second, numbers) -> u64 { second + numbers.iter().sum::<u64>() }
        #[spawn]
        agent fn right(second) -> u64 { smol::future::yield_now().await; second * 2 }
        #[blocking]
        fn thread(second, left) -> (id: thread::ThreadId, added: u64) { (thread::current().id(), second + left) }
        #[spawn] #[each(number in numbers)]
        tool fn squares(numbers) -> (u64, bool) { (number * number, without_tokio()) }
        fn elsewhere(id) -> bool { *id != thread::current().id() }
        flow inner = Inner { number: right };
        fn all(left, inner, added, squares) -> u64 {
            left + inner + added + squares.iter().map(|(square, _)| square).sum::<u64>()
        }
        Ok((all, elsewhere && squares.iter().all(|(_, without)| *without) && numbers.len() == 3))
    }

    workflow Inner(number: u64) -> u64 {
        #[spawn]
        fn doubled(number) -> u64 { number * 2 }
        doubled
    }

    workflow Fails() -> Result<(), String> {
        #[spawn]
        tool fn waits() { std::future::pending().await }
        #[blocking]
        fn fails() -> Result<(), String> { Err("over".to_owned()) }
        Ok(())
    }
}

#[test]
fn the_core_needs_no_tokio_runtime() {
    let orchestrator = Orchestrator::new().executor(Smol).blocking_threads(1);
    let everything = Everything {
        numbers: vec![1, 2, 3],
    };
    let (all, rest) = smol::block_on(everything.run(&orchestrator)).unwrap();
    // left = 3 + 6, inner = 3 * 2 * 2, added = 3 + 9, squares = 14.
    assert_eq!((all, rest), (9 + 12 + 12 + 14, true));
}

#[test]
fn a_failure_ends_the_others() {
    let orchestrator = Orchestrator::new().executor(Smol);
    let failure = smol::block_on(Fails {}.run(&orchestrator)).unwrap_err();
    assert_eq!(failure.step(), Some("fails"));
}
