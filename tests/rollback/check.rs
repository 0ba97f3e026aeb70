//! What must hold whatever the graph is, and wherever the fault:
//!
//! - nothing starts after it;
//! - what has completed and has a rollback is undone, exactly once, the last to complete first;
//! - nothing else is undone;
//! - what has started ends: it is done, fails, or is dropped, and nothing without a rollback is done after the fault;
//! - the failure tells all that was undone, and what cannot be.
//!
//! A step that is a workflow of its own is undone as one, from the inside out; if it has not completed it has undone itself
//! before the run does.

use std::time::Duration;

use orchestrated::{CancelToken, Failure, Orchestrator, RollbackOutcome, RunOutcome};

use crate::{
    well_formed::{told, well_formed},
    world::{Fault, Oops, World, ms},
};

pub(super) static ITEMS: [u64; 3] = [3, 1, 2];

/// What kind of step it is.
#[expect(non_camel_case_types, reason = "the words of a graph")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// With a rollback.
    undone,
    /// Without options.
    bare,
    /// With a limit.
    timed,
    /// A plain one, with a rollback.
    held,
    /// A plain one.
    plain,
    /// Irreversible.
    sent,
    /// With a rollback, and more than one attempt.
    again,
    /// With a rollback for each item.
    items,
    /// A workflow of its own.
    part,
    /// With a rollback, and optional.
    maybe,
}

impl Kind {
    /// What is done under a step of this kind.
    fn parts(self, step: &str) -> Vec<String> {
        match self {
            Self::part => ["a", "b", "c"]
                .map(|part| format!("{step}/{part}"))
                .to_vec(),
            Self::items => ITEMS.map(|item| format!("{step}.{item}")).to_vec(),
            _ => vec![step.to_owned()],
        }
    }

    /// How it can fail.
    fn faults(self) -> &'static [Fault] {
        match self {
            Self::bare | Self::held | Self::plain | Self::sent => &[Fault::Error, Fault::Panic],
            _ => &[Fault::Error, Fault::Panic, Fault::TimeOut],
        }
    }

    /// Whether one of its parts is undone by an expression.
    fn undoes(self, part: &str) -> bool {
        match self {
            Self::undone | Self::held | Self::again | Self::items | Self::maybe => true,
            Self::part => !part.ends_with("/c"),
            Self::bare | Self::timed | Self::plain | Self::sent => false,
        }
    }

    /// Whether one of its parts is awaited after the fault.
    fn is_awaited(self, part: &str) -> bool {
        self.undoes(part) || self == Self::sent
    }
}

