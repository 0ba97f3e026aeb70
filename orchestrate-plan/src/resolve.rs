//! From names to indices: who produces what is read, and what is wrong with the names.

use core::hash::{Hash, Hasher};
use std::collections::HashMap;

use crate::{
    digraph::{Lists, NOWHERE},
    graph::{Graph, Node},
    nearest::Nearest,
    problem::{Problem, Producer},
};

/// A graph whose names are resolved.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// For each step, for each of its reads and then for each of its orders: the step that it
    /// depends on, or [`NOWHERE`].
    pub(crate) edges: Lists,
    /// Where the values come from. Complete only when there is no problem.
    pub(crate) sources: Sources,
    pub(crate) problems: Vec<Problem>,
}

/// Where the reads of each step come from, all in one piece of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sources {
    starts: Vec<usize>,
    producers: Vec<Producer>,
}

impl Sources {
    pub(crate) fn get(&self, step: usize) -> &[Producer] {
        &self.producers[self.starts[step]..self.starts[step + 1]]
    }
}

/// What a name means. One table holds both values and steps, since most steps are named like their
/// output; it is kept small, because in a large graph each look at it is a cache miss.
#[derive(Clone, Copy)]
struct Meaning {
    /// The step that is called so, or [`NONE`].
    step: u32,
    /// The step that produces the value, or [`INPUT`] or [`NONE`].
    producer: u32,
    /// Which of the step's outputs it is, or which input of the workflow.
    value: u32,
    /// Produced twice, or the name of two steps: nobody knows which one is meant, so nothing is
    /// concluded from such a name.
    is_value_disputed: bool,
    is_step_disputed: bool,
}

const NONE: u32 = u32::MAX;
const INPUT: u32 = u32::MAX - 1;

impl Meaning {
    const NOTHING: Self = Self {
        step: NONE,
        producer: NONE,
        value: 0,
        is_value_disputed: false,
        is_step_disputed: false,
    };

    fn step(self) -> Option<usize> {
        (self.step != NONE).then_some(self.step as usize)
    }

    fn producer(self) -> Option<Producer> {
        let value = self.value as usize;
        match self.producer {
            NONE => None,
            INPUT => Some(Producer::Input(value)),
            node => Some(Producer::Step {
                node: node as usize,
                output: value,
            }),
        }
    }
}

/// An index as a [`Meaning`] keeps it.
///
/// # Panics
///
/// When it is four billion: a graph with so many names fits in no memory of today.
fn short(index: usize) -> u32 {
    u32::try_from(index)
        .ok()
        .filter(|&index| index < INPUT)
        .expect("a graph has fewer than four billion names")
}

/// How many bytes of a name a [`Key`] holds.
const HEAD: usize = 16;

/// A name in the table, with its first letters at hand: to compare short names takes no look at the
/// memory that they live in.
#[derive(Clone, Copy)]
struct Key<'g> {
    /// The first bytes; zeros after a shorter name.
    head: [u8; HEAD],
    name: &'g str,
}

