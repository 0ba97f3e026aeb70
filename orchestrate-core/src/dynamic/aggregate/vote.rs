//! The first, the most frequent, the surest: the answers that are asked for most often.

use std::{cmp::Reverse, collections::HashMap};

use super::{AggregateError, ResultAggregator, equal::Answer};
use crate::dynamic::{AgentOutput, TaskResult, TaskResults};

/// The first output that there is: the other tasks are cancelled then. Failures are passed over.
///
/// Of results that are there already, the first success in the order in which the tasks were given. Where no task has
/// succeeded, or there was none, there is no answer.
///
/// ```
/// use orchestrated::dynamic::{AgentError, AgentInput, AgentTask, FirstSuccessful, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let broken = agent_fn("broken", |_: AgentInput| async { Err(AgentError::msg("out of order")) });
/// let slow = agent_fn("slow", |_: AgentInput| std::future::pending());
/// let quick = agent_fn("quick", |_: AgentInput| async { Ok("here".into()) });
/// let tasks = [AgentTask::new("a", broken, ()), AgentTask::new("b", slow, ()), AgentTask::new("c", quick, ())];
/// let orchestrator = ParallelOrchestrator::new().with_aggregator(FirstSuccessful);
/// assert_eq!(orchestrator.execute_aggregated(tasks).await?.to::<&str>()?, "here");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstSuccessful;

impl ResultAggregator for FirstSuccessful {
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
        let first = results.outputs().next();
        let (_, output) = first.ok_or_else(|| AggregateError::no_success(results))?;
        Ok(output.clone())
    }

    fn is_decided(&self, _: &str, result: &TaskResult) -> bool {
        result.is_ok()
    }
}

/// The value that most tasks give, which need not be more than half of them: the confidence of the answer is its share of
/// the votes. A task that has failed has no vote.
///
/// Two values are the same when they are the same JSON: the order of the keys of an object does not count, nor how a number
/// is written (1 is 1.0); the answer is as the first of those tasks has written it. Of values with as many votes it is the
/// one whose voters are surer, which is the sum of their confidences to nine decimals; then the one that was given first,
/// in the order of the tasks. Where no task has succeeded, or there was none, there is no answer.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, AgentTask, MajorityVote, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let says = |word: &'static str| agent_fn("says", move |_: AgentInput| async move { Ok(word.into()) });
/// let tasks = ["yes", "no", "yes"].iter().zip(1..).map(|(word, n)| AgentTask::new(format!("voter {n}"), says(word), ()));
/// let vote = ParallelOrchestrator::new().with_aggregator(MajorityVote).execute_aggregated(tasks).await?;
/// assert_eq!(vote.to::<&str>()?, "yes");
/// assert!((vote.confidence() - 2.0 / 3.0).abs() < 1e-9);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MajorityVote;

/// The votes for one value.
struct Votes<'r> {
    first: &'r AgentOutput,
    count: usize,
    /// Whole numbers add up to the same in every order.
    billionths: u64,
}

impl ResultAggregator for MajorityVote {
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
        let mut places = HashMap::new();
        let mut votes: Vec<Votes<'_>> = Vec::new();
        let mut cast = 0;
        for (_, output) in results.outputs() {
            let place = places.entry(Answer::from(output.value()));
            let place = *place.or_insert_with(|| {
                votes.push(Votes::none_for(output));
                votes.len() - 1
            });
            votes[place].count(output);
            cast += 1;
        }
        // Of equals the first is the least.
        let winner = votes
            .iter()
            .min_by_key(|v| Reverse((v.count, v.billionths)));
        let winner = winner.ok_or_else(|| AggregateError::no_success(results))?;
        Ok(winner
            .first
            .clone()
            .with_confidence(ratio(winner.count, cast)))
    }
}

impl<'r> Votes<'r> {
    fn none_for(first: &'r AgentOutput) -> Self {
        Self {
            first,
            count: 0,
            billionths: 0,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a confidence is between 0 and 1"
    )]
    fn count(&mut self, vote: &AgentOutput) {
        self.count += 1;
        self.billionths += (vote.confidence() * 1e9).round() as u64;
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share of so many is exact enough"
)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// The value of the task that is surest, with the confidence that the tasks have on average: how sure they are altogether.
///
/// Of tasks that are as sure as each other it is the one that was given first. A task that has failed does not count. Where
/// no task has succeeded, or there was none, there is no answer.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, AgentOutput, AgentTask, AverageConfidence, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let says = |word: &'static str, sure: f64| {
///     agent_fn("says", move |_: AgentInput| async move { Ok(AgentOutput::new(word).with_confidence(sure)) })
/// };
/// let tasks = [AgentTask::new("a", says("sell", 0.25), ()), AgentTask::new("b", says("buy", 0.75), ())];
/// let advice = ParallelOrchestrator::new().with_aggregator(AverageConfidence).execute_aggregated(tasks).await?;
/// assert_eq!((advice.to::<&str>()?, advice.confidence()), ("buy", 0.5));
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AverageConfidence;

impl ResultAggregator for AverageConfidence {
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
        let mut surest: Option<&AgentOutput> = None;
        let (mut sum, mut count) = (0.0, 0.0);
        for (_, output) in results.outputs() {
            sum += output.confidence();
            count += 1.0;
            if surest.is_none_or(|surest| output.confidence() > surest.confidence()) {
                surest = Some(output);
            }
        }
        let surest = surest.ok_or_else(|| AggregateError::no_success(results))?;
        Ok(surest.clone().with_confidence(sum / count))
    }
}
