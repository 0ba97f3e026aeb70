//! Runs that are cancelled: by their own token, by one that their orchestrator was given, by a shutdown. They undo what they
//! have done.

use std::{sync::Arc, time::Duration};

use orchestrated::{
    CancelToken, Failure, Orchestrator, Reason, Refusal, Workflow, approval_channel, workflow,
};
use tokio::time::Instant;

use crate::world::{Oops, World, ms, undone};

workflow! {
    /// A step that is done, and one that hangs.
    workflow Hangs(world: &World) -> Result<u64, Oops> {
        #[rollback(world.undo("done").await)]
        tool fn done(world) -> Result<u64, Oops> { world.step("done", 1).await }
        tool fn hangs(world, done) -> Result<u64, Oops> { world.step("hangs", done + 1_000_000).await }
        Ok(hangs)
    }

    /// It waits for a turn.
    workflow Turn(world: &World) -> Result<u64, Oops> {
        #[rollback(world.undo("done").await)]
        fn done(world) -> Result<u64, Oops> { world.now("done") }
        #[uses(gpu = 1)]
        #[rollback(world.undo("waits").await)]
        tool fn waits(world, done) -> Result<u64, Oops> { world.step("waits", *done).await }
        Ok(waits)
    }

    workflow Holds(world: &World) -> Result<u64, Oops> {
        #[uses(gpu = 1)]
        tool fn holds(world) -> Result<u64, Oops> { world.step("holds", 60_000).await }
        Ok(holds)
    }

    /// It waits for a person.
    workflow Asks(world: &World) -> Result<u64, Oops> {
        #[rollback(world.undo("done").await)]
        tool fn done(world) -> Result<u64, Oops> { world.step("done", 1).await }
        human fn allowed(done) -> bool { format!("after {done}?") }
        #[critical]
        #[rollback(world.undo("critical").await)]
        tool fn critical(world, done) -> Result<u64, Oops> { world.step("critical", *done).await }
        let _ = allowed;
        Ok(critical)
    }

    /// It waits for its next attempt.
    workflow BacksOff(world: &World) -> Result<u64, Oops> {
        #[rollback(world.undo("done").await)]
        tool fn done(world) -> Result<u64, Oops> { world.step("done", 1).await }
        #[idempotent]
        #[retry(attempts = 3, backoff = 1h, max_backoff = 1h)]
        #[rollback(world.undo("again").await)]
        tool fn again(world, done) -> Result<u64, Oops> {
            world.say(format!("tried after {done}"));
            Err(Oops("again".to_owned()))
        }
        Ok(again)
    }

    /// All of it as a part of a run.
    workflow Part<'a>(world: &'a World) -> Result<u64, Oops> {
        flow hangs = Hangs { world };
        flow backs_off = BacksOff { world };
        Ok(hangs + backs_off)
    }
}

/// How a run is cancelled from outside.
#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Token,
    Shutdown,
}

/// Cancels the run after ten milliseconds, and says how it has failed.
async fn cancelled<W: Workflow>(
    workflow: W,
    orchestrator: &Orchestrator,
    how: How,
) -> Failure<W::Error> {
    let token = CancelToken::new();
    let orchestrator = orchestrator.clone().cancel_on(&token);
    let began = Instant::now();
    let (ended, ()) = tokio::join!(workflow.run(&orchestrator), async {
        ms(10).await;
        match how {
            How::Token => token.cancel(),
            How::Shutdown => orchestrator.shutdown().await,
        }
    });
    // A rollback takes one.
    assert!(began.elapsed() <= Duration::from_millis(12));
    let failure = ended.err().expect("it is cancelled");
    assert!(
        matches!(failure.reason(), Reason::Cancelled),
        "{:?}",
        failure.step()
    );
    failure
}

