//! Flow steps with options: a rollback of their own, limits, rounds; and what a flow may borrow.

use orchestrated::{Orchestrator, Reason, RollbackOutcome, StepFailure, workflow};

use crate::{
    flows::Part,
    world::{Fault, Oops, World, failure, ms, undone},
};

workflow! {
    workflow Nothing<'a>(world: &'a World) -> Result<u64, Oops> {
        tool fn n1(world) -> Result<u64, Oops> { world.step("n1", 3).await }
        #[idempotent]
        #[retry(2)]
        tool fn n2(world, n1) -> Result<u64, Oops> { world.step("n2", *n1).await }
        Ok(n2)
    }

    /// A flow that is undone as a whole, beside its own steps or without any.
    workflow Whole<'a>(world: &'a World, fails_at: u64) -> Result<(), Oops> {
        fn name() -> &'static str { "w" }
        #[rollback(world.undo(&format!("part {part}")).await)]
        flow part = Part { world, name };
        #[rollback(world.undo("nothing").await)]
        flow nothing = Nothing { world };
        flow dropped = Nothing { world };
        #[irreversible = "it cannot"]
        flow last = Nothing { world };
        tool fn fails(world, fails_at) -> Result<(), Oops> {
            world.step("fails", *fails_at).await.map(drop)
        }
        let _ = (part, nothing, dropped, last);
        Ok(fails)
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_has_a_rollback_of_its_own() {
    // It has completed: first what is in it, and then it.
    let world = World::failing("fails", Fault::Error);
    let failed = failure(Whole {
        world: &world,
        fails_at: 8,
    })
    .await;
    let told = world.told();
    let (_, undoes) = told.split_once("!fails ").unwrap();
    assert_eq!(undoes, "~w2 =w2 ~w1 =w1 ~part 6 =part 6 ~nothing =nothing");
    assert_eq!(
        undone(&failed),
        "second, first, part, last is irreversible: it cannot, nothing"
    );

    // It runs: what undoes itself is cancelled, and what is undone as a whole is awaited as a whole.
    let world = World::failing("fails", Fault::Error);
    let failed = failure(Whole {
        world: &world,
        fails_at: 2,
    })
    .await;
    assert_eq!(
        world.told(),
        "+n1 +n1 +n1 +fails +w1 !fails xn1 -n1 +n2 -n1 +n2 -w1 ~w1 =w1 -n2 -n2 ~nothing =nothing"
    );
    assert_eq!(
        undone(&failed),
        "first, last is irreversible: it cannot, nothing"
    );
}

workflow! {
    workflow Options<'a>(world: &'a World) -> Result<(), Oops> {
        fn a() -> &'static str { "a" }
        #[optional]
        flow maybe = Part { world, name: a };
        #[timeout(4ms)]
        #[default(90)]
        #[after(maybe)]
        flow slow = Part { world, name: b };
        fn b() -> &'static str { "b" }
        #[after(slow)]
        #[repeat(max = 3, until = rounds_are_over(world))]
        flow again = Part { world, name: c };
        fn c() -> &'static str { "c" }
        tool fn end(world, maybe, again, slow) -> Result<(), Oops> {
            assert_undone(maybe.unwrap_err());
            assert_eq!((*again, *slow), (6, 90));
            world.step("end", 0).await.map(drop)
        }
        Ok(end)
    }
}

fn assert_undone(failure: &StepFailure) {
    let rollbacks = failure.rollbacks();
    assert_eq!(rollbacks.len(), 1);
    assert!(matches!(rollbacks[0].outcome, RollbackOutcome::Undone));
}

/// After the second round.
fn rounds_are_over(world: &World) -> bool {
    world.words().iter().filter(|word| *word == "-c2").count() == 2
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_the_run_goes_on_without_has_undone_itself() {
    let world = World::failing("a2", Fault::Error).and_failing("end", Fault::Error);
    let failed = failure(Options { world: &world }).await;
    assert_eq!(
        world.told(),
        "+a1 -a1 +a2 !a2 ~a1 =a1 +b1 -b1 +b2 -b2 ~b2 =b2 ~b1 =b1 \
         +c1 -c1 +c2 -c2 +c1 -c1 +c2 -c2 +end !end \
         ~c2 =c2 ~c1 =c1 ~c2 =c2 ~c1 =c1"
    );
    // Each round of a flow that is repeated.
    assert_eq!(undone(&failed), "second, first, second, first");
    // The first of them too, where the second fails.
    let world = World::failing("a2", Fault::Error).and_failing("~c2", Fault::Error);
    let run = Rounds { world: &world };
    let failed = failure(run).await;
    assert_eq!(
        world.told(),
        "+r1 -r1 +r2 -r2 +r1 -r1 +r2 -r2 ~r2 =r2 ~r1 =r1 ~r2 =r2 ~r1 =r1"
    );
    assert!(matches!(failed.reason(), Reason::Unsatisfied { rounds: 2 }));
    assert_eq!(undone(&failed), "second, first, second, first");
}

workflow! {
    workflow Rounds<'a>(world: &'a World) -> Result<(), Oops> {
        fn r() -> &'static str { "r" }
        #[repeat(max = 2, until = false)]
        #[rollback(world.undo("never").await)]
        flow again = Part { world, name: r };
        assert!(again > 1);
        Ok(())
    }
}

#[derive(Clone, Debug)]
struct Text(String);

workflow! {
    /// Nothing is undone here, so it may borrow of the run that it is a part of.
    workflow Borrows<'t>(text: &'t Text) -> Result<usize, Oops> {
        tool fn length(text) -> usize { ms(1).await; text.0.len() }
        Ok(length)
    }

    workflow Lends<'a>(world: &'a World) -> Result<usize, Oops> {
        #[rollback(world.undo(&text.0).await)]
        tool fn text(world) -> Result<Text, Oops> {
            Ok(Text(world.step("text", 1).await?.to_string()))
        }
        flow length = Borrows { text: &text };
        #[optional]
        #[each(one in texts)]
        flow lengths = Borrows { text: one };
        fn texts(text) -> Vec<Text> { vec![Text(text.0.clone()), Text(String::new())] }
        tool fn end(world, length, lengths) -> Result<usize, Oops> {
            world.step("end", 1).await?;
            Ok(length + lengths.len())
        }
        Ok(end)
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_undoes_nothing_may_borrow() {
    let world = World::new();
    let orchestrator = Orchestrator::new();
    assert_eq!(Lends { world: &world }.run(&orchestrator).await.unwrap(), 3);
    let world = World::failing("end", Fault::Error);
    let failed = failure(Lends { world: &world }).await;
    assert!(world.told().ends_with("!end ~1 =1"), "{}", world.told());
    assert_eq!(undone(&failed), "text");
}
