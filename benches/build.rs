//! Writes the graphs that `straight_path` and `large` measure, and those whose sizes a test looks at.

use std::{env, fmt::Write as _, fs, path::Path};

#[allow(
    dead_code,
    unreachable_pub,
    reason = "a library, taken as a module: it cannot be a build dependency of itself"
)]
#[path = "src/lib.rs"]
mod shapes;

use shapes::Rival;

/// How large the graphs of `large` are, in steps, with commas between. Otherwise they have 10, 100 and 1,000 steps where the
/// build has optimizations, and 10 where it has none, as in CI: the large ones take rustc minutes.
const STEPS: &str = "ORCHESTRATE_BENCH_STEPS";

fn main() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=recorded");
    println!("cargo::rerun-if-env-changed={STEPS}");
    write("shapes.rs", &straight_path());
    let steps = steps();
    write("large.rs", &large(&steps, &Rival::ALL));
    // A chain is many levels of one step: what a test compiles with every build stays small.
    write(
        "sizes.rs",
        &large(&[10, 100], &[Rival::Levels, Rival::Groups, Rival::Cells]),
    );
}

fn steps() -> Vec<usize> {
    match env::var(STEPS) {
        Ok(steps) => steps
            .split(',')
            .map(|steps| match steps.trim().parse() {
                Ok(0) | Err(_) => {
                    panic!("`{STEPS}` has numbers of steps with commas between: `{steps}` is none")
                }
                Ok(steps) => steps,
            })
            .collect(),
        Err(_) if env::var("PROFILE").is_ok_and(|profile| profile == "release") => {
            vec![10, 100, 1000]
        }
        Err(_) => vec![10],
    }
}

fn write(file: &str, source: &str) {
    let folder = env::var("OUT_DIR").expect("cargo names a folder");
    fs::write(Path::new(&folder).join(file), source).expect("the folder is there to be written to");
}

fn straight_path() -> String {
    let mut source = String::new();
    for shape in shapes::measured() {
        source.push_str(&shape.workflow());
        source.push_str(&shape.functions());
        source.push_str(&shape.by_hand(Rival::Levels));
    }
    source.push_str("/// Measures each shape beside its hand-written twin.\n");
    source.push_str("pub(crate) fn all(bench: &mut crate::Bench) {\n");
    for shape in shapes::measured() {
        let (name, steps) = (&shape.name, shape.steps());
        let _ = writeln!(
            source,
            "    bench.pair(KIND, \"{name}\", {steps}, |input| {name}_levels(input), |input, orchestrator| \
             {name} {{ input }}.run(orchestrator));"
        );
    }
    source.push_str("}\n");
    source
}

/// Every kind of graph in these sizes, as a workflow and by hand.
fn large(sizes: &[usize], rivals: &[Rival]) -> String {
    let mut source = String::new();
    let mut calls = String::new();
    let mut names: Vec<String> = Vec::new();
    for kind in shapes::KINDS {
        for &steps in sizes {
            let shape = shapes::grown(kind, steps).expect("it is one of the kinds");
            if names.contains(&shape.name) {
                continue;
            }
            let (name, steps) = (&shape.name, shape.steps());
            // rustc makes the code of a module in one go: of several, it makes some at the same time.
            let _ = writeln!(source, "use of_{name}::*;\nmod of_{name} {{\nuse super::*;");
            source.push_str(&shape.workflow());
            source.push_str(&shape.functions());
            let _ = write!(
                calls,
                "    bench.graph(\"{name}\", {steps}, {}, |o| vec![\n        \
                 Contender::new(\"ours\", o, |input, o| {name} {{ input }}.run(o)),\n",
                shape.is_level(),
            );
            for &rival in rivals.iter().filter(|rival| rival.suits(&shape)) {
                source.push_str(&shape.by_hand(rival));
                let rival = rival.name();
                let _ = writeln!(
                    calls,
                    "        Contender::new(\"{rival}\", o, |input, _| {name}_{rival}(input)),"
                );
            }
            source.push_str("}\n");
            calls.push_str("    ]);\n");
            names.push(shape.name);
        }
    }
    let _ = write!(
        source,
        "/// Hands over each graph, in all the ways that it is written.\n\
         pub(crate) fn all(bench: &mut crate::Bench) {{\n{calls}}}\n"
    );
    source
}
