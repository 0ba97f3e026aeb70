//! Strands: steps of a stage of several batches that come one after the other. Each is a future that waits, between its
//! steps, until the inputs of the next are there.
//!
//! A strand that waits is polled when something has been produced that it may wait for, and not with each poll of the stage.
//! In the first turn of a stage each strand takes one step at most, so what can start does, before what comes after it.

mod waiting;

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed},
    task::{Context, Poll},
};

use self::waiting::{WORD, Waiting, add, bit, remove};
use crate::{
    slot::{Kept, Slot},
    wake::{Wakes, Woken},
};

/// Who of the strands of a stage waits for inputs.
///
/// All of it is called in a poll of the stage. Elsewhere it does no harm, but the stage may not hear of it.
pub trait Weave {
    /// Whether each strand has had its first turn: until then none goes on to its next step.
    fn has_opened(&self) -> bool;

    /// The strand waits until it is told of something. `late`: the last of its inputs are missing, as far as the plan knows;
    /// then it is not told of the others.
    fn waits(&self, strand: usize, late: bool);

    /// It waits until its next turn, which it has in this poll.
    fn waits_a_turn(&self, strand: usize);

    /// Those of these strands that wait are polled once more in this poll. `strands`: a bit for each, of the 32 of this word.
    fn told(&self, word: usize, strands: u32);

    /// The same of those whose late inputs are there.
    fn told_early(&self, word: usize, strands: u32);
}

/// The strands of a stage that polls all that run: 32 of them a word.
#[derive(Debug)]
pub struct Strands<const WORDS: usize> {
    waiting: Waiting<WORDS>,
    /// Of those that wait, who has a turn after this one.
    told: [AtomicU32; WORDS],
    /// Those that have not ended.
    live: [AtomicU32; WORDS],
    has_opened: AtomicBool,
}

impl<const WORDS: usize> Strands<WORDS> {
    /// This many, of which those start that wait for nothing of the stage: a bit for each, by word. The others wait.
    #[inline]
    #[must_use]
    pub const fn new(count: usize, starting: [u32; WORDS]) -> Self {
        let mut strands = Self {
            waiting: Waiting::all_but(starting),
            told: [const { AtomicU32::new(0) }; WORDS],
            live: [const { AtomicU32::new(0) }; WORDS],
            has_opened: AtomicBool::new(false),
        };
        let mut word = 0;
        while word < WORDS {
            let live = match count.saturating_sub(word * WORD) {
                here @ ..WORD => bit(here) - 1,
                _ => u32::MAX,
            };
            strands.live[word] = AtomicU32::new(live);
            word += 1;
        }
        strands
    }

    /// A poll of the stage begins: in the first turn, all are polled that run.
    #[inline]
    #[must_use]
    pub fn first(&self) -> Turn<'_, WORDS> {
        let mut polled = [0; WORDS];
        for (word, (polled, live)) in polled.iter_mut().zip(&self.live).enumerate() {
            let live = live.load(Relaxed);
            *polled = live & !self.waiting.of(word, live);
        }
        Turn {
            strands: self,
            polled,
        }
    }

    /// Whether all have ended.
    #[inline]
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.live.iter().all(|live| live.load(Relaxed) == 0)
    }

    #[inline]
    fn ended(&self, strand: usize) {
        remove(&self.live[strand / WORD], bit(strand));
    }
}

impl<const WORDS: usize> Weave for Strands<WORDS> {
    #[inline]
    fn has_opened(&self) -> bool {
        self.has_opened.load(Relaxed)
    }

    #[inline]
    fn waits(&self, strand: usize, late: bool) {
        self.waiting.add_for(strand, late);
    }

    #[inline]
    fn waits_a_turn(&self, strand: usize) {
        self.waiting.add(strand);
        add(&self.told[strand / WORD], bit(strand));
    }

    #[inline]
    fn told(&self, word: usize, strands: u32) {
        add(&self.told[word], self.waiting.of(word, strands));
    }

    #[inline]
    fn told_early(&self, word: usize, strands: u32) {
        add(&self.told[word], self.waiting.early_of(word, strands));
    }
}

