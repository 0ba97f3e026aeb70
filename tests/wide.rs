//! Stages that are expanded for their size, as a run meets them: a wide one of 140 steps, of which each is polled when it has
//! been woken, and one of 138 steps in three batches, in which a step starts as soon as what it reads is there.
//!
//! Steps are ready, yield, are woken by another thread while the stage runs, hold the thread, or fail. What they give must
//! be that of the same sums by hand; who was not woken must not be polled; and where one fails, every future that has
//! started is dropped with the run, and nothing starts after it. Miri runs this, too: what the expansions pin in their
//! frames, share between groups and wake from threads is all there.

use std::{
    future::Future,
    pin::pin,
    sync::{
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    task::Poll,
    thread,
};

use futures::{channel::oneshot, executor::block_on};
use orchestrated::{Failure, Orchestrator, workflow};

/// How many steps of each sort are in the wide stage.
const OF_A_SORT: usize = 28;

/// How many chains of three steps are in the other.
const CHAINS: usize = 46;

/// What the steps of a run share.
struct Shared {
    /// Who sends them a word; nothing ends it.
    teller: mpsc::Sender<Option<oneshot::Sender<u64>>>,
    /// The name of the step that fails.
    fails: &'static str,
    /// How often those were polled that wait for a word.
    polls: AtomicUsize,
    started: AtomicUsize,
    /// How many have started, and neither ended nor been dropped.
    alive: AtomicUsize,
}

impl Shared {
    fn starts(&self) -> Alive<'_> {
        self.started.fetch_add(1, Relaxed);
        self.alive.fetch_add(1, Relaxed);
        Alive(&self.alive)
    }

    async fn yields(&self, value: u64) -> u64 {
        let _alive = self.starts();
        yield_now().await;
        value
    }

    /// Waits for a word from another thread.
    async fn hears(&self, value: u64) -> u64 {
        let _alive = self.starts();
        let (word, heard) = oneshot::channel();
        self.teller
            .send(Some(word))
            .expect("the other thread listens");
        let mut heard = pin!(heard);
        let heard = std::future::poll_fn(|cx| {
            self.polls.fetch_add(1, Relaxed);
            heard.as_mut().poll(cx)
        });
        value + heard.await.expect("a word is sent")
    }

    async fn may_fail(&self, name: &'static str, value: u64) -> Result<u64, String> {
        let _alive = self.starts();
        yield_now().await;
        if name == self.fails {
            return Err(format!("`{name}` cannot"));
        }
        Ok(value)
    }
}

struct Alive<'a>(&'a AtomicUsize);

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

