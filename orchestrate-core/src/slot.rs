//! Where the steps of a stage of several batches leave what they produce, for those that wait for it.
//!
//! A [`Slot`] is written once and is then shared. Std has that as `OnceLock`, whose writers agree by an exchange on which of
//! them writes: that costs more than the rest of a step that is ready. Here it is known who writes. The slots of the steps
//! that come one after the other stand in a row ([`Slots`]), which has one [`Writer`]: it is claimed once, and from then on a
//! slot of the row is written by who holds it, without an exchange.
//!
//! # Why that is sound
//!
//! - *Who writes is alone.* A slot is written by [`Entry::put`] alone, and only while it is empty. An entry is had from a
//!   unique borrow of the writer, and is the row or a part of one ([`Nth`] is sealed: it is there for tuples, and gives
//!   their fields), so it is of that row, and no entry is had from the value in a slot. An entry is not copied, and put into
//!   once. A row has one writer: `claim` gives it to who turns `claimed` first, and it is neither copied nor given back.
//! - *Who reads sees what was written, or nothing.* `full` is set with release after the value has been written, and nobody
//!   makes a reference to the value before it has seen `full` with acquire. Once it is full, a slot is never written again,
//!   and never emptied through a shared reference.
//! - *A slot that is owned is not shared.* [`Slot::taken`] and the destructor own it, or borrow it uniquely. The first leaves
//!   it empty, so that a value is dropped once.
//! - *Threads.* Sharing a slot hands out references to the value, and lets another thread put the value there that this one
//!   drops: so it asks for `Send` and `Sync` of the value, as `OnceLock` does. Of a [`Kept`] nobody gets a reference.
//!
//! Miri runs the tests of this module, and of what is expanded with it.

#![expect(
    unsafe_code,
    reason = "what std has for it costs more than a step: see above"
)]

use std::{
    cell::UnsafeCell,
    fmt,
    mem::MaybeUninit,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::atomic::{
        AtomicBool,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use crate::__private::produced;

/// What a step produces, once it is done.
pub struct Slot<T> {
    full: AtomicBool,
    value: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: one thread writes, through the writer of the row; others read what was written before they saw `full`. What one
// thread has put may be dropped by another (`Send`), and is seen by several (`Sync`).
unsafe impl<T: Send + Sync> Sync for Slot<T> {}

// A panic leaves it empty or full.
impl<T: RefUnwindSafe + UnwindSafe> RefUnwindSafe for Slot<T> {}

impl<T> Slot<T> {
    /// One with nothing in it.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            full: AtomicBool::new(false),
            value: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    /// What is in it, once the step is done.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        // SAFETY: it has been written, and is not written again.
        (self.full.load(Acquire)).then(|| unsafe { (*self.value.get()).assume_init_ref() })
    }

    /// What is in it, once the stage is over.
    ///
    /// # Panics
    ///
    /// When nothing is: the stage is not over, then.
    #[inline]
    #[track_caller]
    pub fn taken(mut self) -> T {
        let is_full = std::mem::take(self.full.get_mut());
        // SAFETY: it has been written; and it is empty from here on, so nobody reads or drops it there.
        produced(is_full.then(|| unsafe { self.value.get_mut().assume_init_read() }))
    }
}

impl<T> Drop for Slot<T> {
    #[inline]
    fn drop(&mut self) {
        if *self.full.get_mut() {
            // SAFETY: it has been written, and has not been taken.
            unsafe { self.value.get_mut().assume_init_drop() }
        }
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Slot").field(&self.get()).finish()
    }
}

/// The same of a value that none of the others reads: it is kept for who comes after the stage.
///
/// So the value need not be `Sync`.
#[derive(Default)]
pub struct Kept<T>(Slot<T>);

// SAFETY: a shared one gives no access to the value, but says whether it is there; only the writer of the row puts it there.
unsafe impl<T: Send> Sync for Kept<T> {}

impl<T> Kept<T> {
    /// One with nothing in it.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self(Slot::new())
    }

    /// Whether the step is done.
    #[inline]
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.full.load(Acquire)
    }

    /// What is in it, once the stage is over.
    ///
    /// # Panics
    ///
    /// When nothing is: the stage is not over, then.
    #[inline]
    #[track_caller]
    pub fn taken(self) -> T {
        self.0.taken()
    }
}

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Kept").finish_non_exhaustive()
    }
}

