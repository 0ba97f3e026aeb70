//! Which branches of a wide stage have been woken: `unsafe` code, like `slot.rs` and nothing else.
//!
//! A stage of many steps must not poll all of them whenever one is woken, so each branch is polled with a waker of its own.
//! Std makes a waker of an `Arc`, which is an allocation a branch, or of a pointer and a table of functions, which is
//! `unsafe`. Here a stage allocates once, a [`Block`], and the waker of a branch is a pointer to a slot of it.
//!
//! # What is allocated
//!
//! A block has a group for each 32 branches, and a group a slot for each branch. A group knows its index in the block, and a
//! slot its position in the group, so from the address of a slot follow those of its group and of the block ([`find`]). The
//! branch is known by the same two numbers, so nothing else has to be kept for a waker.
//!
//! # Why that is sound
//!
//! - *The pointer of a waker is to a slot of a block that lives.* [`Wakes`] holds a count of the block. A waker that it lends
//!   ([`BranchWaker`]) borrows the `Wakes`, and is never dropped: it has no count. Every other waker comes from the table's
//!   `clone`, which takes a count, and gives it back exactly once, by `wake` or by `drop`. The block is freed with the last.
//! - *It may be used for the whole block.* A slot's address is made of [`Arc::as_ptr`] by steps inside of the block, and no
//!   reference is made on the way. So it keeps the right to all that the `Arc` has the right to, and the way back stays in one
//!   allocation.
//! - *The way back is right.* Indices and positions are written before the block is shared, and never again. The
//!   table of a waker is that of `Block<GROUPS>` for the same `GROUPS`, so the offsets are those of its block.
//! - *Threads meet in atomics only.* All that is written in a shared block is atomic, or the `AtomicWaker` of `futures`. So
//!   a block may be sent and shared, which the compiler checks (`Wakes` holds an `Arc`, and no pointer), and so may wakers be,
//!   as the contract of `RawWaker` asks.
//! - *No panic breaks it.* `wake` holds its count in an `Arc` while it calls the parent's waker, which is foreign code, and
//!   an index that is out of bounds panics before an address is made of it.
//!
//! # Why no wake-up is lost
//!
//! A branch that is woken sets its bit in `woken` of its group. Who finds the word empty sets the group's bit in `told`, and
//! who finds that empty wakes the parent. The stage registers its waker, moves `told` into `due`, and then takes the words of
//! the groups that are due, until none is left. It takes them in order, and each once (`passed`). Those of which it has marked
//! a branch itself (`marked`, which no other thread looks at) it takes once more after that (`again`), and so on until it marks
//! no more.
//!
//! - *A group with a bit is due and not passed, or to be taken again, or told, or is about to be told.* A word becomes
//!   non-zero in one step, whose thread tells of the group next. `told` is moved before words are taken, never after: what is told later stays for the
//!   next poll. A group is passed when its word has been taken or was zero.
//! - *Where something is told, the parent has been woken since the poll began, or is about to be.* `told` becomes non-zero in
//!   one step, after the stage has moved it. The stage registered before that, and that thread wakes the parent next.
//! - *What was done before a wake is seen by the poll that follows.* Also where the bit was there already: all steps are
//!   read-modify-writes that acquire and release, and the stage's own takes the latest value of each.
//!
//! So when every wake has returned and the stage has seen all that was due, either no bit is set or its waker has been woken.
//! That holds only for a stage that looks until nothing is due: who finds a word that is not empty relies on it.
//!
//! Miri runs the tests of this module, and loom those in `tests/wakes`, which try every way that threads can meet. They see a
//! step that is missing, is in another place, or does not carry what was written before it. That steps on two different words
//! keep their order rests on the argument above, for loom carries such steps out in the order in which it tries them.

#![expect(
    unsafe_code,
    reason = "std has no waker without an allocation each: see above"
)]

#[cfg(not(loom))]
use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicU64, AtomicUsize},
};
use std::{
    fmt,
    marker::PhantomData,
    mem::{ManuallyDrop, offset_of},
    ops::Deref,
    sync::atomic::Ordering::{AcqRel, Relaxed},
    task::{Context, RawWaker, RawWakerVTable, Waker},
};

#[cfg(not(loom))]
use futures_util::task::AtomicWaker;