async fn yield_now() {
    let mut waited = false;
    std::future::poll_fn(|cx| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

macro_rules! wide {
    (
        ready: $($ready:ident)*;
        yields: $($yields:ident)*;
        hears: $($hears:ident)*;
        plain: $($plain:ident)*;
        fails: $($fails:ident)*;
    ) => {
        workflow! {
            /// All side by side.
            workflow Wide(n: u64, shared: &Shared) -> Result<u64, String> {
                tool fn first(n) -> u64 { *n }
                $(tool fn $ready(first) -> u64 { *first })*
                $(tool fn $yields(first, shared) -> u64 { shared.yields(*first).await })*
                $(tool fn $hears(first, shared) -> u64 { shared.hears(*first).await })*
                $(fn $plain(first) -> String { first.to_string() })*
                $(tool fn $fails(first, shared) -> Result<u64, String> {
                    shared.may_fail(stringify!($fails), *first).await
                })*
                fn all($($ready,)* $($yields,)* $($hears,)* $($plain,)* $($fails),*) -> u64 {
                    let numbers = [$(*$ready,)* $(*$yields,)* $(*$hears,)* $(*$fails),*];
                    let texts = [$($plain.as_str()),*];
                    numbers.iter().sum::<u64>() + texts.concat().len() as u64
                }
                Ok(all)
            }
        }
    };
}

wide! {
    ready:
        r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15 r16 r17 r18 r19 r20 r21 r22 r23
        r24 r25 r26 r27;
    yields:
        y0 y1 y2 y3 y4 y5 y6 y7 y8 y9 y10 y11 y12 y13 y14 y15 y16 y17 y18 y19 y20 y21 y22 y23
        y24 y25 y26 y27;
    hears:
        h0 h1 h2 h3 h4 h5 h6 h7 h8 h9 h10 h11 h12 h13 h14 h15 h16 h17 h18 h19 h20 h21 h22 h23
        h24 h25 h26 h27;
    plain:
        p0 p1 p2 p3 p4 p5 p6 p7 p8 p9 p10 p11 p12 p13 p14 p15 p16 p17 p18 p19 p20 p21 p22 p23
        p24 p25 p26 p27;
    fails:
        f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23
        f24 f25 f26 f27;
}

macro_rules! chains {
    ($(($a:ident $b:ident $c:ident))*) => {
        workflow! {
            /// Chains side by side, of which none waits for another.
            workflow Chains(n: u64, shared: &Shared) -> Result<u64, String> {
                $(
                    tool fn $a(n, shared) -> u64 { shared.hears(*n).await }
                    tool fn $b($a, shared) -> Result<String, String> {
                        let value = shared.may_fail(stringify!($b), *$a).await?;
                        Ok(value.to_string())
                    }
                    tool fn $c($a, $b, shared) -> String {
                        let _alive = shared.starts();
                        format!("{}{}", $a, $b)
                    }
                )*
                fn all($($c),*) -> u64 { [$($c),*].iter().map(|text| text.len() as u64).sum() }
                Ok(all)
            }
        }
    };
}

chains! {
    (a0 b0 c0) (a1 b1 c1) (a2 b2 c2) (a3 b3 c3) (a4 b4 c4) (a5 b5 c5)
    (a6 b6 c6) (a7 b7 c7) (a8 b8 c8) (a9 b9 c9) (a10 b10 c10) (a11 b11 c11)
    (a12 b12 c12) (a13 b13 c13) (a14 b14 c14) (a15 b15 c15) (a16 b16 c16) (a17 b17 c17)
    (a18 b18 c18) (a19 b19 c19) (a20 b20 c20) (a21 b21 c21) (a22 b22 c22) (a23 b23 c23)
    (a24 b24 c24) (a25 b25 c25) (a26 b26 c26) (a27 b27 c27) (a28 b28 c28) (a29 b29 c29)
    (a30 b30 c30) (a31 b31 c31) (a32 b32 c32) (a33 b33 c33) (a34 b34 c34) (a35 b35 c35)
    (a36 b36 c36) (a37 b37 c37) (a38 b38 c38) (a39 b39 c39) (a40 b40 c40) (a41 b41 c41)
    (a42 b42 c42) (a43 b43 c43) (a44 b44 c44) (a45 b45 c45)
}

/// Runs a workflow, while another thread sends its steps a word each; or it does not, and they are dropped with the run.
fn run<T, E>(
    fails: &'static str,
    sends: bool,
    run: impl AsyncFnOnce(&Shared) -> Result<T, E>,
) -> (Result<T, E>, Shared) {
    let (teller, words) = mpsc::channel();
    let shared = Shared {
        teller,
        fails,
        polls: AtomicUsize::new(0),
        started: AtomicUsize::new(0),
        alive: AtomicUsize::new(0),
    };
    let ended = thread::scope(|scope| {
        scope.spawn(move || {
            let words = std::iter::from_fn(|| words.recv().ok().flatten());
            if sends {
                for word in words {
                    // Who has been dropped does not hear it.
                    let _ = word.send(1);
                }
            } else {
                let kept: Vec<oneshot::Sender<u64>> = words.collect();
                assert!(kept.iter().all(oneshot::Sender::is_canceled));
            }
        });
        let ended = block_on(run(&shared));
        shared.teller.send(None).expect("the other thread listens");
        ended
    });
    (ended, shared)
}

/// In how many batches each stage is, and how many steps are in it.
fn stages(plan: &orchestrated::plan::Plan) -> Vec<(usize, usize)> {
    let sizes: Vec<usize> = plan.batches().map(|batch| batch.indices().len()).collect();
    let stages = plan.stages();
    stages
        .map(|batches| (batches.len(), sizes[batches].iter().sum()))
        .collect()
}

#[test]
fn a_wide_stage_gives_what_its_steps_give() {
    assert_eq!(stages(Wide::PLAN)[1], (1, 5 * OF_A_SORT));
    let orchestrator = Orchestrator::new();
    let (ended, shared) = run("", true, async |shared| {
        Wide { n: 7, shared }.run(&orchestrator).await
    });
    // Sevens, those that heard a word one more, and a digit of each text.
    let count = OF_A_SORT as u64;
    assert_eq!(ended.unwrap(), 4 * 7 * count + count + count);
    assert_eq!(shared.alive.into_inner(), 0);
    // At its start, and when it is woken.
    let polls = shared.polls.into_inner();
    assert!(
        (OF_A_SORT..=2 * OF_A_SORT).contains(&polls),
        "{polls} polls of {OF_A_SORT} steps"
    );
}

#[test]
fn a_step_that_fails_ends_a_wide_stage() {
    for fails in ["f0", "f13", "f27"] {
        let orchestrator = Orchestrator::new();
        let (ended, shared) = run(fails, false, async |shared| {
            Wide { n: 7, shared }.run(&orchestrator).await
        });
        assert_eq!(failed(&ended.unwrap_err()), fails);
        assert_eq!(shared.started.into_inner(), 3 * OF_A_SORT);
        assert_eq!(shared.alive.into_inner(), 0, "all are dropped");
    }
}

#[test]
fn a_large_stage_gives_what_its_chains_give() {
    assert_eq!(stages(Chains::PLAN)[0], (3, 3 * CHAINS));
    let orchestrator = Orchestrator::new();
    let (ended, shared) = run("", true, async |shared| {
        Box::pin(Chains { n: 12, shared }.run(&orchestrator)).await
    });
    // "1313".
    assert_eq!(ended.unwrap(), 4 * CHAINS as u64);
    assert_eq!(shared.started.into_inner(), 3 * CHAINS);
    assert_eq!(shared.alive.into_inner(), 0);
    // No more chains than are polled together.
    assert!(shared.polls.into_inner() >= CHAINS);
}

#[test]
fn a_step_that_fails_ends_a_large_stage() {
    for (fails, reader) in [("b0", "c0"), ("b17", "c17")] {
        let orchestrator = Orchestrator::new();
        let (ended, shared) = run(fails, true, async |shared| {
            Box::pin(Chains { n: 12, shared }.run(&orchestrator)).await
        });
        assert_eq!(failed(&ended.unwrap_err()), fails);
        let started = shared.started.into_inner();
        assert!(
            (CHAINS + 1..3 * CHAINS).contains(&started),
            "{reader} starts"
        );
        assert_eq!(shared.alive.into_inner(), 0, "all are dropped");
    }
}

/// The name of the step that failed.
fn failed(failure: &Failure<String>) -> &str {
    failure.step().expect("it was a step")
}