impl<'g> Key<'g> {
    fn new(name: &'g str) -> Self {
        let mut head = [0; HEAD];
        let length = name.len().min(HEAD);
        head[..length].copy_from_slice(&name.as_bytes()[..length]);
        Self { head, name }
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head
            && self.name.len() == other.name.len()
            && (self.name.len() <= HEAD || self.name == other.name)
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// Resolves all names of a graph. O(V + E), but for the names near an unknown one: see `Nearest`.
#[must_use]
pub fn resolve(graph: &Graph) -> Resolution {
    let mut problems = Vec::new();
    let names = declared(graph, &mut problems);
    let reads: usize = graph.nodes.iter().map(|node| node.reads.len()).sum();
    let orders: usize = graph.nodes.iter().map(|node| node.after.len()).sum();
    let mut edges = Lists::with_capacity(graph.nodes.len(), reads + orders);
    let mut producers = Vec::with_capacity(reads);
    let mut starts = Vec::with_capacity(graph.nodes.len() + 1);
    starts.push(0);
    let mut suggest = Suggestions::new(graph);

    for (node, declared) in graph.nodes.iter().enumerate() {
        for (read, name) in declared.reads.iter().enumerate() {
            let meaning = names
                .get(&Key::new(name))
                .copied()
                .unwrap_or(Meaning::NOTHING);
            let mut edge = NOWHERE;
            match meaning.producer() {
                None => problems.push(match meaning.step() {
                    Some(step) if step == node => Problem::OwnOutput { node, read },
                    Some(step) => Problem::StepRead { node, read, step },
                    None => Problem::UnknownInput {
                        node,
                        read,
                        nearest: suggest.values(declared, name),
                    },
                }),
                Some(Producer::Step { .. }) if meaning.is_value_disputed => {}
                Some(Producer::Step { node: producer, .. }) if producer == node => {
                    problems.push(Problem::OwnOutput { node, read });
                }
                Some(Producer::Step { node: producer, .. }) => edge = producer,
                Some(Producer::Input(_)) => {}
            }
            edges.push(edge);
            producers.extend(meaning.producer());
        }
        starts.push(producers.len());
        for (after, name) in declared.after.iter().enumerate() {
            let meaning = names
                .get(&Key::new(name))
                .copied()
                .unwrap_or(Meaning::NOTHING);
            let mut edge = NOWHERE;
            match meaning.step() {
                None => {
                    let nearest = suggest.steps(declared, name, meaning.producer());
                    problems.push(Problem::UnknownOrder {
                        node,
                        after,
                        nearest,
                    });
                }
                Some(_) if meaning.is_step_disputed => {}
                Some(step) if step == node => problems.push(Problem::OwnOrder { node, after }),
                Some(step) => edge = step,
            }
            edges.push(edge);
        }
        edges.close();
    }
    Resolution {
        edges,
        sources: Sources { starts, producers },
        problems,
    }
}

/// All names that are declared. Where one is declared twice, the first is kept.
fn declared<'g>(graph: &'g Graph, problems: &mut Vec<Problem>) -> HashMap<Key<'g>, Meaning> {
    let mut names: HashMap<Key<'_>, Meaning> =
        HashMap::with_capacity(graph.inputs.len() + graph.nodes.len());
    for (input, name) in graph.inputs.iter().enumerate() {
        let meaning = names.entry(Key::new(name)).or_insert(Meaning::NOTHING);
        if let Some(Producer::Input(first)) = meaning.producer() {
            problems.push(Problem::DuplicateInput { input, first });
        } else {
            (meaning.producer, meaning.value) = (INPUT, short(input));
        }
    }
    for (node, declared) in graph.nodes.iter().enumerate() {
        let mut meaning = names
            .entry(Key::new(&declared.name))
            .or_insert(Meaning::NOTHING);
        let first_step = meaning.step();
        if first_step.is_none() {
            meaning.step = short(node);
        }
        meaning.is_step_disputed |= first_step.is_some();

        let mut is_reported = false;
        for (output, name) in declared.produces.iter().enumerate() {
            // The first output is often called like the step, whose meaning is at hand.
            if output > 0 || *name != declared.name {
                meaning = names.entry(Key::new(name)).or_insert(Meaning::NOTHING);
            }
            if let Some(first) = meaning.producer() {
                meaning.is_value_disputed = true;
                is_reported |= *name == declared.name
                    || matches!(first, Producer::Step { node, .. } if Some(node) == first_step);
                problems.push(Problem::DuplicateOutput {
                    node,
                    output,
                    first,
                });
            } else {
                (meaning.producer, meaning.value) = (short(node), short(output));
            }
        }
        if let (Some(first), false) = (first_step, is_reported) {
            problems.push(Problem::DuplicateStep { node, first });
        }
    }
    names
}

/// Names that may have been meant. What they are compared with is prepared when it is first needed:
/// most graphs never need it.
struct Suggestions<'g> {
    graph: &'g Graph,
    values: Option<Nearest<'g>>,
    steps: Option<Nearest<'g>>,
}

impl<'g> Suggestions<'g> {
    fn new(graph: &'g Graph) -> Self {
        Self {
            graph,
            values: None,
            steps: None,
        }
    }

    /// Values near `name`, except those that would be another mistake: the step's own outputs, and
    /// what it reads already.
    fn values(&mut self, node: &Node, name: &str) -> Vec<String> {
        let graph = self.graph;
        let values = self.values.get_or_insert_with(|| {
            let outputs = graph.nodes.iter().flat_map(|node| &node.produces);
            Nearest::new(graph.inputs.iter().chain(outputs).map(String::as_str))
        });
        values.find(name, &[&node.produces, &node.reads])
    }

    /// Steps near `name`, except the step itself and those that it comes after already. When `name`
    /// is an output, its step is meant.
    fn steps(&mut self, node: &Node, name: &str, producer: Option<Producer>) -> Vec<String> {
        let graph = self.graph;
        if let Some(Producer::Step { node: producer, .. }) = producer {
            let meant = &graph.nodes[producer].name;
            return if *meant == node.name {
                Vec::new()
            } else {
                vec![meant.clone()]
            };
        }
        let steps = self
            .steps
            .get_or_insert_with(|| Nearest::new(graph.nodes.iter().map(|node| node.name.as_str())));
        steps.find(name, &[std::slice::from_ref(&node.name), &node.after])
    }
}
