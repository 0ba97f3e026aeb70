//! Who may run when there is not enough for everybody.
//!
//! A request says how many of which resources it takes, and whether it takes one of the places of `max_concurrency`. It
//! gets all of it at once or nothing at all: nobody holds a part and waits for the rest, so nobody waits in a circle.
//!
//! # Order
//!
//! A request that waits has a *level*, which at first is its priority. Those of a higher level go first, and within one
//! level those that came first.
//!
//! - **A big one is not starved by small ones.** What a request needs is held back for it, as it becomes free, from those
//!   that go after it. A place among the concurrent ones is held back only once the resources are there: who waits for a
//!   gpu does not keep those from running who need none. Of requests that ask for the same, only the first has things held
//!   back for it; when it has them, the next one is the first.
//! - **A low one is not starved by high ones.** It is *passed over* when a request that came later, and stands at a higher
//!   level, takes what it waits for: one of its resources or, when those are there, a place among the concurrent ones. It
//!   goes up by one level each time that this has happened to it 8 times (`PATIENCE`). Above the critical ones is one level
//!   more, where nobody starts, and where nobody can be passed over.
//!
//! **The bound**: a request is passed over at most 8 times for each level that it can go up. That is 32 times for a low
//! one, 24 for a normal one, 16 for a high one and 8 for a critical one. By requests of one priority, at most 8 times for
//! each level between: a flood of high ones passes over a low one 16 times, then the low one goes. From there on it waits
//! for nobody but those who came before it and those who are running.
//!
//! There is no clock in this: the same requests in the same order are served in the same order.

mod queue;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use orchestrate_plan::Priority;

use queue::{CONCURRENCY, Need, Queue, Ticket};

/// What there is of everything that is limited, and who waits for it.
#[derive(Debug)]
pub(crate) struct Limiter {
    concurrency: Option<usize>,
    /// In the order of their names.
    resources: Vec<(String, usize)>,
    // One lock for all, so that a request takes all that it needs at once. Nothing foreign runs under it, but for the
    // clone of a waker.
    queue: Mutex<Queue>,
}

/// What a step asks for before it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) priority: Priority,
    /// Whether it takes one of the places of `max_concurrency`.
    pub(crate) counted: bool,
    /// How many of which resources it takes.
    pub(crate) uses: &'static [(&'static str, usize)],
}

/// A request that could never be granted: it asks for more than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    /// None for a place among the concurrent ones.
    pub(crate) resource: Option<&'static str>,
    pub(crate) asked: usize,
    /// 0 where there is no such resource.
    pub(crate) capacity: usize,
}

/// A request that waits for its turn. Dropped, it waits no more, and what it has been granted is given back.
#[must_use = "a request asks for nothing until it is polled"]
pub(crate) struct Acquire {
    /// None once it has been answered.
    limiter: Option<Arc<Limiter>>,
    request: Request,
    /// Its place among those who wait.
    ticket: Option<Ticket>,
}

/// What a request has been granted, for as long as this lives.
#[must_use = "what was granted is given back when the permit is dropped"]
pub(crate) struct Permit {
    limiter: Arc<Limiter>,
    request: Request,
}

impl Limiter {
    pub(crate) fn new(concurrency: Option<usize>, resources: BTreeMap<String, usize>) -> Self {
        let resources: Vec<_> = resources.into_iter().collect();
        // Without a limit there is more of it than can ever be taken.
        let mut free = vec![concurrency.unwrap_or(usize::MAX)];
        free.extend(resources.iter().map(|(_, capacity)| capacity));
        Self {
            concurrency,
            resources,
            queue: Mutex::new(Queue::new(free)),
        }
    }

    /// How many steps may run at once, if that is limited.
    #[cfg(test)]
    fn concurrency(&self) -> Option<usize> {
        self.concurrency
    }

    /// How many of this resource there are, if there is such a resource.
    pub(crate) fn capacity(&self, name: &str) -> Option<usize> {
        Some(self.resources[self.position(name)?].1)
    }

    /// Whether the request can be granted at all.
    pub(crate) fn check(&self, request: &Request) -> Result<(), Excess> {
        if request.counted && self.concurrency == Some(0) {
            return Err(Excess {
                resource: None,
                asked: 1,
                capacity: 0,
            });
        }
        for &(name, _) in request.uses {
            let all = request.uses.iter().filter(|(other, _)| *other == name);
            let asked = all.fold(0_usize, |sum, (_, n)| sum.saturating_add(*n));
            let capacity = self.capacity(name).unwrap_or(0);
            if asked > capacity {
                return Err(Excess {
                    resource: Some(name),
                    asked,
                    capacity,
                });
            }
        }
        Ok(())
    }