/// A turn of those that are polled in a poll of the stage.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'s, const WORDS: usize> {
    strands: &'s Strands<WORDS>,
    polled: [u32; WORDS],
}

impl<const WORDS: usize> Turn<'_, WORDS> {
    /// Whether it is the turn of this strand.
    #[inline]
    #[must_use]
    pub const fn has(self, strand: usize) -> bool {
        self.polled[strand / WORD] & bit(strand) != 0
    }

    /// Polls a strand, if it is its turn.
    #[inline]
    pub fn poll<F>(self, strand: usize, future: Pin<&mut F>, cx: &mut Context<'_>)
    where
        F: Future<Output = ()>,
    {
        if self.has(strand) && future.poll(cx).is_ready() {
            self.strands.ended(strand);
        }
    }

    /// The same of one that can fail.
    ///
    /// # Errors
    ///
    /// Its own.
    #[inline]
    pub fn try_poll<F, E>(
        self,
        strand: usize,
        future: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Result<(), E>
    where
        F: Future<Output = Result<(), E>>,
    {
        if self.has(strand)
            && let Poll::Ready(ended) = future.poll(cx)
        {
            ended?;
            self.strands.ended(strand);
        }
        Ok(())
    }

    /// The next turn: of those that have been told since; none where nobody has.
    #[inline]
    #[must_use = "who was told is forgotten otherwise"]
    pub fn next(self) -> Option<Self> {
        let Strands {
            waiting,
            told,
            has_opened,
            ..
        } = self.strands;
        has_opened.store(true, Relaxed);
        let mut polled = [0; WORDS];
        for (word, (polled, told)) in polled.iter_mut().zip(told).enumerate() {
            *polled = told.load(Relaxed);
            told.store(0, Relaxed);
            waiting.remove(word, *polled);
        }
        polled
            .iter()
            .any(|&word| word != 0)
            .then_some(Self { polled, ..self })
    }
}

/// The strands of a wide stage, which polls those that were woken: 32 of them a group.
#[derive(Debug)]
pub struct WideStrands<const GROUPS: usize> {
    wakes: Wakes<GROUPS>,
    waiting: Waiting<GROUPS>,
    /// How many groups have still to have their first turn, and one for the turn after that.
    unopened: AtomicUsize,
}

impl<const GROUPS: usize> WideStrands<GROUPS> {
    /// This many, of which those start that wait for nothing of the stage: a bit for each, by group. The others wait.
    ///
    /// # Panics
    ///
    /// When the groups are too many or too few for the strands.
    #[must_use]
    pub fn new(count: usize, starting: [u32; GROUPS]) -> Self {
        let first = starting.iter().filter(|&&strands| strands != 0).count();
        Self {
            wakes: Wakes::starting(count, starting),
            waiting: Waiting::all_but(starting),
            unopened: AtomicUsize::new(first + 1),
        }
    }

    /// Who of them was woken.
    #[inline]
    pub const fn wakes(&self) -> &Wakes<GROUPS> {
        &self.wakes
    }

    /// The strands of a group that are polled now.
    #[inline]
    #[must_use = "who was woken is forgotten otherwise"]
    pub fn taken(&self, group: usize) -> Woken<'_, GROUPS> {
        let unopened = self.unopened.load(Relaxed);
        self.unopened.store(unopened.saturating_sub(1), Relaxed);
        let woken = self.wakes.taken(group);
        self.waiting.remove(group, woken.bits());
        woken
    }
}

impl<const GROUPS: usize> Weave for WideStrands<GROUPS> {
    /// All groups that start have their first turn one after the other.
    #[inline]
    fn has_opened(&self) -> bool {
        self.unopened.load(Relaxed) == 0
    }

    #[inline]
    fn waits(&self, strand: usize, late: bool) {
        self.waiting.add_for(strand, late);
    }

    #[inline]
    fn waits_a_turn(&self, strand: usize) {
        self.waiting.add(strand);
        self.wakes.mark(strand / WORD, bit(strand));
    }

    #[inline]
    fn told(&self, word: usize, strands: u32) {
        self.wakes.mark(word, self.waiting.of(word, strands));
    }

    #[inline]
    fn told_early(&self, word: usize, strands: u32) {
        self.wakes.mark(word, self.waiting.early_of(word, strands));
    }
}

