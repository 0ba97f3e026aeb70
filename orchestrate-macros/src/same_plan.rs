//! The plan of a `workflow!` and the plan that the same graph gets at run time are one: random graphs, put through both.

use std::fmt::Write as _;

use orchestrate_core::dynamic::{ExecutionPlan, Operation, Operations, PlanErrors, analyze};
use orchestrate_plan::{Batch, Count, Kind, Packed, Plan, Whole};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use proptest::{
    collection::{btree_set, vec},
    prelude::{Just, ProptestConfig, Strategy, any, proptest},
    sample::{Index, select},
};
use quote::quote;
use syn::{Expr, ExprLit, ExprStruct, Lit, Member};

use crate::{
    pipeline,
    testing::{reported, tokens},
};

/// A graph, as it is told to both.
#[derive(Clone, Debug)]
struct Sketch {
    inputs: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
struct Step {
    name: String,
    kind: Kind,
    /// None for an output that is called like the step.
    outputs: Vec<String>,
    reads: Vec<String>,
    after: Vec<String>,
}

impl Sketch {
    /// What stands in a `workflow!`.
    fn source(&self) -> String {
        let typed = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| format!("{name}: u32")).collect();
            names.join(", ")
        };
        let mut source = format!("workflow Sketch({}) {{\n", typed(&self.inputs));
        for step in &self.steps {
            if !step.after.is_empty() {
                let _ = writeln!(source, "#[after({})]", step.after.join(", "));
            }
            let kind = match step.kind {
                Kind::Plain => String::new(),
                kind => format!("{kind} "),
            };
            let output = if step.outputs.is_empty() {
                "u32".to_owned()
            } else {
                format!("({})", typed(&step.outputs))
            };
            let (name, reads) = (&step.name, step.reads.join(", "));
            let _ = writeln!(source, "{kind}fn {name}({reads}) -> {output} {{ todo() }}");
        }
        source.push('}');
        source
    }

    /// What is planned at run time.
    fn operations(&self) -> Operations {
        let mut operations = Operations::reading(&self.inputs).named("Sketch");
        operations.extend(self.steps.iter().map(|step| {
            Operation::new(&step.name, step.kind)
                .reads(&step.reads)
                .produces(&step.outputs)
                .after(&step.after)
        }));
        operations
    }
}

/// What each of some steps is like, whatever it is called: its kind, its outputs, and what it takes of what there is.
type Traits = (Kind, usize, Vec<Index>, Vec<Index>);

fn traits() -> impl Strategy<Value = Traits> {
    let kinds = select(vec![Kind::Agent, Kind::Tool, Kind::Mcp, Kind::Plain]);
    let taken = || vec(any::<Index>(), 0..4);
    (kinds, 0..3_usize, taken(), vec(any::<Index>(), 0..2))
}

fn picked(from: &[String], indices: &[Index]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for index in indices.iter().filter(|_| !from.is_empty()) {
        let name = index.get(from);
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn outputs(step: usize, count: usize) -> Vec<String> {
    (0..count)
        .map(|output| format!("v{step}_{output}"))
        .collect()
}

/// Graphs with nothing wrong: each step takes of those before it, and then all are declared in another order.
fn sound() -> impl Strategy<Value = Sketch> {
    (0..4_usize, vec(traits(), 0..16))
        .prop_map(|(inputs, steps)| {
            let inputs: Vec<String> = (0..inputs).map(|input| format!("i{input}")).collect();
            let mut values = inputs.clone();
            let mut names = Vec::new();
            let steps = steps.into_iter().enumerate();
            let steps = steps.map(|(index, (kind, count, reads, after))| {
                let step = Step {
                    name: format!("s{index}"),
                    kind,
                    outputs: outputs(index, count),
                    reads: picked(&values, &reads),
                    after: picked(&names, &after),
                };
                names.push(step.name.clone());
                if count == 0 {
                    values.push(step.name.clone());
                }
                values.extend(step.outputs.iter().cloned());
                step
            });
            (inputs, steps.collect::<Vec<_>>())
        })
        .prop_flat_map(|(inputs, steps)| (Just(inputs), Just(steps).prop_shuffle()))
        .prop_map(|(inputs, steps)| Sketch { inputs, steps })
}

/// Graphs of which next to nothing is right: steps take of all that there is, of what there is not, and names are taken
/// twice.
fn unsound() -> impl Strategy<Value = Sketch> {
    let names = vec(0..8_usize, 1..8);
    (
        1..4_usize,
        names,
        vec(traits(), 8),
        btree_set(0..8_usize, 0..3),
    )
        .prop_map(|(inputs, names, traits, shared)| {
            let mut inputs: Vec<String> = (0..inputs).map(|input| format!("i{input}")).collect();
            let ids: Vec<String> = names.iter().map(|name| format!("s{name}")).collect();
            let mut values = inputs.clone();
            values.extend(ids.iter().cloned());
            values.extend((0..8).map(|step| format!("v{step}_0")));
            values.push("nowhere_to_be_found".to_owned());
            if shared.contains(&7) {
                inputs.push("i0".to_owned());
            }
            let steps = ids.iter().zip(&names).zip(traits);
            let steps = steps.map(|((id, &index), (kind, count, reads, after))| Step {
                name: id.clone(),
                kind,
                outputs: outputs(if shared.contains(&index) { 0 } else { index }, count),
                reads: picked(&values, &reads),
                after: picked(&values, &after),
            });
            Sketch {
                inputs,
                steps: steps.collect(),
            }
        })
}

/// What an expansion has packed: `__Packed { .. }`.
fn packed(expansion: TokenStream) -> Option<ExprStruct> {
    let mut tokens = expansion.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(name) if name == "__Packed" => {
                if let Some(TokenTree::Group(fields)) = tokens.peek()
                    && fields.delimiter() == Delimiter::Brace
                {
                    let found = quote!(#name #fields);
                    return Some(syn::parse2(found).expect("it is a struct"));
                }
            }
            TokenTree::Group(group) => {
                if let Some(found) = packed(group.stream()) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// The plan that an expansion holds, read as it is in a program.
fn unpacked(expansion: TokenStream) -> Plan {
    let packed = packed(expansion).expect("an expansion has a plan");
    let field = |of: &ExprStruct, name: &str| {
        let mut fields = of.fields.iter();
        let field = fields.find(|field| matches!(&field.member, Member::Named(own) if own == name));
        field.expect("it has that field").expr.clone()
    };
    let number = |value: &Expr| match value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse::<usize>().expect("it fits"),
        _ => panic!("a number is a literal"),
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(names),
        ..
    }) = field(&packed, "names")
    else {
        panic!("names are a text");
    };
    let Expr::Lit(ExprLit {
        lit: Lit::ByteStr(numbers),
        ..
    }) = field(&packed, "numbers")
    else {
        panic!("numbers are bytes");
    };
    let Expr::Reference(steps) = field(&packed, "steps") else {
        panic!("steps are borrowed");
    };
    let Expr::Array(steps) = *steps.expr else {
        panic!("steps are in an array");
    };
    let steps: Vec<usize> = steps.elems.iter().map(number).collect();
    let Expr::Struct(count) = field(&packed, "count") else {
        panic!("counts are a struct");
    };
    let count = |name: &str| number(&field(&count, name));
    let packed: &'static Packed = Box::leak(Box::new(Packed {
        names: names.value().leak(),
        steps: steps.leak(),
        numbers: numbers.value().leak(),
        count: Count {
            inputs: count("inputs"),
            names: count("names"),
            steps: count("steps"),
            batches: count("batches"),
            stages: count("stages"),
        },
    }));
    // No graph here has more: what is beyond its own is not looked at.
    let steps: &'static [_] = Box::leak(Box::new(packed.steps::<16>(&[])));
    packed.plan(Whole {
        name: "Sketch",
        path: "Sketch",
        deadline: None,
        strict: false,
        steps: &steps[..count("steps")],
    })
}

