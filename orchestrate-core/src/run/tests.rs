//! What an expansion may rely on.

use futures::executor::block_on;

use super::*;
use crate::{
    Orchestrator,
    testing::{AGENT, FLOW, PLAIN, Script, script, turn},
};

fn run(script: Script) -> Result<u32, Failure<String>> {
    block_on(script.run(&Orchestrator::new()))
}

#[test]
fn the_place_follows_the_steps() {
    let ended = run(script(|run| {
        Box::pin(async move {
            let here = || (Place::here().step(), Place::here().level());
            assert_eq!(here(), (None, 1));
            run.enter(AGENT);
            assert_eq!(here(), (Some(0), 1));
            turn().await;
            assert_eq!(here(), (Some(0), 1));
            run.leave(AGENT);
            run.enter(PLAIN);
            assert_eq!(here(), (Some(1), 1));
            run.finish();
            assert_eq!(here(), (None, 1));
            Ok(1)
        })
    }));
    assert_eq!(ended.unwrap(), 1);
    assert_eq!(Place::here(), Place::OUTSIDE);
}

#[test]
fn a_step_is_polled_at_its_place() {
    let ended = run(script(|run| {
        Box::pin(async move {
            let mut agent = std::pin::pin!(async {
                turn().await;
                Place::here().step()
            });
            let mut plain = std::pin::pin!(async { Place::here().step() });
            std::future::poll_fn(|cx| {
                let agent = run.poll(AGENT, agent.as_mut(), cx);
                if agent.is_pending() {
                    assert_eq!(run.poll(PLAIN, plain.as_mut(), cx), Poll::Ready(Some(1)));
                }
                agent.map(|step| assert_eq!(step, Some(0)))
            })
            .await;
            Ok(1)
        })
    }));
    assert_eq!(ended.unwrap(), 1);
}

#[test]
fn a_failure_names_its_step() {
    let failure = run(script(|run| {
        Box::pin(async move { Err(run.failed(PLAIN, "no".to_owned())) })
    }));
    assert_eq!(
        failure.unwrap_err().to_string(),
        "workflow `Script`: step `counts` failed: no"
    );
    let failure = run(script(|run| {
        Box::pin(async move { Err(run.finished_with("no".to_owned())) })
    }));
    assert_eq!(
        failure.unwrap_err().to_string(),
        "workflow `Script`: its last expression failed: no"
    );
}

/// Runs a script within another's flow step.
fn within(inner: Script) -> Script {
    script(|run| {
        Box::pin(async move {
            run.enter(FLOW);
            match inner.run(&run.flow()).await {
                Ok(output) => Ok(output),
                Err(failure) => {
                    Err(run.flow_failed(FLOW, failure, |error| format!("inner {error}")))
                }
            }
        })
    })
}

#[test]
fn a_flow_hands_its_failure_on() {
    let failing = script(|run| Box::pin(async move { Err(run.failed(AGENT, "no".to_owned())) }));
    assert_eq!(
        run(within(failing)).unwrap_err().to_string(),
        "workflow `Script`: step `goes_on`: workflow `Script`: step `thinks` failed: inner no"
    );
}

#[test]
fn three_levels_are_enough() {
    let deep = || script(|_| Box::pin(async { Ok(u32::from(Place::here().level())) }));
    assert_eq!(run(within(within(deep()))).unwrap(), 3);
    let failure = run(within(within(within(deep())))).unwrap_err();
    assert!(
        matches!(failure.reason(), Reason::Refused(Refusal::TooDeep(4))),
        "{failure}"
    );
    assert_eq!(Place::here(), Place::OUTSIDE);
}

#[test]
fn an_agent_below_an_agent_is_refused() {
    let failure = run(script(|run| {
        Box::pin(async move {
            run.enter(AGENT);
            script(|_| Box::pin(async { Ok(1) }))
                .run(&Orchestrator::new())
                .await
        })
    }));
    let failure = failure.unwrap_err();
    assert!(matches!(failure.reason(), Reason::NestedAgent), "{failure}");
    assert_eq!((failure.workflow(), failure.step()), ("Script", None));
}

#[test]
fn ids_are_made_when_they_are_asked_for() {
    let ids = || {
        let (to, from) = std::sync::mpsc::channel();
        let ended = run(script(move |run| {
            Box::pin(async move {
                let _ = to.send([run.context(AGENT).run_id(), run.context(PLAIN).run_id()]);
                Ok(1)
            })
        }));
        assert_eq!(ended.unwrap(), 1);
        from.recv().unwrap()
    };
    let (first, second) = (ids(), ids());
    assert_eq!((first[0], second[0]), (first[1], second[1]));
    assert!(first[0] < second[0]);
    assert_eq!(first[0].to_string(), first[0].get().to_string());
}