/// The slots that a step waits for.
pub trait Inputs {
    /// Whether all of them are full, but for those that are early.
    fn are_there(&self) -> bool;

    /// Whether those are, too.
    #[inline]
    fn early_are_there(&self) -> bool {
        true
    }
}

/// Slots of which some are likely full before others.
#[derive(Debug)]
pub struct WithEarly<L, E>(pub L, pub E);

impl<L: Inputs, E: Inputs> Inputs for WithEarly<L, E> {
    #[inline]
    fn are_there(&self) -> bool {
        self.0.are_there()
    }

    #[inline]
    fn early_are_there(&self) -> bool {
        self.1.are_there()
    }
}

impl<T> Inputs for &Slot<T> {
    #[inline]
    fn are_there(&self) -> bool {
        self.get().is_some()
    }
}

impl<T> Inputs for &Kept<T> {
    #[inline]
    fn are_there(&self) -> bool {
        self.is_full()
    }
}

macro_rules! inputs {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Inputs, $($rest: Inputs),*> Inputs for ($first, $($rest,)*) {
            #[inline]
            #[expect(non_snake_case, reason = "the values are called as their types")]
            fn are_there(&self) -> bool {
                let ($first, $($rest,)*) = self;
                $first.are_there() $(&& $rest.are_there())*
            }
        }
        inputs!($($rest)*);
    };
    () => {
        impl Inputs for () {
            #[inline]
            fn are_there(&self) -> bool {
                true
            }
        }
    };
}

inputs!(A B C D E F G H I J K L M N O P);

/// Whether a strand has to wait for these; then it is to [`Pause`].
#[inline]
pub fn waits(weave: &impl Weave, strand: usize, inputs: &impl Inputs) -> bool {
    let late_are_there = inputs.are_there();
    if late_are_there && inputs.early_are_there() {
        return false;
    }
    weave.waits(strand, !late_are_there);
    true
}

/// The same where a strand waits for the first time: it does, until each has had its first turn.
#[inline]
pub fn waits_first(weave: &impl Weave, strand: usize, inputs: &impl Inputs) -> bool {
    if weave.has_opened() {
        return waits(weave, strand, inputs);
    }
    weave.waits_a_turn(strand);
    true
}

/// A strand that waits goes on in its next turn.
#[derive(Debug, Default)]
#[must_use = "a strand does not wait until this is awaited"]
pub struct Pause {
    is_over: bool,
}

impl Pause {
    /// Until the next turn.
    #[inline]
    pub const fn new() -> Self {
        Self { is_over: false }
    }
}

impl Future for Pause {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.is_over, true) {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

/// A strand waits for the inputs of a step that holds the thread while it runs: what else can start has its turn before it.
#[derive(Debug)]
#[must_use = "a strand does not wait until this is awaited"]
pub struct WaitLast<'s, W, I> {
    weave: &'s W,
    strand: usize,
    inputs: I,
    // How many turns the others have once the inputs are there.
    patience: u8,
}

impl<'s, W: Weave, I: Inputs> WaitLast<'s, W, I> {
    /// Until these are there, and the others have had their turn.
    #[inline]
    pub const fn new(weave: &'s W, strand: usize, inputs: I) -> Self {
        Self {
            weave,
            strand,
            inputs,
            // In one it is told of them, and in another what they are told of starts.
            patience: 2,
        }
    }
}

impl<W: Weave, I: Inputs + Unpin> Future for WaitLast<'_, W, I> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if waits_first(self.weave, self.strand, &self.inputs) {
            return Poll::Pending;
        }
        if let Some(patience) = self.patience.checked_sub(1) {
            self.patience = patience;
            self.weave.waits_a_turn(self.strand);
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

/// A step is done: of these strands, those are told that wait. `strands`: a bit for each, of the 32 of this word.
#[inline]
pub fn tell(weave: &impl Weave, word: usize, strands: u32) {
    weave.told(word, strands);
}

/// The same of strands that wait for late inputs as well, once those are there.
#[inline]
pub fn tell_early(weave: &impl Weave, word: usize, strands: u32) {
    weave.told_early(word, strands);
}

#[cfg(test)]
mod tests;
