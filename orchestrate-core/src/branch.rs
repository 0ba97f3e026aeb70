//! One of several steps that run at the same time: its future, and then what it has produced, in the same place.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use crate::__private::produced;

pin_project_lite::pin_project! {
    /// A step of a stage: what is taken of it ends the stage.
    #[project = Projected]
    #[derive(Debug)]
    #[allow(missing_docs)]
    pub enum Branch<F, T> {
        Runs { #[pin] future: F },
        Done { value: Option<T> },
    }
}

impl<F, T> Branch<F, T> {
    /// One that has not been polled.
    #[inline]
    pub const fn new(future: F) -> Self {
        Self::Runs { future }
    }

    /// The future, as long as it has not ended.
    #[inline]
    #[must_use]
    pub fn running(self: Pin<&mut Self>) -> Option<Pin<&mut F>> {
        match self.project() {
            Projected::Runs { future } => Some(future),
            Projected::Done { .. } => None,
        }
    }

    /// The step is done: its future is dropped.
    #[inline]
    pub fn end(mut self: Pin<&mut Self>, value: T) {
        self.set(Self::Done { value: Some(value) });
    }

    /// What it has produced, once only.
    ///
    /// # Panics
    ///
    /// When it has not ended: the stage has not, then.
    #[inline]
    #[track_caller]
    pub fn taken(branch: &mut Pin<&mut Self>) -> T {
        produced(match branch.as_mut().project() {
            Projected::Runs { .. } => None,
            Projected::Done { value } => value.take(),
        })
    }
}

impl<F: Future> Branch<F, F::Output> {
    /// Polls it, if it has not ended. `left`: how many have not.
    #[inline]
    pub fn poll(mut self: Pin<&mut Self>, left: &mut usize, cx: &mut Context<'_>) {
        if let Some(future) = self.as_mut().running()
            && let Poll::Ready(value) = future.poll(cx)
        {
            self.end(value);
            *left -= 1;
        }
    }
}

impl<F: Future<Output = Result<T, E>>, T, E> Branch<F, T> {
    /// The same of one that can fail.
    ///
    /// # Errors
    ///
    /// Its own.
    #[inline]
    pub fn try_poll(
        mut self: Pin<&mut Self>,
        left: &mut usize,
        cx: &mut Context<'_>,
    ) -> Result<(), E> {
        if let Some(future) = self.as_mut().running()
            && let Poll::Ready(returned) = future.poll(cx)
        {
            self.end(returned?);
            *left -= 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{future, pin::pin};

    use super::*;

    #[test]
    fn holds_a_future_and_then_what_came_of_it() {
        let mut branch = pin!(Branch::new(future::ready(7)));
        assert!(branch.as_mut().running().is_some());
        branch.as_mut().end("seven");
        assert!(branch.as_mut().running().is_none());
        assert_eq!(Branch::taken(&mut branch), "seven");
    }
}