// The same for the models in `tests/wakes`.
#[cfg(loom)]
use crate::sync::{Arc, AtomicU32, AtomicU64, AtomicUsize, AtomicWaker};

/// How many branches are in a group: the bits of a word.
const BRANCHES: usize = u32::BITS as usize;

/// Which branches of a stage have been woken since they were last polled: 32 in each of the groups.
///
/// In each of its polls the stage calls [`begin`](Self::begin), and then [`next`](Self::next) until nothing is left. It
/// polls what it is given, each branch with its [`waker`](Self::waker).
pub struct Wakes<const GROUPS: usize> {
    block: Arc<Block<GROUPS>>,
}

impl<const GROUPS: usize> Wakes<GROUPS> {
    /// All branches are marked: each has to be polled once.
    ///
    /// # Panics
    ///
    /// When the groups are too many or too few for the branches.
    #[must_use]
    pub fn new(branches: usize) -> Self {
        Self::starting(branches, [u32::MAX; GROUPS])
    }

    /// These are marked: a bit for each, by group. The others are not polled before they are woken or marked.
    ///
    /// # Panics
    ///
    /// When the groups are too many or too few for the branches.
    #[must_use]
    pub fn starting(branches: usize, marked: [u32; GROUPS]) -> Self {
        assert_eq!(branches.div_ceil(BRANCHES), GROUPS, "32 branches a group");
        Self {
            block: Arc::new(Block::new(branches, marked)),
        }
    }

    /// A poll of the stage begins: from here on, a wake of a branch wakes this waker.
    #[inline]
    pub fn begin(&self, cx: &Context<'_>) {
        let block = &*self.block;
        // Before the look at what is told: who tells later wakes this one.
        block.parent.register(cx.waker());
        let told = block.told.swap(0, AcqRel);
        block.due.store(block.due.load(Relaxed) | told, Relaxed);
        block.passed.store(0, Relaxed);
    }

    /// The next group of which branches have been woken, in order of the groups: it has [`taken`](Self::taken) them then.
    ///
    /// What is woken by others while the stage is polled may wait for the next poll, so this comes to an end.
    #[inline]
    #[must_use = "who was woken is forgotten otherwise"]
    pub fn next(&self) -> Option<usize> {
        let block = &*self.block;
        let mut due = block.due.load(Relaxed);
        loop {
            while due != 0 {
                let first = due.trailing_zeros() as usize * Block::<GROUPS>::A_BIT;
                let end = GROUPS.min(first + Block::<GROUPS>::A_BIT);
                // A group that was passed is not looked at again: a branch that always wakes itself would hold the thread.
                for group in first.max(block.passed.load(Relaxed))..end {
                    let Group { woken, marked, .. } = &block.groups[group];
                    let woken = woken.swap(0, AcqRel) | marked.load(Relaxed);
                    if woken != 0 {
                        marked.store(0, Relaxed);
                        if group + 1 == end {
                            due &= due - 1;
                        }
                        block.groups[group].taken.store(woken, Relaxed);
                        block.passed.store(group + 1, Relaxed);
                        block.due.store(due, Relaxed);
                        return Some(group);
                    }
                }
                due &= due - 1;
            }
            // Once all have had their turn, those have another that the stage has marked itself.
            due = block.again.load(Relaxed);
            block.again.store(0, Relaxed);
            block.passed.store(0, Relaxed);
            if due == 0 {
                block.due.store(0, Relaxed);
                return None;
            }
        }
    }

