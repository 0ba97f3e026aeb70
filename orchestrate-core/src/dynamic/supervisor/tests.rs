//! Whatever a supervisor says and whatever those who act do, a process ends, and goes only where it may.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::*;
use crate::dynamic::agent_fn;

/// What happens in one state.
#[derive(Clone, Copy, Debug)]
struct Turn {
    flags: u8,
    acts: u8,
    /// Which state comes next, where that is not the usual one: of all of them.
    goes: Option<usize>,
}

/// Says what stands in a script, over and over.
struct Script {
    turns: Vec<Turn>,
    at: AtomicUsize,
}

impl Script {
    fn turn(&self, situation: &Situation<'_>) -> Turn {
        self.turns[situation.log().len() % self.turns.len()]
    }
}

#[async_trait]
impl Supervision for Script {
    async fn assess(&self, situation: &Situation<'_>) -> Result<Assessment, AgentError> {
        self.at.store(situation.log().len(), Ordering::SeqCst);
        let Turn { flags, acts, .. } = self.turn(situation);
        assert_ne!(acts, 9, "told to panic");
        Ok(Assessment {
            needs_recovery: flags & 1 != 0,
            needs_monitoring: flags & 2 != 0,
            ready_for_execution: flags & 4 != 0,
            finished: flags & 8 != 0,
            data: acts.into(),
        })
    }

    fn transition(
        &self,
        situation: &Situation<'_>,
        action: Option<&TaskResult>,
        assessment: &Assessment,
    ) -> SupervisorState {
        let usual = situation.state().usual_next(action, assessment);
        let goes = self.turn(situation).goes;
        goes.map_or(usual, |goes| SupervisorState::ALL[goes])
    }
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let finished = prop::bool::weighted(0.1);
    let goes = prop::option::weighted(0.3, 0..SupervisorState::ALL.len());
    let turn = (0..8u8, finished, 0..10u8, goes);
    let turn = turn.prop_map(|(flags, finished, acts, goes)| Turn {
        flags: flags | if finished { 8 } else { 0 },
        acts,
        goes,
    });
    prop::collection::vec(turn, 1..12)
}

/// Fails, panics, or does well, as it is told.
async fn acts(input: AgentInput) -> Result<crate::dynamic::AgentOutput, AgentError> {
    let assessment: Assessment = input.get("assessment")?;
    match assessment.data.as_u64() {
        Some(0 | 1) => Err(AgentError::msg("told to fail")),
        Some(2) => panic!("told to panic"),
        acts => Ok(acts.into()),
    }
}

/// What must hold of every log, however it ended.
fn check(log: &[SupervisionEntry], last: SupervisorState, at_most: usize) {
    assert!(log.len() <= at_most);
    let mut state = SupervisorState::Initialising;
    for (i, entry) in log.iter().enumerate() {
        assert_eq!(entry.state, state);
        assert_eq!(entry.agent.is_none(), entry.assessment.finished);
        assert_eq!(entry.action.is_none(), entry.assessment.finished);
        let acted = log[..=i].iter().filter(|entry| entry.action.is_some());
        assert_eq!(entry.metrics.actions(), acted.count());
        match entry.next {
            Some(next) => {
                assert!(state.may_become(next), "{state} -> {next}");
                state = next;
            }
            None => assert_eq!(i + 1, log.len(), "only the last can lead nowhere"),
        }
        assert_eq!(
            entry.metrics.transitions(),
            i + usize::from(entry.next.is_some())
        );
    }
    assert_eq!(state, last);
}

/// How often a process may go on, at most.
const MOST: usize = if cfg!(miri) { 4 } else { 29 };

proptest! {
    #[test]
    fn a_process_ends_and_goes_only_where_it_may(turns in turns(), at_most in 1..=MOST) {
        let script = Arc::new(Script { turns, at: AtomicUsize::default() });
        let agent = Arc::new(agent_fn("acts", acts));
        let supervisor = Supervisor::new(Arc::clone(&script))
            .with_agent(SupervisorState::Planning, Arc::clone(&agent))
            .with_agent(SupervisorState::Executing, Arc::clone(&agent))
            .with_agent(SupervisorState::Monitoring, Arc::clone(&agent))
            .with_agent(SupervisorState::Recovering, agent)
            .with_max_transitions(at_most);
        match futures::executor::block_on(supervisor.execute("anything")) {
            Ok(outcome) => {
                prop_assert!(outcome.final_state.is_terminal());
                check(&outcome.log, outcome.final_state, at_most);
            }
            Err(OrchestrationError::Supervision(failed)) => {
                check(&failed.log, failed.state, at_most);
                prop_assert!(!failed.state.is_terminal());
                let error = failed.failure.error().and_then(|error| error.downcast_ref());
                match error {
                    Some(SupervisionError::IllegalTransition { from, to }) => {
                        prop_assert!(!from.may_become(*to));
                        prop_assert_eq!(failed.log.last().map(|entry| entry.next), Some(None));
                    }
                    Some(SupervisionError::TooManyTransitions { .. }) => {
                        prop_assert_eq!(failed.log.len(), at_most);
                    }
                    // The supervisor was told to panic.
                    None => prop_assert_eq!(failed.log.len(), script.at.load(Ordering::SeqCst)),
                    Some(other) => prop_assert!(false, "{other}"),
                }
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}
