//! What is free, who waits, and who is next. The rule stands at the top of [`limiter`](super).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    task::Waker,
};

use orchestrate_plan::Priority;

/// How often somebody is passed over before they go up by one level.
pub(super) const PATIENCE: u32 = 8;

/// A level for each priority, and one above them for those who have waited long enough.
const LEVELS: usize = Priority::ALL.len() + 1;

/// Where the places of the concurrent ones are counted, among the resources.
pub(super) const CONCURRENCY: usize = 0;

/// So many of that one.
pub(super) type Need = (usize, usize);

#[derive(Debug)]
pub(super) struct Queue {
    /// How many there are of each resource that nobody has.
    pub(super) free: Vec<usize>,
    /// Those who wait, by what they ask for. As many as a program has steps that ask for different things, at most.
    forms: Vec<Form>,
    pub(super) waiting: usize,
    /// Those whose turn it is, and who have not been here since.
    pub(super) granted: BTreeSet<u64>,
    next: u64,
}

/// Those who ask for the same: if the first of them has to wait, so have the others.
#[derive(Debug)]
struct Form {
    /// Each resource once, and at least one of it.
    needs: Arc<[Need]>,
    /// Who waits at each level, in the order in which they came.
    levels: [BTreeMap<u64, Waiter>; LEVELS],
    /// Whether the first of them was found to have to wait, this time.
    stuck: bool,
}

#[derive(Debug, Default)]
struct Waiter {
    /// How often, at this level.
    passed_over: u32,
    waker: Option<Waker>,
}

/// A place among those who wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    /// Who comes later has a larger one.
    number: u64,
    form: usize,
}

impl Queue {
    pub(super) fn new(free: Vec<usize>) -> Self {
        Self {
            free,
            forms: Vec::new(),
            waiting: 0,
            granted: BTreeSet::new(),
            next: 0,
        }
    }

    /// Takes all of it, if it is there and nobody waits who could be next.
    pub(super) fn take_at_once(&mut self, needs: impl Iterator<Item = Need> + Clone) -> bool {
        self.waiting == 0 && take(&mut self.free, needs)
    }

    pub(super) fn give_back(&mut self, needs: impl Iterator<Item = Need>) {
        give(&mut self.free, needs);
    }

    pub(super) fn join(&mut self, needs: impl Iterator<Item = Need>, priority: Priority) -> Ticket {
        let mut sum = BTreeMap::new();
        for (resource, amount) in needs {
            *sum.entry(resource).or_insert(0) += amount;
        }
        let known = self.forms.iter().position(|form| {
            form.needs
                .iter()
                .copied()
                .eq(sum.iter().map(|(&r, &n)| (r, n)))
        });
        let form = known.unwrap_or_else(|| {
            self.forms.push(Form {
                needs: sum.into_iter().collect(),
                levels: Default::default(),
                stuck: false,
            });
            self.forms.len() - 1
        });
        let number = self.next;
        self.next += 1;
        self.forms[form].levels[priority as usize].insert(number, Waiter::default());
        self.waiting += 1;
        Ticket { number, form }
    }

    /// Whether it is the turn of this ticket, which then is none any more.
    pub(super) fn collect(&mut self, ticket: Ticket) -> bool {
        self.granted.remove(&ticket.number)
    }

    /// Notes who is to be woken, and gives back the waker that was noted before.
    pub(super) fn wake_by(&mut self, ticket: Ticket, waker: &Waker) -> Option<Waker> {
        let mut levels = self.forms[ticket.form].levels.iter_mut();
        let waiter = levels.find_map(|level| level.get_mut(&ticket.number))?;
        if waiter
            .waker
            .as_ref()
            .is_some_and(|noted| noted.will_wake(waker))
        {
            return None;
        }
        waiter.waker.replace(waker.clone())
    }

    /// Waits no more.
    pub(super) fn remove(&mut self, ticket: Ticket) -> Option<Waker> {
        let mut levels = self.forms[ticket.form].levels.iter_mut();
        let waiter = levels.find_map(|level| level.remove(&ticket.number))?;
        self.waiting -= 1;
        waiter.waker
    }

