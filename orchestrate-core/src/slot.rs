//! Where the steps of a stage of several batches leave what they produce, for those that wait for it.
//!
//! A [`Slot`] is written once and is then shared. Std has that as `OnceLock`, whose writers agree by an exchange on which of
//! them writes: that costs more than the rest of a step that is ready. Here it is known who writes. The slots of the steps
//! that come one after the other stand in a row ([`Slots`]), which has one [`Writer`]: it is claimed once, and from then on a
//! slot of the row is written by who holds it, without an exchange.
//!
//! # Why that is sound
//!
//! - *Who writes is alone.* A slot is written by [`Writer::put`] alone, through a unique borrow of the writer, and only while
//!   it is empty. A row has one writer: `claim` gives it to who turns `claimed` first, and it is neither copied nor given
//!   back. The writer writes no slot but those of its row: it looks at the address. What stands at an address within a row
//!   is a part of it, and a row is made of slots alone ([`Row`] is sealed). What the address cannot tell apart is a slot in a
//!   *value* of the row, where that value has a row of its own in it. An expansion, the only one that may name this module, puts
//!   into the slots that it has made itself, and sees none in a value.
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

/// Slots, and tuples of rows: what [`Slots`] may hold. What has a writer of its own is no row.
pub trait Row: sealed::Row {}

mod sealed {
    pub trait Row {}
}

impl<T> sealed::Row for Slot<T> {}
impl<T> Row for Slot<T> {}
impl<T> sealed::Row for Kept<T> {}
impl<T> Row for Kept<T> {}

macro_rules! rows {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Row, $($rest: Row),*> sealed::Row for ($first, $($rest,)*) {}
        impl<$first: Row, $($rest: Row),*> Row for ($first, $($rest,)*) {}
        rows!($($rest)*);
    };
    () => {};
}

rows!(A B C D E F G H I J K L M N O P);

/// A row of slots, which one writes and all read.
#[derive(Debug)]
pub struct Slots<R> {
    claimed: AtomicBool,
    row: R,
}

impl<R: Row> Slots<R> {
    /// These, which nobody writes yet.
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

impl<'s, R: Row> Writer<'s, R> {
    /// What it writes.
    #[inline]
    #[must_use]
    pub const fn row(&self) -> &'s R {
        &self.0.row
    }

    /// Fills a slot of the row; one that is full keeps what it has.
    ///
    /// # Panics
    ///
    /// When the slot is of another row.
    #[inline]
    #[track_caller]
    pub fn put<T>(&mut self, slot: &Slot<T>, value: T) {
        let from = (&raw const self.0.row).addr();
        let at = std::ptr::from_ref(slot).addr().wrapping_sub(from);
        assert!(at < size_of::<R>(), "the slot is of another row");
        if !slot.full.load(Relaxed) {
            // SAFETY: nobody else writes, for the slot is of this row, whose only writer is borrowed uniquely; and nobody
            // reads, for it is empty.
            unsafe { (*slot.value.get()).write(value) };
            slot.full.store(true, Release);
        }
    }

    /// The same of a value that is kept.
    ///
    /// # Panics
    ///
    /// As [`put`](Self::put).
    #[inline]
    #[track_caller]
    pub fn keep<T>(&mut self, slot: &Kept<T>, value: T) {
        self.put(&slot.0, value);
    }
}

#[cfg(test)]
mod tests {
    use std::{panic::catch_unwind, sync::Arc, thread};

    use super::*;

    #[test]
    fn what_is_put_is_read_and_taken_once() {
        let slots = Slots::new((Slot::new(), (Slot::new(), Slot::<u8>::new())));
        let mut writer = slots.claim();
        assert_eq!(slots.row().0.get(), None);
        writer.put(&writer.row().0, String::from("first"));
        let first = slots.row().0.get();
        writer.put(&slots.row().1.0, first.map_or(0, String::len));
        assert_eq!(first.map(String::as_str), Some("first"));
        writer.put(&writer.row().0, String::from("second"));
        let (first, (length, nothing)) = slots.into_row();
        assert_eq!((first.taken().as_str(), length.taken()), ("first", 5));
        assert!(catch_unwind(|| nothing.taken()).is_err());
    }

    #[test]
    fn what_is_not_taken_is_dropped_once() {
        let value = Arc::new(());
        let slots = Slots::new((Slot::new(), Slot::new(), Slot::<Arc<()>>::new()));
        let mut writer = slots.claim();
        writer.put(&writer.row().0, Arc::clone(&value));
        writer.put(&writer.row().1, Arc::clone(&value));
        assert_eq!(Arc::strong_count(&value), 3);
        let (first, ..) = slots.into_row();
        assert_eq!(Arc::strong_count(&value), 2);
        drop(first.taken());
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn a_row_has_one_writer_which_writes_no_other_row() {
        let (one, other) = (
            Slots::new((Slot::new(), Slot::new())),
            Slots::new((Slot::new(),)),
        );
        let mut writer = one.claim();
        assert!(catch_unwind(|| one.claim().row().0.get().copied()).is_err());
        writer.put(&writer.row().1, 1);
        for slot in [&other.row().0, &Slot::new()] {
            let put = std::panic::AssertUnwindSafe(|| writer.put(slot, 2));
            assert!(catch_unwind(put).is_err());
            assert_eq!(slot.get(), None);
        }
        let mut writer = other.claim();
        writer.put(&writer.row().0, 3);
        assert_eq!(
            (one.row().1.get(), other.row().0.get()),
            (Some(&1), Some(&3))
        );
        assert_eq!(one.row().0.get(), None::<&u8>);
    }

    #[test]
    fn what_is_kept_is_shared_with_nobody() {
        fn shared<T: Sync>(_: &T) {}

        let slots = Slots::new((Kept::new(), Kept::new(), Kept::<u8>::default()));
        shared(&slots);
        let mut writer = slots.claim();
        writer.keep(&writer.row().0, std::cell::Cell::new(7));
        let value = Arc::new(());
        writer.keep(&writer.row().1, Arc::clone(&value));
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
                writer.put(&writer.row().0, vec![1; 100]);
                writer.put(&writer.row().1, vec![2; 100]);
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