/// A row of slots, which one writes and all read.
#[derive(Debug)]
pub struct Slots<R> {
    claimed: AtomicBool,
    row: R,
}

impl<R> Slots<R> {
    /// These, which nobody writes yet: slots in a tuple, or in tuples in a tuple.
    #[inline]
    pub const fn new(row: R) -> Self {
        Self {
            claimed: AtomicBool::new(false),
            row,
        }
    }

    /// The one that writes them.
    ///
    /// # Panics
    ///
    /// When there is one already.
    #[inline]
    #[track_caller]
    pub fn claim(&self) -> Writer<'_, R> {
        assert!(!self.claimed.swap(true, Relaxed), "a row has one writer");
        Writer(self)
    }

    /// What is read.
    #[inline]
    pub const fn row(&self) -> &R {
        &self.row
    }

    /// What is left once the stage is over.
    #[inline]
    pub fn into_row(self) -> R {
        self.row
    }
}

/// The one that writes a row of slots.
#[derive(Debug)]
pub struct Writer<'s, R>(&'s Slots<R>);

impl<'s, R> Writer<'s, R> {
    /// What it writes.
    #[inline]
    #[must_use]
    pub const fn row(&self) -> &'s R {
        &self.0.row
    }

    /// Where it writes a part of the row.
    #[inline]
    pub fn at<const INDEX: usize>(&mut self) -> Entry<'_, R::Part>
    where
        R: Nth<INDEX>,
    {
        Entry(self.0.row.part())
    }
}

/// Where the writer of a row writes: a slot of it, or a tuple in which slots are.
#[derive(Debug)]
#[must_use = "nothing is written until something is put here"]
pub struct Entry<'w, P>(&'w P);

impl<'w, P> Entry<'w, P> {
    /// A part of it.
    #[inline]
    pub fn at<const INDEX: usize>(self) -> Entry<'w, P::Part>
    where
        P: Nth<INDEX>,
    {
        Entry(self.0.part())
    }
}

impl<T> Entry<'_, Slot<T>> {
    /// Fills the slot; one that is full keeps what it has.
    #[inline]
    pub fn put(self, value: T) {
        let Self(slot) = self;
        if !slot.full.load(Relaxed) {
            // SAFETY: nobody else writes, for the slot is of the row whose only writer is borrowed uniquely; and nobody
            // reads, for it is empty.
            unsafe { (*slot.value.get()).write(value) };
            slot.full.store(true, Release);
        }
    }
}

impl<T> Entry<'_, Kept<T>> {
    /// The same of a value that is kept.
    #[inline]
    pub fn put(self, value: T) {
        Entry(&self.0.0).put(value);
    }
}

/// A tuple, of which this is the field at `INDEX`.
pub trait Nth<const INDEX: usize>: sealed::Tuple {
    /// What is there.
    type Part;

    /// What is there.
    fn part(&self) -> &Self::Part;
}

mod sealed {
    pub trait Tuple {}
}

macro_rules! tuples {
    ($($before:ident $at:tt)*; $last:ident $index:tt $($after:tt)*) => {
        impl<$($before,)* $last> sealed::Tuple for ($($before,)* $last,) {}
        fields!(($($before)* $last) $($before $at)* $last $index);
        tuples!($($before $at)* $last $index; $($after)*);
    };
    ($($before:ident $at:tt)*;) => {};
}

macro_rules! fields {
    ($tuple:tt $($field:ident $index:tt)*) => {
        $(field!($tuple $field $index);)*
    };
}

