//! Flow steps: what they run is undone from the inside out, when it has completed and when it has not.

use orchestrated::{Reason, workflow};
use tokio::time::Instant;

use crate::world::{Fault, Oops, World, failure, undone};

workflow! {
    /// Two steps of three milliseconds.
    pub(crate) workflow Part<'a>(world: &'a World, name: &'static str) -> Result<u64, Oops> {
        #[rollback(world.undo(&format!("{name}1")).await)]
        tool fn first(world, name) -> Result<u64, Oops> {
            world.step(&format!("{name}1"), 3).await
        }
        #[rollback(world.undo(&format!("{name}2")).await)]
        tool fn second(world, name, first) -> Result<u64, Oops> {
            world.step(&format!("{name}2"), *first).await
        }
        Ok(first + second)
    }

    /// Three levels: this one, `Middle` and `Part`.
    workflow Outer<'a>(world: &'a World) -> Result<u64, Oops> {
        fn name() -> &'static str { "m" }
        #[rollback(world.undo("before").await)]
        tool fn before(world, name) -> Result<u64, Oops> {
            world.step("before", u64::try_from(name.len()).unwrap()).await
        }
        #[after(before)]
        flow middle = Middle { world, name };
        #[rollback(world.undo("beside").await)]
        tool fn beside(world, before) -> Result<u64, Oops> { world.step("beside", before + 3).await }
        #[rollback(world.undo("after").await)]
        tool fn after(world, middle) -> Result<u64, Oops> { world.step("after", *middle).await }
        tool fn end(world, after, beside) -> Result<u64, Oops> {
            world.step("end", after + beside).await
        }
        Ok(end)
    }

    workflow Middle<'a>(world: &'a World, name: &'static str) -> Result<u64, Oops> {
        flow part = Part { world, name };
        #[rollback(world.undo("own").await)]
        tool fn own(world, part) -> Result<u64, Oops> { world.step("own", *part).await }
        tool fn last(world, own) -> Result<u64, Oops> { world.step("last", *own).await }
        Ok(last)
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_has_completed_is_undone_with_the_run() {
    let world = World::failing("end", Fault::Error);
    let failure = failure(Outer { world: &world }).await;
    let told = world.told();
    let (_, undoes) = told.split_once("!end ").unwrap();
    assert_eq!(
        undoes,
        "~after =after ~own =own ~m2 =m2 ~m1 =m1 ~beside =beside ~before =before"
    );
    let rollbacks = failure.rollbacks().iter();
    let rollbacks: Vec<_> = rollbacks.map(|one| (&*one.workflow, &*one.step)).collect();
    assert_eq!(
        rollbacks,
        [
            ("Outer", "after"),
            ("Middle", "own"),
            ("Part", "second"),
            ("Part", "first"),
            ("Outer", "beside"),
            ("Outer", "before"),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_fails_undoes_itself_first() {
    for (at, told) in [
        (
            "m2",
            "+m1 +beside -m1 +m2 -beside !m2 ~m1 =m1 ~beside =beside ~before =before",
        ),
        (
            "last",
            "+m1 +beside -m1 +m2 -beside -m2 +own -own +last !last \
             ~own =own ~m2 =m2 ~m1 =m1 ~beside =beside ~before =before",
        ),
    ] {
        for fault in [Fault::Error, Fault::Panic] {
            let world = World::failing(at, fault);
            let failure = failure(Outer { world: &world }).await;
            assert_eq!(world.told(), format!("+before -before {told}"));
            assert_eq!(failure.step(), Some("middle"));
            let undone = failure.rollbacks();
            assert_eq!(undone.len(), told.matches('=').count());
            assert!(undone.iter().all(|one| one.outcome.is_undone()));
        }
    }
}

workflow! {
    /// While a flow undoes what it has done, the run does not go on: not if the flow fails it.
    workflow Goes<'a>(world: &'a World) -> Result<(), Oops> {
        fn name() -> &'static str { "p" }
        flow part = Part { world, name };
        tool fn beside(world) -> Result<u64, Oops> { world.step("beside", 6).await }
        tool fn dropped(world) -> Result<u64, Oops> { world.step("dropped", 90).await }
        tool fn next(world, beside) -> Result<u64, Oops> { world.step("next", *beside).await }
        let _ = (part, dropped, next);
        Ok(())
    }

    workflow GoesOn<'a>(world: &'a World) -> Result<(), Oops> {
        fn name() -> &'static str { "p" }
        #[optional]
        flow part = Part { world, name };
        tool fn beside(world) -> Result<u64, Oops> { world.step("beside", 6).await }
        tool fn next(world, beside) -> Result<u64, Oops> { world.step("next", *beside).await }
        #[timeout(5ms)]
        #[after(next)]
        flow slow = Middle { world, name };
        let _ = (part, next, slow);
        Ok(())
    }

    /// It fails by its last expression.
    workflow Last<'a>(world: &'a World) -> Result<(), Oops> {
        #[rollback(world.undo("l").await)]
        tool fn l(world) -> Result<u64, Oops> { world.step("l", 5).await }
        Err(Oops(l.to_string()))
    }

    workflow OfLast<'a>(world: &'a World) -> Result<(), Oops> {
        flow last = Last { world };
        tool fn beside(world) -> Result<u64, Oops> { world.step("beside", 5).await }
        tool fn next(world, beside) -> Result<u64, Oops> { world.step("next", *beside).await }
        let _ = (last, next);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_starts_while_a_flow_undoes_itself() {
    for fault in [Fault::Error, Fault::Panic] {
        let world = World::failing("p2", fault);
        let failed = failure(Goes { world: &world }).await;
        assert_eq!(
            world.told(),
            "+beside +dropped +p1 -p1 +p2 -beside !p2 ~p1 xdropped =p1"
        );
        assert_eq!((failed.step(), &*undone(&failed)), (Some("part"), "first"));
    }
    let world = World::new();
    let failed = failure(OfLast { world: &world }).await;
    assert_eq!(world.told(), "+l +beside -l ~l xbeside =l");
    assert_eq!((failed.step(), &*undone(&failed)), (Some("last"), "l"));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_goes_on_without_a_flow_does_so_at_once() {
    let world = World::failing("p2", Fault::Error);
    let failed = failure(GoesOn { world: &world }).await;
    assert_eq!(
        world.told(),
        "+beside +p1 -p1 +p2 -beside !p2 ~p1 +next =p1 -next +p1 -p1 +p2 !p2 ~p1 =p1"
    );
    assert_eq!((failed.step(), &*undone(&failed)), (Some("slow"), "first"));
    // It took too long, and its second step was awaited all the same.
    assert!(matches!(failed.reason(), Reason::TimedOut(_)), "{failed}");
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_runs_is_cancelled_and_undoes_itself() {
    for fault in [Fault::Error, Fault::Panic] {
        // Its step is awaited, and nothing of it starts after that.
        let world = World::failing("beside", fault);
        let failure = failure(Outer { world: &world }).await;
        assert_eq!(
            world.told(),
            "+before -before +m1 +beside -m1 +m2 !beside -m2 ~m2 =m2 ~m1 =m1 ~before =before"
        );
        assert_eq!(failure.step(), Some("beside"));
        assert_eq!(undone(&failure), "second, first, before");
    }
}

workflow! {
    /// A flow whose step nobody ever wakes.
    workflow Waits<'a>(world: &'a World) -> Result<(), Oops> {
        #[rollback(world.undo("done").await)]
        tool fn done(world) -> Result<u64, Oops> { world.step("done", 1).await }
        tool fn hangs(world, done) -> Result<u64, Oops> { world.step("hangs", *done).await }
        assert!(hangs > 1);
        Ok(())
    }

    workflow Beside<'a>(world: &'a World, names: &'a [&'static str]) -> Result<(), Oops> {
        flow waits = Waits { world };
        #[each(name in names, concurrency = 2)]
        flow parts = Named { world, name };
        tool fn fails(world) -> Result<(), Oops> { world.step("fails", 4).await.map(drop) }
        let _ = (waits, parts);
        Ok(fails)
    }

    workflow Named<'a>(world: &'a World, name: &'a &'static str) -> Result<u64, Oops> {
        #[rollback(world.undo(&format!("{name}1")).await)]
        tool fn one(world, name) -> Result<u64, Oops> {
            world.step(&format!("{name}1"), 3).await
        }
        tool fn two(world, one, name) -> Result<u64, Oops> {
            world.step(&format!("{name}2"), *one).await
        }
        Ok(two)
    }
}

