//! Without the feature there is nothing to make, so there is nothing to call either.

use std::marker::PhantomData;

use crate::{Failure, Fault, RunId, StepFailure, planned::Planned};

#[derive(Clone, Debug)]
pub(crate) enum Spans {}

/// Never made.
#[derive(Debug)]
pub(crate) struct AttemptSpan;

/// Nothing.
#[derive(Debug)]
pub(crate) struct CurrentSpan;

/// Nothing.
pub(crate) struct EnteredSpan<'s>(PhantomData<&'s ()>);

impl CurrentSpan {
    pub(crate) fn here() -> Self {
        Self
    }

    pub(crate) fn enter(&self) -> EnteredSpan<'_> {
        let Self = self;
        EnteredSpan(PhantomData)
    }
}

pub(crate) fn told<E>(_: Option<&Spans>, _: &Failure<E>, _: fn(&E) -> String) {}

pub(crate) fn ended<T, E>(spans: &Spans, _: &Result<T, Failure<E>>, _: fn(&E) -> String) {
    match *spans {}
}

impl Spans {
    #[inline]
    pub(crate) fn of(_: Planned<'_>) -> Option<Self> {
        None
    }

    pub(crate) fn start(&self, _: RunId) {
        match *self {}
    }

    pub(crate) fn resume(&self) {
        match *self {}
    }

    pub(crate) fn suspend(&self) {
        match *self {}
    }

    pub(crate) fn enter(&self, _: RunId, _: usize) {
        match *self {}
    }

    pub(crate) fn close(&self, _: usize) {
        match *self {}
    }

    pub(crate) fn give_up(&self, _: usize) {
        match *self {}
    }

    pub(crate) fn attempt(&self, _: usize, _: u32) -> AttemptSpan {
        match *self {}
    }

    pub(crate) fn cached(&self, _: usize) {
        match *self {}
    }

    pub(crate) fn absorbed(&self, _: usize, _: &StepFailure) {
        match *self {}
    }
}

impl AttemptSpan {
    pub(crate) fn enter(&self) {
        let Self = self;
    }

    pub(crate) fn end(self, _: Option<&Fault>) {
        let Self = self;
    }
}
