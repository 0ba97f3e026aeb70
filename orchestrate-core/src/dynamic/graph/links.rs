//! What comes after what, in places.

use std::collections::HashMap;

use orchestrate_plan::Plan;

use crate::dynamic::AgentTask;

/// So few names are compared with each other.
const FEW: usize = 16;

/// What comes after what: nothing where no task comes after another.
#[derive(Default)]
pub(super) struct Links {
    /// Those that a task comes after, in the order in which it names them.
    before: Rows,
    /// Those that come after a task, each as often as it names it.
    after: Rows,
}

/// A list for each task, all in one piece of memory.
#[derive(Default)]
struct Rows {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Rows {
    fn get(
        &self,
        row: usize,
    ) -> impl ExactSizeIterator<Item = usize> + DoubleEndedIterator + use<'_> {
        let items = match self.starts.get(row..row + 2) {
            Some(&[start, end]) => &self.items[start as usize..end as usize],
            _ => &[],
        };
        items.iter().map(|&item| item as usize)
    }

    /// The lists the other way round.
    fn turned(&self) -> Self {
        let rows = self.starts.len().saturating_sub(1);
        let mut starts = vec![0_u32; rows + 1];
        for &item in &self.items {
            starts[item as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut items = vec![0; self.items.len()];
        let mut next = starts.clone();
        for (row, place) in (0_u32..).zip(0..rows) {
            for item in self.get(place) {
                items[next[item] as usize] = row;
                next[item] += 1;
            }
        }
        Self { starts, items }
    }
}

/// The places of names.
enum Names<'t> {
    Few(&'t [AgentTask]),
    Many(HashMap<&'t str, usize>),
}

impl<'t> Names<'t> {
    /// None where two tasks have one name.
    fn of(tasks: &'t [AgentTask]) -> Option<Self> {
        if tasks.len() <= FEW {
            let mut rest = tasks.iter().enumerate();
            let all_differ =
                rest.all(|(i, task)| tasks[..i].iter().all(|other| !is(other, task.name())));
            return all_differ.then_some(Self::Few(tasks));
        }
        let named: HashMap<_, _> = tasks.iter().map(AgentTask::name).zip(0..).collect();
        (named.len() == tasks.len()).then_some(Self::Many(named))
    }

    fn place(&self, name: &str) -> Option<usize> {
        match self {
            Self::Few(tasks) => tasks.iter().position(|task| is(task, name)),
            Self::Many(named) => named.get(name).copied(),
        }
    }
}

/// Whether it has this name. Names of tasks often differ in their last letter.
fn is(task: &AgentTask, name: &str) -> bool {
    let (own, name) = (task.name().as_bytes(), name.as_bytes());
    own.len() == name.len() && own.last() == name.last() && own == name
}

impl Links {
    /// The links of tasks of which it is plain that they can work: each comes after earlier ones alone. None where that takes
    /// the planner to find out, or to say what is wrong.
    pub(super) fn plain(tasks: &[AgentTask]) -> Option<Self> {
        let names = Names::of(tasks)?;
        Self::find(tasks, |task, name| {
            names.place(name).filter(|&before| before < task)
        })
    }

    /// The links of tasks that have been planned.
    pub(super) fn planned(tasks: &[AgentTask]) -> Self {
        let named: HashMap<_, _> = tasks.iter().map(AgentTask::name).zip(0..).collect();
        // The planner knows each name.
        Self::find(tasks, |_, name| named.get(name).copied()).unwrap_or_default()
    }

    /// The links that a plan says.
    pub(super) fn of(plan: &Plan) -> Self {
        let steps = plan.steps().iter();
        let before = steps.map(|step| step.dependencies().iter().copied().map(Some));
        Self::new(before).unwrap_or_default()
    }

    fn find(tasks: &[AgentTask], place: impl Fn(usize, &str) -> Option<usize>) -> Option<Self> {
        if tasks.iter().all(|task| task.dependencies().is_empty()) {
            return Some(Self::default());
        }
        let (tasks, place) = (tasks.iter().enumerate(), &place);
        Self::new(tasks.map(|(task, asked)| {
            let names = asked.dependencies().iter();
            names.map(move |name| place(task, name))
        }))
    }

    fn new<R>(rows: impl ExactSizeIterator<Item = R>) -> Option<Self>
    where
        R: Iterator<Item = Option<usize>>,
    {
        let mut before = Rows {
            starts: Vec::with_capacity(rows.len() + 1),
            items: Vec::with_capacity(rows.len()),
        };
        before.starts.push(0);
        for row in rows {
            for item in row {
                before.items.push(u32::try_from(item?).ok()?);
            }
            before.starts.push(u32::try_from(before.items.len()).ok()?);
        }
        let after = before.turned();
        Some(Self { before, after })
    }

    /// Whether no task comes after another.
    pub(super) fn is_empty(&self) -> bool {
        self.before.items.is_empty()
    }

    pub(super) fn before(
        &self,
        task: usize,
    ) -> impl ExactSizeIterator<Item = usize> + DoubleEndedIterator + use<'_> {
        self.before.get(task)
    }

    pub(super) fn after(
        &self,
        task: usize,
    ) -> impl ExactSizeIterator<Item = usize> + DoubleEndedIterator + use<'_> {
        self.after.get(task)
    }
}
