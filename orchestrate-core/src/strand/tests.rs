//! Stages of two groups, by hand as an expansion writes them.

use std::{
    cell::{Cell, RefCell},
    future::{poll_fn, ready},
    iter,
    pin::pin,
    rc::Rc,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    task::{Wake, Waker},
    thread,
};

use futures::{channel::oneshot, executor::block_on};

use super::*;
use crate::{
    Orchestrator,
    branch::Branch,
    testing::{PLAIN, Script, script, turn},
};

/// How many steps are in a group.
const GROUP: usize = 32;

/// What has happened to which step, in order.
type Log = Rc<RefCell<Vec<(&'static str, usize)>>>;

/// What a step does once it runs.
enum Work {
    Ready,
    /// It waits for its next poll, and is woken at once.
    Yields,
    /// It waits until another thread sends something.
    Hears(oneshot::Receiver<u32>),
    Fails,
}

/// A step: after which it runs, what it does, and once.
struct Step(Vec<usize>, Cell<Option<Work>>);

impl Step {
    fn new(after: &[usize], work: Work) -> Self {
        Self(after.to_vec(), Cell::new(Some(work)))
    }

    /// What it produces: one more than the sum of what it reads.
    async fn run(&self, index: usize, sum: u32, log: &Log) -> Result<u32, String> {
        let _ended = Ended(index, log);
        match self.1.take().expect("a step runs once") {
            Work::Ready => {}
            Work::Yields => turn().await,
            Work::Hears(word) => return word.await.map_err(|gone| gone.to_string()),
            Work::Fails => return Err(format!("step {index} fails")),
        }
        Ok(sum + 1)
    }
}

/// Says that the future of a step is dropped.
struct Ended<'l>(usize, &'l Log);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(("ends", self.0));
    }
}

/// Steps that are ready, but for these.
fn steps(count: usize, others: impl IntoIterator<Item = (usize, Step)>) -> Vec<Step> {
    let mut steps: Vec<Step> = iter::repeat_with(|| Step::new(&[], Work::Ready))
        .take(count)
        .collect();
    for (index, step) in others {
        steps[index] = step;
    }
    steps
}

