//! What becomes of the steps beside one that fails: nothing new starts, what can be dropped is dropped at once, and what has
//! a rollback is awaited, and then undone.

use std::time::Duration;

use orchestrated::{Orchestrator, Reason, approval_channel, workflow};
use tokio::time::Instant;

use crate::world::{Fault, Oops, World, failure, ms, undone};

workflow! {
    workflow Beside(world: &World) -> Result<u64, Oops> {
        #[rollback(world.undo("awaited").await)]
        tool fn awaited(world) -> Result<u64, Oops> { world.step("awaited", 20).await }
        tool fn dropped(world) -> Result<u64, Oops> { world.step("dropped", 30).await }
        // Options alone make nothing of a step that must be awaited.
        #[timeout(1h)]
        #[default(0)]
        tool fn timed(world) -> Result<u64, Oops> { world.step("timed", 30).await }
        tool fn fails(world) -> Result<u64, Oops> { world.step("fails", 5).await }
        // These are ready in the same poll, and after the one that fails.
        tool fn ready(world) -> Result<u64, Oops> { world.step("ready", 5).await }
        #[rollback(world.undo("too").await)]
        tool fn too(world) -> Result<u64, Oops> { world.step("too", 5).await }
        fn late(world, too) -> Result<u64, Oops> { world.now("late")?; Ok(*too) }
        Ok(awaited + dropped + timed + fails + ready + late)
    }
}

