//! Time per node and edge of the planner, from 10 to 100,000 steps: it should stay flat.
//!
//! `cargo bench -p orchestrate-plan`. Each figure is a median over rounds; all graphs take turns
//! inside a round, so that a slow moment of the machine falls on all of them alike.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use orchestrate_plan::{
    __bench::{arrange, resolve},
    Graph, Kind, Node, analyze,
};

const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];

fn main() {
    // `cargo bench` says so; `cargo test --all-targets` only wants to know whether this runs.
    let is_real = std::env::args().any(|arg| arg == "--bench");
    let (sizes, rounds) = if is_real {
        (&SIZES[..], 31)
    } else {
        (&SIZES[..2], 1)
    };

    let mut cases: Vec<Case> = Vec::new();
    for (shape, make) in [
        ("chain", chain as fn(usize) -> Graph),
        ("fan 1-n-1", fan),
        ("layered", layered),
    ] {
        cases.extend(sizes.iter().map(|&size| Case::new(shape, make(size))));
    }
    for _ in 0..rounds {
        cases.iter_mut().for_each(Case::measure);
    }

    println!(
        "{:10} {:>8} {:>8}  {:>16}  {:>16}",
        "shape", "steps", "edges", "analyze", "graph passes"
    );
    for case in &mut cases {
        let elements = case.elements();
        println!(
            "{:10} {:>8} {:>8}  {:>10.1} ns/el  {:>10.1} ns/el",
            case.shape,
            case.graph.nodes.len(),
            case.edges,
            per_element(&mut case.whole, elements),
            per_element(&mut case.passes, elements),
        );
    }
    println!(
        "\nel: a node or an edge; analyze: names and graph; graph passes: names resolved to layout"
    );
}

struct Case {
    shape: &'static str,
    graph: Graph,
    edges: usize,
    /// Small graphs are measured several times in a row: a clock cannot see one of them.
    repeats: u32,
    whole: Vec<Duration>,
    passes: Vec<Duration>,
}

impl Case {
    fn new(shape: &'static str, graph: Graph) -> Self {
        let layout = analyze(&graph).expect("a graph without problems");
        let edges = (0..layout.len())
            .map(|step| layout.dependencies(step).len())
            .sum();
        let repeats = u32::try_from(20_000 / (graph.nodes.len() + edges))
            .expect("small")
            .max(1);
        Self {
            shape,
            graph,
            edges,
            repeats,
            whole: Vec::new(),
            passes: Vec::new(),
        }
    }

    fn elements(&self) -> usize {
        self.graph.nodes.len() + self.edges
    }

    fn measure(&mut self) {
        // The others have taken the caches meanwhile: what is measured is planning a graph that is
        // at hand.
        black_box(analyze(black_box(&self.graph)).is_ok());
        let start = Instant::now();
        for _ in 0..self.repeats {
            black_box(analyze(black_box(&self.graph)).is_ok());
        }
        self.whole.push(start.elapsed() / self.repeats);

        let resolved = vec![resolve(&self.graph); self.repeats as usize];
        let start = Instant::now();
        for resolution in resolved {
            black_box(arrange(black_box(&self.graph), resolution).is_ok());
        }
        self.passes.push(start.elapsed() / self.repeats);
    }
}

/// The median, in nanoseconds.
#[expect(clippy::cast_precision_loss, reason = "three digits are read")]
fn per_element(times: &mut [Duration], elements: usize) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_nanos() as f64 / elements as f64
}

/// Each step reads the one before it.
fn chain(size: usize) -> Graph {
    let mut graph = Graph::new(["input"]);
    for step in 0..size {
        let read = if step == 0 {
            "input".to_owned()
        } else {
            name(step - 1)
        };
        graph.nodes.push(
            Node::new(name(step), Kind::Tool)
                .reads([read])
                .produces([name(step)]),
        );
    }
    graph
}

/// One step, then all others but one, then that one.
fn fan(size: usize) -> Graph {
    let mut graph = Graph::new(["input"]).with(
        Node::new(name(0), Kind::Tool)
            .reads(["input"])
            .produces([name(0)]),
    );
    for step in 1..size - 1 {
        graph.nodes.push(
            Node::new(name(step), Kind::Tool)
                .reads([name(0)])
                .produces([name(step)]),
        );
    }
    graph.with(
        Node::new("last", Kind::Plain)
            .reads((1..size - 1).map(name))
            .produces(["last"]),
    )
}

/// Ten steps in each layer; each reads three different ones of the layer before. The steps are
/// declared in a random order.
fn layered(size: usize) -> Graph {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut nodes: Vec<Node> = (0..size)
        .map(|step| {
            let node = Node::new(name(step), Kind::Tool).produces([name(step)]);
            let layer = step / 10 * 10;
            if layer == 0 {
                return node.reads(["input"]);
            }
            let first = random.below(10);
            node.reads([0, 3, 7].map(|offset| name(layer - 10 + (first + offset) % 10)))
        })
        .collect();
    for last in (1..nodes.len()).rev() {
        nodes.swap(last, random.below(last + 1));
    }
    Graph {
        inputs: vec!["input".to_owned()],
        nodes,
    }
}

fn name(step: usize) -> String {
    format!("step_{step}")
}

/// Marsaglia's xorshift: good enough to shuffle, and the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("less than a `usize`")
    }
}
