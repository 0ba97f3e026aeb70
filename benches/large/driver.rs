//! What polls the runs.

use std::{
    future::Future,
    hint::black_box,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll, Wake, Waker},
};

use crate::work;

/// Polls a run to its end.
pub(crate) enum Driver {
    /// A loop that polls with a waker that does nothing: there is nothing else that costs.
    Bare,
    /// The same, but it polls only when it was woken, and lets one step at a time through the gate.
    Gate(Arc<Woken>, Waker),
    /// Tokio's runtime for one thread.
    Tokio(tokio::runtime::Runtime),
}

/// Whether the run was woken since it was polled.
#[derive(Debug, Default)]
pub(crate) struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

impl Driver {
    pub(crate) fn gate() -> Self {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        Self::Gate(woken, waker)
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Bare | Self::Gate(..) => "bare",
            Self::Tokio(_) => "tokio",
        }
    }

    pub(crate) fn run<F: Future>(&self, future: F) -> F::Output {
        // Through a pointer, as every executor does: none knows the body of what it polls.
        let future = pin!(future);
        let mut future: Pin<&mut dyn Future<Output = F::Output>> = black_box(future);
        match self {
            Self::Bare => {
                let mut cx = Context::from_waker(Waker::noop());
                loop {
                    if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                        return output;
                    }
                }
            }
            Self::Gate(woken, waker) => {
                work::close_gate();
                let mut cx = Context::from_waker(waker);
                loop {
                    woken.0.store(false, Relaxed);
                    if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                        return output;
                    }
                    while !woken.0.load(Relaxed) {
                        assert!(
                            work::let_one_through(),
                            "nobody waits, and the run was not woken"
                        );
                    }
                }
            }
            Self::Tokio(runtime) => runtime.block_on(future),
        }
    }
}