#[tokio::test(start_paused = true)]
async fn what_can_be_dropped_is_and_what_is_undone_is_awaited() {
    for fault in [Fault::Error, Fault::Panic] {
        let world = World::failing("fails", fault);
        let failure = failure(Beside { world: &world }).await;
        assert_eq!(
            world.told(),
            "+awaited +dropped +timed +fails +ready +too !fails xdropped xtimed xready -too -awaited \
             ~awaited =awaited ~too =too"
        );
        assert_eq!(
            (failure.step(), &*undone(&failure)),
            (Some("fails"), "awaited, too")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_is_the_one_that_is_told() {
    for second in [Fault::Error, Fault::Panic] {
        let world = World::failing("fails", Fault::Error).and_failing("awaited", second);
        let failure = failure(Beside { world: &world }).await;
        assert!(
            world.told().ends_with("-too !awaited ~too =too"),
            "{}",
            world.told()
        );
        assert_eq!((failure.step(), &*undone(&failure)), (Some("fails"), "too"));
        assert!(matches!(failure.reason(), Reason::Error(_)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_waits_for_what_is_undone() {
    let began = Instant::now();
    let world = World::new();
    let orchestrator = Orchestrator::new().deadline(Duration::from_millis(4));
    let run = Beside { world: &world }.run(&orchestrator);
    let failure = run.await.unwrap_err();
    assert_eq!(
        world.told(),
        "+awaited +dropped +timed +fails +ready +too xdropped xtimed xfails xready -too -awaited \
         ~awaited =awaited ~too =too"
    );
    assert!(matches!(failure.reason(), Reason::TimedOut(limit) if limit.as_millis() == 4));
    assert_eq!((failure.step(), &*undone(&failure)), (None, "awaited, too"));
    // Each rollback takes one.
    assert_eq!(began.elapsed().as_millis(), 22);
}

workflow! {
    workflow Again(world: &World, fails_at: u64) -> Result<(), Oops> {
        tool fn fails(world, fails_at) -> Result<u64, Oops> { world.step("fails", *fails_at).await }
        #[idempotent]
        #[retry(attempts = 3, backoff = 4ms)]
        #[fallback(world.step("fallback", 1).await)]
        #[rollback(world.undo("again").await)]
        tool fn again(world, cx) -> Result<u64, Oops> {
            world.step(&format!("again{}", cx.attempt()), 1).await?;
            Err(Oops("again".to_owned()))
        }
        #[idempotent]
        #[retry(attempts = 3, backoff = 1h, max_backoff = 1h)]
        #[rollback(world.undo("long").await)]
        tool fn long(world) -> Result<u64, Oops> {
            world.say("long");
            Err(Oops("long".to_owned()))
        }
        let _ = (again, fails, long);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn no_attempt_is_made_after_the_fault() {
    // While an attempt is made, while the next one is waited for, and at the very moment when that would be made.
    for (fails_at, told) in [
        (0, "+fails !fails"),
        (1, "+fails +again1 long !fails -again1"),
        (3, "+fails +again1 long -again1 !fails"),
        (5, "+fails +again1 long -again1 !fails"),
        (6, "+fails +again1 long -again1 +again2 !fails -again2"),
    ] {
        let began = Instant::now();
        let world = World::failing("fails", Fault::Error);
        let failure = failure(Again {
            world: &world,
            fails_at,
        })
        .await;
        assert_eq!(world.told(), told, "{fails_at}");
        assert_eq!((failure.step(), &*undone(&failure)), (Some("fails"), ""));
        assert_eq!(
            began.elapsed().as_millis(),
            u128::from(fails_at),
            "{fails_at}"
        );
    }
}

workflow! {
    workflow Turns(world: &World) -> Result<(), Oops> {
        #[priority(high)]
        #[rollback(world.undo("holds").await)]
        tool fn holds(world) -> Result<u64, Oops> { world.step("holds", 30).await }
        #[priority(high)]
        tool fn fails(world) -> Result<u64, Oops> { world.step("fails", 5).await }
        #[priority(low)]
        #[rollback(world.undo("waits").await)]
        tool fn waits(world) -> Result<u64, Oops> { world.step("waits", 1).await }
        tool fn bare(world) -> Result<u64, Oops> { world.step("bare", 1).await }
        let _ = (holds, fails, waits, bare);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_a_turn_after_the_fault() {
    let world = World::failing("fails", Fault::Error);
    let orchestrator = Orchestrator::new().max_concurrency(2);
    let failure = Turns { world: &world }
        .run(&orchestrator)
        .await
        .unwrap_err();
    assert_eq!(world.told(), "+holds +fails !fails -holds ~holds =holds");
    assert_eq!(undone(&failure), "holds");
    // And all turns are given back.
    let world = World::new();
    Turns { world: &world }.run(&orchestrator).await.unwrap();
}

workflow! {
    workflow Asks(world: &World) -> Result<(), Oops> {
        #[critical]
        #[rollback(world.undo("asked").await)]
        tool fn asked(world) -> Result<u64, Oops> { world.step("asked", 1).await }
        #[rollback(world.undo("allowed").await)]
        human fn allowed(world) -> bool { let _ = world; "may it?" }
        tool fn fails(world) -> Result<u64, Oops> { world.step("fails", 5).await }
        let _ = (asked, allowed, fails);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_person_after_the_fault() {
    let (approver, approvals) = approval_channel();
    let orchestrator = Orchestrator::new().approver(approver);
    let world = World::failing("fails", Fault::Error);
    let run = Asks { world: &world }.run(&orchestrator);
    let failure = tokio::time::timeout(Duration::from_mins(1), run).await;
    let failure = failure.expect("it waits for nobody").unwrap_err();
    assert_eq!((failure.step(), &*undone(&failure)), (Some("fails"), ""));
    assert_eq!(world.told(), "+fails !fails");
    drop(approvals);
}

workflow! {
    /// A step waits for others of its batch by nothing but an order.
    workflow Ordered(world: &World) -> Result<(), Oops> {
        #[rollback(world.undo("a").await)]
        tool fn a(world) { ms(3).await; world.say("a"); }
        #[after(a)]
        #[rollback(world.undo("b").await)]
        tool fn b(world) { ms(9).await; world.say("b"); }
        tool fn c(world) { ms(5).await; world.say("c"); }
        #[after(c)]
        tool fn d(world) -> Result<(), Oops> { world.step("d", 1).await.map(drop) }
        #[after(d)]
        #[rollback(world.undo("e").await)]
        fn e(world) { world.say("e"); }
        let _ = d;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_without_data_is_kept_too() {
    let world = World::failing("d", Fault::Panic);
    let failure = failure(Ordered { world: &world }).await;
    assert_eq!(world.told(), "a c +d !d b ~b =b ~a =a");
    assert_eq!(undone(&failure), "b, a");
}
