//! Where the running thread stands: in which step, how deep, and whether anywhere below an agent.
//!
//! One word a thread says it. A run writes it before it polls a step, and puts back what was there when its own poll
//! ends; so a panic can be laid at the right step's door, and an orchestrator that is made inside an agent knows it.

use std::cell::Cell;

use orchestrate_plan::Kind;

thread_local! {
    static HERE: Cell<Place> = const { Cell::new(Place::OUTSIDE) };
}

/// A step of a run, as one word: `index + 1` in the low 29 bits, then the kind, the level, and the agent bit.
///
/// The lower 31 bits belong to the step, the upper 33 to its run; an expansion makes the lower ones at compile time. They are
/// what an instruction holds as a constant: with one of 64 bits, each step would take nine bytes more of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u64);

const KIND: u32 = 29;
const STEP: u64 = (1 << KIND) - 1;
/// An agent, a tool or an mcp step.
const LEAF: u64 = 1 << KIND;
/// A step with options, which sees to its own turns.
const GUARDED: u64 = 2 << KIND;
const LEVEL: u32 = 40;
const LEVELS: u64 = 0xff << LEVEL;
const BELOW_AGENT: u64 = 1 << 48;

impl Place {
    /// Outside of every run.
    pub(crate) const OUTSIDE: Self = Self(0);

    /// The part that a step contributes.
    #[must_use]
    pub const fn of_step(index: usize, kind: Kind) -> Self {
        match kind {
            Kind::Agent | Kind::Tool | Kind::Mcp => Self::leaf(index),
            _ => Self::plain(index),
        }
    }

    /// That of an agent, a tool or an mcp step.
    #[must_use]
    pub const fn leaf(index: usize) -> Self {
        Self((index as u64 + 1) | LEAF)
    }

    /// That of any other.
    #[must_use]
    pub const fn plain(index: usize) -> Self {
        Self(index as u64 + 1)
    }

    /// The part of a step with options.
    #[must_use]
    pub const fn guarded(self) -> Self {
        Self(self.0 | GUARDED)
    }

    /// Whether a limit on how many steps run at once is a limit on this one, as a whole.
    pub(crate) const fn takes_turn(self) -> bool {
        self.0 & (LEAF | GUARDED) == LEAF
    }

    /// The part that a run contributes that starts at the place `outer`.
    #[inline]
    pub(crate) fn of_run(outer: Self) -> Self {
        // Eight bits of levels: a chain of runs that long is refused at its fourth.
        let level = (outer.0 & LEVELS).saturating_add(1 << LEVEL) & LEVELS;
        let below =
            outer.0 & BELOW_AGENT | u64::from(outer.in_leaf()) << BELOW_AGENT.trailing_zeros();
        Self(level | below)
    }

    /// A step's part within its run's.
    #[inline]
    pub(crate) const fn at(self, step: Self) -> Self {
        Self(self.0 | step.0)
    }

    /// The index of the step, if one is running.
    pub(crate) fn step(self) -> Option<usize> {
        ((self.0 & STEP) as usize).checked_sub(1)
    }

    /// How many workflows are nested here, this one included: 0 outside of every run.
    pub(crate) fn level(self) -> u8 {
        // Eight bits by construction.
        (self.0 >> LEVEL & 0xff) as u8
    }

    /// Whether an agent, a tool or an mcp step is anywhere above this run.
    pub(crate) fn below_agent(self) -> bool {
        self.0 & BELOW_AGENT != 0
    }

    /// Whether the step itself is one that must not launch agents.
    fn in_leaf(self) -> bool {
        self.0 & LEAF != 0
    }

    /// The place of this thread.
    #[inline]
    pub(crate) fn here() -> Self {
        HERE.get()
    }

    /// Moves this thread to this place.
    #[inline]
    pub(crate) fn enter(self) {
        HERE.set(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_gives_back_what_it_was_made_of() {
        let run = Place::of_run(Place::of_run(Place::OUTSIDE));
        let place = run.at(Place::of_step(7, Kind::Agent));
        assert_eq!(
            (place.step(), place.level(), place.below_agent()),
            (Some(7), 2, false)
        );
        assert_eq!((run.step(), run.level()), (None, 2));
        assert_eq!((Place::OUTSIDE.step(), Place::OUTSIDE.level()), (None, 0));
    }

    #[test]
    fn a_step_with_options_takes_no_turn_as_a_whole() {
        let tool = Place::of_step(0, Kind::Tool);
        assert!(tool.takes_turn() && !tool.guarded().takes_turn());
        assert!(!Place::of_step(0, Kind::Flow).takes_turn());
        assert_eq!(tool.guarded().step(), Some(0));
        assert!(Place::of_run(tool.guarded()).below_agent());
    }

    #[test]
    fn what_runs_below_an_agent_knows_it_however_deep() {
        let agent = Place::of_run(Place::OUTSIDE).at(Place::of_step(0, Kind::Agent));
        let inner = Place::of_run(agent);
        assert!(inner.below_agent());
        assert!(Place::of_run(inner.at(Place::of_step(3, Kind::Plain))).below_agent());
        let flow = Place::of_run(Place::OUTSIDE).at(Place::of_step(0, Kind::Flow));
        assert!(!Place::of_run(flow).below_agent());
    }
}
