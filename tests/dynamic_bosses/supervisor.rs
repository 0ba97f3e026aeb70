//! A supervisor and those who act.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use orchestrated::{
    CancelToken, Orchestrator, Reason, Trace,
    dynamic::{
        Agent, AgentError, AgentInput, Assessment, OrchestrationError, Situation, Supervision,
        SupervisionEntry, SupervisionError, SupervisionFailure, SupervisionMetrics, Supervisor,
        SupervisorState, TaskResult, agent_fn, async_trait,
    },
};
use serde_json::{Value, json};

use crate::told;
use SupervisorState::{Done, Executing, Failed, Initialising, Monitoring, Planning, Recovering};

/// Finished when so many parts are made; goes where it is told, if it is.
pub(crate) struct Builds {
    parts: u32,
    goes: fn(SupervisorState) -> Option<SupervisorState>,
}

pub(crate) fn builds(parts: u32) -> Builds {
    Builds {
        parts,
        goes: |_| None,
    }
}

#[async_trait]
impl Supervision for Builds {
    async fn assess(&self, situation: &Situation<'_>) -> Result<Assessment, AgentError> {
        if situation.process().to::<&str>()? == "cannot be judged" {
            return Err(AgentError::msg("it cannot be judged"));
        }
        let made = situation.metrics().value("parts").unwrap_or(0.0);
        let assessment = Assessment::default().with_data(made);
        let all = made >= f64::from(self.parts);
        Ok(match (situation.state(), all) {
            (Monitoring, true) => assessment.finished(),
            (_, true) => assessment,
            _ => assessment.ready_for_execution(),
        })
    }

    fn measure(
        &self,
        metrics: &mut SupervisionMetrics,
        situation: &Situation<'_>,
        action: Option<&TaskResult>,
    ) {
        if situation.state() == Executing && matches!(action, Some(Ok(_))) {
            metrics.add("parts", 1.0);
        }
    }

    fn transition(
        &self,
        situation: &Situation<'_>,
        action: Option<&TaskResult>,
        assessment: &Assessment,
    ) -> SupervisorState {
        let state = situation.state();
        (self.goes)(state).unwrap_or_else(|| state.usual_next(action, assessment))
    }
}

/// Says its name, after 10 ms.
fn says(name: &'static str) -> impl Agent {
    agent_fn(name, move |_| async move {
        tokio::time::sleep(Duration::from_millis(10)).await;
        Ok(name.into())
    })
}

pub(crate) fn team(supervision: Builds) -> Supervisor {
    [Initialising, Planning, Executing, Monitoring, Recovering]
        .into_iter()
        .fold(Supervisor::new(supervision), |team, state| {
            team.with_agent(state, says(state.word()))
        })
}

fn states(log: &[SupervisionEntry]) -> Vec<SupervisorState> {
    log.iter().map(|entry| entry.state).collect()
}