    /// The branches of a group that were woken when [`next`](Self::next) came to it.
    #[inline]
    #[must_use]
    pub fn taken(&self, group: usize) -> Woken<'_, GROUPS> {
        Woken {
            wakes: self,
            first: group * BRANCHES,
            bits: self.block.groups[group].taken.load(Relaxed),
        }
    }

    /// Marks branches of a group, a bit for each, in a poll of the stage, which sees it in the same poll, after all that were
    /// woken before: what they waited for in the stage is there.
    #[inline]
    pub fn mark(&self, group: usize, branches: u32) {
        if branches == 0 {
            return;
        }
        let block = &*self.block;
        let marked = &block.groups[group].marked;
        marked.store(marked.load(Relaxed) | branches, Relaxed);
        let again = block.again.load(Relaxed) | Block::<GROUPS>::bit(group);
        block.again.store(again, Relaxed);
    }

    /// What a branch is polled with. Nothing is counted until it is cloned.
    #[inline]
    #[must_use]
    pub fn waker(&self, branch: usize) -> BranchWaker<'_> {
        let block = Arc::as_ptr(&self.block);
        let (group, position) = (branch / BRANCHES, branch % BRANCHES);
        // SAFETY: the block lives, for `self` holds a count of it. The place is inside of it, for the indices are checked
        // against the lengths of the arrays. No reference is made.
        let slot = unsafe { &raw const (*block).groups[group].slots[position] };
        // SAFETY: the functions of the table ask for the slot of a block that lives, from a pointer to all of it. It lives
        // as long as the waker that is lent, and each clone has a count. They may be called from any thread, since the
        // block may be shared.
        let waker = unsafe { Waker::new(slot.cast(), Block::<GROUPS>::TABLE) };
        BranchWaker {
            waker: ManuallyDrop::new(waker),
            lent: PhantomData,
        }
    }
}

impl<const GROUPS: usize> Drop for Wakes<GROUPS> {
    /// Wakers of branches may be kept; the stage is not woken any more.
    fn drop(&mut self) {
        drop(self.block.parent.take());
    }
}

impl<const GROUPS: usize> fmt::Debug for Wakes<GROUPS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wakes").finish_non_exhaustive()
    }
}

/// Which branches of a group are to be polled.
#[derive(Clone, Copy, Debug)]
pub struct Woken<'w, const GROUPS: usize> {
    wakes: &'w Wakes<GROUPS>,
    first: usize,
    bits: u32,
}

impl<'w, const GROUPS: usize> Woken<'w, GROUPS> {
    /// A bit for each of them.
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.bits
    }

    /// What a branch is polled with, if it is.
    #[inline]
    #[must_use]
    pub fn waker(self, position: usize) -> Option<BranchWaker<'w>> {
        let is_woken = self.bits & (1 << position) != 0;
        is_woken.then(|| self.wakes.waker(self.first + position))
    }
}

/// The waker of a branch, lent by the [`Wakes`] of its stage.
#[derive(Debug)]
pub struct BranchWaker<'w> {
    /// Without a count, so it must not be dropped.
    waker: ManuallyDrop<Waker>,
    lent: PhantomData<&'w ()>,
}

impl Deref for BranchWaker<'_> {
    type Target = Waker;

    #[inline]
    fn deref(&self) -> &Waker {
        &self.waker
    }
}

/// All that a stage and the wakers of its branches share.
struct Block<const GROUPS: usize> {
    /// What the stage was last polled with.
    parent: AtomicWaker,
    /// The groups of which a branch has been woken since the poll began, [`Self::A_BIT`] of them a bit.
    told: AtomicU64,
    /// Those that the poll has still to look at. Only the stage touches it.
    due: AtomicU64,
    /// Those that it looks at once more after that. Only the stage touches it.
    again: AtomicU64,
    /// The groups before this one have been looked at since then. Only the stage touches it.
    passed: AtomicUsize,
    groups: [Group; GROUPS],
}

struct Group {
    /// A bit for each branch that has been woken since it was last polled.
    woken: AtomicU32,
    /// The same of those that the stage has marked itself. Only the stage touches it.
    marked: AtomicU32,
    /// Those that are polled now. Only the stage touches it.
    taken: AtomicU32,
    index: usize,
    slots: [Slot; BRANCHES],
}

/// What the waker of a branch points at: the position of the branch in its group.
struct Slot(u8);

impl<const GROUPS: usize> Block<GROUPS> {
    /// How many groups share a bit of `told`. More than one from 2,049 branches on.
    const A_BIT: usize = GROUPS.div_ceil(u64::BITS as usize);

