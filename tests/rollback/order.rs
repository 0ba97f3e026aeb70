//! The last to complete is the first to be undone, whatever has failed, and each rollback runs to its end.

use orchestrated::{Orchestrator, Reason, workflow};

use crate::world::{Fault, Oops, World, failure, ms, undone};

workflow! {
    /// Three at once, and one that comes after them.
    workflow Three(world: &World) -> Result<u64, Oops> {
        #[rollback(world.undo("a").await)]
        tool fn a(world) -> Result<u64, Oops> { world.step("a", 30).await }
        #[rollback(world.undo("b").await)]
        tool fn b(world) -> Result<u64, Oops> { world.step("b", 10).await }
        #[irreversible = "it is sent"]
        tool fn sent(world) -> Result<u64, Oops> { world.step("sent", 15).await }
        #[rollback(world.undo("c").await)]
        tool fn c(world) -> Result<u64, Oops> { world.step("c", 20).await }
        #[rollback(world.undo("end").await)]
        tool fn end(world, a, b, c, sent) -> Result<u64, Oops> {
            world.step("end", a + b + c + sent).await
        }
        Ok(end)
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_to_complete_is_undone_first() {
    let world = World::failing("end", Fault::Error);
    let failure = failure(Three { world: &world }).await;
    assert_eq!(
        world.told(),
        "+a +b +sent +c -b -sent -c -a +end !end ~a =a ~c =c ~b =b"
    );
    assert_eq!(
        undone(&failure),
        "a, c, sent is irreversible: it is sent, b"
    );
    assert_eq!(
        (failure.step(), failure.error()),
        (Some("end"), Some(&Oops("end".to_owned())))
    );
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_fails_keeps_none_from_running() {
    let world = World::failing("end", Fault::Panic)
        .and_failing("~a", Fault::Panic)
        .and_failing("~c", Fault::Error);
    let failure = failure(Three { world: &world }).await;
    assert_eq!(
        world.told(),
        "+a +b +sent +c -b -sent -c -a +end !end ~a ~c ~b =b"
    );
    assert_eq!(
        undone(&failure),
        "a: it panicked: ~a panicked, c: ~c failed, sent is irreversible: it is sent, b"
    );
    // Why the run has failed is what came first.
    assert!(matches!(failure.reason(), Reason::Panicked(_)), "{failure}");
    assert_eq!(
        format!("{failure:#}").lines().skip(1).collect::<Vec<_>>(),
        [
            "  step `a` of workflow `Three` could not be undone: it panicked: ~a panicked",
            "  step `c` of workflow `Three` could not be undone: ~c failed",
            "  step `sent` of workflow `Three` is irreversible: it is sent",
            "  step `b` of workflow `Three` is undone",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_succeeds_undoes_nothing() {
    let world = World::new();
    let orchestrator = Orchestrator::new();
    let run = Three { world: &world }.run(&orchestrator);
    assert_eq!(run.await.unwrap(), 75);
    assert!(!world.told().contains('~'), "{}", world.told());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_undoes_nothing() {
    for after in [5, 12, 40] {
        let world = World::new();
        let orchestrator = Orchestrator::new();
        let run = Three { world: &world }.run(&orchestrator);
        let dropped = tokio::time::timeout(std::time::Duration::from_millis(after), run).await;
        assert!(dropped.is_err());
        ms(100).await;
        let told = world.told();
        assert!(told.contains('x') && !told.contains('~'), "{told}");
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Last {
    Fails,
    Panics,
}

workflow! {
    /// What is moved can be undone too.
    workflow Moved(world: &World, last: Option<Last>) -> Result<(u64, String), Oops> {
        #[rollback({ world.say(format!("a was {a}")); world.undo("a").await })]
        tool fn a(world) -> Result<String, Oops> { Ok(world.step("a", 3).await?.to_string()) }
        #[rollback({ world.say(format!("b was {b}")); world.undo("b").await })]
        tool fn b(world, move a) -> Result<String, Oops> {
            world.step("b", 2).await?;
            Ok(a + "b")
        }
        /// Beside it, so that this is a stage of several batches.
        #[rollback(world.undo("side").await)]
        tool fn side(world) -> Result<u64, Oops> { world.step("side", 4).await }
        #[rollback(world.undo("left").await)]
        fn left(world, side) -> Result<u64, Oops> { let _ = side; world.now("left") }
        match last {
            None => Ok((left, b)),
            Some(Last::Fails) => Err(Oops(format!("the end after {b}"))),
            Some(Last::Panics) => panic!("the end after {b}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_expression_is_a_step_like_any_other() {
    let orchestrator = Orchestrator::new();
    let world = World::new();
    let run = Moved {
        world: &world,
        last: None,
    }
    .run(&orchestrator);
    assert_eq!(run.await.unwrap(), (0, "3b".to_owned()));

    for last in [Last::Fails, Last::Panics] {
        let world = World::new();
        let run = Moved {
            world: &world,
            last: Some(last),
        }
        .run(&orchestrator);
        let failure = run.await.unwrap_err();
        assert_eq!(
            world.told(),
            "+a +side -a +b -side +left -left -b b was 3b ~b =b ~left =left ~side =side a was 3 ~a =a"
        );
        assert_eq!(
            (failure.step(), &*undone(&failure)),
            (None, "b, left, side, a")
        );
        let panicked = matches!(failure.reason(), Reason::Panicked(_));
        assert_eq!(panicked, last == Last::Panics);
        assert!(failure.to_string().ends_with("the end after 3b failed") || panicked);
    }
}

workflow! {
    /// Plain steps, in a stage of several batches.
    workflow Plain(world: &World) -> Result<u64, Oops> {
        #[rollback(world.undo("first").await)]
        fn first(world) -> Result<u64, Oops> { world.now("first") }
        #[rollback(world.undo("second").await)]
        fn second(world, first) -> Result<u64, Oops> { world.now("second")?; Ok(*first) }
        #[rollback(world.undo("slow").await)]
        tool fn slow(world) -> Result<u64, Oops> { world.step("slow", 5).await }
        fn bare(world, second) -> u64 { world.now("bare").unwrap() + second }
        tool fn end(world, slow) -> Result<u64, Oops> { world.step("end", *slow).await }
        Ok(bare + end)
    }
}

#[tokio::test(start_paused = true)]
async fn plain_steps_fail_and_panic_like_others() {
    for fault in [Fault::Error, Fault::Panic] {
        for (at, expected) in [
            ("first", "+slow +first !first -slow ~slow =slow"),
            (
                "second",
                "+slow +first -first +second !second -slow ~slow =slow ~first =first",
            ),
            (
                "bare",
                "+slow +first -first +second -second +bare !bare -slow ~slow =slow ~second =second ~first =first",
            ),
            (
                "slow",
                "+slow +first -first +second -second +bare -bare !slow ~second =second ~first =first",
            ),
            (
                "end",
                "+slow +first -first +second -second +bare -bare -slow +end !end ~slow =slow ~second =second ~first =first",
            ),
        ] {
            let world = World::failing(at, fault);
            let failure = failure(Plain { world: &world }).await;
            assert_eq!(world.told(), expected, "{at}");
            assert_eq!(failure.step(), Some(at));
            let panicked = matches!(failure.reason(), Reason::Panicked(_));
            // What cannot fail panics.
            assert_eq!(panicked, fault == Fault::Panic || at == "bare");
        }
    }
}

/// Panics when it becomes something else, or when it is dropped.
struct Rude(bool);
impl Drop for Rude {
    fn drop(&mut self) {
        assert!(!self.0 || std::thread::panicking(), "dropped");
    }
}
impl From<Rude> for Oops {
    fn from(_: Rude) -> Self {
        panic!("converted")
    }
}

workflow! {
    workflow Rudely(world: &World, fails: bool, drops: bool) -> Result<u64, Oops> {
        #[rollback(world.undo("a").await)]
        tool fn a(world) -> Result<u64, Oops> { world.step("a", 1).await }
        fn rude(a, drops) -> Rude { let _ = a; Rude(*drops) }
        tool fn b(a, rude, fails) -> Result<u64, Rude> {
            let _ = rude;
            if *fails { Err(Rude(false)) } else { Ok(*a) }
        }
        Ok(b)
    }

    /// One that is moved is dropped with a step.
    workflow Drops(world: &World) -> Result<u64, Oops> {
        #[rollback(world.undo("a").await)]
        tool fn a(world) -> Result<u64, Oops> { world.step("a", 1).await }
        fn rude(a) -> Rude { let _ = a; Rude(true) }
        tool fn waits(move rude) { ms(50).await; std::mem::forget(rude); }
        #[rollback(world.undo("c").await)]
        tool fn c(world, a) -> Result<u64, Oops> { world.step("c", *a + 3).await }
        tool fn b(a, world) -> Result<u64, Oops> { world.step("b", *a + 1).await }
        Ok(b + c)
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_between_the_steps_loses_nothing() {
    for (fails, drops) in [(true, false), (false, true)] {
        let world = World::new();
        let failure = failure(Rudely {
            world: &world,
            fails,
            drops,
        })
        .await;
        assert_eq!(world.told(), "+a -a ~a =a");
        assert_eq!(undone(&failure), "a");
        assert!(matches!(failure.reason(), Reason::Panicked(_)), "{failure}");
    }
    let world = World::failing("b", Fault::Error);
    let failure = failure(Drops { world: &world }).await;
    assert_eq!(world.told(), "+a -a +c +b !b -c ~c =c ~a =a");
    assert_eq!((failure.step(), &*undone(&failure)), (Some("b"), "c, a"));
}
