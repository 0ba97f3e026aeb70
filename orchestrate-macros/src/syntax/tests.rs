#![expect(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    reason = "this is how snapshots are updated, and where they read best"
)]

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use quote::ToTokens;

use super::{Call, Passing, Shape, Work, Workflow};
use crate::{
    message::source,
    testing::{lines, parsed},
};

/// The tree, and what is wrong.
fn check(input: &str, expected: Expect) {
    let (call, report) = parsed(input);
    expected.assert_eq(&format!("{}{}", tree(&call), lines(&report)));
}

/// What is wrong alone.
fn check_errors(input: &str, expected: Expect) {
    let (_, report) = parsed(input);
    expected.assert_eq(&lines(&report));
}

fn tree(call: &Call) -> String {
    call.workflows.iter().map(workflow).collect()
}

fn workflow(workflow: &Workflow) -> String {
    let inputs: Vec<String> = workflow
        .inputs
        .iter()
        .map(|input| format!("{}: {}", input.name, source(&input.ty)))
        .collect();
    let output = workflow.output.as_ref();
    let output = output.map_or_else(String::new, |ty| format!(" -> {}", source(ty)));
    let flags = [
        (workflow.strict_batches, " [batches]"),
        (workflow.facade.is_some(), " [crate]"),
        (workflow.incomplete, " [incomplete]"),
    ];
    let flags: String = flags
        .iter()
        .filter(|(is_set, _)| *is_set)
        .map(|(_, text)| *text)
        .collect();
    let mut text = format!("{}({}){output}{flags}\n", workflow.name, inputs.join(", "));
    for step in &workflow.steps {
        let after = step
            .options
            .after
            .as_ref()
            .map_or_else(String::new, |after| {
                let names: Vec<String> = after.steps.iter().map(ToString::to_string).collect();
                format!(" after {}", names.join(", "))
            });
        let _ = writeln!(
            text,
            "  {} {}{}{after}",
            step.kind,
            step.name,
            work(&step.work)
        );
    }
    if !workflow.tail.is_empty() {
        let _ = writeln!(text, "  tail {}", workflow.tail);
    }
    text
}

fn work(work: &Work) -> String {
    match work {
        Work::Function {
            params,
            output,
            body,
        } => {
            let params: Vec<String> = params
                .iter()
                .map(|param| {
                    let moved = if param.moved.is_some() { "move " } else { "" };
                    let ty = param.ty.as_ref();
                    let ty = ty.map_or_else(String::new, |ty| format!(": {}", source(ty)));
                    format!("{moved}{}{ty}", param.name)
                })
                .collect();
            let outputs = match &output.shape {
                Shape::Nothing => String::new(),
                Shape::One(_) => " -> one".to_owned(),
                Shape::Named(names) => {
                    let names: Vec<String> =
                        names.iter().map(|(name, _)| name.to_string()).collect();
                    format!(" -> {}", names.join(", "))
                }
            };
            let error = output.error.as_ref().filter(|_| output.fallible);
            let fails = error.map_or_else(String::new, |ty| format!(" or {ty}"));
            let body = body.to_token_stream();
            format!("({}){outputs}{fails} {body}", params.join(", "))
        }
        Work::Flow { path, fields } => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| {
                    let passing = match field.passing {
                        Passing::Plain => "",
                        Passing::Reference => "&",
                        Passing::Move => "move ",
                    };
                    format!("{}: {passing}{}", field.name, field.value)
                })
                .collect();
            format!(" = {} {{ {} }}", path.to_token_stream(), fields.join(", "))
        }
    }
}

