//! Graphs as Rust: each as a `workflow!`, and as a table of what it should do.

use std::fmt::Write as _;

use crate::draw::{Graph, Step, Value};

/// All of them, and the list of them.
pub(crate) fn source(graphs: &[Graph]) -> String {
    let mut source = String::new();
    for graph in graphs {
        workflow(graph, &mut source);
        table(graph, &mut source);
    }
    source.push_str("/// All graphs.\npub(crate) static GRAPHS: &[&Graph] = &[\n");
    for graph in graphs {
        let _ = writeln!(source, "    &SEED_{},", graph.seed);
    }
    source.push_str("];\n");
    source
}

fn name(graph: &Graph, (step, output): Value) -> String {
    if graph.steps[step].outputs == 1 {
        format!("s{step}")
    } else {
        format!("s{step}_{output}")
    }
}

fn workflow(graph: &Graph, source: &mut String) {
    let strict = if graph.strict {
        "#[schedule(batches)] "
    } else {
        ""
    };
    let _ = writeln!(
        source,
        "workflow! {{\n    {strict}workflow Seed{}<'w>(world: &'w World) -> Result<u64, Oops> {{",
        graph.seed
    );
    for &step in &graph.declared {
        one(graph, step, source);
    }
    let left: Vec<String> = graph
        .left
        .iter()
        .map(|&value| format!("{}.number()", name(graph, value)))
        .collect();
    let _ = writeln!(
        source,
        "        Ok(world.end(&[{}]))\n    }}\n}}",
        left.join(", ")
    );
}

fn one(graph: &Graph, at: usize, source: &mut String) {
    let step = &graph.steps[at];
    source.push_str("        ");
    if !step.after.is_empty() {
        let after: Vec<String> = step.after.iter().map(|step| format!("s{step}")).collect();
        let _ = write!(source, "#[after({})] ", after.join(", "));
    }
    if step.kind == "flow" {
        let read = &step.reads[0];
        let value = name(graph, read.value);
        let (part, value) = if read.moved {
            ("Taking", format!("move {value}"))
        } else {
            ("Reading", format!("&{value}"))
        };
        let _ = writeln!(
            source,
            "flow s{at} = {part}::<{at}> {{ world, value: {value} }};"
        );
        return;
    }
    options(step, at, source);
    let space = if step.kind.is_empty() { "" } else { " " };
    let _ = write!(source, "{}{space}fn s{at}(world", step.kind);
    for read in &step.reads {
        let moved = if read.moved { "move " } else { "" };
        let _ = write!(source, ", {moved}{}", name(graph, read.value));
    }
    let inputs: Vec<String> = step
        .reads
        .iter()
        .map(|read| format!("{}.number()", name(graph, read.value)))
        .collect();
    let (call, wait) = if step.kind.is_empty() {
        ("now", "")
    } else {
        ("step", ".await")
    };
    let made =
        format!("world.{call}(AT, &[{}]){wait}", inputs.join(", ")).replace("AT", &at.to_string());
    let (output, body) = match (step.outputs, step.fallible) {
        (0, false) => (String::new(), format!("{made}.sure();")),
        (0, true) => (
            " -> Result<(), Oops>".to_owned(),
            format!("{made}?; Ok(())"),
        ),
        (1, false) => (
            " -> Value".to_owned(),
            format!("world.value({at}, 0, {made}.sure())"),
        ),
        (1, true) => (
            " -> Result<Value, Oops>".to_owned(),
            format!("Ok(world.value({at}, 0, {made}?))"),
        ),
        (outputs, fallible) => {
            let named: Vec<String> = (0..outputs)
                .map(|output| format!("{}: Value", name(graph, (at, output))))
                .collect();
            let values: Vec<String> = (0..outputs)
                .map(|output| format!("world.value({at}, {output}, made)"))
                .collect();
            let (named, values) = (named.join(", "), values.join(", "));
            if fallible {
                (
                    format!(" -> Result<({named}), Oops>"),
                    format!("let made = {made}?; Ok(({values}))"),
                )
            } else {
                (
                    format!(" -> ({named})"),
                    format!("let made = {made}.sure(); ({values})"),
                )
            }
        }
    };
    let _ = writeln!(source, "){output} {{ {body} }}");
}

fn options(step: &Step, at: usize, source: &mut String) {
    if step.optional {
        source.push_str("#[optional] ");
    }
    if step.default {
        let values: Vec<String> = (0..step.outputs)
            .map(|output| format!("world.instead({at}, {output})"))
            .collect();
        let _ = if step.outputs == 1 {
            write!(source, "#[default({})] ", values[0])
        } else {
            write!(source, "#[default(({}))] ", values.join(", "))
        };
    }
    if step.when {
        let _ = write!(source, "#[when(world.goes({at}))] ");
    }
    if step.rollback {
        let _ = write!(source, "#[rollback(world.undo({at}).await)] ");
    }
}

fn table(graph: &Graph, source: &mut String) {
    let seed = graph.seed;
    let _ = writeln!(
        source,
        "static SEED_{seed}: Graph = Graph {{\n    seed: {seed},\n    strict: {},\n    plan: Seed{seed}::PLAN,\n    \
         left: &{:?},\n    run: |world, orchestrator| Box::pin(Seed{seed} {{ world }}.run(orchestrator)),\n    steps: &[",
        graph.strict, graph.left
    );
    for (at, step) in graph.steps.iter().enumerate() {
        let dependencies: Vec<usize> = step.dependencies().into_iter().collect();
        let reads: Vec<Value> = step.reads.iter().map(|read| read.value).collect();
        let _ = writeln!(
            source,
            "        Step {{ name: \"s{at}\", plain: {}, fallible: {}, outputs: {}, optional: {}, default: {}, when: {}, \
             rollback: {}, dependencies: &{dependencies:?}, reads: &{reads:?} }},",
            step.kind.is_empty(),
            step.fallible,
            step.outputs,
            step.optional,
            step.default,
            step.when,
            step.rollback,
        );
    }
    source.push_str("    ],\n};\n");
}