fn assert_same(sketch: &Sketch, plan: &ExecutionPlan) {
    let expansion = pipeline::workflow(tokens(&sketch.source()));
    assert!(
        !expansion.to_string().contains("compile_error"),
        "{}",
        sketch.source()
    );
    assert_eq!(unpacked(expansion), *plan);
}

/// What the macro says of a step, as it is said of an operation.
fn translated(line: &str) -> String {
    if let Some(name) = line.strip_prefix("no step or workflow input is named `") {
        let (name, rest) = name.split_once('`').expect("a name ends");
        return format!("no operation produces `{name}`, and no input is named so{rest}");
    }
    if let Some((name, producer)) = line.split_once(" is already produced by step ")
        && name == producer
    {
        return format!("operation {name} is already declared");
    }
    let line = line.replace("steps form", "operations form");
    let line = line.replace("no step is named", "no operation is named");
    let line = line.replace("step `", "operation `");
    line.replace(
        " is already an input of the workflow",
        " is already an input",
    )
}

fn assert_same_mistakes(sketch: &Sketch, errors: &PlanErrors) {
    let reported = reported(&sketch.source());
    let lines = reported.lines().filter(|line| !line.starts_with(' '));
    let errors_of_macro = lines.filter_map(|line| line.split_once(" error: "));
    let mut at_compile_time: Vec<String> =
        errors_of_macro.map(|(_, line)| translated(line)).collect();
    let mut at_run_time: Vec<String> = errors.iter().map(ToString::to_string).collect();
    at_compile_time.sort();
    at_run_time.sort();
    assert_eq!(at_compile_time, at_run_time, "{}", sketch.source());
}

#[test]
fn a_graph_that_is_known() {
    let step = |name: &str, reads: &[&str]| Step {
        name: name.to_owned(),
        kind: Kind::Tool,
        outputs: Vec::new(),
        reads: reads.iter().map(ToString::to_string).collect(),
        after: Vec::new(),
    };
    let mut sketch = Sketch {
        inputs: vec!["i".to_owned()],
        steps: vec![step("a", &["i"]), step("b", &["i"]), step("c", &["a"])],
    };
    let plan = analyze(sketch.operations()).expect("it is sound");
    assert_same(&sketch, &plan);
    let plan = unpacked(pipeline::workflow(tokens(&sketch.source())));
    let batches: Vec<&[usize]> = plan.batches().map(Batch::indices).collect();
    assert_eq!(batches, [&[0, 1][..], &[2]]);
    assert!(
        plan.stages()
            .map(|stage| (stage.start, stage.end))
            .eq([(0, 2)])
            && plan.steps()[2].dependencies() == [0]
    );

    sketch.steps[0].reads = vec!["c".to_owned()];
    let errors = analyze(sketch.operations()).expect_err("it has a cycle");
    assert_eq!(
        errors.to_string(),
        "operations form a cycle: `a` -> `c` -> `a`"
    );
    assert_same_mistakes(&sketch, &errors);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn the_plan_is_the_same(sketch in sound()) {
        let plan = analyze(sketch.operations()).expect("it is sound");
        assert_same(&sketch, &plan);
    }

    #[test]
    fn the_mistakes_are_the_same(sketch in unsound()) {
        match analyze(sketch.operations()) {
            Ok(plan) => assert_same(&sketch, &plan),
            Err(errors) => assert_same_mistakes(&sketch, &errors),
        }
    }
}
