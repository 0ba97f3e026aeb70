//! What the macro itself takes of the time of a build, pass by pass: `cargo run --bin cost`, which is built as the macro is
//! for `cargo check`. With words (`cost fan 1000`) one graph alone, once, for callgrind.

use std::{env, fmt::Write as _};

const SHAPES: [(&str, fn(usize) -> String); 4] = [
    ("chain", chain),
    ("fan", fan),
    ("layers", layers),
    ("dense", dense),
];

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    if let [shape, steps] = &words[..] {
        let (_, make) = SHAPES
            .into_iter()
            .find(|(name, _)| name == shape)
            .expect("the name of a shape");
        let passes = orchestrated_fuzz::passes(&make(steps.parse().expect("a number of steps")));
        println!("{passes:?}");
        return;
    }
    println!(
        "{:8} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9}  tokens",
        "shape", "steps", "syntax", "model", "check", "expand", "ms"
    );
    for (name, make) in SHAPES {
        for steps in [100, 1_000, 10_000] {
            if name == "dense" && steps > 1_000 {
                continue;
            }
            let mut best: Option<(Vec<f64>, usize)> = None;
            for _ in 0..if steps > 1_000 { 1 } else { 5 } {
                let passes = orchestrated_fuzz::passes(&make(steps));
                if best
                    .as_ref()
                    .is_none_or(|best| passes.0.iter().sum::<f64>() < best.0.iter().sum())
                {
                    best = Some(passes);
                }
            }
            let (passes, tokens) = best.expect("it has run");
            let whole: f64 = passes.iter().sum();
            print!("{name:8} {steps:>6}");
            passes.iter().for_each(|pass| print!(" {pass:>9.2}"));
            println!(" {whole:>9.2}  {tokens}");
        }
    }
}

fn workflow(steps: &[Vec<usize>]) -> String {
    let mut source = "workflow Shape(input: u64) -> u64 {\n".to_owned();
    for (at, reads) in steps.iter().enumerate() {
        let reads: Vec<String> = reads.iter().map(|read| format!("s{read}")).collect();
        let reads = if reads.is_empty() {
            "input".to_owned()
        } else {
            reads.join(", ")
        };
        let _ = writeln!(
            source,
            "tool fn s{at}({reads}) -> u64 {{ work(&[{reads}]).await }}"
        );
    }
    let _ = writeln!(source, "s{}\n}}", steps.len() - 1);
    source
}

fn chain(steps: usize) -> String {
    let steps: Vec<Vec<usize>> = (0..steps)
        .map(|step| step.checked_sub(1).into_iter().collect())
        .collect();
    workflow(&steps)
}

fn fan(steps: usize) -> String {
    let width = steps - 2;
    let mut all = vec![vec![]];
    all.extend(std::iter::repeat_n(vec![0], width));
    all.push((1..=width).collect());
    workflow(&all)
}

/// Thirty wide; each step reads three of the layer before.
fn layers(steps: usize) -> String {
    let reads = |step: usize| -> Vec<usize> {
        let Some(start) = (step / 30).checked_sub(1).map(|layer| layer * 30) else {
            return Vec::new();
        };
        let own = step % 30;
        [own, (own * 7 + 3) % 30, (own * 11 + 5) % 30]
            .into_iter()
            .map(|read| start + read)
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    let mut all: Vec<Vec<usize>> = (0..steps - 1).map(reads).collect();
    let start = (steps - 1).saturating_sub(30);
    all.push((start..steps - 1).collect());
    workflow(&all)
}

/// Two layers, and all of the second read all of the first: 300 x 300 reads for 600 steps.
fn dense(steps: usize) -> String {
    let side = (steps * 3 / 10).max(1);
    let mut all = vec![vec![]; side];
    all.extend(std::iter::repeat_n((0..side).collect::<Vec<_>>(), side));
    all.push((side..2 * side).collect());
    workflow(&all)
}
