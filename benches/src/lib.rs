//! Graphs as Rust source: once as a `workflow!`, and once as somebody would write it by hand.
//!
//! The build script writes the sources that `straight_path` measures; `compile_time` writes larger ones into crates of
//! their own. Every step adds up what it reads and calls `work`, which the including module defines.

use std::fmt::Write as _;

/// A graph of steps in layers: what each step reads are indices into the layer before its own.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The name of the workflow.
    pub name: String,
    /// Layer by layer, step by step: what it reads. The steps of the first layer read the workflow's input.
    pub layers: Vec<Vec<Vec<usize>>>,
}

impl Shape {
    /// Steps that each read the one before.
    #[must_use]
    pub fn chain(steps: usize) -> Self {
        let layers = (0..steps)
            .map(|step| vec![if step == 0 { vec![] } else { vec![0] }])
            .collect();
        Self {
            name: format!("Chain{steps}"),
            layers,
        }
    }

    /// One step, many that read it, and one that reads them all.
    #[must_use]
    pub fn fan(width: usize) -> Self {
        let layers = vec![
            vec![vec![]],
            vec![vec![0]; width],
            vec![(0..width).collect()],
        ];
        let name = if width == 2 {
            "Diamond".to_owned()
        } else {
            format!("Fan{width}")
        };
        Self { name, layers }
    }

    /// Layers of which each step reads the whole layer before: a natural barrier between any two.
    #[must_use]
    pub fn dense(layers: usize, width: usize) -> Self {
        let layer = |at: usize| {
            vec![
                if at == 0 {
                    vec![]
                } else {
                    (0..width).collect()
                };
                width
            ]
        };
        Self {
            name: format!("Dense{layers}x{width}"),
            layers: (0..layers).map(layer).collect(),
        }
    }

    /// Layers of which each step reads up to three of the layer before, always the same ones: no natural barrier.
    #[must_use]
    pub fn sparse(layers: usize, width: usize) -> Self {
        let mut seed: u64 = 42;
        let mut random = move |below: usize| {
            // The constants of Knuth's MMIX.
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap_or(0) % below
        };
        let mut layer = |at: usize| {
            // The one before it in any case, so that every output is read.
            let mut step = |own: usize| {
                let mut reads = vec![own, random(width), random(width)];
                reads.sort_unstable();
                reads.dedup();
                reads
            };
            (0..width)
                .map(|own| if at == 0 { vec![] } else { step(own) })
                .collect::<Vec<_>>()
        };
        Self {
            name: format!("Sparse{layers}x{width}"),
            layers: (0..layers).map(&mut layer).collect(),
        }
    }

    /// A chain beside a single step, joined at the end: what takes longest starts first.
    #[must_use]
    pub fn skewed(chain: usize) -> Self {
        let mut layers = vec![vec![vec![]], vec![vec![0], vec![0]]];
        layers.extend((0..chain).map(|_| vec![vec![0]]));
        Self {
            name: format!("Skewed{chain}"),
            layers,
        }
    }

    /// How many steps there are.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.layers.iter().map(Vec::len).sum()
    }

    /// The graph as a `workflow!`: `pub workflow Name(input: u64) -> u64`.
    #[must_use]
    pub fn workflow(&self) -> String {
        let mut source = format!(
            "::orchestrated::workflow! {{\n    pub workflow {}(input: u64) -> u64 {{\n",
            self.name
        );
        for (at, layer) in self.layers.iter().enumerate() {
            for (step, reads) in layer.iter().enumerate() {
                let _ = writeln!(
                    source,
                    "        tool fn s{at}_{step}({}) -> u64 {{ work({}).await }}",
                    self.inputs(at, reads).join(", "),
                    self.sum(at, reads),
                );
            }
        }
        let _ = writeln!(source, "        {}\n    }}\n}}", self.result());
        source
    }

    /// The graph by hand: a function for each step, and a `join!` for each layer. This is also what the best hand-written
    /// dataflow is where every layer is a natural barrier.
    #[must_use]
    pub fn levels(&self) -> String {
        let mut source = self.functions();
        let _ = writeln!(
            source,
            "pub async fn {}_levels(input: u64) -> u64 {{",
            self.name
        );
        for (at, layer) in self.layers.iter().enumerate() {
            let calls: Vec<String> = layer
                .iter()
                .enumerate()
                .map(|(step, reads)| self.call(at, step, reads))
                .collect();
            let names: Vec<String> = (0..layer.len())
                .map(|step| format!("s{at}_{step}"))
                .collect();
            let _ = match &calls[..] {
                [call] => writeln!(source, "    let {} = {call}.await;", names[0]),
                _ => writeln!(
                    source,
                    "    let ({}) = ::futures::join!({});",
                    names.join(", "),
                    calls.join(", ")
                ),
            };
        }
        let _ = writeln!(source, "    {}\n}}", self.result());
        source
    }

    /// The functions that the hand-written versions call.
    fn functions(&self) -> String {
        let mut source = String::new();
        for (at, layer) in self.layers.iter().enumerate() {
            for (step, reads) in layer.iter().enumerate() {
                let inputs: Vec<String> = self
                    .inputs(at, reads)
                    .iter()
                    .map(|name| format!("{name}: &u64"))
                    .collect();
                let _ = writeln!(
                    source,
                    "async fn {}_s{at}_{step}({}) -> u64 {{ work({}).await }}",
                    self.name,
                    inputs.join(", "),
                    self.sum(at, reads),
                );
            }
        }
        source
    }

    fn call(&self, at: usize, step: usize, reads: &[usize]) -> String {
        let arguments: Vec<String> = self
            .inputs(at, reads)
            .iter()
            .map(|name| format!("&{name}"))
            .collect();
        format!("{}_s{at}_{step}({})", self.name, arguments.join(", "))
    }

    #[expect(clippy::unused_self, reason = "beside `sum`, which it belongs to")]
    fn inputs(&self, at: usize, reads: &[usize]) -> Vec<String> {
        match at.checked_sub(1) {
            None => vec!["input".to_owned()],
            Some(before) => reads
                .iter()
                .map(|read| format!("s{before}_{read}"))
                .collect(),
        }
    }

    fn sum(&self, at: usize, reads: &[usize]) -> String {
        let terms: Vec<String> = self
            .inputs(at, reads)
            .iter()
            .map(|name| format!("*{name}"))
            .collect();
        // Three hundred sums in a row are more than the recursion limit of a parser may take.
        format!("[{}].iter().sum::<u64>()", terms.join(", "))
    }

    fn result(&self) -> String {
        let last = self.layers.len() - 1;
        let terms: Vec<String> = (0..self.layers[last].len())
            .map(|step| format!("s{last}_{step}"))
            .collect();
        terms.join(" + ")
    }
}

/// What `straight_path` measures.
#[must_use]
pub fn measured() -> Vec<Shape> {
    vec![
        Shape::chain(5),
        Shape::chain(100),
        Shape::fan(2),
        Shape::fan(10),
        Shape::fan(100),
        Shape::dense(10, 10),
        Shape::sparse(10, 10),
        Shape::skewed(4),
    ]
}
