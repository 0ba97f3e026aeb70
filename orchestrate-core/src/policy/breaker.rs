//! What spares a server that is down, and those who would wait for it.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::planned::StepKey;

/// The breakers of an orchestrator. There are as many as the program has steps and names for them.
#[derive(Debug, Default)]
pub(crate) struct Breakers(Mutex<HashMap<Guards, Arc<Breaker>>>);

/// What a breaker guards.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Guards {
    /// All the steps whose `#[breaker(name = "..")]` says so.
    Named(Cow<'static, str>),
    /// The step of this workflow.
    Step(StepKey),
}

impl Breakers {
    /// The breaker of this: a closed one when it is first asked for.
    pub(crate) fn get(&self, guards: Guards) -> Arc<Breaker> {
        let mut breakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(breakers.entry(guards).or_default())
    }
}

/// A breaker: closed, open, or half-open.
///
/// Closed, it lets everybody in and counts the failures that come one after the other. When there are enough of them it
/// opens, and nobody gets in until the cooldown is over. Then exactly one is let in, the probe: if that succeeds the
/// breaker closes, and if it fails the breaker opens again for another cooldown. A probe that is dropped says nothing;
/// the next one to ask is the probe then.
///
/// Each change begins a new period. Who was let in during an earlier one comes too late to say anything: neither does a
/// failure open a breaker that has recovered since, nor does a success close one that has opened since.
///
/// Several steps may share a breaker and say different things. What counts is what the one says who asks or fails: its
/// number of failures, and its cooldown when it is the one that opens the breaker.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Counts the periods.
    period: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// So many have failed since the last success.
    Closed(u32),
    Open(Pause),
    /// Somebody is in, to find out; the pause is over.
    HalfOpen(Pause),
}

#[derive(Clone, Copy, Debug)]
struct Pause {
    since: Instant,
    cooldown: Duration,
}

impl Default for Phase {
    fn default() -> Self {
        Self::Closed(0)
    }
}

/// The breaker is open: nobody gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    /// When it is worth asking again. Zero while a probe is in: as soon as that one has ended.
    pub(crate) retry_in: Duration,
}

/// Somebody is in. Dropped, without having succeeded or failed, it says nothing about how things are.
#[must_use = "a breaker learns nothing from an admission that is dropped"]
pub(crate) struct Admission {
    breaker: Arc<Breaker>,
    /// None once it has been judged.
    period: Option<u64>,
    failures: u32,
    cooldown: Duration,
}

