//! Where the steps of a stage of several batches leave what they produce, for those that wait for it.
//!
//! A [`Slot`] is written once and is then shared. Std has that as `OnceLock`, whose writers agree by an exchange on which of
//! them writes: that costs more than the rest of a step that is ready. Here it is known who writes. The slots of the steps
//! that come one after the other stand in a row ([`Slots`]), which has one [`Writer`]: a slot of the row is written by who
//! holds it, without an exchange.
//!
//! # Why that is sound
//!
//! - *Who writes is alone.* A slot is written by [`Entry::put`] alone, and only while it is empty. An entry is had from a
//!   unique borrow of the writer, and is the row or a part of one ([`Nth`] is sealed: it is there for tuples, and gives
//!   their fields), so it is of that row, and no entry is had from the value in a slot. An entry is not copied, and put into
//!   once. A row has one writer at a time: [`split`] borrows the rows uniquely for as long as their writers are there, gives
//!   one for each, and they are not copied.
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
    ops::Deref,
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

    /// What is in it, for who has waited for it.
    ///
    /// # Panics
    ///
    /// When nothing is: nobody has waited for it, then.
    #[inline]
    pub fn seen(&self) -> &T {
        self.get().unwrap_or_else(|| not_there())
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

#[cold]
#[inline(never)]
fn not_there() -> ! {
    panic!("a step starts when what it reads is there");
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
    row: R,
}

impl<R> Slots<R> {
    /// These: slots in a tuple, or in tuples in a tuple.
    #[inline]
    pub const fn new(row: R) -> Self {
        Self { row }
    }

    /// What is left once the stage is over.
    #[inline]
    pub fn into_row(self) -> R {
        self.row
    }
}

/// What is read.
impl<R> Deref for Slots<R> {
    type Target = R;

    #[inline]
    fn deref(&self) -> &R {
        &self.row
    }
}

/// What all strands of a stage see, and the writers of its rows, in a tuple as the rows are.
#[inline]
pub fn split<W, R: Rows>(stage: &mut (W, R)) -> (&(W, R), R::Writers<'_>) {
    let stage = &*stage;
    (stage, sealed::Rows::writers(&stage.1))
}

/// A row, or rows in a tuple, or in tuples in a tuple.
pub trait Rows: sealed::Rows {}

impl<R: sealed::Rows> Rows for R {}

/// The one that writes a row of slots.
#[derive(Debug)]
pub struct Writer<'s, R>(&'s R);

impl<'s, R> Writer<'s, R> {
    /// What it writes.
    #[inline]
    #[must_use]
    pub const fn row(&self) -> &'s R {
        self.0
    }

    /// Where it writes a part of the row.
    #[inline]
    pub fn at<const INDEX: usize>(&mut self) -> Entry<'_, R::Part>
    where
        R: Nth<INDEX>,
    {
        Entry(self.0.part())
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

/// A tuple that has a field `INDEX`.
pub trait Nth<const INDEX: usize>: sealed::Tuple {
    /// What is there.
    type Part;

    /// What is there.
    fn part(&self) -> &Self::Part;
}

mod sealed {
    pub trait Tuple {}

    /// Named by nobody outside of this module, so that [`split`](super::split) alone makes writers.
    pub trait Rows {
        type Writers<'s>
        where
            Self: 's;

        fn writers(&self) -> Self::Writers<'_>;
    }
}

impl<R> sealed::Rows for Slots<R> {
    type Writers<'s>
        = Writer<'s, R>
    where
        R: 's;

    #[inline]
    fn writers(&self) -> Writer<'_, R> {
        Writer(&self.row)
    }
}