#[tokio::test(start_paused = true)]
async fn whatever_a_run_waits_for_it_is_cancelled_and_undone() {
    for how in [How::Token, How::Shutdown] {
        let orchestrator = Orchestrator::new();
        let world = World::new();
        let failure = cancelled(Hangs { world: &world }, &orchestrator, how).await;
        assert_eq!(world.told(), "+done -done +hangs xhangs ~done =done");
        assert_eq!((failure.step(), &*undone(&failure)), (None, "done"));

        let orchestrator = Orchestrator::new().resource("gpu", 1);
        let (world, other) = (World::new(), World::new());
        let holds = Holds { world: &other };
        tokio::select! {
            biased;
            _ = holds.run(&orchestrator) => panic!("it holds it for longer"),
            failure = cancelled(Turn { world: &world }, &orchestrator, How::Token) => {
                assert_eq!(world.told(), "+done -done ~done =done");
                assert_eq!(undone(&failure), "done");
            }
        }

        let (approver, mut approvals) = approval_channel();
        let orchestrator = Orchestrator::new().approver(approver);
        let world = World::new();
        let failure = cancelled(Asks { world: &world }, &orchestrator, how).await;
        assert_eq!(world.told(), "+done -done ~done =done");
        assert_eq!(undone(&failure), "done");
        drop((orchestrator, failure));
        assert!(approvals.next().await.is_none(), "nobody asks any more");

        let orchestrator = Orchestrator::new();
        let world = World::new();
        let failure = cancelled(BacksOff { world: &world }, &orchestrator, how).await;
        assert_eq!(world.told(), "+done -done tried after 1 ~done =done");
        assert_eq!(undone(&failure), "done");

        let orchestrator = Orchestrator::new();
        let world = World::new();
        let failure = cancelled(Part { world: &world }, &orchestrator, how).await;
        assert_eq!(
            world.told(),
            "+done +done -done +hangs -done tried after 1 xhangs ~done ~done =done =done"
        );
        assert_eq!(undone(&failure), "done, done");
    }
}

