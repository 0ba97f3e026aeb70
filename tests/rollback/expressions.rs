//! What the expression of a rollback sees, and what it may be.

use std::{cell::RefCell, num::ParseIntError, rc::Rc, sync::Arc};

use orchestrated::{Orchestrator, RollbackOutcome, workflow};

use crate::world::{Fault, Oops, World, failure, undone};

/// Is cloned, and cannot be copied.
#[derive(Clone, Debug, PartialEq)]
struct Name(String);

workflow! {
    workflow Sees<'a>(
        world: &'a World,
        name: Name,
        tags: Vec<String>,
        text: &'a str,
        wants: bool,
        shared: Arc<World>,
    ) -> Result<(), Oops> {
        #[rollback(world.say(format!("{} {text} {deployed} {}", name.0, tags.len())))]
        tool fn deployed(world, name, tags: &[String], text) -> u64 {
            let _ = (world, name, text);
            u64::try_from(tags.len()).unwrap() + 40
        }

        #[rollback(world.say(format!("{left} and {}", right.0)))]
        tool fn pair(world, name) -> (left: String, right: Name) {
            let _ = world;
            ("left".to_owned(), name.clone())
        }

        #[optional]
        tool fn missing(name) -> Result<u64, Oops> { Err(Oops(name.0.clone())) }

        #[when(*wants)]
        tool fn wanted(wants) -> String { wants.to_string() }

        #[rollback(world.say(format!("{missing:?} {wanted:?} {}", left.len())))]
        tool fn from_maybe(world, missing, wanted, left) {
            let _ = (world, missing, wanted, left);
        }

        // Only of what it is itself given.
        #[rollback({
            let number: u64 = text.parse()?;
            world.undo("parsed").await.map_err(|_| unreachable!())?;
            let _ = number;
            Ok::<_, ParseIntError>(())
        })]
        tool fn parsed(world, text) { let _ = (world, text); }

        #[rollback({ shared.say("through an Arc"); Ok::<_, String>(7) })]
        tool fn owned(shared) { let _ = shared; }

        #[rollback(Err::<u8, _>("as it is".to_owned()))]
        tool fn text_error(world) { let _ = world; }

        #[when(*wants)]
        #[rollback(world.say(format!("conditional {maybe}")))]
        tool fn maybe(world, wants) -> u64 { let _ = world; u64::from(*wants) + 1 }

        #[after(deployed, from_maybe, parsed, owned, text_error, maybe)]
        tool fn end(world) -> Result<(), Oops> { world.step("end", 1).await.map(drop) }

        let _ = (right, end);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn it_sees_inputs_and_outputs_as_its_step_did() {
    for wants in [true, false] {
        let world = World::failing("end", Fault::Error);
        let shared = Arc::new(World::new());
        let sees = Sees {
            world: &world,
            name: Name("it".to_owned()),
            tags: vec!["a".to_owned(), "b".to_owned()],
            text: "no number",
            wants,
            shared: Arc::clone(&shared),
        };
        let failure = failure(sees).await;
        let words = world.words();
        let mut told = words.iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(told[..2], ["+end", "!end"]);
        told.sort_unstable();
        let told = told.join("; ");
        assert!(told.contains("it no number 42 2"), "{told}");
        assert!(told.contains("left and it"), "{told}");
        let wanted = if wants { "Some(\"true\")" } else { "None" };
        assert!(
            told.contains(wanted) && told.contains("StepFailure"),
            "{told}"
        );
        assert_eq!(told.contains("conditional 2"), wants, "{told}");
        assert_eq!(shared.told(), "through an Arc");

        let undone = undone(&failure);
        assert!(undone.contains("parsed: invalid digit"), "{undone}");
        assert!(undone.contains("text_error: as it is"), "{undone}");
        let mut steps = failure.rollbacks().iter().map(|one| &*one.step);
        assert_eq!(steps.any(|step| step == "maybe"), wants, "{undone}");
        // The error itself, where its type is one.
        let parsed = failure.rollbacks().iter().find(|one| one.step == "parsed");
        let Some(RollbackOutcome::Failed(error)) = parsed.map(|one| &one.outcome) else {
            panic!("{undone}");
        };
        assert!(error.is::<ParseIntError>());
    }
}

workflow! {
    workflow Local(log: Rc<RefCell<Vec<String>>>) -> Result<(), Oops> {
        #[rollback(log.borrow_mut().push(format!("undone {kept}")))]
        tool fn kept(log) -> Rc<str> { log.borrow_mut().push("kept".to_owned()); "it".into() }
        #[rollback({ tokio::task::yield_now().await; log.borrow_mut().push("undone too".to_owned()) })]
        tool fn other(log, kept) { log.borrow_mut().push(format!("other {kept}")); }
        #[after(other)]
        tool fn end() -> Result<(), Oops> { Err(Oops("end".to_owned())) }
        Ok(end)
    }

    workflow Sent(world: Arc<World>, name: String) -> Result<(), Oops> {
        #[rollback({ world.undo(name).await?; assert_eq!(out, "1"); Ok::<_, Oops>(()) })]
        tool fn out(world, name) -> Result<String, Oops> { Ok(world.step(name, 1).await?.to_string()) }
        #[after(out)]
        #[each(item in items)]
        #[rollback({ assert_eq!(all, item); world.undo(&item.to_string()).await })]
        tool fn all(world, items) -> Result<u64, Oops> { world.step(&item.to_string(), *item).await }
        fn items() -> Vec<u64> { vec![1, 2] }
        #[after(all)]
        tool fn end(world) -> Result<(), Oops> { world.step("end", 1).await.map(drop) }
        Ok(end)
    }
}

#[tokio::test]
async fn a_run_whose_rollback_keeps_what_cannot_be_sent_runs_on_one_thread() {
    let log = Rc::default();
    let local = tokio::task::LocalSet::new();
    let kept = Rc::clone(&log);
    local
        .run_until(async move {
            let run = async move { Local { log: kept }.run(&Orchestrator::new()).await };
            let failure = tokio::task::spawn_local(run).await.unwrap().unwrap_err();
            assert_eq!(undone(&failure), "other, kept");
        })
        .await;
    assert_eq!(
        *log.borrow(),
        ["kept", "other it", "undone too", "undone it"]
    );
}

#[tokio::test]
async fn a_run_is_sent_with_what_undoes_it() {
    let world = Arc::new(World::failing("end", Fault::Error));
    let run = {
        let world = Arc::clone(&world);
        async move {
            Sent {
                world,
                name: "it".to_owned(),
            }
            .run(&Orchestrator::new())
            .await
        }
    };
    let failure = tokio::spawn(run).await.unwrap().unwrap_err();
    assert_eq!(undone(&failure), "all, all, out");
    assert!(
        world.told().ends_with("!end ~2 =2 ~1 =1 ~it =it"),
        "{}",
        world.told()
    );
}
