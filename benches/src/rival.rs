//! The same graphs by hand, in the ways that somebody may choose from.

use std::fmt::Write as _;

use super::Shape;

/// How many futures one `join!` takes where they are joined in groups.
const GROUP: usize = 32;

/// How many steps a graph may have of which somebody writes a dataflow although each of its steps waits for its whole level.
const SMALL: usize = 128;

/// A way to write a graph by hand. Each is an `async fn Name_rival(input: u64) -> u64`, beside
/// [`Shape::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// A `futures::join!` for each level, however wide.
    Levels,
    /// The same in groups of 32, which rustc is much quicker with.
    Groups,
    /// The same with `tokio::join!`.
    Tokio,
    /// A dataflow: all steps are joined, in groups and in their order, and each waits until the cells of its inputs are
    /// full. Every one that is not over is polled whenever one is woken, so nobody needs to tell its readers.
    Cells,
    /// A `FuturesUnordered` for each level.
    Unordered,
    /// A dataflow: one `FuturesUnordered`, and a count for each step of the inputs that it lacks.
    Reactive,
}

impl Rival {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Levels,
        Self::Groups,
        Self::Tokio,
        Self::Cells,
        Self::Unordered,
        Self::Reactive,
    ];

    /// Its name, as it stands in the names of functions and in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Levels => "levels",
            Self::Groups => "groups",
            Self::Tokio => "tokio",
            Self::Cells => "cells",
            Self::Unordered => "unordered",
            Self::Reactive => "reactive",
        }
    }

    /// Whether it is of use for this shape: where a level is hundreds wide a flat `join!` takes rustc minutes, and where
    /// none is wide, groups are the same. Where a step waits for its whole level in any case, a dataflow gains nothing; and a
    /// large one, with hundreds of inputs a step, takes LLVM more than twenty minutes.
    #[must_use]
    pub fn suits(self, shape: &Shape) -> bool {
        let width = shape.width();
        match self {
            Self::Levels => width <= 128,
            Self::Groups => width > GROUP,
            Self::Cells | Self::Reactive => !shape.is_level() || shape.steps() <= SMALL,
            Self::Tokio | Self::Unordered => true,
        }
    }
}

impl Shape {
    /// The graph by hand, without [`functions`](Shape::functions).
    #[must_use]
    pub fn by_hand(&self, rival: Rival) -> String {
        let head = format!(
            "pub async fn {}_{}(input: u64) -> u64 {{\n",
            self.name,
            rival.name()
        );
        match rival {
            Rival::Levels => self.joined(head, "::futures::join!", usize::MAX),
            Rival::Groups => self.joined(head, "::futures::join!", GROUP),
            Rival::Tokio => self.joined(head, "::tokio::join!", GROUP),
            Rival::Cells => self.cells(head),
            Rival::Unordered => self.unordered(head),
            Rival::Reactive => self.reactive(&head),
        }
    }

    fn joined(&self, mut source: String, join: &str, group: usize) -> String {
        for level in self.levels() {
            let (names, made) = if let [step] = level[..] {
                (format!("s{step}"), format!("{}.await", self.call(step)))
            } else {
                let names: Vec<String> = level.iter().map(|step| format!("s{step}")).collect();
                let calls: Vec<String> = level.iter().map(|&step| self.call(step)).collect();
                (in_tuples(&names, group), in_joins(&calls, group, join))
            };
            let _ = writeln!(source, "    let {names} = {made};");
        }
        let _ = writeln!(source, "    {}\n}}", self.result());
        source
    }

    /// Uses `there`, of the including module: a future of what is in a cell, ready when that is full.
    fn cells(&self, mut source: String) -> String {
        let steps = 0..self.steps();
        for step in steps.clone() {
            let _ = writeln!(source, "    let s{step} = ::std::cell::OnceCell::new();");
        }
        let futures = steps.map(|step| {
            let inputs: Vec<String> = match &self.reads[step][..] {
                [] => vec!["&input".to_owned()],
                reads => reads
                    .iter()
                    .map(|read| format!("there(&s{read}).await"))
                    .collect(),
            };
            let call = self.call_with(step, &inputs);
            format!("async {{ let _ = s{step}.set({call}.await); }}")
        });
        let all = in_joins(&futures.collect::<Vec<_>>(), GROUP, "::futures::join!");
        let _ = writeln!(source, "    {all};");
        for step in self.last() {
            let _ = writeln!(source, "    let s{step} = s{step}.into_inner().unwrap();");
        }
        let _ = writeln!(source, "    {}\n}}", self.result());
        source
    }

