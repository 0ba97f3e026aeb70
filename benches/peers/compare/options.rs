//! What is to be measured, as the command line says.

use std::{env, error::Error, path::PathBuf};

use lexopt::{Arg, Parser, ValueExt as _};
use orchestrate_peers::{By, Contender, Shape, all};

pub(crate) const HELP: &str = "\
Measures this crate beside other crates that run graphs, and beside code by hand.

  --quick         few rounds, to see that all works
  --only <word>   only the graphs or the contenders whose names have the word; may be given again.
                  Versions by hand are always measured: ratios are to the best of them
  --json <path>   where all figures go; compare.json in the target directory unless given
  --write         renews the tables in README.md and docs/src/peers.md";

/// The graphs that are measured one run after the other; the others are for `load`.
const SHAPES: [Shape; 6] = [
    Shape::Chain,
    Shape::Diamond,
    Shape::Fan,
    Shape::WideFan,
    Shape::Layered,
    Shape::Skewed,
];

/// The word for the cells of many runs at once.
const AT_ONCE: &str = "at once";

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) json: PathBuf,
    pub(crate) write: bool,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) at_once: bool,
    pub(crate) contenders: Vec<Contender>,
}

impl Options {
    /// Nothing if only help is asked for.
    pub(crate) fn read() -> Result<Option<Self>, Box<dyn Error>> {
        let mut quick = false;
        let mut write = false;
        let mut json = None;
        let mut words = Vec::new();
        let mut parser = Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("quick") => quick = true,
                Arg::Long("write") => write = true,
                Arg::Long("only") => words.push(parser.value()?.string()?),
                Arg::Long("json") => json = Some(PathBuf::from(parser.value()?)),
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                _ => return Err(argument.unexpected().into()),
            }
        }
        if write && (quick || !words.is_empty() || cfg!(debug_assertions)) {
            return Err(
                "`--write` takes a whole run of a release build: without `--quick` and `--only`"
                    .into(),
            );
        }
        let mut options = Self {
            quick,
            json: json.map_or_else(default_json, Ok)?,
            write,
            shapes: SHAPES.into(),
            at_once: true,
            contenders: all(),
        };
        options.keep(&words)?;
        Ok(Some(options))
    }

    /// Leaves out what has none of the words, among graphs and among contenders.
    fn keep(&mut self, words: &[String]) -> Result<(), String> {
        let has = |name: &str, word: &String| name.contains(word.as_str());
        let (of_shapes, others): (Vec<_>, Vec<_>) = words.iter().partition(|word| {
            has(AT_ONCE, word) || SHAPES.iter().any(|shape| has(shape.name(), word))
        });
        for word in &others {
            if !self
                .contenders
                .iter()
                .any(|contender| has(contender.name, word))
            {
                return Err(self.unknown(word));
            }
        }
        if !of_shapes.is_empty() {
            self.shapes
                .retain(|shape| of_shapes.iter().any(|word| has(shape.name(), word)));
            self.at_once = of_shapes.iter().any(|word| has(AT_ONCE, word));
        }
        if !others.is_empty() {
            self.contenders.retain(|contender| {
                contender.by == By::Hand || others.iter().any(|word| has(contender.name, word))
            });
        }
        Ok(())
    }

    fn unknown(&self, word: &str) -> String {
        let shapes: Vec<&str> = SHAPES.iter().map(|shape| shape.name()).collect();
        let contenders: Vec<&str> = self.contenders.iter().map(|known| known.name).collect();
        format!(
            "`--only {word}` names nothing; the graphs are {}, {AT_ONCE}; the contenders are {}",
            shapes.join(", "),
            contenders.join(", ")
        )
    }
}

/// `compare.json` in the target directory: beside the profile that this program was built with.
fn default_json() -> Result<PathBuf, Box<dyn Error>> {
    let program = env::current_exe()?;
    let target = program
        .ancestors()
        .nth(2)
        .ok_or("this program lies in no target directory: give `--json`")?;
    Ok(target.join("compare.json"))
}
