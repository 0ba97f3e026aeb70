//! What votes come to, whoever votes.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{AggregateError, AverageConfidence, FirstSuccessful, MajorityVote, ResultAggregator};
use crate::dynamic::{AgentError, AgentOutput, ParallelOrchestrator, TaskResults};

fn results(outputs: impl IntoIterator<Item = AgentOutput>) -> TaskResults {
    let named = (0..).zip(outputs);
    named
        .map(|(n, output)| (n.to_string(), Ok(output)))
        .collect()
}

#[track_caller]
fn check(
    aggregator: &dyn ResultAggregator,
    outputs: &[(Value, f64)],
    value: &Value,
    confidence: f64,
) {
    let outputs = outputs.iter();
    let outputs = outputs.map(|(v, sure)| AgentOutput::new(v.clone()).with_confidence(*sure));
    let answer = aggregator.aggregate(&results(outputs)).unwrap();
    assert_eq!(answer.value(), value);
    assert!(
        (answer.confidence() - confidence).abs() < 1e-12,
        "{answer:?}"
    );
}

#[test]
fn most_votes_win() {
    let votes = [
        (json!("a"), 1.0),
        (json!("b"), 0.1),
        (json!("b"), 0.1),
        (json!("c"), 1.0),
    ];
    check(&MajorityVote, &votes, &json!("b"), 0.5);
}

#[test]
fn of_as_many_votes_the_surer_win_and_then_the_first() {
    let tie = [
        (json!("a"), 0.5),
        (json!("b"), 0.7),
        (json!("b"), 0.2),
        (json!("a"), 0.5),
    ];
    check(&MajorityVote, &tie, &json!("a"), 0.5);
    // 0.1 + 0.2 is not 0.3 to a computer.
    let even = [
        (json!("b"), 0.3),
        (json!("a"), 0.1),
        (json!("a"), 0.2),
        (json!("b"), 0.0),
    ];
    check(&MajorityVote, &even, &json!("b"), 0.5);
    check(
        &MajorityVote,
        &[(json!(2), 0.0), (json!(1), 0.0)],
        &json!(2),
        0.5,
    );
}

#[test]
fn the_answer_is_written_as_the_first_has_written_it() {
    check(
        &MajorityVote,
        &[(json!(1.0), 1.0), (json!(1), 1.0)],
        &json!(1.0),
        1.0,
    );
}

#[test]
fn the_surest_speaks_for_all() {
    let advice = [
        (json!("a"), 0.25),
        (json!("b"), 0.75),
        (json!("c"), 0.75),
        (json!("d"), 0.25),
    ];
    check(&AverageConfidence, &advice, &json!("b"), 0.5);
    check(&AverageConfidence, &[(json!("a"), 0.0)], &json!("a"), 0.0);
}

#[test]
fn of_results_that_are_there_the_first_is_taken() {
    check(
        &FirstSuccessful,
        &[(json!("a"), 0.1), (json!("b"), 0.9)],
        &json!("a"),
        0.1,
    );
}

#[test]
fn the_answer_can_be_awaited_on_another_thread() {
    const fn is_sent<T: Send>(_: &T) {}
    let orchestrator = ParallelOrchestrator::new().with_aggregator(MajorityVote);
    is_sent(&orchestrator.execute_aggregated([]));
}

#[test]
fn there_is_no_answer_of_nothing() {
    let all: [&dyn ResultAggregator; 3] = [&FirstSuccessful, &MajorityVote, &AverageConfidence];
    for aggregator in all {
        let error = aggregator.aggregate(&TaskResults::default()).unwrap_err();
        assert!(matches!(error, AggregateError::Empty), "{error}");
    }
}

#[test]
fn an_error_of_aggregation_stays_what_it_is() {
    let empty = AgentError::from(AggregateError::Empty);
    assert!(matches!(AggregateError::from(empty), AggregateError::Empty));
    let other = AggregateError::from(AgentError::msg("odd"));
    assert_eq!(
        other.to_string(),
        "the results could not be aggregated: odd"
    );
}

/// Small values that are often equal, also where they are written in another way.
fn values() -> impl Strategy<Value = Value> {
    let small = prop_oneof![
        Just(json!(null)),
        (0_i32..2).prop_map(|n| json!(n)),
        (0_i32..2).prop_map(|n| json!(f64::from(n))),
        (0_i32..2).prop_map(|n| json!(n.to_string())),
    ];
    small.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..2).prop_map(Value::Array),
            inner.prop_map(|value: Value| json!({ "of": value })),
        ]
    })
}

/// Whether two values are the same, without a form that they have in common.
fn are_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            (one.as_f64().unwrap() - other.as_f64().unwrap()).abs() < 0.5
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| are_same(a, b))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, a)| other.get(name).is_some_and(|b| are_same(a, b)))
        }
        _ => one == other,
    }
}

proptest! {
    /// Nobody has more votes than the answer; and as many only who is not surer, or comes later.
    #[test]
    fn a_vote_is_what_counting_gives(
        votes in prop::collection::vec((values(), 0_u32..=10), 1..12)
    ) {
        let outputs = votes.iter().map(|(value, tenths)| {
            AgentOutput::new(value.clone()).with_confidence(f64::from(*tenths) / 10.0)
        });
        let answer = MajorityVote.aggregate(&results(outputs)).unwrap();
        let counted = |wanted: &Value| {
            let alike = votes.iter().filter(|(value, _)| are_same(value, wanted));
            alike.fold((0_u32, 0_u32), |(count, sum), (_, tenths)| (count + 1, sum + tenths))
        };
        let first = votes.iter().position(|(value, _)| are_same(value, answer.value())).unwrap();
        prop_assert_eq!(&votes[first].0, answer.value());
        let won = counted(answer.value());
        for (at, (value, _)) in votes.iter().enumerate() {
            let counts = counted(value);
            let is_same = are_same(value, answer.value());
            prop_assert!(is_same || counts < won || counts == won && at > first);
        }
        let share = f64::from(won.0) / f64::from(u32::try_from(votes.len()).unwrap());
        prop_assert!((answer.confidence() - share).abs() < 1e-12);
    }
}