workflow! {
    /// A step of it cancels it.
    workflow Itself(world: &World, waits: bool) -> Result<u64, Oops> {
        #[rollback(world.undo("done").await)]
        tool fn done(world) -> Result<u64, Oops> { world.step("done", 1).await }
        tool fn beside(world) -> Result<u64, Oops> { world.step("beside", 90).await }
        #[rollback(world.undo("cancels").await)]
        tool fn cancels(world, done, waits, cx) -> Result<u64, Oops> {
            cx.cancellation().cancel();
            if *waits {
                ms(1).await;
            }
            world.say("cancelled");
            Ok(*done)
        }
        fn next(world, cancels) -> Result<u64, Oops> { let _ = cancels; world.now("next") }
        let _ = next;
        Ok(beside)
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_cancels_its_own_run() {
    // It is itself awaited; but what comes next does not start.
    for waits in [false, true] {
        let world = World::new();
        let orchestrator = Orchestrator::new();
        let run = Itself {
            world: &world,
            waits,
        }
        .run(&orchestrator);
        let failure = run.await.unwrap_err();
        let told = if waits {
            "xbeside cancelled"
        } else {
            "cancelled xbeside"
        };
        assert_eq!(
            world.told(),
            format!("+done +beside -done {told} ~cancels =cancels ~done =done")
        );
        assert!(matches!(failure.reason(), Reason::Cancelled), "{failure}");
        assert_eq!(
            (failure.step(), &*undone(&failure)),
            (None, "cancels, done")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_cancelled_before_does_not_start() {
    let token = CancelToken::new();
    token.cancel();
    let orchestrator = Orchestrator::new().cancel_on(&token).resource("gpu", 1);
    let world = World::new();
    let undoes = Hangs { world: &world }
        .run(&orchestrator)
        .await
        .unwrap_err();
    let bare = Holds { world: &world }
        .run(&orchestrator)
        .await
        .unwrap_err();
    assert_eq!(world.told(), "");
    for failure in [undoes, bare] {
        assert!(matches!(failure.reason(), Reason::Cancelled), "{failure}");
        assert_eq!(undone(&failure), "");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_touches_no_other_run() {
    let orchestrator = Orchestrator::new().resource("gpu", 2);
    let (first, second) = (CancelToken::new(), CancelToken::new());
    let both = orchestrator.clone().cancel_on(&first).cancel_on(&second);
    let one = orchestrator.clone().cancel_on(&first);
    let worlds = [World::new(), World::new(), World::new()];
    let run = |world, orchestrator| Holds { world }.run(orchestrator);
    let (first_and_second, only_first, neither, ()) = tokio::join!(
        run(&worlds[0], &both),
        run(&worlds[1], &one),
        run(&worlds[2], &orchestrator),
        async {
            ms(10).await;
            second.cancel();
        }
    );
    assert!(matches!(
        first_and_second.unwrap_err().reason(),
        Reason::Cancelled
    ));
    assert_eq!((only_first.unwrap(), neither.unwrap()), (60_000, 60_000));
    assert_eq!(worlds[0].told(), "+holds xholds");
}

workflow! {
    workflow Slow(world: &World) -> Result<u64, Oops> {
        #[rollback({ ms(500).await; world.undo("done").await })]
        tool fn done(world) -> Result<u64, Oops> { world.step("done", 1).await }
        #[rollback(world.undo("awaited").await)]
        tool fn awaited(world) -> Result<u64, Oops> { world.step("awaited", 100).await }
        tool fn hangs(done, awaited) -> u64 {
            std::future::pending::<()>().await;
            done + awaited
        }
        Ok(hangs)
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_rollbacks_and_refuses_new_runs() {
    let orchestrator = Orchestrator::new().resource("gpu", 1);
    let clone = orchestrator.clone().grant("db:write");
    let worlds = Arc::new([World::new(), World::new()]);
    let run = |orchestrator: &Orchestrator, index: usize| {
        let (orchestrator, worlds) = (orchestrator.clone(), Arc::clone(&worlds));
        tokio::spawn(async move {
            Slow {
                world: &worlds[index],
            }
            .run(&orchestrator)
            .await
        })
    };
    let began = Instant::now();
    let early = run(&clone, 0);
    ms(50).await;
    let late = run(&orchestrator, 1);
    ms(200).await;
    // Twice at once, and from a clone too.
    let twice = orchestrator.shutdown();
    tokio::join!(clone.shutdown(), twice);
    // The last rollback of the later run has ended, in the same moment.
    assert_eq!(began.elapsed().as_millis(), 250 + 1 + 501);
    for (run, world) in [(early, &worlds[0]), (late, &worlds[1])] {
        assert!(run.is_finished());
        let failure = run.await.unwrap().unwrap_err();
        assert!(matches!(failure.reason(), Reason::Cancelled), "{failure}");
        assert_eq!(undone(&failure), "awaited, done");
        assert!(world.told().ends_with("~awaited =awaited ~done =done"));
    }
    for refuses in [&orchestrator, &clone, &orchestrator.clone()] {
        let world = World::new();
        let failure = Slow { world: &world }.run(refuses).await.unwrap_err();
        assert!(
            matches!(failure.reason(), Reason::Refused(Refusal::ShutDown)),
            "{failure}"
        );
        assert_eq!(world.told(), "");
    }
    // Once more, there is nothing to wait for.
    orchestrator.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_rollback_is_cancelled_by_nothing() {
    let token = CancelToken::new();
    let orchestrator = Orchestrator::new()
        .cancel_on(&token)
        .deadline(Duration::from_millis(200));
    let world = World::new();
    let run = Slow { world: &world }.run(&orchestrator);
    let (ended, ()) = tokio::join!(run, async {
        ms(150).await;
        // While `hangs` runs; then its rollbacks run until the deadline and after that.
        token.cancel();
        orchestrator.shutdown().await;
    });
    let failure = ended.unwrap_err();
    assert!(matches!(failure.reason(), Reason::Cancelled), "{failure}");
    assert_eq!(undone(&failure), "awaited, done");
    assert!(world.told().ends_with("~awaited =awaited ~done =done"));
}
