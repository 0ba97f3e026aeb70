#![expect(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    reason = "this is how snapshots are updated, and where they read best"
)]

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use quote::ToTokens;

use super::{How, Model};
use crate::testing::{lines, parsed};

/// Generics, outcome, values and reads of the first workflow; then what is wrong.
fn check(input: &str, expected: Expect) {
    let (call, mut report) = parsed(input);
    let model = Model::new(&call.workflows[0], &mut report);
    let mut text = String::new();
    let generics = model.generics.to_token_stream();
    let (output, error) = (&model.outcome.output, &model.outcome.error);
    let _ = writeln!(
        text,
        "{} {generics} gives {output} or {error}",
        model.syntax.name
    );
    for (index, value) in model.values.iter().enumerate() {
        let readers: Vec<String> = model
            .readers(index)
            .map(|(step, read)| {
                let how = match read.how {
                    How::Context | How::Last | How::Item => "is given",
                    How::Share => "shares",
                    How::Move => "moves",
                    How::Copy => "copies",
                    How::CopyCounted => "copies out of a count",
                };
                format!("{} {how}", model.steps[step].syntax.name)
            })
            .collect();
        let from = value.producer.map_or_else(
            || "input".to_owned(),
            |step| format!("from {}", model.steps[step].syntax.name),
        );
        let left = if model.is_left(index) { ", left" } else { "" };
        let quiet = if value.quiet { ", quiet" } else { "" };
        let _ = writeln!(
            text,
            "  {}: {} ({from}{left}{quiet}) [{}]",
            value.name,
            value.ty,
            readers.join(", ")
        );
    }
    for step in &model.steps {
        if step.function != step.syntax.name {
            let _ = writeln!(text, "  fn {} is {}", step.syntax.name, step.function);
        }
    }
    expected.assert_eq(&format!("{text}{}", lines(&report)));
}