/// One group of the stage.
async fn group(
    (run, wakes): (&Run<'_, Script>, &Wakes<2>),
    index: usize,
    steps: &[Step],
    slots: &[Slot<u32>],
    log: &Log,
) -> Result<(), String> {
    let of_group = (index * GROUP)..steps.len().min((index + 1) * GROUP);
    let mut left = of_group.len();
    let mut strands: Vec<_> = of_group
        .clone()
        .map(|_| Box::pin(Strand::default()))
        .collect();
    poll_fn(|_| {
        let mut group = Group::new(run, wakes, index, &mut left);
        for (position, (step, strand)) in of_group.clone().zip(&mut strands).enumerate() {
            let start = || {
                log.borrow_mut().push(("is asked", step));
                let reads = steps[step].0.iter().map(|&read| slots[read].get());
                let sum = reads.sum::<Option<u32>>()?;
                log.borrow_mut().push(("starts", step));
                Some(steps[step].run(step, sum, log))
            };
            let after: Vec<usize> = (0..steps.len())
                .filter(|&later| steps[later].0.contains(&step))
                .collect();
            group.try_advance(
                (PLAIN, position),
                &mut strand.as_mut(),
                start,
                &slots[step],
                &after,
            )?;
        }
        group.end().map(Ok)
    })
    .await
}

/// What the steps of a stage produce, or why one failed; how often the stage was polled; and what happened.
struct Told {
    ended: Result<Vec<u32>, String>,
    polls: usize,
    log: Vec<(&'static str, usize)>,
}

impl Told {
    /// The steps to which this happened.
    fn of(&self, what: &str) -> Vec<usize> {
        let entries = self.log.iter().filter(|(entry, _)| *entry == what);
        entries.map(|&(_, step)| step).collect()
    }
}

/// Runs a stage of more than 32 steps to its end.
fn stage(steps: Vec<Step>) -> Told {
    let (log, polls) = (Log::default(), Rc::new(Cell::new(0)));
    let told = Rc::new(Cell::new(None));
    let (for_log, for_polls, for_told) = (Rc::clone(&log), Rc::clone(&polls), Rc::clone(&told));
    let script = script(move |run| {
        Box::pin(async move {
            let slots: Vec<Slot<u32>> = iter::repeat_with(Slot::new).take(steps.len()).collect();
            let wakes = Wakes::new(steps.len());
            let ended = {
                let [mut first, mut second] = [0, 1].map(|index| {
                    let future = group((run, &wakes), index, &steps, &slots, &for_log);
                    Box::pin(Branch::new(future))
                });
                let mut left = 2;
                poll_fn(|cx| {
                    for_polls.set(for_polls.get() + 1);
                    wakes.begin(cx);
                    while let Some(group) = wakes.next() {
                        let group = if group == 0 { &mut first } else { &mut second };
                        group.as_mut().try_poll(&mut left, cx)?;
                    }
                    if left > 0 {
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok(()))
                })
                .await
            };
            let values = ended.map(|()| slots.into_iter().map(Slot::taken).collect());
            for_told.set(Some(values));
            Ok(0)
        })
    });
    block_on(script.run(&Orchestrator::new())).expect("what fails is told apart");
    Told {
        ended: told.take().expect("the stage has ended"),
        polls: polls.get(),
        log: log.take(),
    }
}

#[test]
fn what_is_ready_is_all_done_in_one_poll() {
    // A chain in the first group, into the second, and in there.
    let chain = [(1, 0), (31, 1), (32, 31), (39, 32)];
    let after = chain.map(|(step, after)| (step, Step::new(&[after], Work::Ready)));
    let told = stage(steps(40, after));
    let values = told.ended.as_ref().unwrap();
    assert_eq!(
        [0, 1, 2, 31, 32, 33, 39].map(|step| values[step]),
        [1, 2, 1, 3, 4, 1, 5]
    );
    assert_eq!(told.polls, 1);
    assert_eq!(told.of("is asked"), (0..40).collect::<Vec<_>>());
    assert_eq!(told.of("ends"), (0..40).collect::<Vec<_>>());
}

#[test]
fn a_step_starts_in_the_poll_in_which_its_last_slot_is_filled() {
    let told = stage(steps(
        40,
        [
            (3, Step::new(&[], Work::Yields)),
            (4, Step::new(&[3, 0], Work::Ready)),
            (5, Step::new(&[4], Work::Yields)),
            (35, Step::new(&[3], Work::Ready)),
            (36, Step::new(&[35, 5], Work::Ready)),
        ],
    ));
    let values = told.ended.as_ref().unwrap();
    assert_eq!(
        [3, 4, 5, 35, 36].map(|step| values[step]),
        [1, 3, 4, 2, 7],
        "{:?}",
        told.log
    );
    assert_eq!(told.polls, 3);
    // Whoever waits is asked once at first, and then when one that it reads is done; nobody else is.
    let mut asked = told.of("is asked");
    assert_eq!(asked.split_off(40), [4, 5, 35, 36, 36]);
    assert_eq!(asked, (0..40).collect::<Vec<_>>());
    let started = told.of("starts");
    assert_eq!(started.len(), 40);
    assert_eq!(started[36..], [4, 5, 35, 36]);
    // Its future is gone before they start.
    let at = |entry| told.log.iter().position(|other| *other == entry);
    assert!(at(("ends", 3)) < at(("starts", 4)));
}

#[test]
fn one_that_fails_at_once_is_the_first_that_does() {
    let (word, heard) = oneshot::channel();
    drop(word);
    let told = stage(steps(
        40,
        [
            (1, Step::new(&[], Work::Yields)),
            (2, Step::new(&[1], Work::Fails)),
            (35, Step::new(&[], Work::Hears(heard))),
            (36, Step::new(&[], Work::Fails)),
        ],
    ));
    assert_eq!(told.ended.unwrap_err(), oneshot::Canceled.to_string());
    assert_eq!(told.polls, 1);
}

#[test]
fn one_that_fails_ends_the_stage_and_nothing_starts_after_it() {
    let (word, heard) = oneshot::channel();
    let told = stage(steps(
        40,
        [
            (1, Step::new(&[], Work::Yields)),
            (2, Step::new(&[1], Work::Fails)),
            (3, Step::new(&[2], Work::Ready)),
            (33, Step::new(&[2], Work::Ready)),
            (34, Step::new(&[1], Work::Ready)),
            (35, Step::new(&[], Work::Hears(heard))),
        ],
    ));
    assert_eq!(told.ended.as_ref().unwrap_err(), "step 2 fails");
    assert_eq!(told.polls, 2);
    let started = told.of("starts");
    assert!([2, 35].iter().all(|step| started.contains(step)));
    assert!([3, 33, 34].iter().all(|step| !started.contains(step)));
    // What still ran is dropped.
    let mut ended = told.of("ends");
    ended.sort_unstable();
    let mut ran = started;
    ran.sort_unstable();
    assert_eq!(ended, ran);
    assert!(word.is_canceled());
}

#[test]
fn threads_wake_steps_of_both_groups() {
    let listeners = [0, 7, 31, 32, 39];
    let (words, ears): (Vec<_>, Vec<_>) = listeners.iter().map(|_| oneshot::channel()).unzip();
    let threads: Vec<_> = words
        .into_iter()
        .map(|word| thread::spawn(move || word.send(10)))
        .collect();
    let hears = listeners
        .into_iter()
        .zip(ears)
        .map(|(step, ear)| (step, Step::new(&[], Work::Hears(ear))));
    let after = [
        (8, Step::new(&[0, 7], Work::Yields)),
        (38, Step::new(&[31, 32, 8], Work::Ready)),
    ];
    let told = stage(steps(40, hears.chain(after)));
    for thread in threads {
        thread.join().unwrap().expect("the step hears it");
    }
    let values = told.ended.unwrap();
    assert_eq!([0, 8, 38, 39].map(|step| values[step]), [10, 21, 42, 10]);
}

/// A waker that says so on a channel.
struct Bell(Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let _ = self.0.send(());
    }
}

fn bell() -> (Waker, Receiver<()>) {
    let (bell, rung) = channel();
    (Arc::new(Bell(bell)).into(), rung)
}

#[test]
fn a_step_that_is_done_is_not_polled_again() {
    let script = script(|run| {
        Box::pin(async move {
            let wakes = Wakes::<1>::new(2);
            let (ringing, rung) = bell();
            let cx = Context::from_waker(&ringing);
            let (first, second) = (Slot::new(), Slot::new());
            let (mut one, mut other) = (pin!(Strand::Waits), pin!(Strand::default()));
            let (mut left, starts) = (2, Cell::new(0));
            let mut kept = None;
            let mut polls = |of_other: bool| {
                wakes.begin(&cx);
                let mut ended = Poll::Pending;
                while let Some(index) = wakes.next() {
                    let mut group = Group::new(run, &wakes, index, &mut left);
                    let start = || {
                        starts.set(starts.get() + 1);
                        kept.get_or_insert_with(|| wakes.waker(0).clone());
                        Some(ready("one"))
                    };
                    group.advance((PLAIN, 0), &mut one, start, &first, &[1]);
                    let start = || of_other.then(|| ready(first.get().map(|one| one.len())));
                    group.advance((PLAIN, 1), &mut other, start, &second, &[]);
                    ended = group.end();
                }
                ended
            };
            assert_eq!(polls(false), Poll::Pending);
            assert_eq!(polls(true), Poll::Pending, "nobody was woken");
            wakes.waker(0).wake_by_ref();
            assert_eq!(polls(true), Poll::Pending, "who is done is not asked");
            wakes.waker(1).wake_by_ref();
            assert_eq!(polls(true), Poll::Ready(()));
            assert_eq!(rung.try_iter().count(), 2);
            assert_eq!(starts.get(), 1);
            assert_eq!((first.taken(), second.taken()), ("one", Some(3)));
            drop(wakes);
            kept.expect("it has started").wake();
            assert_eq!(rung.try_iter().count(), 0);
            Ok(0)
        })
    });
    block_on(script.run(&Orchestrator::new())).unwrap();
}

#[test]
fn an_empty_slot_gives_nothing() {
    let slot = Slot::<u32>::new();
    assert_eq!(slot.get(), None);
    assert!(std::panic::catch_unwind(|| slot.taken()).is_err());
}
