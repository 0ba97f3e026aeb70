//! Random graphs.

use std::collections::BTreeSet;

use crate::dice::Dice;

/// A workflow. Its steps stand in an order in which they could run one after the other.
pub(crate) struct Graph {
    pub(crate) seed: u64,
    /// `#[schedule(batches)]`.
    pub(crate) strict: bool,
    pub(crate) steps: Vec<Step>,
    /// The order of their declaration.
    pub(crate) declared: Vec<usize>,
    /// The values that the last expression uses.
    pub(crate) left: Vec<Value>,
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
pub(crate) struct Step {
    /// `agent`, `tool`, `mcp`, `flow`, or nothing for a plain step.
    pub(crate) kind: &'static str,
    /// How many values it produces.
    pub(crate) outputs: usize,
    pub(crate) fallible: bool,
    pub(crate) reads: Vec<Read>,
    /// What it comes after without reading it.
    pub(crate) after: BTreeSet<usize>,
    pub(crate) optional: bool,
    pub(crate) default: bool,
    pub(crate) when: bool,
    pub(crate) rollback: bool,
}

/// The output of a step: which step, which of its outputs.
pub(crate) type Value = (usize, usize);

pub(crate) struct Read {
    pub(crate) value: Value,
    pub(crate) moved: bool,
}

impl Step {
    /// What must have ended before it starts.
    pub(crate) fn dependencies(&self) -> BTreeSet<usize> {
        let read = self.reads.iter().map(|read| read.value.0);
        read.chain(self.after.iter().copied()).collect()
    }
}

/// The graph of a seed.
pub(crate) fn graph(seed: u64) -> Graph {
    let mut dice = Dice::new(seed);
    let links = links(&mut dice, seed);
    let mut steps: Vec<Step> = Vec::new();
    // Workflows with something to undo are expanded in another way: all or nothing, as a rule.
    let undoes = dice.happens(30);
    let plainness = [0, 15, 40][dice.below(3)];
    let options = [0, 0, 20][dice.below(3)];
    for before in links {
        let step = step(&mut dice, &steps, &before, plainness, options, undoes);
        steps.push(step);
    }
    let ancestors = ancestors(&steps);
    order(&mut dice, &mut steps, &ancestors);
    let left = left(&mut dice, &steps);
    move_some(&mut dice, &mut steps, &left);
    let mut declared: Vec<usize> = (0..steps.len()).collect();
    if dice.happens(70) {
        for at in (1..declared.len()).rev() {
            declared.swap(at, dice.below(at + 1));
        }
    }
    let strict = dice.happens(10);
    Graph {
        seed,
        strict,
        steps,
        declared,
        left,
    }
}

/// What each step reads of: the shape.
fn links(dice: &mut Dice, seed: u64) -> Vec<Vec<usize>> {
    let mut links: Vec<Vec<usize>> = Vec::new();
    // Large ones now and then.
    let shape = if seed % 16 == 15 {
        20 + (seed / 16) % 4
    } else {
        seed % 8
    };
    match shape {
        0 => chain(&mut links, 1 + dice.below(24)),
        1 | 2 => {
            let (depth, width) = (2 + dice.below(6), 1 + dice.below(6));
            let percent = if shape == 1 { 100 } else { 30 };
            layers(dice, &mut links, depth, width, percent);
        }
        3 => fan(&mut links, [2, 7, 31, 33, 40][dice.below(5)]),
        4 => {
            for _ in 0..=dice.below(12) {
                links.push(Vec::new());
            }
        }
        5 => {
            for _ in 0..=dice.below(4) {
                let (start, length) = (links.len(), 1 + dice.below(8));
                chain(&mut links, length);
                links[start].clear();
            }
            links.push((0..links.len()).filter(|_| dice.happens(60)).collect());
        }
        20 => fan(&mut links, 65 + dice.below(80)),
        21 => layers(dice, &mut links, 10, 12, 20),
        22 => chain(&mut links, 150),
        23 => {
            layers(dice, &mut links, 3, 35, 10);
            random(dice, &mut links, 60);
        }
        _ => {
            let steps = 1 + dice.below(40);
            random(dice, &mut links, steps);
        }
    }
    links
}

fn chain(links: &mut Vec<Vec<usize>>, length: usize) {
    for _ in 0..length {
        let before = links.len().checked_sub(1);
        links.push(before.into_iter().collect());
    }
}

fn fan(links: &mut Vec<Vec<usize>>, width: usize) {
    links.push(Vec::new());
    links.extend((0..width).map(|_| vec![0]));
    links.push((1..=width).collect());
}

fn layers(
    dice: &mut Dice,
    links: &mut Vec<Vec<usize>>,
    depth: usize,
    width: usize,
    percent: usize,
) {
    let mut before: Vec<usize> = Vec::new();
    for _ in 0..depth {
        let start = links.len();
        for _ in 0..width {
            let mut reads: Vec<usize> = before
                .iter()
                .copied()
                .filter(|_| dice.happens(percent))
                .collect();
            if reads.is_empty() && !before.is_empty() {
                reads.push(before[dice.below(before.len())]);
            }
            links.push(reads);
        }
        before = (start..links.len()).collect();
    }
}

fn random(dice: &mut Dice, links: &mut Vec<Vec<usize>>, steps: usize) {
    let near = [3, 8, 1_000][dice.below(3)];
    for _ in 0..steps {
        let count = links.len();
        let reads: BTreeSet<usize> = (0..dice.below(4))
            .filter_map(|_| count.checked_sub(1 + dice.below(near.min(count))))
            .collect();
        links.push(reads.into_iter().collect());
    }
}

fn step(
    dice: &mut Dice,
    steps: &[Step],
    before: &[usize],
    plainness: usize,
    options: usize,
    undoes: bool,
) -> Step {
    let mut step = Step {
        kind: ["tool", "tool", "agent", "mcp"][dice.below(4)],
        outputs: [1, 1, 1, 1, 2, 3, 0][dice.below(7)],
        fallible: dice.happens(40),
        ..Step::default()
    };
    if dice.happens(plainness) {
        step.kind = "";
    }
    for &producer in before {
        let outputs = steps[producer].outputs;
        if outputs == 0 {
            step.after.insert(producer);
            continue;
        }
        let first = dice.below(outputs);
        step.reads.push(Read {
            value: (producer, first),
            moved: false,
        });
        if outputs > 1 && dice.happens(40) {
            step.reads.push(Read {
                value: (producer, (first + 1) % outputs),
                moved: false,
            });
        }
    }
    // A flow takes one value.
    if let [read] = &step.reads[..]
        && steps[read.value.0].is_certain()
        && dice.happens(10)
    {
        return Step {
            kind: "flow",
            outputs: 1,
            fallible: true,
            ..step
        };
    }
    if dice.happens(options) {
        match dice.below(4) {
            0 => step.optional = step.outputs > 0,
            1 => step.default = step.outputs > 0,
            2 => step.when = true,
            _ => (step.optional, step.when) = (step.outputs > 0, true),
        }
    }
    step.rollback = undoes && dice.happens(40);
    step
}

impl Step {
    /// Whether its outputs are there whenever it is done.
    pub(crate) const fn is_certain(&self) -> bool {
        !self.optional && !self.when
    }
}

fn ancestors(steps: &[Step]) -> Vec<BTreeSet<usize>> {
    let mut all: Vec<BTreeSet<usize>> = Vec::new();
    for step in steps {
        let mut own = step.dependencies();
        for on in step.dependencies() {
            own.extend(&all[on]);
        }
        all.push(own);
    }
    all
}

/// Orders without data, where there is none.
fn order(dice: &mut Dice, steps: &mut [Step], ancestors: &[BTreeSet<usize>]) {
    if !dice.happens(30) {
        return;
    }
    for step in 1..steps.len() {
        let on = dice.below(step);
        if dice.happens(10) && !ancestors[step].contains(&on) {
            steps[step].after.insert(on);
        }
    }
}

/// All values that nobody reads, and a few others.
fn left(dice: &mut Dice, steps: &[Step]) -> Vec<Value> {
    let read: BTreeSet<Value> = steps
        .iter()
        .flat_map(|step| &step.reads)
        .map(|read| read.value)
        .collect();
    let percent = [0, 10, 60][dice.below(3)];
    let values = steps.iter().enumerate();
    let values =
        values.flat_map(|(step, drawn)| (0..drawn.outputs).map(move |output| (step, output)));
    values
        .filter(|value| !read.contains(value) || dice.happens(percent))
        .collect()
}

/// Values move into a reader that comes after all the others.
fn move_some(dice: &mut Dice, steps: &mut [Step], left: &[Value]) {
    let ancestors = ancestors(steps);
    let percent = [0, 30, 80][dice.below(3)];
    for producer in 0..steps.len() {
        for output in 0..steps[producer].outputs {
            let value = (producer, output);
            let reads = |step: &Step| step.reads.iter().any(|read| read.value == value);
            let readers: Vec<usize> = (0..steps.len())
                .filter(|&step| reads(&steps[step]))
                .collect();
            let Some((&last, others)) = readers.split_last() else {
                continue;
            };
            let is_last = others.iter().all(|other| ancestors[last].contains(other));
            if is_last
                && !left.contains(&value)
                && steps[producer].is_certain()
                && dice.happens(percent)
            {
                let mut reads = steps[last].reads.iter_mut();
                if let Some(read) = reads.find(|read| read.value == value) {
                    read.moved = true;
                }
            }
        }
    }
}
