//! Steps with `each`, which are undone item by item; and steps whose failure is none of the run's.

use orchestrated::{Reason, workflow};
use tokio::time::Instant;

use crate::world::{Fault, Oops, World, failure, undone};

workflow! {
    workflow Awaited<'a>(world: &'a World, items: &'a [u64], fails_at: u64) -> Result<(), Oops> {
        #[rollback(world.undo("before").await)]
        tool fn before(world) -> Result<u64, Oops> { world.step("before", 1).await }
        #[each(item in items, concurrency = 2)]
        #[rollback(world.undo(&format!("i{item}")).await)]
        tool fn all(world, items) -> Result<u64, Oops> {
            world.step(&format!("i{item}"), *item).await
        }
        tool fn fails(world, fails_at) -> Result<u64, Oops> { world.step("fails", *fails_at).await }
        let _ = (before, all, fails);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn items_are_undone_one_by_one() {
    let items = &[10, 20, 30, 40];
    for (fails_at, told) in [
        // Two of them run, and are awaited.
        (
            5,
            "-before !fails -i10 -i20 ~i20 =i20 ~i10 =i10 ~before =before",
        ),
        (
            15,
            "-before -i10 +i30 !fails -i20 -i30 ~i30 =i30 ~i20 =i20 ~i10 =i10 ~before =before",
        ),
        (
            90,
            "-before -i10 +i30 -i20 +i40 -i30 -i40 !fails \
             ~i40 =i40 ~i30 =i30 ~i20 =i20 ~i10 =i10 ~before =before",
        ),
    ] {
        let world = World::failing("fails", Fault::Error);
        let failure = failure(Awaited {
            world: &world,
            items,
            fails_at,
        })
        .await;
        assert_eq!(world.told(), format!("+before +i10 +i20 +fails {told}"));
        assert_eq!(failure.step(), Some("fails"));
        let all = failure.rollbacks().iter().filter(|one| one.step == "all");
        assert_eq!(all.count(), told.matches("=i").count());
    }
}

#[tokio::test(start_paused = true)]
async fn an_item_that_fails_is_not_undone_and_the_others_are() {
    for fault in [Fault::Error, Fault::Panic] {
        let world = World::failing("i20", fault);
        let items = &[10, 20, 30, 40];
        let failure = failure(Awaited {
            world: &world,
            items,
            fails_at: 90,
        })
        .await;
        assert_eq!(
            world.told(),
            "+before +i10 +i20 +fails -before -i10 +i30 !i20 xfails -i30 \
             ~i30 =i30 ~i10 =i10 ~before =before"
        );
        assert_eq!(
            (failure.step(), &*undone(&failure)),
            (Some("all"), "all, all, before")
        );
    }
}

static GIVEN: [u64; 3] = [0, 1, 2];

/// Gives so many items, and then panics.
#[derive(Clone, Debug)]
struct Gives(usize);
impl Iterator for Gives {
    type Item = &'static u64;
    fn next(&mut self) -> Option<&'static u64> {
        self.0 -= 1;
        assert_ne!(self.0, 0, "no more items");
        GIVEN.get(self.0)
    }
}
impl IntoIterator for &Gives {
    type Item = &'static u64;
    type IntoIter = Gives;
    fn into_iter(self) -> Gives {
        self.clone()
    }
}

