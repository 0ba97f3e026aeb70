//! One step of a large stage of several batches: it starts once its inputs are there.

use std::{
    future::Future,
    pin::Pin,
    sync::OnceLock,
    task::{Context, Poll},
};

use crate::{
    Workflow,
    place::Place,
    run::Run,
    wake::{Wakes, Woken},
};

pin_project_lite::pin_project! {
    /// The future of such a step, while there is one.
    #[project = Projected]
    #[derive(Debug, Default)]
    #[allow(missing_docs)]
    pub enum Strand<F> {
        #[default]
        Waits,
        Runs { #[pin] future: F },
        Done,
    }
}

/// What a step of a large stage has produced, for those that wait for it: written once.
#[derive(Debug, Default)]
pub struct Slot<T>(OnceLock<T>);

impl<T> Slot<T> {
    /// One with nothing in it.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// What is in it, once the step is done.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        self.0.get()
    }

    /// What is in it, once the stage is over.
    ///
    /// # Panics
    ///
    /// When nothing is: the stage is not over, then.
    #[inline]
    #[track_caller]
    pub fn taken(self) -> T {
        crate::__private::produced(self.0.into_inner())
    }
}

/// One poll of a group of the steps of a large stage.
#[derive(Debug)]
pub struct Group<'g, 'o, W, const GROUPS: usize> {
    run: &'g Run<'o, W>,
    wakes: &'g Wakes<GROUPS>,
    woken: Woken<'g, GROUPS>,
    left: &'g mut usize,
}

impl<'g, 'o, W: Workflow, const GROUPS: usize> Group<'g, 'o, W, GROUPS> {
    /// `left`: how many of its steps have not ended.
    #[inline]
    pub fn new(
        run: &'g Run<'o, W>,
        wakes: &'g Wakes<GROUPS>,
        group: usize,
        left: &'g mut usize,
    ) -> Self {
        Self {
            run,
            wakes,
            woken: wakes.taken(group),
            left,
        }
    }

    /// Polls a step, if it has been woken, and starts it before that, once it can. `after`: the branches that wait for it.
    #[inline]
    pub fn advance<F: Future>(
        &mut self,
        (step, position): (Place, usize),
        strand: &mut Pin<&mut Strand<F>>,
        start: impl FnOnce() -> Option<F>,
        slot: &Slot<F::Output>,
        after: &[usize],
    ) {
        if let Poll::Ready(value) = self.poll(step, position, strand.as_mut(), start) {
            strand.set(Strand::Done);
            self.ends(slot, value, after);
        }
    }

    /// The same of one that can fail.
    ///
    /// # Errors
    ///
    /// Its own.
    #[inline]
    pub fn try_advance<F: Future<Output = Result<T, E>>, T, E>(
        &mut self,
        (step, position): (Place, usize),
        strand: &mut Pin<&mut Strand<F>>,
        start: impl FnOnce() -> Option<F>,
        slot: &Slot<T>,
        after: &[usize],
    ) -> Result<(), E> {
        if let Poll::Ready(returned) = self.poll(step, position, strand.as_mut(), start) {
            strand.set(Strand::Done);
            self.ends(slot, returned?, after);
        }
        Ok(())
    }

    /// Whether all of its steps have ended.
    #[inline]
    pub fn end(self) -> Poll<()> {
        if *self.left == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    #[inline]
    fn poll<F: Future>(
        &self,
        step: Place,
        position: usize,
        mut strand: Pin<&mut Strand<F>>,
        start: impl FnOnce() -> Option<F>,
    ) -> Poll<F::Output> {
        let Some(waker) = self.woken.waker(position) else {
            return Poll::Pending;
        };
        if matches!(strand.as_mut().project(), Projected::Waits)
            && let Some(future) = start()
        {
            strand.set(Strand::Runs { future });
        }
        match strand.project() {
            Projected::Runs { future } => {
                self.run
                    .poll(step, future, &mut Context::from_waker(&waker))
            }
            Projected::Waits | Projected::Done => Poll::Pending,
        }
    }

    /// A step is done: those that wait for it may start in this same poll.
    #[inline]
    fn ends<T>(&mut self, slot: &Slot<T>, value: T, after: &[usize]) {
        // Nobody else writes it.
        let _ = slot.0.set(value);
        *self.left -= 1;
        for &branch in after {
            if !self.woken.add(branch) {
                self.wakes.wake(branch);
            }
        }
    }
}

#[cfg(test)]
mod tests;
