//! Random graphs.

use orchestrate_plan::{Graph, Kind, Node};
use proptest::prelude::*;

/// What makes one step depend on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    None,
    Data,
    Order,
    Both,
}

/// A graph whose steps are known by a number, however they are declared.
#[derive(Clone, Debug)]
pub(crate) struct Abstract {
    /// `edges[v][u]`: how `v` depends on `u`.
    pub(crate) edges: Vec<Vec<Edge>>,
    /// `declared[i]` is the number of the step that is declared as the `i`th.
    pub(crate) declared: Vec<usize>,
}

impl Abstract {
    pub(crate) fn len(&self) -> usize {
        self.edges.len()
    }

    /// The same graph, with its steps declared in the order of their numbers.
    pub(crate) fn in_order(&self) -> Self {
        Self {
            edges: self.edges.clone(),
            declared: (0..self.len()).collect(),
        }
    }

    /// Step `v` is called `s<v>`, and produces `s<v>`.
    pub(crate) fn graph(&self) -> Graph {
        let name = |step: usize| format!("s{step}");
        let sources = |step: usize, wanted: [Edge; 2]| {
            let edges = self.edges[step].iter().enumerate();
            edges
                .filter(move |(_, edge)| wanted.contains(edge))
                .map(move |(source, _)| name(source))
                .collect::<Vec<_>>()
        };
        let nodes = self.declared.iter().map(|&step| {
            Node::new(name(step), Kind::Tool)
                .reads(sources(step, [Edge::Data, Edge::Both]))
                .produces([name(step)])
                .after(sources(step, [Edge::Order, Edge::Both]))
        });
        Graph {
            inputs: Vec::new(),
            nodes: nodes.collect(),
        }
    }

    /// `depends[v][u]` in numbers: whether `v` depends directly on `u`.
    pub(crate) fn depends(&self) -> Vec<Vec<bool>> {
        self.edges
            .iter()
            .map(|row| row.iter().map(|&edge| edge != Edge::None).collect())
            .collect()
    }
}

/// Graphs without cycles: a step depends only on steps with lower numbers, and is declared
/// anywhere.
///
/// Sparse, dense and layered ones: only in the latter two are barriers likely.
pub(crate) fn acyclic() -> impl Strategy<Value = Abstract> {
    (0..10_usize, 1..=4_usize, any::<bool>())
        .prop_flat_map(|(count, width, is_layered)| {
            let edge = edge(3, 4);
            let density = prop_oneof![Just(2_u8), Just(5), Just(9)];
            let row = prop::collection::vec((edge, 0..10_u8), count);
            let noise = prop::collection::vec(row, count);
            (noise, density, declared(count)).prop_map(move |(noise, density, declared)| {
                let edges = (0..count).map(|v| {
                    (0..count)
                        .map(|u| {
                            let (edge, chance) = noise[v][u];
                            let is_next = u / width + 1 == v / width;
                            let is_possible = if is_layered { is_next } else { u < v };
                            if is_possible && chance <= density {
                                edge
                            } else {
                                Edge::None
                            }
                        })
                        .collect()
                });
                Abstract {
                    edges: edges.collect(),
                    declared,
                }
            })
        })
        .boxed()
}

/// Any graphs, of which most have cycles; no step depends on itself.
pub(crate) fn any_graph() -> impl Strategy<Value = Abstract> {
    (0..9_usize)
        .prop_flat_map(|count| {
            let edge = edge(14, 3);
            let edges = prop::collection::vec(prop::collection::vec(edge, count), count);
            (edges, declared(count)).prop_map(|(mut edges, declared)| {
                for (step, row) in edges.iter_mut().enumerate() {
                    row[step] = Edge::None;
                }
                Abstract { edges, declared }
            })
        })
        .boxed()
}

/// An edge, where an order and both at once have a weight of one each.
fn edge(none: u32, data: u32) -> impl Strategy<Value = Edge> {
    prop_oneof![
        none => Just(Edge::None),
        data => Just(Edge::Data),
        1 => Just(Edge::Order),
        1 => Just(Edge::Both),
    ]
}

fn declared(count: usize) -> impl Strategy<Value = Vec<usize>> {
    Just((0..count).collect::<Vec<_>>()).prop_shuffle()
}