impl Breaker {
    /// Lets the caller in, or says how long the breaker stays open. It opens after `failures` in a row, at least one, for
    /// the time of the `cooldown`.
    pub(crate) fn admit(
        self: &Arc<Self>,
        failures: u32,
        cooldown: Duration,
    ) -> Result<Admission, Open> {
        let mut state = self.state();
        match state.phase {
            Phase::Closed(_) => {}
            Phase::Open(pause) => {
                let rest = pause.cooldown.saturating_sub(pause.since.elapsed());
                if !rest.is_zero() {
                    return Err(Open { retry_in: rest });
                }
                state.begin(Phase::HalfOpen(pause));
            }
            Phase::HalfOpen(_) => {
                return Err(Open {
                    retry_in: Duration::ZERO,
                });
            }
        }
        let period = Some(state.period);
        drop(state);
        Ok(Admission {
            breaker: Arc::clone(self),
            period,
            failures,
            cooldown,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No half-done change is ever left behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self, phase: Phase) {
        self.period += 1;
        self.phase = phase;
    }
}

impl Admission {
    pub(crate) fn succeeded(self) {
        self.end(|state, _| match state.phase {
            Phase::Closed(_) => state.phase = Phase::Closed(0),
            Phase::HalfOpen(_) | Phase::Open(_) => state.begin(Phase::Closed(0)),
        });
    }

    pub(crate) fn failed(self) {
        self.end(|state, admission| match state.phase {
            Phase::Closed(failures) if failures.saturating_add(1) < admission.failures => {
                state.phase = Phase::Closed(failures + 1);
            }
            _ => state.begin(Phase::Open(Pause {
                since: Instant::now(),
                cooldown: admission.cooldown,
            })),
        });
    }

    /// Judges, unless it is too late for that.
    fn end(mut self, judge: impl FnOnce(&mut State, &Self)) {
        let period = self.period.take();
        let mut state = self.breaker.state();
        if Some(state.period) == period {
            judge(&mut state, &self);
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let Some(period) = self.period else { return };
        let mut state = self.breaker.state();
        if state.period == period
            && let Phase::HalfOpen(pause) = state.phase
        {
            state.begin(Phase::Open(pause));
        }
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const COOLDOWN: Duration = Duration::from_mins(1);

    fn admit(breaker: &Arc<Breaker>) -> Result<Admission, Open> {
        breaker.admit(3, COOLDOWN)
    }

    fn refused(breaker: &Arc<Breaker>) -> Duration {
        admit(breaker).expect_err("it is not closed").retry_in
    }

    fn opened() -> Arc<Breaker> {
        let breaker = Arc::default();
        for _ in 0..3 {
            admit(&breaker).expect("it is closed").failed();
        }
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row() {
        let breaker = Arc::default();
        for _ in 0..4 {
            admit(&breaker).unwrap().failed();
            admit(&breaker).unwrap().failed();
            admit(&breaker).unwrap().succeeded();
        }
        for _ in 0..3 {
            admit(&breaker).unwrap().failed();
        }
        assert_eq!(refused(&breaker), COOLDOWN);
        advance(COOLDOWN / 4).await;
        assert_eq!(refused(&breaker), COOLDOWN / 4 * 3);
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_finds_out() {
        for good in [true, false] {
            let breaker = opened();
            advance(COOLDOWN).await;
            let probe = admit(&breaker).unwrap();
            assert_eq!(refused(&breaker), Duration::ZERO);
            advance(COOLDOWN).await;
            assert_eq!(refused(&breaker), Duration::ZERO);
            if good {
                probe.succeeded();
                // Closed, and all that was counted is forgotten.
                admit(&breaker).unwrap().failed();
                admit(&breaker).unwrap().failed();
                admit(&breaker).unwrap().succeeded();
            } else {
                probe.failed();
                assert_eq!(refused(&breaker), COOLDOWN);
                advance(COOLDOWN).await;
                admit(&breaker).unwrap().succeeded();
                admit(&breaker).unwrap().succeeded();
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_dropped_says_nothing() {
        let breaker = opened();
        advance(COOLDOWN).await;
        drop(admit(&breaker).unwrap());
        let probe = admit(&breaker).expect("the next one is the probe");
        assert_eq!(refused(&breaker), Duration::ZERO);
        probe.succeeded();
        let (one, other) = (admit(&breaker).unwrap(), admit(&breaker).unwrap());
        drop((one, other));
        // Neither a success nor a failure.
        admit(&breaker).unwrap().failed();
        drop(admit(&breaker).unwrap());
        admit(&breaker).unwrap().failed();
        drop(admit(&breaker).unwrap());
        admit(&breaker).unwrap().failed();
        assert_eq!(refused(&breaker), COOLDOWN);
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_late_says_nothing() {
        let breaker = Arc::default();
        let mut early: Vec<_> = (0..9).map(|_| admit(&breaker).unwrap()).collect();
        let mut late = early.split_off(3);
        early.into_iter().for_each(Admission::failed);
        assert_eq!(refused(&breaker), COOLDOWN);

        // While it is open, a success of before does not close it, and a failure does not prolong it.
        advance(COOLDOWN / 2).await;
        late.pop().unwrap().succeeded();
        late.pop().unwrap().failed();
        assert_eq!(refused(&breaker), COOLDOWN / 2);

        // Nor do they judge in place of the probe, or free it.
        advance(COOLDOWN / 2).await;
        let probe = admit(&breaker).unwrap();
        late.pop().unwrap().succeeded();
        late.pop().unwrap().failed();
        drop(late.pop());
        assert_eq!(refused(&breaker), Duration::ZERO);

        // And once it has closed again, their failures are those of another time.
        probe.succeeded();
        admit(&breaker).unwrap().failed();
        admit(&breaker).unwrap().failed();
        late.pop().unwrap().failed();
        admit(&breaker).unwrap().succeeded();
        assert!(late.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn each_asks_with_its_own_numbers() {
        let breaker: Arc<Breaker> = Arc::default();
        admit(&breaker).unwrap().failed();
        breaker.admit(2, 2 * COOLDOWN).unwrap().failed();
        assert_eq!(refused(&breaker), 2 * COOLDOWN);

        // No failures at all are one, and for ever is for ever.
        let breaker: Arc<Breaker> = Arc::default();
        breaker.admit(0, Duration::MAX).unwrap().failed();
        advance(COOLDOWN).await;
        assert_eq!(refused(&breaker), Duration::MAX.saturating_sub(COOLDOWN));

        let breaker: Arc<Breaker> = Arc::default();
        breaker.admit(1, Duration::ZERO).unwrap().failed();
        drop(admit(&breaker).expect("no cooldown"));
    }

    #[test]
    fn a_name_is_a_breaker() {
        let breakers = Breakers::default();
        let named = || Guards::Named("serena".into());
        let step = || Guards::Step(StepKey::constant("app::Review", "files"));
        let serena = breakers.get(named());
        assert!(Arc::ptr_eq(&serena, &breakers.get(named())));
        assert!(!Arc::ptr_eq(&serena, &breakers.get(step())));
        serena.admit(1, COOLDOWN).unwrap().failed();
        assert!(breakers.get(named()).admit(1, COOLDOWN).is_err());
        assert!(breakers.get(step()).admit(1, COOLDOWN).is_ok());
    }

    /// Many threads, one probe: never two at once, and none is lost.
    #[test]
    fn there_is_never_a_second_probe() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        let breaker: Arc<Breaker> = Arc::default();
        breaker.admit(1, Duration::ZERO).unwrap().failed();
        let (inside, probes) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (breaker, inside, probes) = (&breaker, &inside, &probes);
                scope.spawn(move || {
                    for turn in 0..500 {
                        let Ok(probe) = breaker.admit(1, Duration::ZERO) else {
                            std::thread::yield_now();
                            continue;
                        };
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        probes.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        if (thread + turn) % 2 == 0 {
                            probe.failed();
                        }
                    }
                });
            }
        });
        assert!(probes.load(Ordering::SeqCst) > 0);
        assert!(breaker.admit(1, Duration::ZERO).is_ok(), "nobody is in");
    }
}
