//! Strands: steps of a stage of several batches that come one after the other. Each is a future that waits, between its
//! steps, until the inputs of the next are there.
//!
//! A strand that waits is polled when something has been produced that it may wait for, and not with each poll of the stage.
//! In the first turn of a stage each strand takes one step at most, so what can start does, before what comes after it.

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering::Relaxed},
    task::{Context, Poll},
};

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

    /// The strand waits from here on, and is polled once more in this poll.
    fn begins_to_wait(&self, strand: usize);

    /// What it waits for is not there yet.
    fn waits(&self, strand: usize);

    /// It waits for nothing any more.
    fn runs(&self, strand: usize);

    /// If it waits, it is polled once more in this poll.
    fn told(&self, strand: usize);
}

/// How a strand stands, where all that run are polled.
mod state {
    /// It waits for inputs.
    pub(super) const WAITS: u8 = 0;
    pub(super) const RUNS: u8 = 1;
    /// It waits, and an input may be there.
    pub(super) const TOLD: u8 = 2;
}

/// The strands of a stage that polls all that run.
#[derive(Debug)]
pub struct Strands<const COUNT: usize> {
    states: [AtomicU8; COUNT],
    /// Whether one of them has been told.
    told: AtomicBool,
    has_opened: AtomicBool,
}

impl<const COUNT: usize> Strands<COUNT> {
    /// None of them waits.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            states: [const { AtomicU8::new(state::RUNS) }; COUNT],
            told: AtomicBool::new(false),
            has_opened: AtomicBool::new(false),
        }
    }

    /// A poll of the stage begins: in the first turn, all are polled that run.
    #[inline]
    #[must_use]
    pub const fn first(&self) -> Turn<'_, COUNT> {
        Turn {
            strands: self,
            least: state::RUNS,
        }
    }
}

impl<const COUNT: usize> Default for Strands<COUNT> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const COUNT: usize> Weave for Strands<COUNT> {
    #[inline]
    fn has_opened(&self) -> bool {
        self.has_opened.load(Relaxed)
    }

    #[inline]
    fn begins_to_wait(&self, strand: usize) {
        self.states[strand].store(state::TOLD, Relaxed);
        self.told.store(true, Relaxed);
    }

    #[inline]
    fn waits(&self, strand: usize) {
        self.states[strand].store(state::WAITS, Relaxed);
    }

    #[inline]
    fn runs(&self, strand: usize) {
        self.states[strand].store(state::RUNS, Relaxed);
    }

    #[inline]
    fn told(&self, strand: usize) {
        if self.states[strand].load(Relaxed) == state::WAITS {
            self.begins_to_wait(strand);
        }
    }
}

/// A turn of those that are polled in a poll of the stage.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'s, const COUNT: usize> {
    strands: &'s Strands<COUNT>,
    least: u8,
}

impl<const COUNT: usize> Turn<'_, COUNT> {
    /// Whether it is the turn of this strand.
    #[inline]
    #[must_use]
    pub fn has(self, strand: usize) -> bool {
        self.strands.states[strand].load(Relaxed) >= self.least
    }

    /// The next turn: of those that have been told since; none where nobody has.
    #[inline]
    #[must_use = "who was told is forgotten otherwise"]
    pub fn next(self) -> Option<Self> {
        let told = self.strands.told.load(Relaxed);
        self.strands.told.store(false, Relaxed);
        self.strands.has_opened.store(true, Relaxed);
        told.then_some(Self {
            least: state::TOLD,
            ..self
        })
    }
}

/// The strands of a wide stage, which polls those that were woken: 32 of them a group.
#[derive(Debug)]
pub struct WideStrands<const GROUPS: usize> {
    wakes: Wakes<GROUPS>,
    waiting: [AtomicU32; GROUPS],
}

impl<const GROUPS: usize> WideStrands<GROUPS> {
    /// None of them waits, and all are to be polled.
    ///
    /// # Panics
    ///
    /// When the groups are too many or too few for the strands.
    #[must_use]
    pub fn new(strands: usize) -> Self {
        Self {
            wakes: Wakes::new(strands),
            waiting: [const { AtomicU32::new(0) }; GROUPS],
        }
    }

    /// Who of them was woken.
    #[inline]
    pub const fn wakes(&self) -> &Wakes<GROUPS> {
        &self.wakes
    }

    /// The strands of a group that are polled now.
    #[inline]
    #[must_use]
    pub fn taken(&self, group: usize) -> Woken<'_, GROUPS> {
        self.wakes.taken(group)
    }
}

impl<const GROUPS: usize> Weave for WideStrands<GROUPS> {
    /// Always one group after the other.
    #[inline]
    fn has_opened(&self) -> bool {
        false
    }

