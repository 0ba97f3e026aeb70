//! What is to be measured.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt as _};
use orchestrate_benches::{KINDS, Shape, grown};

pub(crate) const HELP: &str = "\
How long rustc takes for generated workflows, beside the same graphs written by hand.

usage: compile_time [options] [steps]..

steps                10 100 300 1000 unless told; the recorded shape has at most 363

--shape <name>       one of chain, fan, dense, sparse, units; may stand more than once; all of them unless told
--rounds <n>         how often each is compiled: 5 unless told; figures are medians
--check-only         no release builds
--optimized-macros   the macro itself is compiled with optimizations, which cargo does only when told
--help               this
";

pub(crate) struct Arguments {
    steps: Vec<usize>,
    kinds: Vec<&'static str>,
    pub(crate) rounds: usize,
    pub(crate) check_only: bool,
    pub(crate) optimized_macros: bool,
}

impl Arguments {
    /// `None` where only help is wanted.
    pub(crate) fn parse() -> Result<Option<Self>, lexopt::Error> {
        Self::of(Parser::from_env())
    }

    fn of(mut parser: Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut arguments = Self {
            steps: Vec::new(),
            kinds: Vec::new(),
            rounds: 5,
            check_only: false,
            optimized_macros: false,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Value(steps) => arguments.steps.push(at_least_one("steps", &steps)?),
                Arg::Long("shape") => arguments.kinds.push(kind(&parser.value()?)?),
                Arg::Long("rounds") => {
                    arguments.rounds = at_least_one("--rounds", &parser.value()?)?;
                }
                Arg::Long("check-only") => arguments.check_only = true,
                Arg::Long("optimized-macros") => arguments.optimized_macros = true,
                Arg::Long("help") => return Ok(None),
                _ => return Err(argument.unexpected()),
            }
        }
        if arguments.steps.is_empty() {
            arguments.steps = vec![10, 100, 300, 1000];
        }
        arguments.steps.sort_unstable();
        arguments.steps.dedup();
        if arguments.kinds.is_empty() {
            arguments.kinds = KINDS.to_vec();
        }
        Ok(Some(arguments))
    }

    /// The shapes with their kinds and the sizes that were asked for, each once.
    pub(crate) fn shapes(&self) -> Vec<(&'static str, usize, Shape)> {
        let mut shapes: Vec<(&'static str, usize, Shape)> = Vec::new();
        for &kind in &self.kinds {
            for &steps in &self.steps {
                let Ok(shape) = grown(kind, steps) else {
                    continue;
                };
                if shapes.iter().all(|(_, _, other)| other.name != shape.name) {
                    shapes.push((kind, steps, shape));
                }
            }
        }
        shapes
    }
}

fn at_least_one(what: &str, value: &OsString) -> Result<usize, lexopt::Error> {
    match value.parse()? {
        0 => Err(format!("`{what}` must be at least 1").into()),
        number => Ok(number),
    }
}

fn kind(value: &OsString) -> Result<&'static str, lexopt::Error> {
    let known = KINDS.into_iter().find(|kind| value == kind);
    known.ok_or_else(|| {
        let (name, known) = (value.to_string_lossy(), KINDS.join(", "));
        format!("no shape is named `{name}`: there are {known}").into()
    })
}