    /// Gives what is free to those whose turn it is. They are to be woken, after the lock.
    pub(super) fn serve(&mut self) -> Vec<Waker> {
        let mut wakers = Vec::new();
        if self.waiting == 0 {
            return wakers;
        }
        for form in &mut self.forms {
            form.stuck = false;
        }
        // What is free and held back for nobody.
        let mut left = self.free.clone();
        for level in (0..LEVELS).rev() {
            // Whoever goes up while this goes on gets at most to this level.
            while let Some(ticket) = self.first(level) {
                let needs = Arc::clone(&self.forms[ticket.form].needs);
                if !take(&mut left, needs.iter().copied()) {
                    self.forms[ticket.form].stuck = true;
                    hold_back(&mut left, &needs);
                    continue;
                }
                take(&mut self.free, needs.iter().copied());
                wakers.extend(self.remove(ticket));
                self.granted.insert(ticket.number);
                self.pass_over(ticket.number, level, &needs);
            }
        }
        wakers
    }

    /// Who came first of those at this level who may not have to wait.
    fn first(&self, level: usize) -> Option<Ticket> {
        let open = self
            .forms
            .iter()
            .enumerate()
            .filter(|(_, form)| !form.stuck);
        let firsts = open.filter_map(|(form, waiters)| {
            let (&number, _) = waiters.levels[level].first_key_value()?;
            Some(Ticket { number, form })
        });
        firsts.min_by_key(|ticket| ticket.number)
    }

    /// Counts it for all who came before this one, stand below it, and wait for something that it has taken. In the end
    /// nobody is counted more than [`PATIENCE`] times for each level.
    fn pass_over(&mut self, number: u64, level: usize, taken: &[Need]) {
        for form in &mut self.forms {
            if !waits_for(&form.needs, taken, &self.free) {
                continue;
            }
            // From above, so that who goes up is not counted twice.
            for below in (0..level).rev() {
                let mut up = Vec::new();
                for (&earlier, waiter) in form.levels[below].range_mut(..number) {
                    waiter.passed_over += 1;
                    if waiter.passed_over == PATIENCE {
                        waiter.passed_over = 0;
                        up.push(earlier);
                    }
                }
                for earlier in up {
                    if let Some(waiter) = form.levels[below].remove(&earlier) {
                        form.levels[below + 1].insert(earlier, waiter);
                    }
                }
            }
        }
    }
}

/// Takes all of it or nothing.
fn take(free: &mut [usize], needs: impl Iterator<Item = Need> + Clone) -> bool {
    for (taken, (resource, amount)) in needs.clone().enumerate() {
        let Some(rest) = free[resource].checked_sub(amount) else {
            give(free, needs.take(taken));
            return false;
        };
        free[resource] = rest;
    }
    true
}

fn give(free: &mut [usize], needs: impl Iterator<Item = Need>) {
    for (resource, amount) in needs {
        free[resource] += amount;
    }
}

/// Whether a resource is missing, and not only a place among the concurrent ones.
fn lacks_a_resource(needs: &[Need], free: &[usize]) -> bool {
    let mut resources = needs
        .iter()
        .filter(|&&(resource, _)| resource != CONCURRENCY);
    resources.any(|&(resource, amount)| free[resource] < amount)
}

/// Keeps what is needed from those who come after.
fn hold_back(left: &mut [usize], needs: &[Need]) {
    let lacks_a_resource = lacks_a_resource(needs, left);
    for &(resource, amount) in needs {
        if resource != CONCURRENCY || !lacks_a_resource {
            left[resource] = left[resource].saturating_sub(amount);
        }
    }
}

/// Whether who needs this waits for some of what was taken.
fn waits_for(needs: &[Need], taken: &[Need], free: &[usize]) -> bool {
    let lacks_a_resource = lacks_a_resource(needs, free);
    let mut awaited = needs
        .iter()
        .filter(|&&(resource, _)| resource != CONCURRENCY || !lacks_a_resource);
    awaited.any(|(resource, _)| taken.iter().any(|(other, _)| other == resource))
}
