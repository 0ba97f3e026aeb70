//! `Send` is asked of nobody, and given by itself where all the parts are.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, LazyLock},
};

use orchestrated::{Launcher, Orchestrator, WithAgents, WithoutAgents, Workflow, workflow};
use tokio::task::LocalSet;

static ORCHESTRATOR: LazyLock<Orchestrator> = LazyLock::new(Orchestrator::new);

async fn turn() {
    tokio::task::yield_now().await;
}

/// Can be sent, and not shared.
#[derive(Debug)]
struct Unshared(Cell<u32>);

workflow! {
    workflow Parts(n: u32) -> Result<u32, String> {
        tool fn a(n) -> Result<String, String> { turn().await; Ok(n.to_string()) }
        agent fn b(n) -> Vec<u32> { turn().await; vec![*n] }
        fn c(a, b) -> u32 { u32::try_from(a.len() + b.len()).unwrap() }
        flow d = Skewed { n: c };
        mcp fn e(d, cx) -> u32 { let id = cx.run_id(); turn().await; let _ = id; *d }
        Ok(e)
    }

    workflow Skewed(n: u32) -> u32 {
        tool fn a(n) -> String { turn().await; n.to_string() }
        tool fn b(a) -> usize { turn().await; a.len() }
        tool fn c(n) -> u32 { turn().await; turn().await; *n }
        fn d(move c) -> u32 { c + 1 }
        tool fn e(move a, b, d) -> u32 { turn().await; u32::try_from(a.len() + b).unwrap() + d }
        e
    }

    /// What cannot be shared is moved from step to step.
    workflow Moved(n: u32) -> u32 {
        tool fn a(n) -> Unshared { turn().await; Unshared(Cell::new(*n)) }
        tool fn b(move a) -> Unshared { turn().await; a.0.set(a.0.get() + 1); a }
        tool fn side(n) -> u32 { turn().await; turn().await; *n }
        tool fn c(move b, side) -> Unshared { turn().await; b.0.set(b.0.get() + side); b }
        fn d(move c) -> u32 { c.0.get() }
        d
    }

    /// A stage of several batches keeps it for the next one, beside what its own steps read; and gives it to one of its steps.
    workflow Left(n: u32, boxed: Box<dyn FnOnce() -> u32 + Send>) -> u32 {
        tool fn both(n) -> (left: Unshared, count: u32) { turn().await; (Unshared(Cell::new(*n)), 1) }
        tool fn other(n) -> u32 { turn().await; turn().await; *n }
        tool fn more(count) -> u32 { turn().await; count + 1 }
        #[after(other)]
        tool fn next(move boxed) -> u32 { turn().await; boxed() }
        fn last(move left, more, next, other) -> u32 { left.0.get() + more + next + other }
        last
    }

    workflow MovedInput(unshared: Unshared, boxed: Box<dyn FnOnce() -> u32 + Send>) -> u32 {
        tool fn a(move unshared) -> u32 { turn().await; unshared.0.get() }
        tool fn b(move boxed) -> u32 { turn().await; boxed() }
        a + b
    }

    /// An error that is not `Send`, in a run that is.
    workflow LocalError(n: u32) -> Result<u32, Box<dyn std::error::Error>> {
        tool fn a(n) -> Result<u32, Box<dyn std::error::Error>> { turn().await; Ok(*n) }
        fn b(n) -> Result<u32, std::num::ParseIntError> { n.to_string().parse() }
        tool fn c(a) -> Result<u32, Box<dyn std::error::Error>> { turn().await; Ok(*a) }
        fn d(b, c) -> u32 { b + c }
        Ok(d)
    }

    workflow Generic<T: Send + Sync, F: Fn(&T) -> u32 + Send + Sync>(item: T, f: F) -> u32 {
        tool fn a(item, f) -> u32 { turn().await; f(item) }
        a
    }
}

fn sent<T: Send>(value: T) -> T {
    value
}

