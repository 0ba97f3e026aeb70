//! A plan as an expansion writes it: what it says is text and bytes, which are read where they are asked for.
//!
//! Whoever compiles a constant pays for each value in it, and for each step of a function that makes it: an array of a
//! hundred structs with lists of their own took rustc a tenth of the time of a whole crate. A literal of any length costs it
//! nothing. So a [`Step`](crate::Step) is where it stands in the bytes, and only what is given out as a slice of numbers is
//! an array.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::{graph::Graph, kind::Kind, layout::Layout};

/// How many numbers there are of each step.
pub(crate) const RECORD: usize = 9;

/// What a plan says, but for what is not known before its expansion is compiled.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Packed {
    /// With commas between: the inputs of the workflow, then step by step its name, if that is not the name of its first
    /// output, and its outputs.
    pub names: &'static str,
    /// The steps, batch by batch; and the lists of dependencies that do not stand in these.
    pub steps: &'static [usize],
    /// Numbers of the same width, which is the first byte, each with its highest byte first: where each name ends; where each
    /// batch and each stage ends; the steps, [`RECORD`] of each; and the lists of names that steps read.
    pub numbers: &'static [u8],
    /// How many of them there are.
    pub count: Count,
}

/// How many there are in a plan.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub inputs: usize,
    pub names: usize,
    pub steps: usize,
    pub batches: usize,
    pub stages: usize,
}

impl Packed {
    pub(crate) const fn number(&self, index: usize) -> usize {
        let width = self.numbers[0] as usize;
        let (mut at, mut number) = (index * width + 1, 0);
        let end = at + width;
        while at < end {
            number = number << 8 | self.numbers[at] as usize;
            at += 1;
        }
        number
    }

    pub(crate) const fn name(&'static self, index: usize) -> &'static str {
        let (before, _) = self.names.split_at(self.number(index));
        match index {
            0 => before,
            _ => before.split_at(self.number(index - 1) + 1).1,
        }
    }
}

/// Names of a plan: some that follow each other, or are listed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) packed: &'static Packed,
    pub(crate) start: usize,
    pub(crate) length: usize,
    pub(crate) is_picked: bool,
}

impl Run {
    pub(crate) const fn len(self) -> usize {
        self.length
    }

    pub(crate) const fn get(self, index: usize) -> &'static str {
        let at = self.start + index;
        self.packed.name(if self.is_picked {
            self.packed.number(at)
        } else {
            at
        })
    }
}

/// What a [`Packed`] is made of, as an expansion writes it.
#[doc(hidden)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packing {
    pub names: String,
    pub steps: Vec<usize>,
    pub numbers: Vec<u8>,
    pub count: Count,
}

impl Packing {
    /// Packs the graph of a workflow, whose names are identifiers.
    #[must_use]
    pub fn new(graph: &Graph, layout: &Layout, is_fallible: impl Fn(usize) -> bool) -> Self {
        let mut names: Vec<&str> = graph.inputs.iter().map(String::as_str).collect();
        let mut value: HashMap<&str, usize> = names.iter().copied().zip(0..).collect();
        let mut places = Vec::with_capacity(graph.nodes.len());
        for node in &graph.nodes {
            let start = names.len();
            if node.produces.first() != Some(&node.name) {
                names.push(&node.name);
            }
            let outputs = names.len();
            names.extend(node.produces.iter().map(String::as_str));
            value.extend(node.produces.iter().map(String::as_str).zip(outputs..));
            places.push((start, outputs));
        }
        let count = Count {
            inputs: graph.inputs.len(),
            names: names.len(),
            steps: graph.nodes.len(),
            batches: layout.batch_count(),
            stages: layout.stages().len(),
        };

        let mut numbers = Vec::new();
        numbers.extend(names.iter().scan(0, |next, name| {
            let end = *next + name.len();
            *next = end + 1;
            Some(end)
        }));
        numbers.extend(layout.batch_ends());
        numbers.extend(layout.stages().iter().map(|stage| stage.end));
        let mut dependencies = Lists::new(layout.order().to_vec());
        let mut reads = Lists::new(Vec::new());
        let picked = numbers.len() + count.steps * RECORD;
        for (step, (node, (name, outputs))) in graph.nodes.iter().zip(places).enumerate() {
            let kind = Kind::ALL.iter().position(|kind| *kind == node.kind);
            let read: Vec<usize> = node.reads.iter().map(|read| value[read.as_str()]).collect();
            numbers.extend([
                name,
                outputs,
                node.produces.len(),
                kind.unwrap_or_default() * 2 + usize::from(is_fallible(step)),
                layout.batch_of(step),
                picked + reads.keep(&read),
                read.len(),
                dependencies.keep(layout.dependencies(step)),
                layout.dependencies(step).len(),
            ]);
        }
        numbers.extend(reads.all);
        Self {
            names: names.join(","),
            steps: dependencies.all,
            numbers: bytes(&numbers),
            count,
        }
    }
}

/// Lists in a row, in which one that is there is not put again.
struct Lists {
    all: Vec<usize>,
    /// Where each number stands first.
    first: HashMap<usize, usize>,
    kept: HashMap<Vec<usize>, usize>,
}

impl Lists {
    fn new(all: Vec<usize>) -> Self {
        let numbers = all.iter().copied();
        Self {
            first: numbers
                .enumerate()
                .map(|(at, number)| (number, at))
                .collect(),
            kept: HashMap::new(),
            all,
        }
    }

    /// Where the list starts.
    fn keep(&mut self, list: &[usize]) -> usize {
        let Some(head) = list.first() else {
            return 0;
        };
        if let Some(&at) = self.first.get(head)
            && self.all[at..].starts_with(list)
        {
            return at;
        }
        *self.kept.entry(list.to_vec()).or_insert_with(|| {
            let start = self.all.len();
            self.all.extend(list);
            start
        })
    }
}

/// Numbers as bytes: how many each of them takes, and then they, their highest byte first.
fn bytes(numbers: &[usize]) -> Vec<u8> {
    let largest = numbers.iter().copied().max().unwrap_or(0);
    let width = (largest.checked_ilog2().unwrap_or(0) / u8::BITS + 1) as usize;
    let mut bytes = vec![u8::try_from(width).unwrap_or(u8::MAX)];
    for number in numbers {
        let number = number.to_be_bytes();
        bytes.extend_from_slice(&number[number.len() - width..]);
    }
    bytes
}
