//! Whether a run is stopping: then nothing new starts in it, nor in the runs that are parts of it.

use std::sync::atomic::{AtomicBool, Ordering};

/// Set once, and seen by everything below it. Nobody is woken: who sets it polls what must see it.
#[derive(Debug)]
pub struct Stop<'p> {
    stopping: AtomicBool,
    /// That of which this is a part.
    above: Option<&'p Stop<'p>>,
    /// Whether its failure is one of that too, whatever becomes of it now.
    passes: bool,
}

impl<'p> Stop<'p> {
    #[inline]
    pub(crate) fn below(above: Option<&'p Stop<'p>>) -> Self {
        Self::passing(above, true)
    }

    /// The same, where something may make good for its failure: then that does not pass.
    pub(crate) fn passing(above: Option<&'p Stop<'p>>, passes: bool) -> Self {
        Self {
            stopping: AtomicBool::new(false),
            above,
            passes,
        }
    }

    /// It fails: nothing new starts in it, nor in what fails with it.
    pub(crate) fn set(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        if let Some(above) = self.above.filter(|_| self.passes) {
            above.set();
        }
    }

    /// Whether this stops, or anything above it.
    pub(crate) fn is_set(&self) -> bool {
        self.stopping.load(Ordering::Relaxed) || self.is_set_above()
    }

    /// Whether it has failed itself, or something below it.
    #[cfg(feature = "dynamic")]
    pub(crate) fn is_set_here(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Whether anything above it stops.
    pub(crate) fn is_set_above(&self) -> bool {
        self.above.is_some_and(Stop::is_set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_seen_below_and_where_it_passes_above() {
        let top = Stop::below(None);
        let middle = Stop::passing(Some(&top), false);
        let bottom = Stop::below(Some(&middle));
        bottom.set();
        assert!(!top.is_set() && middle.is_set() && bottom.is_set());
        assert!(!middle.is_set_above() && bottom.is_set_above());

        let below = Stop::below(Some(&top));
        let beside = Stop::below(Some(&top));
        below.set();
        assert!(top.is_set() && beside.is_set_above());
    }
}
