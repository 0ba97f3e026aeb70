//! What bounds a run: the step that takes the most of it, and the one that is held up the most by another.

use core::time::Duration;

use super::{DryRun, StepTime};
use crate::plan::Plan;

/// A step that one other step keeps from starting earlier, although all else that it depends on is
/// done: a part of a [`DryRun`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HeldUp {
    /// The path of the step that is held up.
    pub step: String,
    /// The path of the one step that it still waits for.
    pub by: String,
    /// How much earlier it could start if it did not depend on that one.
    pub time: Duration,
}

impl DryRun {
    /// The step to look at first: the longest on the critical path, or with `#[schedule(batches)]`
    /// the longest of all; of equals, the first. A flow counts as one step. None where nothing takes
    /// any time.
    ///
    /// ```
    /// use std::time::Duration;
    /// use orchestrate_plan::{Estimates, Graph, Kind, Node, Plan};
    ///
    /// let graph = Graph::default()
    ///     .with(Node::new("files", Kind::Mcp).produces(["files"]))
    ///     .with(Node::new("review", Kind::Agent).reads(["files"]));
    /// let ms = Duration::from_millis;
    /// let estimates = Estimates::new().with("files", ms(200)).with("review", ms(1_800));
    /// let dry_run = Plan::new("CodeReview", &graph)?.dry_run(&estimates);
    ///
    /// assert_eq!(dry_run.bottleneck().map(|step| step.name.as_str()), Some("review"));
    /// assert!(dry_run.is_one_at_a_time());
    /// # Ok::<(), orchestrate_plan::Problems>(())
    /// ```
    #[must_use]
    pub fn bottleneck(&self) -> Option<&StepTime> {
        let steps = self.batches.iter().flat_map(|batch| &batch.steps);
        let steps = steps.map(|&step| &self.steps[step]);
        let bounding = steps.filter(|step| self.strict || step.critical);
        // Of equals the first: `max_by_key` keeps the last.
        let longest = bounding.rev().max_by_key(|step| step.time);
        longest.filter(|step| !step.time.is_zero())
    }

    /// Whether no two steps ever run at the same time, those of workflows inside included: there is
    /// one in each batch, so that it waits for all before it. The items of one step may.
    #[must_use]
    pub fn is_one_at_a_time(&self) -> bool {
        let inside = |step: &StepTime| {
            step.flow
                .as_ref()
                .is_none_or(|flow| flow.is_one_at_a_time())
        };
        self.batches.iter().all(|batch| batch.steps.len() == 1) && self.steps.iter().all(inside)
    }
}

