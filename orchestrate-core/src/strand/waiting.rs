//! Which strands wait, as bits.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// How many strands one word tells apart.
pub(super) const WORD: usize = u32::BITS as usize;

/// Which strands wait for inputs: 32 of them a word.
#[derive(Debug)]
pub(super) struct Waiting<const WORDS: usize> {
    all: [AtomicU32; WORDS],
    /// Those whose late inputs were there when they began to wait. It is looked at for those that wait.
    early: [AtomicU32; WORDS],
}

impl<const WORDS: usize> Waiting<WORDS> {
    /// All but these: a bit for each, by word.
    #[inline]
    pub(super) const fn all_but(starting: [u32; WORDS]) -> Self {
        let mut waiting = Self {
            all: [const { AtomicU32::new(0) }; WORDS],
            early: [const { AtomicU32::new(0) }; WORDS],
        };
        let mut word = 0;
        while word < WORDS {
            waiting.all[word] = AtomicU32::new(!starting[word]);
            word += 1;
        }
        waiting
    }

    #[inline]
    pub(super) fn add(&self, strand: usize) {
        add(&self.all[strand / WORD], bit(strand));
    }

    #[inline]
    pub(super) fn add_for(&self, strand: usize, late: bool) {
        self.add(strand);
        let (early, strand) = (&self.early[strand / WORD], bit(strand));
        if late {
            remove(early, strand);
        } else {
            add(early, strand);
        }
    }

    /// Those of these strands that wait.
    #[inline]
    pub(super) fn of(&self, word: usize, strands: u32) -> u32 {
        self.all[word].load(Relaxed) & strands
    }

    /// The same, of those whose late inputs are there.
    #[inline]
    pub(super) fn early_of(&self, word: usize, strands: u32) -> u32 {
        self.of(word, self.early[word].load(Relaxed) & strands)
    }

    /// These have a turn.
    #[inline]
    pub(super) fn remove(&self, word: usize, strands: u32) {
        remove(&self.all[word], strands);
    }
}

pub(super) const fn bit(strand: usize) -> u32 {
    1 << (strand % WORD)
}

// Strands are polled one after the other: nobody else writes in between.
#[inline]
pub(super) fn add(word: &AtomicU32, bits: u32) {
    word.store(word.load(Relaxed) | bits, Relaxed);
}

#[inline]
pub(super) fn remove(word: &AtomicU32, bits: u32) {
    word.store(word.load(Relaxed) & !bits, Relaxed);
}