workflow! {
    workflow Given(world: &World, gives: Gives) -> Result<(), Oops> {
        #[each(item in gives, concurrency = 1)]
        #[rollback(world.undo(&format!("i{item}")).await)]
        tool fn all(world, gives) -> Result<u64, Oops> {
            world.step(&format!("i{item}"), *item).await
        }
        let _ = all;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn what_gives_the_items_may_panic_too() {
    let world = World::new();
    let failure = failure(Given {
        world: &world,
        gives: Gives(3),
    })
    .await;
    assert_eq!(world.told(), "+i2 -i2 +i1 -i1 ~i1 =i1 ~i2 =i2");
    assert_eq!(
        (failure.step(), &*undone(&failure)),
        (Some("all"), "all, all")
    );
    assert!(matches!(failure.reason(), Reason::Panicked(_)));
}

workflow! {
    /// What happens in the rest of the run while items are awaited, after one of them has failed.
    workflow Failing<'a>(world: &'a World, items: &'a [u64]) -> Result<(), Oops> {
        tool fn dropped(world) -> Result<u64, Oops> { world.step("dropped", 30).await }
        tool fn quick(world) -> Result<u64, Oops> { world.step("quick", 7).await }
        #[rollback(world.undo("late").await)]
        tool fn late(world, quick) -> Result<u64, Oops> { world.step("late", *quick).await }
        #[each(item in items)]
        #[idempotent]
        #[retry(attempts = 3, backoff = 4ms, when = error.0 != "i5")]
        #[rollback(world.undo(&format!("i{item}")).await)]
        tool fn all(world, items) -> Result<u64, Oops> {
            world.step(&format!("i{item}"), *item).await
        }
        #[rollback(world.undo("awaited").await)]
        tool fn awaited(world) -> Result<u64, Oops> { world.step("awaited", 8).await }
        let _ = (dropped, quick, late, all, awaited);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_stops_with_the_first_item_that_fails() {
    // The item of 3 would be tried again, while the one of 9 is awaited.
    for awaited in [None, Some(Fault::Error), Some(Fault::Panic)] {
        let began = Instant::now();
        let mut world = World::failing("i5", Fault::Error).and_failing("i3", Fault::Error);
        if let Some(fault) = awaited {
            world = world.and_failing("awaited", fault);
        }
        let items = &[9, 5, 3];
        let failure = failure(Failing {
            world: &world,
            items,
        })
        .await;
        let undoes = if awaited.is_none() {
            "-awaited -i9 ~i9 =i9 ~awaited =awaited"
        } else {
            "!awaited -i9 ~i9 =i9"
        };
        assert_eq!(
            world.told(),
            format!("+dropped +quick +i9 +i5 +i3 +awaited !i3 !i5 xdropped xquick {undoes}")
        );
        assert_eq!(failure.error(), Some(&Oops("i5".to_owned())), "{failure}");
        assert_eq!(failure.step(), Some("all"));
        assert_eq!(
            began.elapsed().as_millis(),
            if awaited.is_none() { 11 } else { 10 }
        );
    }
}

workflow! {
    workflow Absorbs<'a>(world: &'a World, items: &'a [u64]) -> Result<(), Oops> {
        #[optional]
        #[rollback(world.undo("optional").await)]
        tool fn optional(world) -> Result<u64, Oops> { world.step("optional", 1).await }
        #[default(7)]
        #[rollback(world.undo("default").await)]
        tool fn default(world) -> Result<u64, Oops> { world.step("default", 2).await }
        // This is how the step is done in the end.
        #[fallback(world.step("second", 1).await)]
        #[rollback(world.undo(&format!("fallback {fallback}")).await)]
        tool fn fallback(world) -> Result<u64, Oops> { world.step("fallback", 3).await }
        #[when(false)]
        #[rollback(world.undo("never").await)]
        tool fn never(world) -> Result<u64, Oops> { world.step("never", 1).await }
        #[each(item in items)]
        #[optional]
        #[rollback(world.undo(&format!("i{item}")).await)]
        tool fn all(world, items) -> Result<u64, Oops> {
            world.step(&format!("i{item}"), *item).await
        }
        #[each(item in items)]
        #[irreversible = "it is sent"]
        tool fn sent(world, items) -> Result<u64, Oops> {
            world.step(&format!("s{item}"), item + 10).await
        }
        #[after(optional, default, fallback, never, all, sent)]
        tool fn fails(world) -> Result<(), Oops> { world.step("fails", 1).await.map(drop) }
        let _ = (optional, default, fallback, never, all, sent);
        Ok(fails)
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_that_has_failed_is_not_undone_whatever_makes_good_for_it() {
    let world = World::failing("optional", Fault::Error)
        .and_failing("default", Fault::Panic)
        .and_failing("fallback", Fault::Error)
        .and_failing("i6", Fault::Error)
        .and_failing("fails", Fault::Error);
    let items = &[5, 6, 7];
    let failure = failure(Absorbs {
        world: &world,
        items,
    })
    .await;
    let told = world.told();
    let (_, undoes) = told.split_once("!fails ").unwrap();
    assert_eq!(undoes, "~i7 =i7 ~i5 =i5 ~fallback 1 =fallback 1");
    let sent = ["sent is irreversible: it is sent"; 3].join(", ");
    assert_eq!(undone(&failure), format!("{sent}, all, all, fallback"));
}

workflow! {
    workflow Late(world: &World) -> Result<(), Oops> {
        #[fallback(world.step("second", 1).await)]
        #[default({ world.say("default"); 1 })]
        #[rollback(world.undo("awaited").await)]
        tool fn awaited(world) -> Result<u64, Oops> { world.step("awaited", 5).await }
        #[default({ world.say("default"); 1 })]
        #[rollback(world.undo("too").await)]
        tool fn too(world) -> Result<u64, Oops> { world.step("too", 6).await }
        tool fn fails(world) -> Result<u64, Oops> { world.step("fails", 3).await }
        let _ = (awaited, too, fails);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn what_makes_good_for_a_failure_does_not_start_after_another() {
    let world = World::failing("fails", Fault::Error)
        .and_failing("awaited", Fault::Error)
        .and_failing("too", Fault::Error);
    let failure = failure(Late { world: &world }).await;
    assert_eq!(world.told(), "+awaited +too +fails !fails !awaited !too");
    assert_eq!((failure.step(), &*undone(&failure)), (Some("fails"), ""));
}