macro_rules! field {
    (($($field:ident)*) $part:ident $index:tt) => {
        impl<$($field),*> Nth<$index> for ($($field,)*) {
            type Part = $part;

            #[inline]
            fn part(&self) -> &$part {
                &self.$index
            }
        }
    };
}

tuples!(; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14 P 15);

#[cfg(test)]
mod tests {
    use std::{panic::catch_unwind, sync::Arc, thread};

    use super::*;

    #[test]
    fn what_is_put_is_read_and_taken_once() {
        let slots = Slots::new((Slot::new(), (Slot::new(), Slot::<u8>::new())));
        let mut writer = slots.claim();
        assert_eq!(slots.row().0.get(), None);
        writer.at::<0>().put(String::from("first"));
        let first = slots.row().0.get();
        writer.at::<1>().at::<0>().put(first.map_or(0, String::len));
        assert_eq!(first.map(String::as_str), Some("first"));
        writer.at::<0>().put(String::from("second"));
        let (first, (length, nothing)) = slots.into_row();
        assert_eq!((first.taken().as_str(), length.taken()), ("first", 5));
        assert!(catch_unwind(|| nothing.taken()).is_err());
    }

    #[test]
    fn what_is_not_taken_is_dropped_once() {
        let value = Arc::new(());
        let slots = Slots::new((Slot::new(), Slot::new(), Slot::<Arc<()>>::new()));
        let mut writer = slots.claim();
        writer.at::<0>().put(Arc::clone(&value));
        writer.at::<1>().put(Arc::clone(&value));
        assert_eq!(Arc::strong_count(&value), 3);
        let (first, ..) = slots.into_row();
        assert_eq!(Arc::strong_count(&value), 2);
        drop(first.taken());
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn a_row_has_one_writer() {
        let slots = Slots::new((Slot::new(), Slot::<u8>::new()));
        let mut writer = slots.claim();
        assert!(catch_unwind(|| slots.claim().row().0.get().copied()).is_err());
        writer.at::<1>().put(1);
        let (nothing, one) = slots.row();
        assert_eq!((nothing.get(), one.get()), (None::<&u8>, Some(&1)));
    }

    /// It is a part of no entry of the row that the value is in.
    #[test]
    fn a_row_in_a_value_has_its_own_writer() {
        let slots = Slots::new((Slot::new(),));
        let mut writer = slots.claim();
        writer
            .at::<0>()
            .put(Slots::new((Slot::new(), Slot::<u8>::new())));
        let inner = slots.row().0.get();
        let mut inside = inner.map(Slots::claim);
        if let Some(inside) = &mut inside {
            inside.at::<1>().put(7);
        }
        assert_eq!(inner.and_then(|inner| inner.row().1.get()), Some(&7));
        assert_eq!(inner.and_then(|inner| inner.row().0.get()), None::<&u8>);
    }

    #[test]
    fn what_is_kept_is_shared_with_nobody() {
        fn shared<T: Sync>(_: &T) {}

        let slots = Slots::new((Kept::new(), Kept::new(), Kept::<u8>::default()));
        shared(&slots);
        let mut writer = slots.claim();
        writer.at::<0>().put(std::cell::Cell::new(7));
        let value = Arc::new(());
        writer.at::<1>().put(Arc::clone(&value));
        assert!(slots.row().0.is_full() && !slots.row().2.is_full());
        let (first, second, _) = slots.into_row();
        assert_eq!(first.taken().get(), 7);
        drop(second);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn other_threads_see_all_that_was_written_or_nothing() {
        let slots = Slots::new((Slot::new(), Slot::new()));
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut writer = slots.claim();
                writer.at::<0>().put(vec![1; 100]);
                writer.at::<1>().put(vec![2; 100]);
            });
            for _ in 0..2 {
                scope.spawn(|| {
                    let second = loop {
                        match slots.row().1.get() {
                            Some(second) => break second,
                            None => thread::yield_now(),
                        }
                    };
                    assert_eq!(*second, [2; 100]);
                    assert_eq!(slots.row().0.get(), Some(&vec![1; 100]));
                });
            }
        });
    }
}
