//! What steps with `cache` have produced, kept for all the runs of an orchestrator.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    future::Future,
    hash::Hash,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use lru::LruCache;
use tokio::{sync::OnceCell, time::Instant};

use crate::planned::StepKey;

/// The caches of an orchestrator: one for each step, made when it is first asked for.
#[derive(Default)]
pub(crate) struct Caches {
    by_step: RwLock<HashMap<Id, Arc<dyn Any + Send + Sync>>>,
}

/// A step of a generic workflow has a cache for each of its types.
#[derive(PartialEq, Eq, Hash)]
struct Id {
    step: StepKey,
    key: TypeId,
    value: TypeId,
}

impl Caches {
    /// The cache of a step, which is known by its workflow's path and its name.
    ///
    /// Whoever asks first says how large it is and how long its values live.
    ///
    /// # Panics
    ///
    /// Never: a cache is found by its types.
    pub(crate) fn of<K, V>(
        &self,
        step: StepKey,
        capacity: usize,
        ttl: Option<Duration>,
    ) -> Arc<Cache<K, V>>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let id = Id {
            step,
            key: TypeId::of::<K>(),
            value: TypeId::of::<V>(),
        };
        let by_step = self.by_step.read();
        let known = by_step
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned();
        let cache = known.unwrap_or_else(|| {
            let by_step = self.by_step.write();
            by_step
                .unwrap_or_else(PoisonError::into_inner)
                .entry(id)
                .or_insert_with(|| Arc::new(Cache::<K, V>::new(capacity, ttl)))
                .clone()
        });
        cache.downcast().expect("its types are a part of its id")
    }
}

impl fmt::Debug for Caches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caches").finish_non_exhaustive()
    }
}

/// The values of one step, by its inputs.
///
/// Those that were used last are kept, for as long as they live. Those that who misses them together compute once: one
/// does, and the others wait for it.
///
/// A caller that computes the value of a key must not ask for the same key while it does: it would wait for itself, as
/// would two that ask for the keys of each other. That takes a body which runs its own workflow again, with the same
/// inputs and on the same orchestrator. Only a time-out or the deadline of the run ends it.
pub(crate) struct Cache<K, V> {
    capacity: NonZeroUsize,
    ttl: Option<Duration>,
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    /// The values that are there.
    values: LruCache<Arc<K>, Arc<Made<V>>>,
    /// The values that somebody computes. They take no room in the cache: so nothing is evicted for a value that may
    /// never come, and what is being computed is not evicted.
    flights: HashMap<Arc<K>, Flight<V>>,
}

struct Made<V> {
    value: V,
    at: Instant,
}

type Cell<V> = Arc<OnceCell<Arc<Made<V>>>>;

struct Flight<V> {
    cell: Cell<V>,
    /// How many wait for it, or compute it. When the last of them goes, it is over.
    callers: usize,
}

impl<K, V> Kept<K, V>
where
    K: Hash + Eq,
{
    fn new(capacity: NonZeroUsize) -> Self {
        Self {
            // Takes room only for what is in it.
            values: LruCache::sparse(capacity),
            flights: HashMap::new(),
        }
    }
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq,
    V: Clone,
{
    /// Keeps at least one value.
    fn new(capacity: usize, ttl: Option<Duration>) -> Self {
        let capacity = NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN);
        Self {
            capacity,
            ttl,
            kept: Mutex::new(Kept::new(capacity)),
        }
    }

    /// The value of this key: the one that is kept, the one that another caller is computing, or what `make` gives.
    ///
    /// When the other caller fails or is dropped, the next one that waits goes on with its own `make`.
    ///
    /// # Errors
    ///
    /// That of this caller's `make`. It is not kept.
    pub(crate) async fn get_or_try<E>(
        &self,
        key: K,
        make: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        let seat = match self.look(key) {
            Look::There(known) => return Ok(known.value.clone()),
            Look::Missing(seat) => seat,
        };
        let make = async || {
            let value = make.await?;
            let at = Instant::now();
            Ok(Arc::new(Made { value, at }))
        };
        let known = seat.cell.get_or_try_init(make).await?;
        Ok(known.value.clone())
    }

    /// The same for a caller that must not wait for another one: what is not kept it computes itself.
    ///
    /// # Errors
    ///
    /// That of `make`. It is not kept.
    pub(crate) async fn get_or_try_alone<E>(
        &self,
        key: K,
        make: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        let seat = match self.look(key) {
            Look::There(known) => return Ok(known.value.clone()),
            Look::Missing(seat) => seat,
        };
        let value = make.await?;
        let known = Made {
            value: value.clone(),
            at: Instant::now(),
        };
        // If somebody computes it too, theirs is kept.
        let _ = seat.cell.set(Arc::new(known));
        Ok(value)
    }

    fn look(&self, key: K) -> Look<'_, K, V> {
        // What the user's types do when they are dropped is none of the lock's business.
        let _stale;
        let mut kept = self.kept();
        if let Some(made) = kept.values.get(&key) {
            if self.ttl.is_none_or(|ttl| made.at.elapsed() < ttl) {
                return Look::There(Arc::clone(made));
            }
            _stale = kept.values.pop_entry(&key);
        }
        let key = Arc::new(key);
        let flight = kept.flights.entry(Arc::clone(&key));
        let flight = flight.or_insert_with(|| Flight {
            cell: Cell::default(),
            callers: 0,
        });
        flight.callers += 1;
        Look::Missing(Seat {
            cell: Arc::clone(&flight.cell),
            cache: self,
            key,
        })
    }
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq,
{
    fn kept(&self) -> MutexGuard<'_, Kept<K, V>> {
        self.kept.lock().unwrap_or_else(|poisoned| {
            // A key has panicked while it was hashed or compared: nobody knows what was done by then.
            let mut kept = poisoned.into_inner();
            *kept = Kept::new(self.capacity);
            self.kept.clear_poison();
            kept
        })
    }
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("capacity", &self.capacity)
            .field("ttl", &self.ttl)
            .finish_non_exhaustive()
    }
}

enum Look<'c, K: Hash + Eq, V> {
    There(Arc<Made<V>>),
    Missing(Seat<'c, K, V>),
}

/// One caller of a flight.
struct Seat<'c, K: Hash + Eq, V> {
    cache: &'c Cache<K, V>,
    key: Arc<K>,
    cell: Cell<V>,
}

/// Whoever leaves a flight first after its value has come puts it into the cache; whoever leaves last without one ends it.
impl<K: Hash + Eq, V> Drop for Seat<'_, K, V> {
    fn drop(&mut self) {
        let _evicted;
        let _over;
        let mut kept = self.cache.kept();
        let Some(flight) = kept.flights.get_mut(&self.key) else {
            return;
        };
        if !Arc::ptr_eq(&flight.cell, &self.cell) {
            return;
        }
        flight.callers -= 1;
        let made = flight.cell.get().map(Arc::clone);
        if made.is_some() || flight.callers == 0 {
            _over = kept.flights.remove_entry(&self.key);
        }
        if let Some(made) = made {
            _evicted = kept.values.push(Arc::clone(&self.key), made);
        }
    }
}

#[cfg(test)]
mod tests;