    #[inline]
    fn begins_to_wait(&self, strand: usize) {
        self.waits(strand);
        self.wakes.wake(strand);
    }

    #[inline]
    fn waits(&self, strand: usize) {
        let word = &self.waiting[strand / 32];
        word.store(word.load(Relaxed) | 1 << (strand % 32), Relaxed);
    }

    #[inline]
    fn runs(&self, strand: usize) {
        let word = &self.waiting[strand / 32];
        word.store(word.load(Relaxed) & !(1 << (strand % 32)), Relaxed);
    }

    #[inline]
    fn told(&self, strand: usize) {
        if self.waiting[strand / 32].load(Relaxed) & 1 << (strand % 32) != 0 {
            self.wakes.wake(strand);
        }
    }
}

/// The slots that a step waits for.
pub trait Inputs {
    /// What is in them.
    type Given;

    /// That, once all of them are full.
    fn given(&self) -> Option<Self::Given>;
}

impl<'s, T> Inputs for &'s Slot<T> {
    type Given = &'s T;

    #[inline]
    fn given(&self) -> Option<&'s T> {
        self.get()
    }
}

impl<T> Inputs for &Kept<T> {
    type Given = ();

    #[inline]
    fn given(&self) -> Option<()> {
        self.is_full().then_some(())
    }
}

macro_rules! inputs {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Inputs, $($rest: Inputs),*> Inputs for ($first, $($rest,)*) {
            type Given = ($first::Given, $($rest::Given,)*);

            #[inline]
            #[expect(non_snake_case, reason = "the values are called as their types")]
            fn given(&self) -> Option<Self::Given> {
                let ($first, $($rest,)*) = self;
                Some(($first.given()?, $($rest.given()?,)*))
            }
        }
        inputs!($($rest)*);
    };
    () => {
        impl Inputs for () {
            type Given = ();

            #[inline]
            fn given(&self) -> Option<()> {
                Some(())
            }
        }
    };
}

inputs!(A B C D E F G H I J K L M N O P);

pin_project_lite::pin_project! {
    /// A strand waits for the inputs of its next step.
    #[derive(Debug)]
    #[must_use = "a strand does not wait until this is awaited"]
    pub struct Wait<'s, W, I> {
        weave: &'s W,
        strand: usize,
        inputs: I,
        has_begun: bool,
    }
}

impl<'s, W: Weave, I: Inputs> Wait<'s, W, I> {
    /// Until these are there.
    #[inline]
    pub const fn new(weave: &'s W, strand: usize, inputs: I) -> Self {
        Self {
            weave,
            strand,
            inputs,
            has_begun: false,
        }
    }
}

impl<W: Weave, I: Inputs> Future for Wait<'_, W, I> {
    type Output = I::Given;

    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<I::Given> {
        let this = self.project();
        if !*this.has_begun {
            *this.has_begun = true;
            if !this.weave.has_opened() {
                this.weave.begins_to_wait(*this.strand);
                return Poll::Pending;
            }
        }
        let Some(given) = this.inputs.given() else {
            this.weave.waits(*this.strand);
            return Poll::Pending;
        };
        this.weave.runs(*this.strand);
        Poll::Ready(given)
    }
}

pin_project_lite::pin_project! {
    /// The same of a step that holds the thread while it runs: what else can start has its turn before it.
    #[derive(Debug)]
    #[must_use = "a strand does not wait until this is awaited"]
    pub struct WaitLast<'s, W, I> {
        #[pin]
        wait: Wait<'s, W, I>,
        // How many turns the others have once the inputs are there.
        patience: u8,
    }
}

impl<'s, W: Weave, I: Inputs> WaitLast<'s, W, I> {
    /// Until these are there, and the others have had their turn.
    #[inline]
    pub const fn new(weave: &'s W, strand: usize, inputs: I) -> Self {
        Self {
            wait: Wait::new(weave, strand, inputs),
            // In one it is told of them, and in another what they are told of starts.
            patience: 2,
        }
    }
}

impl<W: Weave, I: Inputs> Future for WaitLast<'_, W, I> {
    type Output = I::Given;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<I::Given> {
        let mut this = self.project();
        let given = this.wait.as_mut().poll(cx);
        if given.is_ready()
            && let Some(patience) = this.patience.checked_sub(1)
        {
            *this.patience = patience;
            this.wait.weave.begins_to_wait(this.wait.strand);
            return Poll::Pending;
        }
        given
    }
}

/// A step is done: the strands that may wait for it are told.
#[inline]
pub fn tell(weave: &impl Weave, after: &[usize]) {
    for &strand in after {
        weave.told(strand);
    }
}

#[cfg(test)]
mod tests;
