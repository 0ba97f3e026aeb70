//! Values that a step reads which runs apart from its run: counted, so that the run can lend them without a borrow.

use std::{fmt, future::poll_fn, ops::Deref, sync::Arc, task::Poll};

use futures_util::task::AtomicWaker;

/// A value of a run of which some steps have a count of their own. All others borrow from it.
#[derive(Debug)]
pub struct Counted<T> {
    value: Arc<T>,
    freed: Arc<AtomicWaker>,
}

/// A count of a value, for a step that runs apart from its run.
#[derive(Debug)]
pub struct Lent<T> {
    // Dropped first: who is woken finds it gone.
    value: Arc<T>,
    freed: Freed,
}

/// What a thread may read that is not the run's, for as long as it likes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read by a step that runs apart from its run",
    label = "not `Send` and `Sync`",
    note = "with `spawn` and `blocking`, a body is on another thread, while other steps read the same value"
)]
pub trait Shared: Send + Sync + 'static {}
#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Shared for T {}

/// Wakes who waits for the value, when it is dropped.
struct Freed(Arc<AtomicWaker>);

impl<T> Counted<T> {
    /// Counts a value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self {
            value: Arc::new(value),
            freed: Arc::new(AtomicWaker::new()),
        }
    }

    /// One more count of it, which may leave the run.
    #[must_use]
    pub fn lend(&self) -> Lent<T>
    where
        T: Shared,
    {
        Lent {
            value: Arc::clone(&self.value),
            freed: Freed(Arc::clone(&self.freed)),
        }
    }

    /// The value itself, as soon as nobody else has a count of it. That is at once, unless a body goes on after its time-out.
    pub async fn taken(self) -> T {
        let Self { value, freed } = self;
        let mut value = Some(value);
        poll_fn(|cx| {
            for registered in [false, true] {
                if registered {
                    freed.register(cx.waker());
                }
                match value.take().map(Arc::try_unwrap) {
                    Some(Ok(value)) => return Poll::Ready(value),
                    Some(Err(counted)) => value = Some(counted),
                    None => {}
                }
            }
            Poll::Pending
        })
        .await
    }
}

impl<T> Deref for Counted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Clone for Lent<T> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            freed: Freed(Arc::clone(&self.freed.0)),
        }
    }
}

impl<T> Deref for Lent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl Drop for Freed {
    fn drop(&mut self) {
        self.0.wake();
    }
}

impl fmt::Debug for Freed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Freed")
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use futures::{FutureExt as _, executor::block_on};

    use super::*;

    #[test]
    fn nobody_waits_for_what_nobody_has() {
        let counted = Counted::new(String::from("text"));
        drop(counted.lend());
        assert_eq!(counted.taken().now_or_never().as_deref(), Some("text"));
    }

    #[test]
    fn who_takes_it_waits_for_the_last_count() {
        let counted = Counted::new(vec![1, 2]);
        let lent = counted.lend();
        let (to, from) = std::sync::mpsc::channel();
        let holder = thread::spawn(move || {
            let both = (lent.clone(), lent);
            from.recv().unwrap();
            both.0.len()
        });
        let mut taken = std::pin::pin!(counted.taken());
        assert_eq!(taken.as_mut().now_or_never(), None);
        to.send(()).unwrap();
        assert_eq!(block_on(taken), [1, 2]);
        assert_eq!(holder.join().unwrap(), 2);
    }
}
