#![expect(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    reason = "this is how snapshots are updated, and where they read best"
)]

use expect_test::{Expect, expect};

use crate::testing::reported;

fn check(input: &str, expected: Expect) {
    expected.assert_eq(&reported(input));
}

#[test]
fn nothing_is_wrong() {
    check(
        "workflow Review(app: &App, pr: Pr) -> Result<Report, Error> {
            mcp fn files(app, pr) -> Result<Vec<File>, Error> { todo }
            agent fn review(app, files) -> Result<Review, Error> { todo }
            tool fn syntax(review) -> Syntax { todo }
            fn report(move review, syntax) -> Report { todo }
            Ok(report)
        }",
        expect![[r#""#]],
    );
}

#[test]
fn names_that_nobody_knows() {
    check(
        "workflow X(text: String) -> String {
            tool fn report(txet) -> String { todo }
            #[after(reprot)]
            tool fn store(report, zebra) {}
            report
        }",
        expect![[r#"
            2:28 `txet` error: no step or workflow input is named `txet`; did you mean `text`?
                help: a step reads inputs of its workflow and outputs of other steps: here `text`
            3:21 `reprot` error: no step is named `reprot`; did you mean `report`?
                help: `#[after(..)]` names other steps of the same workflow: here `report`
            4:35 `zebra` error: no step or workflow input is named `zebra`
                help: a step reads inputs of its workflow and outputs of other steps: here `text`, `report`
        "#]],
    );
}

#[test]
fn cycles() {
    check(
        "workflow X() -> u32 {
            tool fn a(c) -> u32 { todo }
            tool fn b(a) -> u32 { todo }
            #[after(b)] tool fn c() -> u32 { todo }
            tool fn d(d) -> u32 { todo }
            d
        }",
        expect![[r#"
            2:23 `c` error: steps form a cycle: `a` -> `b` -> `c` -> `a`
                help: a step starts when all that it depends on is done, so none of these could ever start; let step `a` do without `c`, or break the cycle elsewhere
            5:23 `d` error: step `d` reads its own output
                help: a step starts when all its inputs are there, so this one would wait for itself; read a workflow input or another step's output
        "#]],
    );
}

#[test]
fn the_context_has_a_name_of_its_own() {
    check(
        "workflow X(cx: u32) { tool fn a(cx) {} tool fn cx() {} tool fn b() -> (cx: u32) { todo } }
         workflow Y() { tool fn a(move cx) {} flow b = Z { c: cx }; }",
        expect![[r#"
            1:12 `cx` error: `cx` is reserved for the step's context
                help: a step that names `cx` among its inputs is given it; choose another name here
            1:72 `cx` error: `cx` is reserved for the step's context
                help: a step that names `cx` among its inputs is given it; choose another name here
            1:48 `cx` error: `cx` is reserved for the step's context
                help: a step that names `cx` among its inputs is given it; choose another name here
            2:35 `move` error: `cx` cannot be moved
                help: it is a reference to the run of the step: write `cx`
            2:63 `cx` error: a flow has no context of its own
                help: the steps of its workflow have: name `cx` among their inputs
        "#]],
    );
}

#[test]
fn an_order_after_the_context_is_unknown() {
    check(
        "workflow X() { #[after(cx)] tool fn a() {} }",
        expect![[r#"
            1:24 `cx` error: no step is named `cx`
                help: `#[after(..)]` names other steps of the same workflow, and here there are none
        "#]],
    );
}

#[test]
fn a_reader_that_is_done_before_may_read_what_is_moved() {
    check(
        "workflow X(text: String) -> u32 {
            tool fn a(text) -> u32 { todo }
            tool fn b(a) -> u32 { todo }
            tool fn c(move text, b) -> u32 { todo }
            c
        }",
        expect![[r#""#]],
    );
}

#[test]
fn another_reader_may_not() {
    check(
        "workflow Beside(text: String) { tool fn a(move text) {} tool fn b(text) {} }
         workflow After(text: String) { tool fn a(move text) -> u32 { todo } tool fn b(text, a) {} }
         workflow Both(text: String) { tool fn a(move text) {} tool fn b(move text) {} }
         workflow Left(text: String) -> String { tool fn a(move text) {} text }
         workflow Copied(text: &str) -> &str { tool fn a(move text) {} text }",
        expect![[r#"
            1:67 `text` error: `text` is moved into step `a`, but step `b` reads it too
                help: nothing can read a value once it is moved: let `a` read it without `move`, or come after `b` with `#[after(b)]`
            2:88 `text` error: `text` is moved into step `a`, but step `b` reads it too
                help: nothing can read a value once it is moved: let `a` read it without `move`
            3:79 `text` error: `text` is moved into step `a`, but step `b` reads it too
                help: only one step can move a value: let `a` or `b` read it without `move`
            4:74 `text` error: `text` is moved into step `a`, so it is not left for the last expression
                help: let `a` read it without `move`
        "#]],
    );
}

#[test]
fn what_a_workflow_returns() {
    check(
        "workflow CannotFail() { tool fn a() -> io::Result<u32> { todo } tool fn b() -> fmt::Result { todo } }
         workflow Fails() -> io::Result<u32> { tool fn a() -> Result<u32, Error> { todo } Ok(a) }
         workflow Tailless() -> Result<Vec<&'static dyn Fn(u8) -> u8>, [u8; 3]> {}
         workflow Unsaid() -> fmt::Result { tool fn a() -> fmt::Result { todo } Ok(()) }",
        expect![[r#"
            1:40 `io::Result<u32>` error: step `a` can fail, but workflow `CannotFail` does not return a `Result`
                help: an `Err` of a step ends the run, converted by `Into` into the workflow's error
                help: return a `Result` from the workflow, or handle the error in the step
            1:80 `fmt::Result` error: step `b` can fail, but workflow `CannotFail` does not return a `Result`
                help: an `Err` of a step ends the run, converted by `Into` into the workflow's error
                help: return a `Result` from the workflow, or handle the error in the step
            3:33 `Result<Vec<&'static dyn Fn(u8) -> u8>, [u8; 3]>` error: workflow `Tailless` returns `Result<Vec<&'static dyn Fn(u8) -> u8>, [u8; 3]>`, but ends without an expression
                help: after the last step, write the expression that makes it from the outputs
        "#]],
    );
}

#[test]
fn a_failure_that_is_absorbed_is_none_of_the_workflow() {
    check(
        "workflow X() {
            #[optional] tool fn a() -> io::Result<u32> { todo }
            #[default(3)] tool fn b() -> io::Result<u32> { todo }
        }",
        expect![[r#""#]],
    );
}

#[test]
fn bodies_that_launch_agents() {
    check(
        "workflow X() {
            agent fn a() { let o = orchestrated::Orchestrator::new(); }
            tool fn b() { { workflow! { workflow Y() {} } } }
            mcp fn c() { orchestrated::workflow!(); Orchestrator::new() }
            fn d() { Orchestrator::new(); }
            agent fn e() { let workflow = 1; workflow != 2; OrchestratorOfMine }
        }",
        expect![[r#"
            2:50 `Orchestrator` error: a sub-agent cannot launch other sub-agents
                help: only an orchestrator launches agents, and `a` is of kind `agent`
                help: to run a workflow inside another one, make it a step: `flow name = Workflow { .. };`
            3:29 `workflow` error: a sub-agent cannot launch other sub-agents
                help: only an orchestrator launches agents, and `b` is of kind `tool`
                help: to run a workflow inside another one, make it a step: `flow name = Workflow { .. };`
            4:40 `workflow` error: a sub-agent cannot launch other sub-agents
                help: only an orchestrator launches agents, and `c` is of kind `mcp`
                help: to run a workflow inside another one, make it a step: `flow name = Workflow { .. };`
        "#]],
    );
}

#[test]
fn orders_that_change_nothing() {
    check(
        "workflow X() -> u32 {
            tool fn a() -> u32 { todo }
            #[after(a)] tool fn b(a) -> u32 { todo }
            #[after(c, a)] tool fn d(b) -> u32 { todo }
            tool fn c() {}
            d
        }",
        expect![[r#"
            3:21 `a` warning: `#[after(a)]` on step `b` changes nothing: `b` already depends on `a`
            4:24 `a` warning: `#[after(a)]` on step `d` changes nothing: `d` already depends on `a`
        "#]],
    );
}

#[test]
fn workflows_that_never_end() {
    check(
        "workflow A() { flow a = A {}; }
         workflow B() { flow c = C {}; flow inner = other::B {}; }
         workflow C() { flow d = D {}; }
         workflow D() { flow b = B {}; }
         workflow E() { flow b = B {}; }",
        expect![[r#"
            1:25 `A` error: workflow `A` runs itself
                help: a run of it would never end; do without one of these flows
            2:34 `C` error: workflows form a cycle: `B` -> `C` -> `D` -> `B`
                help: a run of it would never end; do without one of these flows
        "#]],
    );
    // Only a `cfg` can tell which of the two is meant.
    check(
        "#[cfg(a)] workflow A() { flow b = B {}; }
         #[cfg(not(a))] workflow A() {}
         workflow B() { flow a = A {}; }",
        expect![[r#""#]],
    );
}

#[test]
fn workflows_of_one_name() {
    check(
        "workflow A() {} workflow A() {} #[cfg(x)] workflow B() {} #[cfg(not(x))] workflow B() {}",
        expect![[r#"
            1:26 `A` error: workflow `A` is already declared
                help: every workflow of a module has a name of its own; rename one of the two
        "#]],
    );
}