#[tokio::test(start_paused = true)]
async fn every_flow_sees_that_the_run_stops() {
    let began = Instant::now();
    let world = World::failing("fails", Fault::Error)
        .and_failing("hangs", Fault::Hang)
        .and_failing("b2", Fault::Hang);
    let names = &["a", "b", "c"];
    let failed = failure(Beside {
        world: &world,
        names,
    })
    .await;
    let told = world.told();
    let (before, after) = told.split_once(" !fails ").unwrap();
    assert_eq!(before, "+done +a1 +b1 +fails -done +hangs -a1 +a2 -b1 +b2");
    // All of them at once, the items in no particular order.
    let mut after: Vec<_> = after.split(' ').collect();
    assert!(
        after[6..].iter().all(|word| word.starts_with('=')),
        "{told}"
    );
    after.sort_unstable();
    assert_eq!(
        after,
        [
            "=a1", "=b1", "=done", "xa2", "xb2", "xhangs", "~a1", "~b1", "~done"
        ]
    );
    let mut steps: Vec<_> = failed.rollbacks().iter().map(|one| &*one.step).collect();
    steps.sort_unstable();
    assert_eq!(steps, ["done", "one", "one"]);
    assert_eq!(began.elapsed().as_millis(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_flow_of_an_item_that_fails_stops_the_run() {
    let began = Instant::now();
    let world = World::failing("a2", Fault::Panic)
        .and_failing("hangs", Fault::Hang)
        .and_failing("b2", Fault::Hang);
    let names = &["b", "a", "c"];
    let failed = failure(Beside {
        world: &world,
        names,
    })
    .await;
    assert_eq!(
        world.told(),
        "+done +b1 +a1 +fails -done +hangs -b1 +b2 -a1 +a2 -fails !a2 ~a1 xhangs ~done \
         xb2 ~b1 =done =a1 =b1"
    );
    assert_eq!(
        (failed.step(), &*undone(&failed)),
        (Some("parts"), "done, one, one")
    );
    assert_eq!(began.elapsed().as_millis(), 7);
}

workflow! {
    workflow Items<'a>(world: &'a World, names: &'a [&'static str]) -> Result<(), Oops> {
        #[each(name in names)]
        flow parts = Named { world, name };
        tool fn end(world, parts) -> Result<(), Oops> {
            world.step("end", u64::try_from(parts.len()).unwrap()).await.map(drop)
        }
        tool fn dropped(world) { let _ = world.step("dropped", 50).await; }
        Ok(end)
    }
}

#[tokio::test(start_paused = true)]
async fn flows_of_items_are_cancelled_with_the_first_that_fails() {
    let world = World::failing("a2", Fault::Error).and_failing("b2", Fault::Hang);
    let names = &["b", "a"];
    let failed = failure(Items {
        world: &world,
        names,
    })
    .await;
    assert_eq!(
        world.told(),
        "+b1 +a1 +dropped -b1 +b2 -a1 +a2 !a2 ~a1 xdropped xb2 ~b1 =a1 =b1"
    );
    assert_eq!(
        (failed.step(), &*undone(&failed)),
        (Some("parts"), "one, one")
    );

    let world = World::failing("end", Fault::Error);
    let names = &["b", "a"];
    let failed = failure(Items {
        world: &world,
        names,
    })
    .await;
    assert!(
        world.told().ends_with("!end xdropped ~a1 =a1 ~b1 =b1"),
        "{}",
        world.told()
    );
    assert_eq!(
        (failed.step(), &*undone(&failed)),
        (Some("end"), "one, one")
    );
}

workflow! {
    workflow Generic<'a, T: Clone + ToString, const N: u64>(world: &'a World, item: T) -> Result<u64, Oops> {
        #[rollback(world.undo(&format!("{}{N}{generic}", item.to_string())).await)]
        tool fn generic(world, item) -> Result<u64, Oops> { world.step(&item.to_string(), N).await }
        Ok(generic)
    }

    workflow OfGeneric<'a, T: Copy + ToString>(world: &'a World, item: T) -> Result<(), Oops> {
        flow one = Generic::<'a, T, 1> { world, item };
        #[after(one)]
        flow two = Generic::<u8, 2> { world, item: byte };
        fn byte() -> u8 { 7 }
        tool fn end(world, two) -> Result<(), Oops> { world.step("end", *two).await.map(drop) }
        let _ = one;
        Ok(end)
    }
}

#[tokio::test(start_paused = true)]
async fn flows_of_generic_workflows_are_undone() {
    let world = World::failing("end", Fault::Error);
    let failure = failure(OfGeneric {
        world: &world,
        item: 'x',
    })
    .await;
    assert_eq!(world.told(), "+x -x +7 -7 +end !end ~722 =722 ~x11 =x11");
    assert_eq!(undone(&failure), "generic, generic");
}
