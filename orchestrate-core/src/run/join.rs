//! How the steps of a run are polled: one by itself, and those of a stage until each has ended.

use std::{
    future::Future,
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use super::{Run, RunState};
use crate::{Workflow, branch::Branch, place::Place, wake::Woken};

impl<W: Workflow> Run<'_, W> {
    /// An agent, a tool or an mcp step without options that is awaited alone, once it is its turn.
    #[inline]
    pub fn call<const STEP: usize, F>(&self, future: F) -> Called<'_, F, Leaf<STEP>> {
        Called {
            run: &self.state,
            step: Leaf,
            future,
        }
    }

    /// Any other step that is awaited in a strand.
    #[inline]
    pub fn called<F>(&self, step: Place, future: F) -> Called<'_, F, Place> {
        Called {
            run: &self.state,
            step,
            future,
        }
    }

    /// Polls one of the steps of a stage, if it has not ended. `left`: how many have not.
    #[inline]
    pub fn join<F: Future>(
        &self,
        step: Place,
        branch: &mut Pin<&mut Branch<F, F::Output>>,
        left: &mut usize,
        cx: &mut TaskContext<'_>,
    ) {
        if let Some(future) = branch.as_mut().running()
            && let Poll::Ready(value) = self.state.poll(step, future, cx)
        {
            branch.as_mut().end(value);
            *left -= 1;
        }
    }

    /// The same of one that can fail.
    ///
    /// # Errors
    ///
    /// Its own.
    #[inline]
    pub fn try_join<F: Future<Output = Result<T, E>>, T, E>(
        &self,
        step: Place,
        branch: &mut Pin<&mut Branch<F, T>>,
        left: &mut usize,
        cx: &mut TaskContext<'_>,
    ) -> Result<(), E> {
        if let Some(future) = branch.as_mut().running()
            && let Poll::Ready(returned) = self.state.poll(step, future, cx)
        {
            branch.as_mut().end(returned?);
            *left -= 1;
        }
        Ok(())
    }

    /// Polls one of many, which wakes itself alone, if it has been woken.
    #[inline]
    pub fn join_woken<F: Future, const GROUPS: usize>(
        &self,
        step: Place,
        branch: &mut Pin<&mut Branch<F, F::Output>>,
        left: &mut usize,
        woken: Woken<'_, GROUPS>,
        position: usize,
    ) {
        if let Some(waker) = woken.waker(position) {
            self.join(step, branch, left, &mut TaskContext::from_waker(&waker));
        }
    }

    /// The same of one that can fail.
    ///
    /// # Errors
    ///
    /// Its own.
    #[inline]
    pub fn try_join_woken<F: Future<Output = Result<T, E>>, T, E, const GROUPS: usize>(
        &self,
        step: Place,
        branch: &mut Pin<&mut Branch<F, T>>,
        left: &mut usize,
        woken: Woken<'_, GROUPS>,
        position: usize,
    ) -> Result<(), E> {
        match woken.waker(position) {
            Some(waker) => self.try_join(step, branch, left, &mut TaskContext::from_waker(&waker)),
            None => Ok(()),
        }
    }
}

pin_project_lite::pin_project! {
    /// A step that is awaited alone. It names as little as it can: rustc has to look at each type.
    #[derive(Debug)]
    #[must_use = "a step does nothing until it is polled"]
    pub struct Called<'r, F, P> {
        run: &'r RunState<'r>,
        step: P,
        #[pin]
        future: F,
    }
}

/// An agent, a tool or an mcp step without options, which takes no room: it is known by its type.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<const STEP: usize>;

impl<F: Future, const STEP: usize> Future for Called<'_, F, Leaf<STEP>> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.run.poll(const { Place::leaf(STEP) }, this.future, cx)
    }
}

impl<F: Future> Future for Called<'_, F, Place> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.run.poll(*this.step, this.future, cx)
    }
}
