//! Writes the graphs that `straight_path` measures.

use std::{env, fmt::Write as _, fs, path::Path};

#[allow(
    dead_code,
    unreachable_pub,
    reason = "a library, taken as a module: it cannot be a build dependency of itself"
)]
#[path = "src/lib.rs"]
mod shapes;

fn main() {
    println!("cargo::rerun-if-changed=src/lib.rs");
    let mut source = String::new();
    for shape in shapes::measured() {
        source.push_str(&shape.workflow());
        source.push_str(&shape.levels());
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
    fs::write(
        Path::new(&env::var("OUT_DIR").unwrap()).join("shapes.rs"),
        source,
    )
    .unwrap();
}