/// On the critical path, the step that is held up the most; of equals, the first. None where each
/// of them depends on one other step at most, or batches are waited for anyway.
pub(super) fn held_up(plan: &Plan, steps: &[StepTime], prefix: &str) -> Option<HeldUp> {
    if plan.has_strict_batches() {
        return None;
    }
    let mut ends = vec![Duration::ZERO; steps.len()];
    let mut most: Option<(Duration, usize, usize)> = None;
    for batch in plan.batches() {
        for &step in batch.indices() {
            let dependencies = plan.steps()[step].dependencies();
            let last = dependencies
                .iter()
                .copied()
                .max_by_key(|&other| ends[other]);
            let others = dependencies.iter().filter(|&&other| Some(other) != last);
            let others = others.map(|&other| ends[other]).max();
            let start = last.map_or(Duration::ZERO, |last| ends[last]);
            ends[step] = start.saturating_add(steps[step].time);
            if let (true, Some(last), Some(others)) = (steps[step].critical, last, others) {
                let time = start.saturating_sub(others);
                if time > most.map_or(Duration::ZERO, |(most, ..)| most) {
                    most = Some((time, step, last));
                }
            }
        }
    }
    let (time, step, by) = most?;
    let path = |step: usize| format!("{prefix}{}", steps[step].name);
    let (step, by) = (path(step), path(by));
    Some(HeldUp { step, by, time })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Estimates, Graph, Kind, Node, testing::graph};

    const S: Duration = Duration::from_secs(1);

    fn plan(text: &str) -> Plan {
        Plan::new("Shape", &graph(text)).expect("no problems")
    }

    /// Of the steps `a`, `b` and so on, in seconds.
    fn dry_run(plan: &Plan, seconds: &[u32]) -> DryRun {
        let names = ('a'..='z').map(String::from).zip(seconds);
        let estimates = names.fold(Estimates::new(), |all, (name, &n)| all.with(name, n * S));
        plan.dry_run(&estimates)
    }

    fn bottleneck(dry_run: &DryRun) -> Option<&str> {
        dry_run.bottleneck().map(|step| step.name.as_str())
    }

    #[test]
    fn the_longest_step_on_the_critical_path_is_the_bottleneck() {
        let lanes = plan("\ntool a()\ntool b()\ntool c(a)\ntool d(b)\ntool e(d)");
        assert_eq!(bottleneck(&dry_run(&lanes, &[5, 3, 0, 3, 3])), Some("b"));
        assert_eq!(bottleneck(&dry_run(&lanes, &[])), None);
        let strict = lanes.with_strict_batches();
        assert_eq!(bottleneck(&dry_run(&strict, &[5, 3, 0, 3, 3])), Some("a"));
    }

    #[test]
    fn who_is_held_up_and_by_whom() {
        let held_up = |plan: &Plan, seconds: &[u32]| {
            let held_up = dry_run(plan, seconds).held_up?;
            Some((held_up.step, held_up.by, held_up.time))
        };
        let told = |step: &str, by: &str, time| Some((step.to_owned(), by.to_owned(), time));
        let join = plan("\ntool a()\ntool b()\ntool c()\ntool d(a, b, c)\ntool e(d, a)");
        // What `e` waits for after `a` is what `c` and `d` take.
        assert_eq!(held_up(&join, &[1, 2, 9, 0, 4]), told("e", "d", 8 * S));
        assert_eq!(held_up(&join, &[9, 2, 1, 0, 4]), told("d", "a", 7 * S));
        assert_eq!(held_up(&join, &[2, 2, 2, 0, 4]), None);
        assert_eq!(
            held_up(&join.clone().with_strict_batches(), &[1, 2, 9, 0, 4]),
            None
        );
        // Nobody is held up by one of several where each has one.
        assert_eq!(
            held_up(&plan("\ntool a()\ntool b(a)\ntool c(b)"), &[1, 2, 3]),
            None
        );
        // Nor where that does not make the run longer.
        let aside = plan("\ntool a()\ntool b()\ntool c(a, b)\ntool d()");
        assert_eq!(held_up(&aside, &[1, 5, 1, 20]), None);
        // Inside of a flow, by their paths.
        let outer = Graph::default().with(Node::new("flow", Kind::Flow));
        let outer = Plan::new("Outer", &outer)
            .expect("no problems")
            .with_flow(0, join);
        let inside = outer.dry_run(&Estimates::new().with("flow/c", 3 * S));
        let flow = inside.steps[0]
            .flow
            .as_ref()
            .and_then(|flow| flow.held_up.as_ref());
        assert_eq!(flow.map(|held_up| held_up.by.as_str()), Some("flow/c"));
        assert_eq!(inside.held_up, None);
    }

    #[test]
    fn one_at_a_time_is_one_in_each_batch_and_inside() {
        let chain = plan("\ntool a()\ntool b(a)");
        let pair = plan("\ntool a()\ntool b()");
        assert!(dry_run(&chain, &[1, 2]).is_one_at_a_time());
        assert!(!dry_run(&pair, &[1, 2]).is_one_at_a_time());
        let outer = Graph::default().with(Node::new("flow", Kind::Flow));
        let outer = Plan::new("Outer", &outer).expect("no problems");
        for (inside, expected) in [(chain, true), (pair, false)] {
            let outer = outer.clone().with_flow(0, inside);
            assert_eq!(
                outer.dry_run(&Estimates::new()).is_one_at_a_time(),
                expected
            );
        }
    }

    #[test]
    fn items_that_run_side_by_side_are_faster_than_one_after_the_other() {
        let each = Graph::default().with(Node::new("a", Kind::Tool).each().estimate(S));
        let each = Plan::new("Each", &each).expect("no problems");
        let told = |estimates: Estimates| each.dry_run(&estimates).to_string();
        assert!(told(Estimates::new()).contains("no two steps run at the same time"));
        assert!(told(Estimates::new().items("a", 4)).contains("at most 4.0 times as fast"));
    }
}