macro_rules! tuples {
    ($($before:ident $at:tt)*; $last:ident $index:tt $($after:tt)*) => {
        impl<$($before,)* $last> sealed::Tuple for ($($before,)* $last,) {}

        impl<$($before: Rows,)* $last: Rows> sealed::Rows for ($($before,)* $last,) {
            type Writers<'s> = ($($before::Writers<'s>,)* $last::Writers<'s>,)
            where
                Self: 's;

            #[inline]
            fn writers(&self) -> Self::Writers<'_> {
                ($(self.$at.writers(),)* self.$index.writers(),)
            }
        }

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
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::Arc,
        thread,
    };

    use super::*;

    /// Slots in a stage that has one row.
    type Stage<R> = ((), (Slots<R>,));

    const fn stage<R>(row: R) -> Stage<R> {
        ((), (Slots::new(row),))
    }

    #[test]
    fn what_is_put_is_read_and_taken_once() {
        let mut stage = stage((Slot::new(), (Slot::new(), Slot::<u8>::new())));
        let (((), (slots,)), (mut writer,)) = split(&mut stage);
        assert_eq!(slots.0.get(), None);
        writer.at::<0>().put(String::from("first"));
        let first = slots.0.get();
        writer.at::<1>().at::<0>().put(first.map_or(0, String::len));
        assert_eq!(first.map(String::as_str), Some("first"));
        writer.at::<0>().put(String::from("second"));
        assert_eq!(writer.row().1.0.get(), Some(&5));
        let (first, (length, nothing)) = stage.1.0.into_row();
        assert_eq!((first.taken().as_str(), length.taken()), ("first", 5));
        assert!(catch_unwind(|| nothing.taken()).is_err());
    }

    #[test]
    fn what_is_not_taken_is_dropped_once() {
        let value = Arc::new(());
        let mut stage = stage((Slot::new(), Slot::new(), Slot::<Arc<()>>::new()));
        let (_, (mut writer,)) = split(&mut stage);
        writer.at::<0>().put(Arc::clone(&value));
        writer.at::<1>().put(Arc::clone(&value));
        assert_eq!(Arc::strong_count(&value), 3);
        let (first, ..) = stage.1.0.into_row();
        assert_eq!(Arc::strong_count(&value), 2);
        drop(first.taken());
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn each_row_has_a_writer_and_another_once_that_is_gone() {
        let mut stage = (
            7,
            (
                Slots::new((Slot::new(),)),
                (Slots::new((Slot::new(), Slot::new())),),
            ),
        );
        let ((seven, (one, (other,))), (mut first, (mut second,))) = split(&mut stage);
        first.at::<0>().put(1);
        second.at::<1>().put(2);
        assert_eq!((*seven, one.0.get()), (7, Some(&1)));
        assert_eq!((other.0.get(), other.1.get()), (None, Some(&2)));
        let ((_, (one, (other,))), (mut first, (mut second,))) = split(&mut stage);
        first.at::<0>().put(3);
        second.at::<0>().put(4);
        assert_eq!((one.0.get(), other.0.get()), (Some(&1), Some(&4)));
    }

    #[test]
    fn what_is_not_there_is_not_seen() {
        let mut stage = stage((Slot::new(), Slot::<u8>::new()));
        let (((), (slots,)), (mut writer,)) = split(&mut stage);
        writer.at::<0>().put(1);
        assert_eq!(slots.0.seen(), &1);
        assert!(catch_unwind(AssertUnwindSafe(|| slots.1.seen())).is_err());
    }

    /// It is a part of no entry of the row that the value is in.
    #[test]
    fn a_row_in_a_value_has_its_own_writer() {
        let mut outer = stage((Slot::new(),));
        let (((), (slots,)), (mut writer,)) = split(&mut outer);
        let mut inner = stage((Slot::new(), Slot::<u8>::new()));
        split(&mut inner).1.0.at::<1>().put(7);
        writer.at::<0>().put(inner);
        let inner = slots.0.get().map(|((), (inner,))| &**inner);
        assert_eq!(inner.and_then(|inner| inner.1.get()), Some(&7));
        assert_eq!(inner.and_then(|inner| inner.0.get()), None::<&u8>);
    }

    #[test]
    fn what_is_kept_is_shared_with_nobody() {
        fn shared<T: Sync>(_: &T) {}

        let mut stage = stage((Kept::new(), Kept::new(), Kept::<u8>::default()));
        let (((), (slots,)), (mut writer,)) = split(&mut stage);
        shared(slots);
        writer.at::<0>().put(std::cell::Cell::new(7));
        let value = Arc::new(());
        writer.at::<1>().put(Arc::clone(&value));
        assert!(slots.0.is_full() && !slots.2.is_full());
        let (first, second, _) = stage.1.0.into_row();
        assert_eq!(first.taken().get(), 7);
        drop(second);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn other_threads_see_all_that_was_written_or_nothing() {
        let mut stage = stage((Slot::new(), Slot::new()));
        let (((), (slots,)), (mut writer,)) = split(&mut stage);
        thread::scope(|scope| {
            scope.spawn(move || {
                writer.at::<0>().put(vec![1; 100]);
                writer.at::<1>().put(vec![2; 100]);
            });
            for _ in 0..2 {
                scope.spawn(|| {
                    let second = loop {
                        match slots.1.get() {
                            Some(second) => break second,
                            None => thread::yield_now(),
                        }
                    };
                    assert_eq!(*second, [2; 100]);
                    assert_eq!(slots.0.get(), Some(&vec![1; 100]));
                });
            }
        });
    }
}