    fn unordered(&self, mut source: String) -> String {
        for level in self.levels() {
            if let [step] = level[..] {
                let _ = writeln!(source, "    let s{step} = {}.await;", self.call(step));
                continue;
            }
            let names: Vec<String> = level.iter().map(|step| format!("s{step}")).collect();
            let futures = level.iter().enumerate().map(|(at, &step)| {
                format!(
                    "Box::pin(async {{ ({at}_usize, {}.await) }})",
                    self.call(step)
                )
            });
            let futures: Vec<String> = futures.collect();
            let _ = writeln!(
                source,
                "    let [{}] = {{\n        \
                 let mut outputs = [0; {}];\n        \
                 let futures: [::core::pin::Pin<Box<dyn Future<Output = (usize, u64)> + '_>>; {}] = [{}];\n        \
                 let mut running: ::futures::stream::FuturesUnordered<_> = futures.into_iter().collect();\n        \
                 while let Some((at, output)) = ::futures::StreamExt::next(&mut running).await {{\n            \
                 outputs[at] = output;\n        }}\n        outputs\n    }};",
                names.join(", "),
                level.len(),
                level.len(),
                futures.join(", "),
            );
        }
        let _ = writeln!(source, "    {}\n}}", self.result());
        source
    }

    fn reactive(&self, head: &str) -> String {
        let name = &self.name;
        let mut readers = vec![Vec::new(); self.steps()];
        for (step, reads) in self.reads.iter().enumerate() {
            for &read in reads {
                readers[read].push(step);
            }
        }
        let lacks: Vec<usize> = self.reads.iter().map(Vec::len).collect();
        let first: Vec<usize> = (0..self.steps()).filter(|&step| lacks[step] == 0).collect();
        let readers: Vec<String> = readers.iter().map(|steps| format!("&{steps:?}")).collect();
        let mut source = format!(
            "fn {name}_start(step: usize, input: u64, outputs: &[u64]) -> ::core::pin::Pin<Box<dyn Future<Output = (usize, u64)>>> {{\n    \
             match step {{\n"
        );
        for step in 0..self.steps() {
            let inputs: Vec<String> = self.reads[step]
                .iter()
                .map(|read| format!("let s{read} = outputs[{read}];"))
                .collect();
            let _ = writeln!(
                source,
                "        {step} => {{ {} Box::pin(async move {{ ({step}, {}.await) }}) }}",
                inputs.join(" "),
                self.call(step)
            );
        }
        let last: Vec<String> = self
            .last()
            .iter()
            .map(|step| format!("outputs[{step}]"))
            .collect();
        let _ = writeln!(
            source,
            "        _ => unreachable!(),\n    }}\n}}\n{head}    \
             static READERS: &[&[usize]] = &[{}];\n    \
             let mut lacks: Vec<usize> = {lacks:?}.to_vec();\n    \
             let mut outputs = vec![0; {}];\n    \
             let mut running = ::futures::stream::FuturesUnordered::new();\n    \
             for step in {first:?} {{\n        running.push({name}_start(step, input, &outputs));\n    }}\n    \
             while let Some((step, output)) = ::futures::StreamExt::next(&mut running).await {{\n        \
             outputs[step] = output;\n        \
             for &reader in READERS[step] {{\n            \
             lacks[reader] -= 1;\n            \
             if lacks[reader] == 0 {{\n                running.push({name}_start(reader, input, &outputs));\n            }}\n        }}\n    }}\n    \
             [{}].iter().sum()\n}}",
            readers.join(", "),
            self.steps(),
            last.join(", "),
        );
        source
    }
}

/// Names in tuples of at most so many, and these in tuples, until one is left.
fn in_tuples(names: &[String], most: usize) -> String {
    if names.len() <= most {
        return format!("({},)", names.join(", "));
    }
    let groups = names.chunks(most).map(|names| in_tuples(names, most));
    in_tuples(&groups.collect::<Vec<_>>(), most)
}

/// The same of futures, which are joined.
fn in_joins(futures: &[String], most: usize, join: &str) -> String {
    if futures.len() <= most {
        return format!("{join}({})", futures.join(", "));
    }
    let groups = futures
        .chunks(most)
        .map(|futures| format!("async {{ {} }}", in_joins(futures, most, join)));
    in_joins(&groups.collect::<Vec<_>>(), most, join)
}