fn failed(error: OrchestrationError) -> SupervisionFailure {
    match error {
        OrchestrationError::Supervision(failure) => *failure,
        other => panic!("it tells its log: {other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_goes_from_state_to_state_until_it_is_done() {
    let trace = Trace::new();
    let orchestrator = Orchestrator::new().observer(trace.clone());
    let outcome = team(builds(2))
        .on(&orchestrator)
        .execute("a house")
        .await
        .unwrap();
    assert!(outcome.is_done());
    let told_of: Vec<_> = outcome
        .log
        .iter()
        .map(|entry| {
            let (at, agent) = (
                entry.at.as_millis(),
                entry.agent.as_deref().unwrap_or("nobody"),
            );
            let (next, parts) = (
                entry.next.unwrap(),
                entry.metrics.value("parts").unwrap_or(0.0),
            );
            format!("{at}ms {}: {agent}, {parts} parts -> {next}", entry.state)
        })
        .collect();
    assert_eq!(
        told_of,
        [
            "0ms initialising: initialising, 0 parts -> planning",
            "10ms planning: planning, 0 parts -> executing",
            "20ms executing: executing, 1 parts -> monitoring",
            "30ms monitoring: monitoring, 1 parts -> executing",
            "40ms executing: executing, 2 parts -> monitoring",
            "50ms monitoring: nobody, 2 parts -> done",
        ]
    );
    let metrics = &outcome.metrics;
    assert_eq!(
        (metrics.transitions(), metrics.actions(), metrics.failures()),
        (6, 5, 0)
    );
    assert_eq!(
        (metrics.worked().as_millis(), metrics.elapsed().as_millis()),
        (50, 50)
    );
    assert_eq!(
        Vec::from_iter(told(&trace)),
        [
            "Supervisor: states",
            "within: Executing: executing, supervise",
            "within: Initialising: initialising, supervise",
            "within: Monitoring: monitoring, supervise",
            "within: Planning: planning, supervise",
            "within: Supervision: supervise",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn who_acts_is_told_how_things_stand() {
    let given = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&given);
    let all = Arc::new(agent_fn("all", move |input: AgentInput| {
        let mut noted = noted.lock().unwrap();
        noted.push(input.clone().into_value());
        let fails = noted.len() == 2;
        async move {
            if fails {
                return Err(AgentError::msg("no paper"));
            }
            Ok(input.get::<Value>("state")?.into())
        }
    }));
    // One for planning, and one for what is ready.
    let outcome = Supervisor::new(builds(1))
        .with_agent(Planning, Arc::clone(&all))
        .with_agent(Executing, all)
        .execute("a hut")
        .await
        .unwrap();
    let gone = [Initialising, Planning, Recovering, Executing, Monitoring];
    assert_eq!(states(&outcome.log), gone);
    let ready = json!({
        "needs_recovery": false,
        "needs_monitoring": false,
        "ready_for_execution": true,
        "finished": false,
        "data": 0.0,
    });
    let given = given.lock().unwrap();
    assert_eq!(
        given[2],
        json!({
            "process": "a hut",
            "state": "recovering",
            "assessment": ready,
            "last": "initialising",
            "failure": "step `planning` failed: no paper",
        })
    );
    assert_eq!(
        (&given[0]["last"], &given[3]["failure"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test(start_paused = true)]
async fn what_fails_panics_or_takes_too_long_leads_to_recovering() {
    let bad = agent_fn("bad", |input: AgentInput| async move {
        let data: Value = input.get("assessment")?;
        match data["data"].as_f64() {
            Some(made) if made >= 1.0 => std::future::pending().await,
            _ => Ok(().into()),
        }
    });
    let outcome = team(builds(2))
        .with_agent(
            Initialising,
            agent_fn("panics", |_| async { panic!("no ground") }),
        )
        .with_agent(Executing, bad)
        .with_timeout(Duration::from_secs(1))
        .with_max_transitions(12)
        .execute("a tower")
        .await;
    let failure = failed(outcome.unwrap_err());
    let gone = states(&failure.log);
    assert_eq!(
        gone[..5],
        [Initialising, Recovering, Executing, Monitoring, Executing]
    );
    assert_eq!(
        gone[5..],
        [
            Recovering, Executing, Recovering, Executing, Recovering, Executing, Recovering
        ]
    );
    let why = |at: usize| match &failure.log[at].action {
        Some(Err(why)) => why.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(why(0), "step `initialising` panicked: no ground");
    assert_eq!(why(4), "step `executing` timed out after 1s");
    assert_eq!(failure.log[4].took, Duration::from_secs(1));
    assert_eq!(failure.metrics.failures(), 5);
    assert_eq!(
        failure.failure.error().unwrap().downcast_ref(),
        Some(&SupervisionError::TooManyTransitions {
            limit: 12,
            state: Executing
        })
    );
    assert_eq!(
        failure.failure.to_string(),
        "workflow `Supervisor`: step `states`: workflow `Recovering`: step `supervise` failed: \
         the process is still `executing` after 12 transitions, and no more are allowed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_process_may_end_badly_which_is_no_error() {
    let supervision = Builds {
        goes: |state| (state == Executing).then_some(Failed),
        ..builds(1)
    };
    let outcome = team(supervision).execute("a ruin").await.unwrap();
    assert_eq!((outcome.final_state, outcome.is_done()), (Failed, false));
    assert_eq!(states(&outcome.log), [Initialising, Planning, Executing]);
}

#[tokio::test(start_paused = true)]
async fn a_state_that_may_not_come_next_is_an_error_that_names_both() {
    let supervision = Builds {
        goes: |state| (state == Planning).then_some(Initialising),
        ..builds(1)
    };
    let error = team(supervision).execute("a loop").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Supervisor`: step `states`: workflow `Planning`: step `supervise` failed: \
         the state `initialising` may not come after `planning`; these may: `planning`, `executing`, `recovering`, \
         `done`, `failed`"
    );
    let failure = failed(error);
    assert_eq!(failure.state, Planning);
    let last = failure.log.last().unwrap();
    assert_eq!((last.state, last.next), (Planning, None));
    assert!(
        matches!(last.action, Some(Ok(_))),
        "what was done is not lost"
    );
}

#[tokio::test(start_paused = true)]
async fn a_state_without_an_agent_is_an_error_that_says_which_there_are() {
    let some = Supervisor::new(builds(1)).with_agent(Planning, says("planner"));
    let error = some.execute("a plan").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Supervisor`: step `states` failed: there is no agent for the state `initialising`, and none for \
         `executing`, which the assessment asks for; there are agents for: `planning`"
    );
    let none = Supervisor::new(builds(1))
        .execute("nothing")
        .await
        .unwrap_err();
    assert!(
        none.to_string().ends_with("; there are no agents"),
        "{none}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_that_fails_or_panics_fails_the_run_and_loses_no_log() {
    let error = team(builds(1))
        .execute("cannot be judged")
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("step `supervise` failed: it cannot be judged"),
        "{error}"
    );
    let panics = Builds {
        goes: |state| match state {
            Executing => panic!("which way?"),
            _ => None,
        },
        ..builds(1)
    };
    let failure = failed(team(panics).execute("a maze").await.unwrap_err());
    assert!(matches!(failure.failure.reason(), Reason::Panicked(_)));
    assert_eq!(states(&failure.log), [Initialising, Planning, Executing]);
    assert!(matches!(failure.log[2].action, Some(Ok(_))));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_and_a_cancellation_hold_for_the_whole() {
    // No action takes as long as that; all of them together do.
    let short = Orchestrator::new().deadline(Duration::from_millis(45));
    let failure = failed(
        team(builds(9))
            .on(&short)
            .execute("a wall")
            .await
            .unwrap_err(),
    );
    assert!(matches!(failure.failure.reason(), Reason::TimedOut(_)));
    assert_eq!(failure.log.len(), 4);

    let token = CancelToken::new();
    let cancelled = team(builds(9)).on(&Orchestrator::new().cancel_on(&token));
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(25)).await;
        token.cancel();
    };
    let (ended, ()) = tokio::join!(cancelled.execute("a wall"), cancel);
    let failure = failed(ended.unwrap_err());
    assert!(matches!(failure.failure.reason(), Reason::Cancelled));
    assert_eq!(
        (failure.state, states(&failure.log)),
        (Executing, vec![Initialising, Planning])
    );
}

#[tokio::test(start_paused = true)]
async fn limits_hold_and_who_acts_launches_no_agents() {
    let one = Orchestrator::new().max_concurrency(1);
    assert!(
        team(builds(1))
            .on(&one)
            .execute("a shed")
            .await
            .unwrap()
            .is_done()
    );
    let nests = agent_fn("nests", |_| async {
        let inner = team(builds(1)).execute("a nest").await?;
        Ok(inner.log.len().into())
    });
    let outer = team(builds(1))
        .with_agent(Planning, nests)
        .with_max_transitions(3);
    let failure = failed(outer.execute("a tree").await.unwrap_err());
    let Some(Err(why)) = &failure.log[1].action else {
        panic!("it is refused")
    };
    assert!(
        why.to_string()
            .contains("a sub-agent cannot launch other sub-agents"),
        "{why}"
    );
    assert_eq!(failure.log[1].next, Some(Recovering));
    assert!(!failure.log.iter().any(|entry| entry.next == Some(Done)));
}