    /// Waits for all that the request asks for. What can never be granted is an error at once.
    pub(crate) fn acquire(self: &Arc<Self>, request: Request) -> Acquire {
        Acquire {
            limiter: Some(Arc::clone(self)),
            request,
            ticket: None,
        }
    }

    fn position(&self, name: &str) -> Option<usize> {
        let by_name = |(resource, _): &(String, usize)| resource.as_str().cmp(name);
        self.resources.binary_search_by(by_name).ok()
    }

    /// What a request that has been checked takes, as the queue counts it.
    fn needs(&self, request: &Request) -> impl Iterator<Item = Need> + Clone {
        let place = (request.counted && self.concurrency.is_some()).then_some((CONCURRENCY, 1));
        let uses = request.uses.iter().filter(|&&(_, n)| n > 0);
        let uses = uses.filter_map(|&(name, n)| Some((CONCURRENCY + 1 + self.position(name)?, n)));
        place.into_iter().chain(uses)
    }

    /// Takes what is asked for, or a ticket for who has to wait.
    fn enter(&self, request: &Request, waker: &Waker) -> Option<Ticket> {
        let needs = self.needs(request);
        // Who needs nothing has it.
        needs.clone().next()?;
        if self.queue().take_at_once(needs.clone()) {
            return None;
        }
        // Before the lock, because nobody has the ticket yet: a clone that panics would leave it behind.
        let waker = waker.clone();
        let mut queue = self.queue();
        let ticket = queue.join(needs, request.priority);
        let wakers = queue.serve();
        let waits = !queue.collect(ticket);
        if waits {
            queue.wake_by(ticket, &waker);
        }
        drop(queue);
        wakers.into_iter().for_each(Waker::wake);
        waits.then_some(ticket)
    }

    /// Whether it is the turn of this ticket, which then is none any more.
    fn ask(&self, ticket: Ticket, waker: &Waker) -> bool {
        let mut queue = self.queue();
        if queue.collect(ticket) {
            return true;
        }
        // A waker may own a task, and the task permits of ours: dropped after the lock.
        let replaced = queue.wake_by(ticket, waker);
        drop(queue);
        drop(replaced);
        false
    }

    fn leave(&self, ticket: Ticket, request: &Request) {
        let mut queue = self.queue();
        let waker = if queue.collect(ticket) {
            queue.give_back(self.needs(request));
            None
        } else {
            queue.remove(ticket)
        };
        let wakers = queue.serve();
        drop(queue);
        drop(waker);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn release(&self, request: &Request) {
        let needs = self.needs(request);
        if needs.clone().next().is_none() {
            return;
        }
        let mut queue = self.queue();
        queue.give_back(needs);
        let wakers = queue.serve();
        drop(queue);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing that is done under the lock leaves it half-done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Future for Acquire {
    type Output = Result<Permit, Excess>;

    /// # Panics
    /// When it is polled after it was ready.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let limiter = this.limiter.as_ref();
        let limiter = limiter.expect("a request is not polled after it was answered");
        if let Some(ticket) = this.ticket {
            if !limiter.ask(ticket, cx.waker()) {
                return Poll::Pending;
            }
            this.ticket = None;
        } else if let Err(excess) = limiter.check(&this.request) {
            this.limiter = None;
            return Poll::Ready(Err(excess));
        } else {
            this.ticket = limiter.enter(&this.request, cx.waker());
            if this.ticket.is_some() {
                return Poll::Pending;
            }
        }
        let request = this.request;
        let permit = this.limiter.take();
        let permit = permit.map(|limiter| Ok(Permit { limiter, request }));
        permit.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        if let (Some(limiter), Some(ticket)) = (&self.limiter, self.ticket) {
            limiter.leave(ticket, &self.request);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limiter.release(&self.request);
    }
}

impl fmt::Debug for Acquire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire")
            .field("request", &self.request)
            .field("waits", &self.ticket.is_some())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

/// The rule, as it reads after "step `x`".
impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            resource,
            asked,
            capacity,
        } = self;
        match resource {
            Some(name) if *capacity == 0 => {
                write!(f, "uses {asked} of `{name}`, and there is none")
            }
            Some(name) => write!(f, "uses {asked} of `{name}`, and there are {capacity}"),
            None => f.write_str("needs a place to run, and the concurrency is limited to 0"),
        }
    }
}