type Kinds = [(&'static str, Kind)];
type Ended = Result<(), Failure<Oops>>;

/// Runs a graph with each fault.
pub(super) async fn check(kinds: &Kinds, run: impl AsyncFn(&World, &Orchestrator) -> Ended) {
    let (orchestrator, mut events) = Orchestrator::new().events();
    let began = tokio::time::Instant::now();
    let world = World::new();
    run(&world, &orchestrator).await.unwrap();
    let [(_, RunOutcome::Finished)] = well_formed(&told(&mut events))[..] else {
        panic!("it is told of otherwise than it ended");
    };
    let whole = u64::try_from(began.elapsed().as_millis()).unwrap();
    let all = Story::of(&world);
    assert!(!all.words.iter().any(|word| word.starts_with('~')));
    assert_eq!(all.count('+'), all.count('-'), "{all:?}");

    for &(step, kind) in kinds {
        for part in kind.parts(step) {
            for &fault in kind.faults() {
                let world = World::failing(&part, fault);
                let ended = run(&world, &orchestrator).await;
                let told = well_formed(&told(&mut events));
                let story = Story::of(&world);
                let Err(failure) = ended else {
                    assert_eq!(kind, Kind::maybe, "{part}: {story:?}");
                    assert_eq!(story.count('~'), 0, "{story:?}");
                    continue;
                };
                let fault = format!("!{part}");
                assert_eq!(failure.step(), Some(step), "{fault}: {story:?}");
                let at = kinds.iter().position(|(name, _)| *name == step);
                let [(_, RunOutcome::Failed { step: failed, .. })] = &told[..] else {
                    panic!("{fault}: {told:?}");
                };
                assert_eq!(*failed, at, "{fault}: {story:?}");
                story.check(kinds, &fault, &failure);
            }
        }
    }
    // From outside, at each moment.
    for at in 0..whole {
        let token = CancelToken::new();
        let (cancelled, world) = (orchestrator.clone().cancel_on(&token), World::new());
        let (ended, ()) = tokio::join!(run(&world, &cancelled), async {
            ms(at).await;
            world.say("!outside");
            token.cancel();
        });
        Story::of(&world).check(kinds, "!outside", &ended.unwrap_err());

        let (limited, world) = (
            orchestrator.clone().deadline(Duration::from_millis(at)),
            World::new(),
        );
        // The run goes first: what is done at this very moment is done in time.
        let (ended, ()) = futures::join!(run(&world, &limited), async {
            ms(at).await;
            world.say("!outside");
        });
        Story::of(&world).check(kinds, "!outside", &ended.unwrap_err());
        let told = well_formed(&told(&mut events));
        assert!(told.len() == 2 && told.iter().all(|(_, outcome)| outcome.fault().is_some()));
    }
}

/// What has happened in a run.
#[derive(Debug)]
struct Story {
    words: Vec<String>,
}

impl Story {
    fn of(world: &World) -> Self {
        Self {
            words: world.words(),
        }
    }

    fn count(&self, sign: char) -> usize {
        self.words
            .iter()
            .filter(|word| word.starts_with(sign))
            .count()
    }

    /// Where a word stands; it stands there once at most.
    fn at(&self, sign: char, name: &str) -> Option<usize> {
        let is_it = |word: &&String| word.strip_prefix(sign) == Some(name);
        let times = self.words.iter().filter(is_it).count();
        assert!(times <= 1, "{sign}{name} {times} times: {self:?}");
        self.words.iter().position(|word| is_it(&word))
    }

    fn check(&self, kinds: &Kinds, fault: &str, failure: &Failure<Oops>) {
        let fault_at = self.words.iter().position(|word| word == fault).unwrap();
        let late = self.words[fault_at..].iter();
        let late: Vec<_> = late.filter(|word| word.starts_with('+')).collect();
        assert!(late.is_empty(), "{late:?} after {fault}: {self:?}");

        let mut outer = Vec::new();
        let mut alone = Vec::new();
        for &(step, kind) in kinds {
            let parts = kind.parts(step);
            let ends = parts
                .iter()
                .filter_map(|part| self.end(kind, part, fault_at));
            let ends: Vec<(bool, usize)> = ends.collect();
            let completes = |part: &&String| kind.is_awaited(part) && self.at('-', part).is_some();
            let mut done: Vec<&String> = parts.iter().filter(completes).collect();
            done.sort_by_key(|part| self.at('-', part));
            // One that is done after the fault was cancelled with its run.
            let in_time = |&(done, at): &(bool, usize)| done && at < fault_at;
            let is_whole = ends.len() == parts.len() && ends.iter().all(in_time);
            let undone = done.into_iter().rev().map(|part| Undone {
                name: part.clone(),
                step: step_of(step, part).to_owned(),
                is_sent: kind == Kind::sent,
            });
            if kind == Kind::part && !is_whole {
                alone.push(undone.collect::<Vec<_>>());
            } else if let Some(last) = ends.iter().map(|&(_, at)| at).max() {
                outer.push((last, undone.collect::<Vec<_>>()));
            }
        }
        outer.sort_by_key(|&(last, _)| std::cmp::Reverse(last));
        let outer: Vec<Undone> = outer.into_iter().flat_map(|(_, undone)| undone).collect();
        self.check_undone(&outer, &alone);
        self.check_told(&outer, &alone, failure);
    }

    /// How and where a part has ended, if it has started.
    fn end(&self, kind: Kind, part: &str, fault_at: usize) -> Option<(bool, usize)> {
        let start = self.at('+', part)?;
        let ends = ['-', '!', 'x'].map(|sign| self.at(sign, part));
        let mut all = ends.into_iter().flatten();
        let end = all
            .next()
            .unwrap_or_else(|| panic!("{part} has not ended: {self:?}"));
        assert!(end > start && all.next().is_none(), "{part}: {self:?}");
        let is_done = ends[0].is_some();
        assert!(
            !is_done || end < fault_at || kind.is_awaited(part),
            "{part} is done after the fault: {self:?}"
        );
        Some((is_done, end))
    }

    fn check_undone(&self, outer: &[Undone], alone: &[Vec<Undone>]) {
        let undone = self.words.iter().filter_map(|word| word.strip_prefix('~'));
        let undone: Vec<&str> = undone.collect();
        assert_eq!(self.count('='), undone.len());
        let expected = outer.iter().filter(|undone| !undone.is_sent);
        let expected: Vec<&str> = expected.map(|undone| &*undone.name).collect();
        let before = undone.len().checked_sub(expected.len());
        let before = before.unwrap_or_else(|| panic!("{expected:?}, but {undone:?}: {self:?}"));
        assert_eq!(undone[before..], expected, "{self:?}");
        // Those that have undone themselves, side by side.
        let names: Vec<&str> = alone.iter().flatten().map(|undone| &*undone.name).collect();
        assert_eq!(names.len(), before, "{names:?}: {self:?}");
        for part in alone {
            let places = part.iter().map(|part| self.at('~', &part.name).unwrap());
            assert!(places.is_sorted(), "{self:?}");
        }
        // Nobody is undone beside another one of the same run.
        let undoes = self
            .words
            .iter()
            .filter(|word| word.starts_with(['~', '=']));
        let undoes: Vec<&String> = undoes.collect();
        let turns = undoes[2 * before..].chunks(2).zip(&expected);
        for (turn, name) in turns {
            assert_eq!(turn, [&format!("~{name}"), &format!("={name}")], "{self:?}");
        }
    }

    fn check_told(&self, outer: &[Undone], alone: &[Vec<Undone>], failure: &Failure<Oops>) {
        let told: Vec<(&str, bool)> = failure
            .rollbacks()
            .iter()
            .map(|one| {
                (
                    &*one.step,
                    matches!(one.outcome, RollbackOutcome::Irreversible(_)),
                )
            })
            .collect();
        let as_told = |undone: &Undone| (undone.step.clone(), undone.is_sent);
        let mut before: Vec<_> = alone.iter().flatten().map(as_told).collect();
        let outer: Vec<_> = outer.iter().map(as_told).collect();
        let told: Vec<_> = told
            .into_iter()
            .map(|(step, sent)| (step.to_owned(), sent))
            .collect();
        assert_eq!(told.len(), before.len() + outer.len(), "{told:?}: {self:?}");
        assert_eq!(told[before.len()..], outer, "{self:?}");
        let mut first = told[..before.len()].to_vec();
        first.sort();
        before.sort();
        assert_eq!(first, before, "{self:?}");
    }
}

/// What is to be undone.
#[derive(Debug)]
struct Undone {
    /// As in the log.
    name: String,
    /// As in the failure.
    step: String,
    is_sent: bool,
}

/// The step of a part, as the failure names it.
fn step_of<'p>(step: &'p str, part: &'p str) -> &'p str {
    part.split_once('/').map_or(step, |(_, inner)| inner)
}
