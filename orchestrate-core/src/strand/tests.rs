//! Stages of strands, by hand as an expansion writes them.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    iter,
    pin::pin,
    thread,
};

use futures::{channel::oneshot, executor::block_on};

use super::*;
use crate::{
    branch::Branch,
    slot::{Slots, Writer, split},
    testing::turn,
};

/// How many strands there are.
const COUNT: usize = 40;

/// What has happened to which step, in order.
type Log = RefCell<Vec<(&'static str, usize)>>;

/// What a step does once it runs.
enum Work {
    Ready,
    /// It waits for its next poll, and is woken at once.
    Yields,
    /// It waits until another thread sends something.
    Hears(oneshot::Receiver<u32>),
    Fails,
}

/// A step: the strands whose first step it waits for, what it does, and whether it holds the thread.
struct Step(Vec<usize>, Cell<Option<Work>>, bool);

impl Step {
    fn new(after: &[usize], work: Work) -> Self {
        Self(after.to_vec(), Cell::new(Some(work)), false)
    }

    fn plain(after: &[usize]) -> Self {
        Self(after.to_vec(), Cell::new(Some(Work::Ready)), true)
    }

    /// What it produces: one more than the sum of what it reads.
    async fn run(&self, name: usize, sum: u32, log: &Log) -> Result<u32, String> {
        log.borrow_mut().push(("starts", name));
        let _ended = Ended(name, log);
        match self.1.take().expect("a step runs once") {
            Work::Ready => {}
            Work::Yields => turn().await,
            Work::Hears(word) => return word.await.map_err(|gone| gone.to_string()),
            Work::Fails => return Err(format!("step {name} fails")),
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

type Row = (Slot<u32>, Slot<u32>);

/// A strand of two steps: the second, 100 more than its strand, reads the first of this strand and of others.
async fn strand(
    weave: &impl Weave,
    own: usize,
    steps: &[[Step; 2]],
    rows: &[&Slots<Row>],
    mut writer: Writer<'_, Row>,
    log: &Log,
) -> Result<(), String> {
    let [first, second] = &steps[own];
    if first.2 {
        WaitLast::new(weave, own, ()).await;
    }
    let value = first.run(own, 0, log).await?;
    writer.at::<0>().put(value);
    for word in 0..COUNT.div_ceil(32) {
        let others = (word * 32..COUNT).take(32).filter(|&other| {
            let reads = steps[other][1].0.contains(&own);
            reads && other != own
        });
        let others = others.fold(0, |others, other| others | 1 << (other % 32));
        tell(weave, word, others);
    }
    let mut sum = 0;
    for &other in iter::once(&own).chain(&second.0) {
        let slot = &rows[other].0;
        if second.2 {
            WaitLast::new(weave, own, slot).await;
        }
        while waits_first(weave, own, &slot) {
            Pause::new().await;
        }
        sum += slot.seen();
    }
    let value = second.run(100 + own, sum, log).await?;
    writer.at::<1>().put(value);
    Ok(())
}

/// What the steps of a stage produce, or why one failed; how often the stage was polled; and what happened.
struct Told {
    ended: Result<Vec<(u32, u32)>, String>,
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

/// Steps that are ready, but for these strands.
fn steps(others: impl IntoIterator<Item = (usize, [Step; 2])>) -> Vec<[Step; 2]> {
    let ready = || [0, 1].map(|_| Step::new(&[], Work::Ready));
    let mut steps: Vec<[Step; 2]> = iter::repeat_with(ready).take(COUNT).collect();
    for (strand, pair) in others {
        steps[strand] = pair;
    }
    steps
}

/// Runs a stage to its end; `is_wide`: polling those only that were woken.
fn stage(steps: &[[Step; 2]], is_wide: bool) -> Told {
    let (log, polls) = (Log::default(), Cell::new(0));
    let mut stage: Vec<((), Slots<Row>)> = steps
        .iter()
        .map(|_| ((), Slots::new((Slot::new(), Slot::new()))))
        .collect();
    let (rows, writers): (Vec<_>, Vec<_>) = stage
        .iter_mut()
        .map(split)
        .map(|(((), row), writer)| (row, writer))
        .unzip();
    let writers = writers.into_iter().enumerate();
    let ended = if is_wide {
        let weave = WideStrands::<2>::new(COUNT, [u32::MAX; 2]);
        let strands = writers.map(|(own, writer)| strand(&weave, own, steps, &rows, writer, &log));
        let mut strands: Vec<_> = strands
            .map(|strand| Box::pin(Branch::new(strand)))
            .collect();
        let mut left = COUNT;
        block_on(poll_fn(|cx| {
            polls.set(polls.get() + 1);
            weave.wakes().begin(cx);
            while let Some(group) = weave.wakes().next() {
                let woken = weave.taken(group);
                for (position, strand) in strands.iter_mut().skip(group * 32).take(32).enumerate() {
                    if let Some(waker) = woken.waker(position) {
                        let cx = &mut Context::from_waker(&waker);
                        strand.as_mut().try_poll(&mut left, cx)?;
                    }
                }
            }
            if left > 0 {
                return Poll::Pending;
            }
            Poll::Ready(Ok(()))
        }))
    } else {
        let weave = Strands::<2>::new(COUNT, [u32::MAX; 2]);
        let strands = writers.map(|(own, writer)| strand(&weave, own, steps, &rows, writer, &log));
        let mut strands: Vec<_> = strands.map(Box::pin).collect();
        block_on(poll_fn(|cx| {
            polls.set(polls.get() + 1);
            let mut next = Some(weave.first());
            while let Some(turn) = next {
                for (own, strand) in strands.iter_mut().enumerate() {
                    turn.try_poll(own, strand.as_mut(), cx)?;
                }
                next = turn.next();
            }
            if !weave.is_over() {
                return Poll::Pending;
            }
            Poll::Ready(Ok(()))
        }))
    };
    let ended = ended.map(|()| {
        let rows = stage.into_iter().map(|((), row)| row.into_row());
        rows.map(|(first, second)| (first.taken(), second.taken()))
            .collect()
    });
    Told {
        ended,
        polls: polls.get(),
        log: log.into_inner(),
    }
}

#[test]
fn what_is_ready_is_all_done_in_one_poll_the_first_steps_first() {
    for is_wide in [false, true] {
        let after = |strand: usize| (COUNT - 1 - strand, strand);
        let others = (0..COUNT).map(after).map(|(other, strand)| {
            let second = Step::new(&[other], Work::Ready);
            (strand, [Step::new(&[], Work::Ready), second])
        });
        let told = stage(&steps(others), is_wide);
        assert_eq!(told.ended, Ok(vec![(1, 3); COUNT]));
        assert_eq!(told.polls, 1);
        let mut started = told.of("starts");
        assert_eq!(started, told.of("ends"));
        assert_eq!(started[..COUNT], (0..COUNT).collect::<Vec<_>>());
        started.sort_unstable();
        assert_eq!(
            started,
            (0..COUNT).chain(100..100 + COUNT).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_step_starts_in_the_poll_in_which_its_last_input_is_there() {
    for is_wide in [false, true] {
        let yields = || Step::new(&[], Work::Yields);
        let told = stage(
            &steps([
                (3, [yields(), Step::new(&[39], Work::Yields)]),
                (4, [yields(), Step::new(&[3, 0], Work::Ready)]),
                (
                    39,
                    [Step::new(&[], Work::Ready), Step::new(&[3, 4], Work::Ready)],
                ),
            ]),
            is_wide,
        );
        let values = told.ended.as_ref().unwrap();
        assert_eq!(
            [0, 3, 4, 39].map(|strand| values[strand]),
            [(1, 2), (1, 3), (1, 4), (1, 4)]
        );
        // One poll begins the steps that yield, one ends them, and one the step that yields after them.
        // In a group that goes on, who has woken itself does too.
        assert_eq!(told.polls, if is_wide { 2 } else { 3 }, "{:?}", told.log);
        let at = |entry| told.log.iter().position(|other| *other == entry);
        assert!(at(("ends", 4)) < at(("starts", 104)));
        assert!(at(("starts", 139)) < at(("ends", 103)));
    }
}

#[test]
fn what_holds_the_thread_is_started_after_what_waits() {
    let told = stage(
        &steps([
            (0, [Step::plain(&[]), Step::plain(&[])]),
            (1, [Step::new(&[], Work::Ready), Step::plain(&[])]),
        ]),
        false,
    );
    let started = told.of("starts");
    let at = |step| started.iter().position(|other| *other == step);
    let first = (1..COUNT).filter_map(at).max();
    assert!(first < at(0), "{started:?}");
    let second = (102..100 + COUNT).filter_map(at).max();
    assert!(second < at(101), "{started:?}");
    assert_eq!(told.ended, Ok(vec![(1, 2); COUNT]));
}

#[test]
fn one_that_fails_ends_the_stage_and_nothing_starts_after_it() {
    for is_wide in [false, true] {
        let (word, heard) = oneshot::channel();
        let told = stage(
            &steps([
                (
                    1,
                    [Step::new(&[], Work::Yields), Step::new(&[], Work::Fails)],
                ),
                (
                    2,
                    [Step::new(&[], Work::Ready), Step::new(&[35], Work::Ready)],
                ),
                (
                    35,
                    [
                        Step::new(&[], Work::Hears(heard)),
                        Step::new(&[], Work::Ready),
                    ],
                ),
            ]),
            is_wide,
        );
        assert_eq!(told.ended.as_ref().unwrap_err(), "step 101 fails");
        assert_eq!(told.polls, if is_wide { 1 } else { 2 });
        let mut started = told.of("starts");
        assert!([101, 35].iter().all(|step| started.contains(step)));
        assert!([102, 135].iter().all(|step| !started.contains(step)));
        // What still ran is dropped.
        let mut ended = told.of("ends");
        ended.sort_unstable();
        started.sort_unstable();
        assert_eq!(ended, started);
        assert!(word.is_canceled());
    }
}

#[test]
fn threads_wake_strands() {
    for is_wide in [false, true] {
        let listeners = [0, 7, 31, 32, 39];
        let (words, ears): (Vec<_>, Vec<_>) = listeners.iter().map(|_| oneshot::channel()).unzip();
        let threads: Vec<_> = words
            .into_iter()
            .map(|word| thread::spawn(move || word.send(10)))
            .collect();
        let hears = listeners.into_iter().zip(ears).map(|(strand, ear)| {
            let second = Step::new(&[39 - strand], Work::Yields);
            (strand, [Step::new(&[], Work::Hears(ear)), second])
        });
        let told = stage(&steps(hears), is_wide);
        for thread in threads {
            thread.join().unwrap().expect("the step hears it");
        }
        let values = told.ended.unwrap();
        assert_eq!(
            [0, 7, 8, 31, 32, 39].map(|strand| values[strand]),
            [(10, 21), (10, 21), (1, 2), (10, 12), (10, 21), (10, 21)]
        );
    }
}

#[test]
fn a_strand_that_waits_is_not_polled_with_the_others() {
    let (weave, polls) = (Strands::<1>::new(2, [u32::MAX; 1]), Cell::new(0));
    let mut stage = ((), (Slots::new((Slot::new(),)), Slots::new((Slot::new(),))));
    let (((), (one, other)), (mut first, mut second)) = split(&mut stage);
    let mut waits = pin!(async {
        let (one, other) = (&one.0, &other.0);
        polls.set(polls.get() + 1);
        while waits_first(&weave, 1, &WithEarly(one, (other,))) {
            Pause::new().await;
            polls.set(polls.get() + 1);
        }
        assert_eq!((one.seen(), other.seen()), (&1, &2));
    });
    let mut poll = |told: Option<fn(&Strands<1>, usize, u32)>| {
        if let Some(tell) = told {
            tell(&weave, 0, 0b11);
        }
        let cx = &mut Context::from_waker(std::task::Waker::noop());
        let mut next = Some(weave.first());
        while let Some(turn) = next {
            turn.poll(1, waits.as_mut(), cx);
            next = turn.next();
        }
        polls.get()
    };
    // Twice: it begins to wait, and sees then that nothing is there.
    assert_eq!(poll(None), 2);
    assert_eq!(poll(Some(tell_early)), 2, "it waits for a late one");
    first.at::<0>().put(1);
    assert_eq!(poll(None), 2, "nobody has said so");
    assert_eq!(poll(Some(tell)), 3, "there is an early one");
    assert_eq!(poll(Some(tell)), 4, "who tells need not know whether");
    second.at::<0>().put(2);
    assert_eq!(poll(Some(tell_early)), 5);
    assert_eq!(poll(Some(tell)), 5, "it has ended");
}

#[test]
fn a_stage_is_over_once_each_strand_has_ended() {
    let weave = Strands::<2>::new(33, [u32::MAX; 2]);
    let mut strands: Vec<_> = iter::repeat_with(|| Box::pin(Pause::new()))
        .take(33)
        .collect();
    let cx = &mut Context::from_waker(std::task::Waker::noop());
    for last in [32, 33] {
        let turn = weave.first();
        for (own, strand) in strands.iter_mut().enumerate().take(last) {
            turn.poll(own, strand.as_mut(), cx);
        }
        assert!(!weave.is_over());
        assert!(turn.next().is_none());
    }
    let turn = weave.first();
    assert!(!turn.has(0) && turn.has(32));
    turn.poll(32, strands[32].as_mut(), cx);
    assert!(weave.is_over());
}

#[test]
fn a_strand_that_waits_from_the_start_has_its_first_turn_once_it_is_told() {
    let weave = Strands::<2>::new(40, [0b101, 0]);
    let has = |turn: Turn<'_, 2>| (0..40).filter(|&own| turn.has(own)).collect::<Vec<_>>();
    let turn = weave.first();
    assert_eq!(has(turn), [0, 2]);
    tell(&weave, 1, 0b10);
    tell(&weave, 0, 0b1);
    let turn = turn.next().expect("one has been told");
    assert_eq!(has(turn), [33], "the first did not wait");
    assert!(turn.next().is_none());
    assert!(!weave.is_over());
    // In the next poll of the stage they are polled that wait for nothing of it.
    assert_eq!(has(weave.first()), [0, 2, 33]);
}

#[test]
fn a_group_of_which_none_starts_is_polled_once_one_is_told() {
    let cx = &Context::from_waker(std::task::Waker::noop());
    let weave = WideStrands::<3>::new(70, [0b11, 0, 0b100]);
    let taken = |group: Option<usize>| group.map(|group| (group, weave.taken(group).bits()));
    weave.wakes().begin(cx);
    assert_eq!(taken(weave.wakes().next()), Some((0, 0b11)));
    tell(&weave, 1, 0b1010);
    tell(&weave, 2, 0b10);
    assert!(!weave.has_opened());
    // It has been told before its turn.
    assert_eq!(taken(weave.wakes().next()), Some((2, 0b110)));
    assert!(!weave.has_opened());
    assert_eq!(taken(weave.wakes().next()), Some((1, 0b1010)));
    assert!(weave.has_opened());
    tell(&weave, 1, 0b1010);
    assert_eq!(taken(weave.wakes().next()), None, "none of them waits");
    // Of two that wait, one has its late input and is told of an early one.
    let missing = &Slot::<()>::new();
    let mut row = ((), (Slots::new((Slot::new(),)),));
    let (((), (full,)), (mut writer,)) = split(&mut row);
    writer.at::<0>().put(());
    assert!(waits(&weave, 33, &WithEarly(&full.0, missing)));
    assert!(waits(&weave, 35, &WithEarly(missing, &full.0)));
    tell_early(&weave, 1, 0b1010);
    assert_eq!(taken(weave.wakes().next()), Some((1, 0b10)));
    tell(&weave, 1, 0b1010);
    assert_eq!(taken(weave.wakes().next()), Some((1, 0b1000)));
    assert!(!waits(&weave, 33, &WithEarly(&full.0, (&full.0, ()))));
}