#[test]
fn the_whole_grammar() {
    check(
        "/// Docs.
        #[derive(Debug)] #[schedule(batches)] #[crate(my::facade)]
        pub(crate) workflow Review<'a, T: Clone>(app: &'a App, r#type: T,) -> Result<Report, Error> where T: Send {
            /// Docs.
            #[after(notify, store)] #[allow(dead_code)]
            pub mcp fn files(app, r#type, cx) -> Result<Vec<File>, Error> { app. }
            agent fn notify(files: &[File], move app) {}
            fn split(files) -> (head: File, tail: Vec<File>) { body }
            tool fn store(head) -> io::Result<(first: A, second: B)> { body }
            fn unsaid() -> fmt::Result { body }
            tool fn fn_() -> Result<(A, B), Error> { body }
            pub flow inner = path::Inner::<T> { app, move tail, r#type: &head, other: move first };
            { Ok(report) }
        }
        workflow Empty() {}",
        expect![[r#"
            Review(app: &'a App, r#type: T) -> Result<Report, Error> [batches] [crate]
              mcp files(app, r#type, cx) -> one or Error { app . } after notify, store
              agent notify(files: &[File], move app) { }
              fn split(files) -> head, tail { body }
              tool store(head) -> first, second or io :: Result < (A , B ,) > { body }
              fn unsaid() -> one or fmt :: Result { body }
              tool fn_() -> one or Error { body }
              flow inner = path :: Inner :: < T > { app: app, tail: move tail, r#type: &head, other: move first }
              tail { Ok (report) }
            Empty()
        "#]],
    );
}

#[test]
fn a_tail_may_start_with_any_word() {
    for tail in [
        "tool",
        "flow",
        "agent(tool)",
        "match fn_ { _ => 1 }",
        "flow.a",
        "mcp::f(x)",
        "#[allow(x)] { 1 }",
    ] {
        let (call, report) = parsed(&format!(
            "workflow X() -> u32 {{ tool fn a() {{}} {tail} }}"
        ));
        assert_eq!(lines(&report), "", "{tail}");
        assert_eq!(call.workflows[0].steps.len(), 1, "{tail}");
        assert!(!call.workflows[0].tail.is_empty(), "{tail}");
    }
}

#[test]
fn a_mistake_costs_its_item_at_most() {
    check(
        "workflow X(a: u32, b, c: ,, d: u32) -> u32 {
            tool fn one(a,, &b, c.d, mut d, d d) -> u32 { 1 }
            tool fn two() -> { 1 }
            tool fn three() ->
            tool fn
            fn four() u32 { 1 }
            tool fn five
            #[after(four)]
            mcp six() {}
            flow seven = Inner { a: a.b, c: 1, d: , e }
            flow eight = 
            flow
            agent fn nine() -> (x: u32, y, z:) { 1 }
            let x = 1;
            fn ten() { 1 }
            ten
        }",
        expect![[r#"
            X(a: u32, d: u32) -> u32 [incomplete]
              tool one(a, c, d, d) -> one { 1 }
              fn four() -> one { 1 }
              mcp six() { }
              flow seven = Inner { a: a, e: e }
              agent nine() -> x { 1 }
              fn ten() { 1 }
              tail ten
            1:20 `b` error: input `b` has no type
                help: an input of a workflow is declared as `b: Type`
            1:23 `c` error: input `c` has no type
                help: an input of a workflow is declared as `c: Type`
            1:27 `,` error: expected a name, found `,`
                help: remove this comma
            2:27 `,` error: expected a name, found `,`
                help: remove this comma
            2:29 `&` error: expected the name of a workflow input or of an output
                help: a step reads `name` as a reference, `move name` by value, and `name: Type` as that type
            2:34 `.` error: expected the name of a workflow input or of an output
                help: a step reads `name` as a reference, `move name` by value, and `name: Type` as that type
            2:38 `mut` error: a value of a workflow is never `mut`
                help: a step that needs to change a value takes it with `move`, and changes it in its body: `let mut name = name;`
            2:47 `d` error: expected `,`
            3:27 `->` error: expected a type after `->`
            4:29 `->` error: expected a type after `->`
            5:18 `fn` error: expected the name of the step
                help: a step is declared as `fn name(input) -> Type { .. }`, and a flow as `flow name = Workflow { .. };`
            6:23 `u32` error: expected `->` before the type `u32`
                help: write `-> u32`
            8:13 `#` error: expected the inputs of step `five` in parentheses
                help: a step that reads nothing is declared as `fn five() { .. }`
            9:13 `mcp` error: expected `fn` after `mcp`
                help: a step is declared as `mcp fn name(input) -> Type { .. }`
            10:38 `.` error: expected `,`: a flow reads values by name, not expressions
                help: a flow reads inputs and outputs as `value`, `&value` or `move value`; what must be computed is the output of a step of its own
            10:45 `1` error: expected the name of a value for `c`
                help: a flow reads inputs and outputs as `value`, `&value` or `move value`; what must be computed is the output of a step of its own
            10:48 `d` error: expected the name of a value for `d`
                help: a flow reads inputs and outputs as `value`, `&value` or `move value`; what must be computed is the output of a step of its own
            10:55 `}` error: expected `;` after flow `seven`
            11:18 `eight` error: expected `= Workflow { .. };`
                help: a flow is declared as `flow eight = Workflow { input, other: value };`
            13:41 `y` error: output `y` has no type
                help: a named tuple is written `(first: Type, second: Type)`
            13:44 `z` error: output `z` has no type
                help: a named tuple is written `(first: Type, second: Type)`
            14:13 `let x = 1;` error: expected a step
                help: a step is declared as `tool fn name(input) -> Type { .. }`; its kind is `agent`, `tool`, `mcp`, `human`, or none for a plain function
                help: the workflow's last expression stands after all its steps
        "#]],
    );
}

#[test]
fn a_broken_workflow_leaves_the_others_alone() {
    check(
        "struct S { a: u32 }
        workfow A() {}
        pub B(x: u32) {}
        workflow C { fn a() {} }
        workflow D() -> { fn a() {} }
        workflow E() -> u32;
        workflow (x: u32) {}
        workflow F<T() {}
        pub workflow G() { fn a() {} }",
        expect![[r#"
            A()
            B(x: u32)
            C() [incomplete]
              fn a() { }
            D() -> ! [incomplete]
              fn a() { }
            E() -> u32 [incomplete]
            G()
              fn a() { }
            1:1 `struct` error: expected `workflow`, found `struct`
                help: `workflow!` holds workflows alone; move this item out of it
            2:9 `workfow` error: expected `workflow`, found `workfow`; did you mean `workflow`?
                help: `workflow!` holds workflows, each declared as `workflow Name(input: Type) -> Type { .. }`
            3:13 `B` error: expected `workflow` before `B`
                help: a workflow is declared as `workflow B(input: Type) -> Type { .. }`
            4:20 `{` error: expected the inputs of workflow `C` in parentheses
                help: a workflow without inputs is declared as `workflow C() { .. }`
            5:22 `->` error: expected a type after `->`
            6:18 `E` error: expected the steps of workflow `E` in braces
                help: a workflow is declared as `workflow E(input: Type) -> Type { .. }`
            7:18 `(` error: expected the name of the workflow
                help: a workflow is declared as `workflow Name(input: Type) -> Type { .. }`
            8:21 `(` error: expected `,`
        "#]],
    );
}

#[test]
fn kinds() {
    check_errors(
        "workflow X() {
            agnet fn a() {}
            robot fn b() {}
            async fn c() {}
            tool async fn d() {}
            const unsafe fn e() {}
            tool f() {}
        }",
        expect![[r#"
            2:13 `agnet` error: unknown kind of step `agnet`; did you mean `agent`?
                help: a step is an `agent fn`, a `tool fn`, an `mcp fn`, a `human fn`, a plain `fn`, or a `flow`
            3:13 `robot` error: unknown kind of step `robot`
                help: a step is an `agent fn`, a `tool fn`, an `mcp fn`, a `human fn`, a plain `fn`, or a `flow`
                help: if it is the workflow's last expression, it stands after all its steps
            4:13 `async` error: a step is not declared `async`: its kind says so
                help: `agent fn`, `tool fn` and `mcp fn` are asynchronous; a plain `fn` is not
            5:18 `async` error: a step is not declared `async`: its kind says so
                help: `agent fn`, `tool fn` and `mcp fn` are asynchronous; a plain `fn` is not
            6:13 `const` error: a step cannot be declared `const`
            7:13 `tool` error: expected `fn` after `tool`
                help: a step is declared as `tool fn name(input) -> Type { .. }`
        "#]],
    );
}

#[test]
fn options_of_steps() {
    check_errors(
        "workflow X() {
            #[after(a)] #[after(b)] tool fn a() {}
            #[after] tool fn b() {}
            #[after()] tool fn c() {}
            #[retires(3)] tool fn d() {}
            #[timeouts(3)] tool fn e() {}
            #[sparkling] tool fn f() {}
            #[tracing::instrument] tool fn g() {}
            #[spawn] tool fn h() {}
            #[cfg(unix)] tool fn i() {}
            #[cfg_attr(unix, inline)] tool fn j() {}
            tool fn k(#[cfg(unix)] a, #[allow(x)] b, #[x] c) {}
        }",
        expect![[r#"
            2:27 `after` error: `after` is given more than once on step `a`
                help: keep one of them
            3:13 `#[after]` error: expected names of steps: `#[after(first, second)]`
            4:13 `#[after()]` error: expected names of steps: `#[after(first, second)]`
            5:15 `retires` error: unknown option `retires`; did you mean `retry`?
                help: the options of a step: `after`, `idempotent`, `retry`, `timeout`, `cache`, `fallback`, `default`, `optional`, `quorum`, `rollback`, `irreversible`, `when`, `each`, `batch`, `repeat`, `breaker`, `priority`, `uses`, `requires`, `estimate`, `critical`, `spawn`, `blocking`
            6:15 `timeouts` error: unknown option `timeouts`; did you mean `timeout`?
                help: the options of a step: `after`, `idempotent`, `retry`, `timeout`, `cache`, `fallback`, `default`, `optional`, `quorum`, `rollback`, `irreversible`, `when`, `each`, `batch`, `repeat`, `breaker`, `priority`, `uses`, `requires`, `estimate`, `critical`, `spawn`, `blocking`
            7:15 `sparkling` error: unknown option `sparkling`
                help: the options of a step: `after`, `idempotent`, `retry`, `timeout`, `cache`, `fallback`, `default`, `optional`, `quorum`, `rollback`, `irreversible`, `when`, `each`, `batch`, `repeat`, `breaker`, `priority`, `uses`, `requires`, `estimate`, `critical`, `spawn`, `blocking`
                help: an attribute macro is named by its path: `#[path::to::sparkling]`
            10:13 `#[cfg(unix)]` error: `cfg` does not work on step `i`: a macro cannot evaluate it, and the plan is made before it is
                help: put it on the workflow, or inside the step's body
            11:13 `#[cfg_attr(unix, inline)]` error: `cfg` does not work on step `j`: a macro cannot evaluate it, and the plan is made before it is
                help: put it on the workflow, or inside the step's body
            12:23 `#[cfg(unix)]` error: `cfg` does not work on the input of a step: a macro cannot evaluate it, and the plan is made before it is
                help: put it on the workflow, or inside the step's body
            12:54 `#[x]` error: the input of a step takes no attribute but lints such as `#[allow(..)]`
        "#]],
    );
}

#[test]
fn options_of_workflows() {
    check_errors(
        "#[schedule(batches)] #[schedule(batches)] workflow A() {}
        #[schedule(stages)] workflow B() {}
        #[crate = 3] workflow C() {}
        #[shedule(batches)] workflow D() {}
        #[sparkling] workflow E() {}
        #[derive(Sparkle)] #[sparkling] #[cfg(unix)] workflow F(#[cfg(unix)] a: u32, #[sparkling] b: u32) {}",
        expect![[r#"
            1:24 `schedule` error: `schedule` is given more than once on workflow `A`
                help: keep one of them
            2:9 `#[schedule(stages)]` error: expected `#[schedule(batches)]`
                help: without it, a step starts as soon as its own inputs are there
            3:9 `#[crate = 3]` error: expected a path: `#[crate(path::to::orchestrated)]`
            4:11 `shedule` error: unknown option `shedule`; did you mean `schedule`?
                help: the options of a workflow: `crate`, `schedule`, `deadline`, `saga`
            5:11 `sparkling` error: unknown option `sparkling`
                help: the options of a workflow: `crate`, `schedule`, `deadline`, `saga`
                help: an attribute macro is named by its path: `#[path::to::sparkling]`
            6:65 `#[cfg(unix)]` error: `cfg` does not work on input `a`: a macro cannot evaluate it, and the plan is made before it is
                help: put it on the workflow, or inside the step's body
        "#]],
    );
}

#[test]
fn names() {
    check_errors(
        "workflow X(type: u32, self: u32, r#type: u32) {
            tool fn struct() {}
            tool fn a(type, _, Self) -> (fn: u32) {}
            flow b = Inner { type: a, c: type, r#type: r#type };
        }",
        expect![[r#"
            1:12 `type` error: expected a name, found the keyword `type`
                help: write `r#type` to use it as a name
            1:23 `self` error: expected an input of the workflow
                help: an input is declared as `name: Type`
            2:21 `struct` error: expected a name, found the keyword `struct`
                help: write `r#struct` to use it as a name
            3:23 `type` error: expected a name, found the keyword `type`
                help: write `r#type` to use it as a name
            3:29 `_` error: expected the name of a workflow input or of an output
                help: a step reads `name` as a reference, `move name` by value, and `name: Type` as that type
            3:32 `Self` error: expected the name of a workflow input or of an output
                help: a step reads `name` as a reference, `move name` by value, and `name: Type` as that type
            3:42 `fn` error: expected a name, found the keyword `fn`
                help: write `r#fn` to use it as a name
            4:30 `type` error: expected a name, found the keyword `type`
                help: write `r#type` to use it as a name
            4:42 `type` error: expected a name, found the keyword `type`
                help: write `r#type` to use it as a name
        "#]],
    );
}