#[test]
fn a_run_is_sent_where_its_parts_are() {
    let o = Orchestrator::new();
    drop(sent(Parts { n: 1 }.run(&o)));
    drop(sent(Skewed { n: 1 }.run(&o)));
    drop(sent(Moved { n: 1 }.run(&o)));
    drop(sent(LocalError { n: 1 }.run(&o)));
    drop(sent(
        Generic {
            item: 1,
            f: |n: &i32| n.unsigned_abs(),
        }
        .run(&o),
    ));
    drop(sent(Workflow::run(Skewed { n: 1 }, &o)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_spawned() {
    let parts = tokio::spawn(Parts { n: 1 }.run(&*ORCHESTRATOR));
    let skewed = tokio::spawn(Skewed { n: 1 }.run(&*ORCHESTRATOR));
    let moved = tokio::spawn(Moved { n: 1 }.run(&*ORCHESTRATOR));
    let boxed = Box::new(|| 2);
    let input = tokio::spawn(
        MovedInput {
            unshared: Unshared(Cell::new(1)),
            boxed,
        }
        .run(&*ORCHESTRATOR),
    );
    let boxed = Box::new(|| 2);
    let left = tokio::spawn(Left { n: 1, boxed }.run(&*ORCHESTRATOR));
    assert_eq!(parts.await.unwrap().unwrap(), 5);
    assert_eq!(left.await.unwrap().unwrap(), 6);
    assert_eq!(skewed.await.unwrap().unwrap(), 4);
    assert_eq!(moved.await.unwrap().unwrap(), 3);
    assert_eq!(input.await.unwrap().unwrap(), 3);

    let o = Arc::new(Orchestrator::new());
    let runs: Vec<_> = (0..8)
        .map(|n| {
            let o = Arc::clone(&o);
            tokio::spawn(async move { Skewed { n }.run(&o).await })
        })
        .collect();
    for (n, run) in runs.into_iter().enumerate() {
        assert_eq!(run.await.unwrap().unwrap(), 3 + u32::try_from(n).unwrap());
    }
}

workflow! {
    workflow Local(log: Rc<RefCell<Vec<u32>>>) -> Rc<u32> {
        tool fn a(log) -> Rc<u32> { let log = Rc::clone(log); turn().await; log.borrow_mut().push(1); Rc::new(1) }
        tool fn b(a) -> Rc<u32> { let a = Rc::clone(a); turn().await; a }
        fn c(log) -> Rc<u32> { Rc::new(u32::try_from(log.borrow().len()).unwrap()) }
        tool fn d(c, cx) -> Rc<u32> { let id = cx.run_id(); let c = Rc::clone(c); turn().await; let _ = id; c }
        flow e = LocalInner { a: b };
        tool fn f(d, e, move a) -> Rc<u32> { turn().await; Rc::new(**d + **e + *a) }
        f
    }
    workflow LocalInner(a: Rc<u32>) -> Rc<u32> {
        tool fn b(a) -> Rc<u32> { turn().await; Rc::clone(a) }
        fn c(a) -> Rc<u32> { Rc::clone(a) }
        Rc::new(*b + *c)
    }
}

#[tokio::test]
async fn what_cannot_be_sent_runs_on_one_thread() {
    let o = Orchestrator::new();
    let log = Rc::new(RefCell::new(Vec::new()));
    assert_eq!(
        *Local {
            log: Rc::clone(&log)
        }
        .run(&o)
        .await
        .unwrap(),
        3
    );
    let set = LocalSet::new();
    let run = set.run_until(async {
        let log = Rc::clone(&log);
        let spawned = tokio::task::spawn_local(Local { log }.run(&*ORCHESTRATOR));
        spawned.await.unwrap().unwrap()
    });
    // The log is not empty any more when `c` looks.
    assert_eq!(*run.await, 4);
    assert_eq!(*log.borrow(), [1, 1]);
}

#[tokio::test]
async fn many_things_launch() {
    fn any<A: 'static, L: Launcher<A>>(_: &L) {}
    let o = Orchestrator::new();
    let (shared, boxed) = (Arc::new(o.clone()), Box::new(o.clone()));
    any::<WithAgents, _>(&o);
    any::<WithoutAgents, _>(&&&o);
    any::<WithAgents, _>(&shared);
    any::<WithAgents, _>(&boxed);
    assert_eq!(Skewed { n: 1 }.run(&o).await.unwrap(), 4);
    assert_eq!(Skewed { n: 1 }.run(&&&o).await.unwrap(), 4);
    assert_eq!(Skewed { n: 1 }.run(&shared).await.unwrap(), 4);
    assert_eq!(Skewed { n: 1 }.run(&Arc::clone(&shared)).await.unwrap(), 4);
    assert_eq!(Skewed { n: 1 }.run(&boxed).await.unwrap(), 4);
    let launcher: &dyn Launcher<WithAgents> = &o;
    assert_eq!(Parts { n: 1 }.run(launcher).await.unwrap(), 5);
    let launcher: Arc<dyn Launcher<WithoutAgents> + Send> = Arc::new(o);
    assert_eq!(Skewed { n: 1 }.run(&launcher).await.unwrap(), 4);
}