#[test]
fn values_and_readers() {
    check(
        "workflow Review(app: &App, pr: Pr) -> Result<Report, Error> {
            agent fn review(app, files, cx) -> Result<Review, Error> { todo }
            mcp fn files(app, pr) -> Result<Vec<File>, Error> { todo }
            fn report(move review) -> (report: Report, count: u32) { todo }
            fn done(count) -> () {}
            Ok(report)
        }",
        expect![[r#"
            Review < 'app > gives Report or Error
              app: & 'app App (input) [review shares, files shares]
              pr: Pr (input) [files shares]
              review: Review (from review) [report moves]
              files: Vec < File > (from files) [review shares]
              report: Report (from report, left) []
              count: u32 (from report) [done shares]
              done: () (from done, quiet) []
        "#]],
    );
}

#[test]
fn the_first_of_two_is_kept() {
    check(
        "workflow X(a: A, a: B) { tool fn a(a) -> C { todo } tool fn b(a) {} }",
        expect![[r#"
            X  gives () or :: core :: convert :: Infallible
              a: A (input) [a shares, b shares]
              a: B (input) []
              a: C (from a) []
        "#]],
    );
}

#[test]
fn a_flow_takes_what_nobody_else_reads() {
    check(
        "workflow X(a: A, b: B, c: C, d: &D) -> A {
            flow one = One { a, b, c: &c, d };
            flow two = Two { b, other: move c };
            a
        }",
        expect![[r#"
            X < 'd > gives A or :: core :: convert :: Infallible
              a: A (input, left) [one copies]
              b: B (input) [one copies, two copies]
              c: C (input) [one shares, two moves]
              d: & 'd D (input) [one moves]
              one: < One as :: orchestrated :: Workflow > :: Output (from one) []
              two: < Two as :: orchestrated :: Workflow > :: Output (from two) []
        "#]],
    );
}

/// Every read of every step: what it is, and whether it is of a value.
fn check_reads(input: &str, expected: Expect) {
    let (call, mut report) = parsed(input);
    let model = Model::new(&call.workflows[0], &mut report);
    let mut text = String::new();
    for (step, node) in model.steps.iter().zip(&model.graph.nodes) {
        let reads: Vec<String> = step
            .reads
            .iter()
            .map(|read| {
                let known = if read.value.is_some() { "" } else { "?" };
                format!("{}{known} {:?}", read.name, read.how)
            })
            .collect();
        let (name, reads) = (&step.syntax.name, reads.join(", "));
        let _ = writeln!(text, "{name}: {reads}; planned {}", node.reads.join(", "));
    }
    expected.assert_eq(&format!("{text}{}", lines(&report)));
}

#[test]
fn what_the_run_gives_to_a_step() {
    check_reads(
        "workflow X(files: Vec<File>, app: &App) {
            #[repeat(max = 3, until = true)] tool fn a(last, cx) -> A { todo }
            #[each(file in files)] tool fn b(files, file, app) -> B { todo }
            #[each(file in files)] flow c = C { file, app };
            #[each(file in files)] flow d = D { files, file: &file };
            tool fn e(last, file) {}
        }",
        expect![[r#"
            a: last? Last, cx? Context; planned 
            b: files Share, file? Item, app Share; planned files, app
            c: file? Item, app Copy, files Share; planned app, files
            d: files Copy, file? Item; planned files
            e: last? Last, file? Share; planned file
        "#]],
    );
    check_reads(
        "workflow X(last: u32) { tool fn a(last) {} #[repeat(max = 3, until = true)] tool fn b(last) {} }",
        expect![[r#"
            a: last Share; planned last
            b: last? Last; planned 
        "#]],
    );
}

#[test]
fn a_flow_that_runs_again_gives_nothing_away() {
    check_reads(
        "workflow X(a: A, b: B) {
            #[retry(3)] #[idempotent] flow one = One { a, b: move b };
        }",
        expect![[r#"
            one: a Copy, b Move; planned a, b
        "#]],
    );
}

#[test]
fn lifetimes_that_are_left_out() {
    check(
        "workflow X<'x>(a: &A, b: &'x B, c: Vec<&C>, d: D<'_>, e: fn(&E) -> &E, f: &mut F) {}",
        expect![[r#"
            X < 'x , 'a , 'c , 'd , 'f > gives () or :: core :: convert :: Infallible
              a: & 'a A (input) []
              b: & 'x B (input) []
              c: Vec < & 'c C > (input) []
              d: D < 'd > (input) []
              e: fn (& E) -> & E (input) []
              f: & 'f mut F (input) []
        "#]],
    );
    check(
        "workflow X(a: &A) -> &B { a }",
        expect![[r#"
        X < 'a > gives & 'a B or :: core :: convert :: Infallible
          a: & 'a A (input, left) []
    "#]],
    );
    check(
        "workflow X(a: &A, b: &B) -> Result<&B, Error> { a }",
        expect![[r#"
        X < 'a , 'b > gives & 'static B or Error
          a: & 'a A (input, left) []
          b: & 'b B (input) []
        1:29 `Result<&B, Error>` error: `Result<&B, Error>` borrows, but it is not said from which input
            help: name the lifetime: `workflow Name<'a>(input: &'a Type) -> &'a Type { .. }`
    "#]],
    );
    check(
        "workflow X(a: A) -> Cow<'_, B> { a }",
        expect![[r#"
        X  gives Cow < 'static , B > or :: core :: convert :: Infallible
          a: A (input, left) []
        1:21 `Cow<'_, B>` error: `Cow<'_, B>` borrows, but it is not said from which input
            help: no input of this workflow is borrowed: return an owned value
    "#]],
    );
}

#[test]
fn results_that_do_not_say_all() {
    check(
        "workflow X() -> io::Result<u32> { fn a() -> fmt::Result { todo } Ok(1) }",
        expect![[r#"
            X  gives u32 or < io :: Result < u32 > as :: orchestrated :: __private :: Outcome > :: Error
              a: < fmt :: Result as :: orchestrated :: __private :: Outcome > :: Output (from a, quiet) []
        "#]],
    );
    check(
        "workflow X() -> fmt::Result { Ok(()) }",
        expect![[r#"
        X  gives < fmt :: Result as :: orchestrated :: __private :: Outcome > :: Output or < fmt :: Result as :: orchestrated :: __private :: Outcome > :: Error
    "#]],
    );
}

#[test]
fn names_that_the_workflow_needs() {
    check(
        "workflow X() { fn run() {} fn step_run() {} fn PLAN() {} fn r#type() -> u32 { 1 } fn a(r#type) {} }",
        expect![[r#"
            X  gives () or :: core :: convert :: Infallible
              r#type: u32 (from r#type) [a shares]
              fn run is step_run_
              fn PLAN is step_plan
        "#]],
    );
}
