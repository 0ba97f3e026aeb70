#![expect(
    clippy::waker_clone_wake,
    reason = "a wake that takes its count is what is tested"
)]

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::Wake,
    thread,
};

use proptest::prelude::*;

use super::*;

/// Counts how often a stage is woken.
#[derive(Default)]
struct Parent(AtomicUsize);

impl Wake for Parent {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

impl Parent {
    fn new() -> (Arc<Self>, Waker) {
        let parent = Arc::new(Self::default());
        (Arc::clone(&parent), Waker::from(parent))
    }

    fn woken(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// A poll of the stage: the branches that it polls.
fn poll<const GROUPS: usize>(wakes: &Wakes<GROUPS>, task: &Waker) -> Vec<usize> {
    wakes.begin(&Context::from_waker(task));
    rest(wakes)
}

/// What a poll has not seen yet.
fn rest<const GROUPS: usize>(wakes: &Wakes<GROUPS>) -> Vec<usize> {
    let mut branches = Vec::new();
    while let Some(group) = wakes.next() {
        branches.extend(taken(wakes, group));
    }
    branches
}

/// The branches of a group that are polled: each with its own waker.
fn taken<const GROUPS: usize>(wakes: &Wakes<GROUPS>, group: usize) -> Vec<usize> {
    let woken = wakes.taken(group);
    let positions = (0..BRANCHES).filter_map(|position| Some((position, woken.waker(position)?)));
    let branches = positions.map(|(position, waker)| {
        let branch = group * BRANCHES + position;
        assert!(waker.will_wake(&wakes.waker(branch)));
        branch
    });
    let branches: Vec<usize> = branches.collect();
    assert_eq!(woken.bits().count_ones() as usize, branches.len());
    branches
}

/// Sends each of these branches' wakers, and wakes it there.
fn wake_elsewhere<const GROUPS: usize>(wakes: &Wakes<GROUPS>, branches: &[usize]) {
    let threads = branches.iter().map(|&branch| {
        let clone = wakes.waker(branch).clone();
        thread::spawn(move || clone.wake())
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().expect("a wake does not panic");
    }
}

#[test]
fn each_branch_is_polled_once_and_no_other() {
    let (_, task) = Parent::new();
    assert_eq!(poll(&Wakes::<1>::new(1), &task), [0]);
    let wakes = Wakes::<2>::new(33);
    assert_eq!(poll(&wakes, &task), (0..33).collect::<Vec<_>>());
    assert!(poll(&wakes, &task).is_empty());
    assert_eq!(
        poll(&Wakes::<32>::new(1_000), &task),
        (0..1_000).collect::<Vec<_>>()
    );
    assert_eq!(
        poll(&Wakes::<2>::new(64), &task),
        (0..64).collect::<Vec<_>>()
    );
}

#[test]
fn groups_are_those_of_the_branches() {
    for wrong in [0, 32, 65] {
        assert!(std::panic::catch_unwind(|| Wakes::<2>::new(wrong)).is_err());
    }
}

#[test]
fn who_is_woken_is_polled_and_the_stage_is_woken_once() {
    let (parent, task) = Parent::new();
    let wakes = Wakes::<4>::new(100);
    poll(&wakes, &task);
    for branch in [99, 7, 7, 31, 32] {
        wakes.waker(branch).wake_by_ref();
    }
    assert_eq!(parent.woken(), 1);
    assert_eq!(poll(&wakes, &task), [7, 31, 32, 99]);
    wakes.waker(7).clone().wake();
    assert_eq!(parent.woken(), 2);
    assert_eq!(poll(&wakes, &task), [7]);
    assert!(poll(&wakes, &task).is_empty());
}

#[test]
fn the_stage_wakes_itself_without_being_woken() {
    let (parent, task) = Parent::new();
    let wakes = Wakes::<3>::new(96);
    poll(&wakes, &task);
    wakes.begin(&Context::from_waker(&task));
    assert_eq!(wakes.next(), None);
    // Of an earlier group, of one that was looked at, and of a later one.
    for branch in [70, 3, 40] {
        wakes.mark(branch / 32, 1 << (branch % 32));
    }
    assert_eq!(rest(&wakes), [3, 40, 70]);
    assert_eq!(parent.woken(), 0);
}

#[test]
fn only_those_are_polled_that_start() {
    let (parent, task) = Parent::new();
    // What is beyond the last branch is none.
    let wakes = Wakes::<3>::starting(70, [0b1001, 0, u32::MAX]);
    assert_eq!(poll(&wakes, &task), [0, 3, 64, 65, 66, 67, 68, 69]);
    assert!(poll(&wakes, &task).is_empty());
    wakes.waker(40).wake_by_ref();
    assert_eq!(parent.woken(), 1);
    assert_eq!(poll(&wakes, &task), [40]);
    let none = Wakes::<1>::starting(5, [0]);
    assert!(poll(&none, &task).is_empty());
}

#[test]
fn what_is_woken_while_it_is_polled_wakes_the_stage() {
    let (parent, task) = Parent::new();
    let wakes = Wakes::<2>::new(64);
    wakes.begin(&Context::from_waker(&task));
    assert_eq!(wakes.next(), Some(0));
    assert_eq!(taken(&wakes, 0), (0..32).collect::<Vec<_>>());
    // As a branch does that yields: its group has been taken.
    wakes.waker(5).wake_by_ref();
    assert_eq!(parent.woken(), 1);
    // Its group is still to come: it is seen in this poll.
    wakes.waker(40).wake_by_ref();
    assert_eq!(wakes.next(), Some(1));
    assert_eq!(taken(&wakes, 1), (32..64).collect::<Vec<_>>());
    assert_eq!(wakes.next(), None);
    assert_eq!(poll(&wakes, &task), [5]);
}

/// Polls the stage a few times, where these branches wake themselves whenever they are polled.
fn yields<const GROUPS: usize>(branches: usize, yielding: &[usize]) {
    let (parent, task) = Parent::new();
    let wakes = Wakes::<GROUPS>::new(branches);
    poll(&wakes, &task);
    for &branch in yielding {
        wakes.waker(branch).wake_by_ref();
    }
    for round in 1..=3 {
        assert_eq!(parent.woken(), round);
        wakes.begin(&Context::from_waker(&task));
        let mut polled = Vec::new();
        while let Some(group) = wakes.next() {
            for branch in taken(&wakes, group) {
                polled.push(branch);
                assert!(polled.len() <= yielding.len(), "{branch} again");
                wakes.waker(branch).wake_by_ref();
            }
        }
        assert_eq!(polled, yielding);
    }
}

#[test]
fn who_wakes_itself_is_polled_once_a_poll() {
    yields::<1>(5, &[0, 4]);
    yields::<3>(96, &[0, 31, 32, 70]);
}

/// From 2,049 branches on. The first and the last of such a bit, and what comes after it.
#[test]
fn who_wakes_itself_is_polled_once_a_poll_where_groups_share_a_bit() {
    yields::<65>(2_080, &[5]);
    yields::<65>(2_080, &[0, 31, 40, 64, 2_079]);
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let ((first, before), (second, task)) = (Parent::new(), Parent::new());
    let wakes = Wakes::<1>::new(2);
    poll(&wakes, &before);
    let branch = wakes.waker(1).clone();
    poll(&wakes, &task);
    branch.wake();
    assert_eq!((first.woken(), second.woken()), (0, 1));
}

#[test]
fn wakers_outlive_the_stage() {
    let (parent, task) = Parent::new();
    let wakes = Wakes::<2>::new(40);
    poll(&wakes, &task);
    let (one, other) = (wakes.waker(0).clone(), wakes.waker(39).clone());
    drop(wakes);
    drop(task);
    assert_eq!(Arc::strong_count(&parent), 1, "nothing of the task is kept");
    one.wake_by_ref();
    let third = other.clone();
    drop(one);
    other.wake();
    thread::spawn(move || third.wake())
        .join()
        .expect("a wake does not panic");
    assert_eq!(parent.woken(), 0);
}

#[test]
fn a_waker_is_known_again() {
    let wakes = Wakes::<2>::new(40);
    assert!(wakes.waker(3).will_wake(&wakes.waker(3)));
    assert!(wakes.waker(3).will_wake(&wakes.waker(3).clone()));
    assert!(!wakes.waker(3).will_wake(&wakes.waker(4)));
    assert!(!wakes.waker(3).will_wake(&wakes.waker(35)));
    assert!(!wakes.waker(3).will_wake(&Wakes::<2>::new(40).waker(3)));
}

#[test]
fn threads_wake_at_once() {
    let (parent, task) = Parent::new();
    let wakes = Wakes::<2>::new(64);
    poll(&wakes, &task);
    wake_elsewhere(&wakes, &[0, 1, 33, 63]);
    assert_eq!(parent.woken(), 1);
    assert_eq!(poll(&wakes, &task), [0, 1, 33, 63]);
}

/// A stage that another thread runs while its branches are woken from here.
#[test]
fn a_stage_on_another_thread_sees_every_wake() {
    const ROUNDS: usize = if cfg!(miri) { 5 } else { 2_000 };
    let wakes = Wakes::<3>::new(80);
    let clones: Vec<Waker> = [0, 31, 40, 79]
        .map(|branch| wakes.waker(branch).clone())
        .into();
    let (polled, seen) = std::sync::mpsc::channel();
    let stage = thread::spawn(move || {
        let mut polls = [0; 80];
        futures::executor::block_on(std::future::poll_fn(|cx| {
            wakes.begin(cx);
            for branch in rest(&wakes) {
                polls[branch] += 1;
                polled.send(branch).expect("the other thread looks");
            }
            if [0, 31, 40, 79]
                .iter()
                .all(|&branch| polls[branch] == ROUNDS + 1)
            {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        }));
        polls.iter().sum::<usize>()
    });
    let first: BTreeSet<usize> = seen.iter().take(80).collect();
    assert_eq!(first.len(), 80);
    for round in 0..ROUNDS {
        for clone in &clones {
            if round % 2 == 0 {
                clone.wake_by_ref();
            } else {
                clone.clone().wake();
            }
        }
        // Each wake is a poll of its own here, for the next one comes after it.
        for _ in &clones {
            seen.recv().expect("the stage polls whom it is told of");
        }
    }
    assert_eq!(stage.join().expect("a stage ends"), 80 + 4 * ROUNDS);
}

/// What can happen to a stage.
#[derive(Clone, Debug)]
enum Step {
    /// A poll, in which the stage wakes these, each after it has looked once more.
    Poll(Vec<usize>),
    /// A poll, in which these wake themselves when they are polled, and the second of a pair is woken by the stage when the
    /// first is, if it comes later: it waited for that.
    Run(Vec<usize>, Vec<(usize, usize)>),
    WakeByRef(usize),
    Clone(usize),
    /// Of the clone at this place among those that are kept.
    Wake(usize),
    Drop(usize),
}

fn steps(branches: usize) -> impl Strategy<Value = Vec<Step>> {
    let branch = move || 0..branches;
    let step = prop_oneof![
        proptest::collection::vec(branch(), 0..4).prop_map(Step::Poll),
        (
            proptest::collection::vec(branch(), 0..4),
            proptest::collection::vec((branch(), branch()), 0..4)
        )
            .prop_map(|(yielding, after)| Step::Run(yielding, after)),
        branch().prop_map(Step::WakeByRef),
        branch().prop_map(Step::Clone),
        any::<usize>().prop_map(Step::Wake),
        any::<usize>().prop_map(Step::Drop),
    ];
    // Miri takes seconds for a poll of thousands of branches.
    let most = match branches {
        _ if !cfg!(miri) => 60,
        ..=100 => 16,
        _ => 4,
    };
    proptest::collection::vec(step, 0..most)
}

/// A poll of the stage as expansions do it: the branches that were polled, in order.
fn run<const GROUPS: usize>(
    wakes: &Wakes<GROUPS>,
    task: &Waker,
    yielding: &[usize],
    after: &[(usize, usize)],
) -> Vec<usize> {
    let mut polled = Vec::new();
    wakes.begin(&Context::from_waker(task));
    while let Some(group) = wakes.next() {
        let woken = wakes.taken(group);
        for position in 0..BRANCHES {
            let Some(lent) = woken.waker(position) else {
                continue;
            };
            let branch = group * BRANCHES + position;
            if yielding.contains(&branch) {
                lent.wake_by_ref();
            }
            // Others are woken by what a branch has done, which it does once.
            if !polled.contains(&branch) {
                for later in later(branch, after) {
                    wakes.mark(later / 32, 1 << (later % 32));
                }
            }
            polled.push(branch);
        }
    }
    polled
}

/// Those that the stage wakes after this one.
fn later(branch: usize, after: &[(usize, usize)]) -> impl Iterator<Item = usize> {
    let pairs = after.iter();
    pairs.filter_map(move |&(first, then)| (first == branch && then > first).then_some(then))
}

/// Does the steps, and the same with sets.
fn compare<const GROUPS: usize>(branches: usize, steps: Vec<Step>) {
    let (parent, task) = Parent::new();
    let mut wakes = Some(Wakes::<GROUPS>::new(branches));
    let mut marked: BTreeSet<usize> = (0..branches).collect();
    let mut clones: Vec<(usize, Waker)> = Vec::new();
    let mut woken = 0;
    // Whether a wake has to wake the stage: not before the first poll, and once a poll.
    let mut armed = false;
    for step in steps {
        let stage = wakes.as_ref().expect("it is dropped at the end");
        let mut wake = |branch| {
            if marked.insert(branch) && std::mem::take(&mut armed) {
                woken += 1;
            }
        };
        match step {
            Step::Poll(own) => {
                let seen = poll(stage, &task);
                assert!(seen.iter().eq(&marked), "{seen:?} of {marked:?}");
                for branch in own {
                    stage.mark(branch / 32, 1 << (branch % 32));
                    assert_eq!(rest(stage), [branch]);
                }
                marked.clear();
                armed = true;
            }
            Step::Run(yielding, after) => {
                let mut expected = Vec::new();
                while let Some(branch) = marked.pop_first() {
                    expected.push(branch);
                    marked.extend(later(branch, &after));
                }
                let polled = run(stage, &task, &yielding, &after);
                for (turn, &branch) in polled.iter().enumerate() {
                    let mut later = later(branch, &after);
                    let is_first = !polled[..turn].contains(&branch);
                    assert!(!is_first || later.all(|later| polled[turn..].contains(&later)));
                }
                // One that wakes itself is polled again where its group is looked at again.
                let polled: BTreeSet<usize> = polled.into_iter().collect();
                assert!(polled.iter().eq(&expected), "{polled:?} of {expected:?}");
                marked.extend(yielding.iter().filter(|branch| expected.contains(branch)));
                woken += usize::from(!marked.is_empty());
                armed = marked.is_empty();
            }
            Step::WakeByRef(branch) => {
                stage.waker(branch).wake_by_ref();
                wake(branch);
            }
            Step::Clone(branch) => clones.push((branch, stage.waker(branch).clone())),
            Step::Wake(at) if !clones.is_empty() => {
                let (branch, clone) = clones.swap_remove(at % clones.len());
                clone.wake();
                wake(branch);
            }
            Step::Drop(at) if !clones.is_empty() => {
                drop(clones.swap_remove(at % clones.len()));
            }
            Step::Wake(_) | Step::Drop(_) => {}
        }
        assert_eq!(parent.woken(), woken);
        let block = &wakes.as_ref().expect("it is there").block;
        assert_eq!(Arc::strong_count(block), 1 + clones.len());
    }
    drop(wakes.take());
    for (_, clone) in clones {
        clone.wake();
    }
    assert_eq!(parent.woken(), woken, "the stage is gone");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 2 } else { 256 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn it_does_what_sets_do(steps in steps(5)) {
        compare::<1>(5, steps);
    }

    #[test]
    fn it_does_so_with_several_groups(steps in steps(70)) {
        compare::<3>(70, steps);
    }

    /// Here two groups, and at the end one, share a bit of `told`.
    #[test]
    fn it_does_so_where_groups_share_a_bit(steps in steps(2_200)) {
        compare::<69>(2_200, steps);
    }
}