    const TABLE: &'static RawWakerVTable = &RawWakerVTable::new(
        clone::<GROUPS>,
        wake::<GROUPS>,
        wake_by_ref::<GROUPS>,
        release::<GROUPS>,
    );

    fn new(branches: usize, marked: [u32; GROUPS]) -> Self {
        let due = (0..GROUPS)
            .filter(|&group| marked[group] != 0)
            .fold(0, |due, group| due | Self::bit(group));
        Self {
            parent: AtomicWaker::new(),
            told: AtomicU64::new(0),
            due: AtomicU64::new(due),
            again: AtomicU64::new(0),
            passed: AtomicUsize::new(0),
            groups: std::array::from_fn(|index| {
                Group::new(
                    index,
                    marked[index],
                    BRANCHES.min(branches - index * BRANCHES),
                )
            }),
        }
    }

    #[inline]
    fn bit(group: usize) -> u64 {
        1 << (group / Self::A_BIT)
    }

    /// A branch is woken: the stage is polled.
    #[inline]
    fn wake(&self, group: usize, position: usize) {
        let before = self.groups[group].woken.fetch_or(1 << position, AcqRel);
        if before == 0 && self.told.fetch_or(Self::bit(group), AcqRel) == 0 {
            self.parent.wake();
        }
    }
}

impl Group {
    fn new(index: usize, marked: u32, branches: usize) -> Self {
        let mut position = 0;
        Self {
            woken: AtomicU32::new(0),
            marked: AtomicU32::new(marked & (u32::MAX >> (BRANCHES - branches))),
            taken: AtomicU32::new(0),
            index,
            slots: std::array::from_fn(|_| {
                let slot = Slot(position);
                position += 1;
                slot
            }),
        }
    }
}

/// The block of a slot, and which branch of it the slot is: its group and its position in that.
///
/// # Safety
///
/// The slot is that of a `Block<GROUPS>` that lives, from a pointer to all of the block.
#[expect(
    clippy::cast_ptr_alignment,
    reason = "the cast is to what stands at that address"
)]
#[inline]
unsafe fn find<const GROUPS: usize>(slot: *const ()) -> (*const Block<GROUPS>, usize, usize) {
    let slot = slot.cast::<Slot>();
    // SAFETY: it points at a slot, which nobody writes.
    let position = unsafe { usize::from((*slot).0) };
    // SAFETY: so many slots before it begin the slots of its group, and those stand in the group at that offset.
    let group = unsafe { slot.sub(position).byte_sub(offset_of!(Group, slots)) }.cast::<Group>();
    // SAFETY: it points at the group, whose index nobody writes.
    let index = unsafe { (*group).index };
    // SAFETY: so many groups before it begin the groups of the block, and those stand in the block at that offset.
    let block = unsafe { group.sub(index).byte_sub(offset_of!(Block<GROUPS>, groups)) };
    (block.cast(), index, position)
}

/// # Safety
///
/// As of [`find`].
unsafe fn clone<const GROUPS: usize>(slot: *const ()) -> RawWaker {
    // SAFETY: as asked of the caller.
    let (block, ..) = unsafe { find::<GROUPS>(slot) };
    // SAFETY: the block is that of an `Arc`, and lives.
    unsafe { Arc::increment_strong_count(block) };
    RawWaker::new(slot, Block::<GROUPS>::TABLE)
}

/// # Safety
///
/// As of [`find`], and the waker has a count, which goes.
unsafe fn wake<const GROUPS: usize>(slot: *const ()) {
    // SAFETY: as asked of the caller.
    let (block, group, position) = unsafe { find::<GROUPS>(slot) };
    // SAFETY: the block is that of an `Arc`, of which the waker has a count. It is not used again.
    let block = unsafe { Arc::from_raw(block) };
    block.wake(group, position);
}

/// # Safety
///
/// As of [`find`].
unsafe fn wake_by_ref<const GROUPS: usize>(slot: *const ()) {
    // SAFETY: as asked of the caller.
    let (block, group, position) = unsafe { find::<GROUPS>(slot) };
    // SAFETY: the block lives while the waker is borrowed, and is only ever shared.
    unsafe { &*block }.wake(group, position);
}

/// # Safety
///
/// As of [`find`], and the waker has a count, which goes.
unsafe fn release<const GROUPS: usize>(slot: *const ()) {
    // SAFETY: as asked of the caller.
    let (block, ..) = unsafe { find::<GROUPS>(slot) };
    // SAFETY: the block is that of an `Arc`, of which the waker has a count. It is not used again.
    unsafe { Arc::decrement_strong_count(block) };
}

#[cfg(all(test, not(loom)))]
#[path = "wake/tests.rs"]
mod tests;
