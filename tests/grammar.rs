//! The grammar of `workflow!`, at run time: every form that may be written, run to its end.

use std::{
    fmt, io,
    ops::Add,
    sync::{Mutex, PoisonError},
};

use orchestrated::{Orchestrator, workflow};

struct App {
    name: &'static str,
}

#[derive(Debug, PartialEq)]
struct SourceFile(String);

/// Neither `Clone` nor `Default` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Token(u32);

#[derive(Debug, PartialEq)]
struct AppError(String);
impl From<io::Error> for AppError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}
impl From<fmt::Error> for AppError {
    fn from(_: fmt::Error) -> Self {
        Self("formatting".to_owned())
    }
}
impl From<std::num::ParseIntError> for AppError {
    fn from(error: std::num::ParseIntError) -> Self {
        Self(error.to_string())
    }
}

type Log = Mutex<Vec<&'static str>>;

fn say(log: &Log, word: &'static str) {
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(word);
}

workflow! {
    workflow AnyOrder(n: u32) -> u32 {
        fn last(middle, first) -> u32 { middle * 10 + first }
        tool fn middle(first) -> u32 { tokio::task::yield_now().await; first + 1 }
        fn first(n) -> u32 { n + 1 }
        last
    }

    workflow NoInputs() -> &'static str {
        fn word() -> &'static str { "word" }
        word
    }

    workflow NoSteps(n: u32) -> u32 { n + 1 }

    workflow NoStepsThatFails(text: &str) -> Result<u32, AppError> { Ok(text.parse::<u32>()?) }

    workflow Nothing() {}

    workflow OnlyInputs(_n: u32, _text: &str) {}

    workflow UnitWithTail(log: &Log) -> () { say(log, "tail") }

    workflow TailWithoutArrow(log: &Log) {
        fn first(log) { say(log, "first"); }
        say(log, "tail");
    }

    workflow Effects(log: &Log) -> Result<(), AppError> {
        tool fn first(log) { tokio::task::yield_now().await; say(log, "first"); }
        #[after(first)]
        fn second(log) { say(log, "second"); }
        #[after(second)]
        tool fn third(log) -> Result<(), io::Error> { say(log, "third"); Ok(()) }
        #[after(third)]
        fn fourth(log) -> () { say(log, "fourth") }
        fn fifth(fourth, log) { let () = fourth; say(log, "fifth"); }
        Ok(())
    }
}

#[tokio::test]
async fn steps_stand_in_any_order() {
    let o = Orchestrator::new();
    assert_eq!(AnyOrder { n: 1 }.run(&o).await.unwrap(), 32);
}

#[tokio::test]
async fn a_workflow_may_lack_anything() {
    let o = Orchestrator::new();
    assert_eq!(NoInputs {}.run(&o).await.unwrap(), "word");
    assert_eq!(NoSteps { n: 1 }.run(&o).await.unwrap(), 2);
    assert_eq!(NoStepsThatFails { text: "7" }.run(&o).await.unwrap(), 7);
    let failure = NoStepsThatFails { text: "x" }.run(&o).await.unwrap_err();
    assert_eq!(
        failure.error(),
        Some(&AppError("invalid digit found in string".to_owned()))
    );
    Nothing {}.run(&o).await.unwrap();
    OnlyInputs { _n: 1, _text: "" }.run(&o).await.unwrap();
    let log = Log::default();
    UnitWithTail { log: &log }.run(&o).await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["tail"]);
    let log = Log::default();
    TailWithoutArrow { log: &log }.run(&o).await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["first", "tail"]);
}

#[tokio::test]
async fn steps_without_output_run_in_the_order_they_ask_for() {
    let log = Log::default();
    Effects { log: &log }
        .run(&Orchestrator::new())
        .await
        .unwrap();
    assert_eq!(
        *log.lock().unwrap(),
        ["first", "second", "third", "fourth", "fifth"]
    );
}

workflow! {
    workflow Elided(app: &App, text: &str, files: Vec<SourceFile>) -> Result<String, AppError> {
        tool fn long(text) -> usize { text.len() }
        fn joined(files: &[SourceFile], app) -> String {
            let names: Vec<&str> = files.iter().map(|file| file.0.as_str()).collect();
            format!("{}:{}", app.name, names.join(","))
        }
        fn shouted(joined: &str) -> String { joined.to_uppercase() }
        Ok(format!("{shouted} {long}"))
    }

    /// The output borrows from an input, and through an output from another.
    workflow Borrowing<'t>(text: &'t str, sep: &str) -> Option<&'t str> {
        fn parts(text, sep) -> Vec<&'t str> { text.split(sep).collect() }
        tool fn longest(parts) -> Option<&'t str> { parts.iter().copied().max_by_key(|part| part.len()) }
        longest
    }

    workflow OneElidedOutput(text: &str) -> &str {
        fn trimmed(text) -> String { text.trim().to_owned() }
        if trimmed.is_empty() { "" } else { text }
    }

    workflow Sum<T: Copy, const N: usize>(items: [T; N], zero: T) -> T where T: Add<Output = T> {
        fn sum(items, zero) -> T { items.iter().fold(*zero, |sum, item| sum + *item) }
        tool fn count(items) -> usize { tokio::task::yield_now().await; items.len() }
        fn checked(move sum, count) -> T { assert_eq!(*count, N); sum }
        checked
    }

    workflow Generic<'a, T>(item: &'a T, other: T) -> Result<(&'a T, T), T::Err>
    where
        T: std::str::FromStr + fmt::Display + 'a,
    {
        fn text(item, other: &T) -> String { format!("{item}{other}") }
        fn parsed(text) -> Result<T, T::Err> { text.parse() }
        Ok((item, parsed))
    }

    workflow DynInput(show: &dyn Fn(u32) -> String, boxed: Box<dyn Fn(u32) -> u32 + Send + Sync>) -> String {
        fn number(boxed) -> u32 { boxed(20) }
        fn shown(show, number) -> String { show(*number) }
        shown
    }
}

#[tokio::test]
async fn lifetimes_are_written_or_left_out() {
    let o = Orchestrator::new();
    let app = App { name: "app" };
    let files = vec![SourceFile("a".into()), SourceFile("b".into())];
    let text = String::from("four");
    let run = Elided {
        app: &app,
        text: &text,
        files,
    }
    .run(&o)
    .await;
    assert_eq!(run.unwrap(), "APP:A,B 4");

    let text = String::from("one, three, two");
    let longest = {
        let sep = String::from(", ");
        Borrowing {
            text: &text,
            sep: &sep,
        }
        .run(&o)
        .await
        .unwrap()
    };
    assert_eq!(longest, Some("three"));
    assert_eq!(OneElidedOutput { text: " x" }.run(&o).await.unwrap(), " x");
}

#[tokio::test]
async fn generics_constants_and_where_clauses() {
    let o = Orchestrator::new();
    assert_eq!(
        Sum {
            items: [1, 2, 3],
            zero: 0
        }
        .run(&o)
        .await
        .unwrap(),
        6
    );
    let sum = Sum::<f64, 2> {
        items: [0.5, 1.0],
        zero: 0.0,
    };
    assert!((sum.run(&o).await.unwrap() - 1.5).abs() < f64::EPSILON);
    assert_eq!(
        Generic { item: &1, other: 2 }.run(&o).await.unwrap(),
        (&1, 12)
    );
    let run = DynInput {
        show: &|n| format!("<{n}>"),
        boxed: Box::new(|n| n + 1),
    }
    .run(&o);
    assert_eq!(run.await.unwrap(), "<21>");
}

workflow! {
    workflow Raw(r#type: u32, r#fn: &str) -> (u32, u32, String) {
        fn r#match(r#type, r#fn) -> u32 { *r#type + u32::try_from(r#fn.len()).unwrap() }
        tool fn r#loop(r#match) -> (r#in: u32, r#out: Token) { (*r#match + 1, Token(*r#match + 2)) }
        fn r#struct(move r#out, r#in: &u32) -> String { format!("{}{}", r#in, r#out.0) }
        (r#match, r#in, r#struct)
    }

    workflow RawAndPlain(input: u32) -> u32 {
        fn r#first(input) -> u32 { *input + 1 }
        fn second(first) -> u32 { *first + 1 }
        fn r#third(r#second, first) -> u32 { *second + *first }
        third
    }
}

#[tokio::test]
async fn raw_identifiers() {
    let o = Orchestrator::new();
    let run = Raw {
        r#type: 1,
        r#fn: "ab",
    }
    .run(&o);
    assert_eq!(run.await.unwrap(), (3, 4, "45".to_owned()));
    assert_eq!(RawAndPlain { input: 1 }.run(&o).await.unwrap(), 5);
    let names: Vec<_> = Raw::PLAN
        .steps()
        .iter()
        .map(orchestrated::plan::Step::name)
        .collect();
    assert_eq!(names, ["match", "loop", "struct"]);
}

workflow! {
    workflow Shown<T: fmt::Display>(item: T) -> String {
        tool fn shown(item) -> String { item.to_string() }
        shown
    }

    workflow Pair<'a, L, R>(left: &'a L, right: R) -> (&'a L, R) { (left, right) }

    workflow Flows(app: &App, n: u32, token: Token, text: &str) -> Result<String, AppError> {
        // Copied to several.
        flow one = Shown<u32> { item: n };
        flow two = NoSteps { n };
        // Named differently, and the output of another step.
        flow three = Elided { app, text: text, files };
        fn files() -> Vec<SourceFile> { vec![SourceFile("f".to_owned())] }
        // By reference, and moved.
        flow four = Pair<u32, Token> { left: &two, right: move token };
        fn five(four, n) -> u32 { four.0 + four.1.0 + n }
        Ok(format!("{one} {five} {three} {two}"))
    }

    workflow MovesAField(item: Token) -> u32 {
        flow pair = Pair<u32, Token> { left: &number, right: item };
        fn number() -> u32 { 7 }
        *pair.0 + pair.1.0
    }

    workflow OfFlows<T: fmt::Display>(item: T) -> usize {
        flow shown = Shown<T> { move item };
        tool fn len(shown: &str) -> usize { shown.len() }
        len
    }
}

#[tokio::test]
async fn flows_take_their_values_in_every_way() {
    let o = Orchestrator::new();
    let app = App { name: "x" };
    let run = Flows {
        app: &app,
        n: 1,
        token: Token(5),
        text: "ab",
    }
    .run(&o);
    assert_eq!(run.await.unwrap(), "1 8 X:F 2 2");
    assert_eq!(MovesAField { item: Token(1) }.run(&o).await.unwrap(), 8);
    assert_eq!(OfFlows { item: 1234 }.run(&o).await.unwrap(), 4);
}

workflow! {
    workflow Moves(token: Token, text: String) -> String {
        fn first(move token) -> Token { Token(token.0 + 1) }
        tool fn second(first) -> u32 { first.0 + 1 }
        tool fn third(move first, move second) -> Token { Token(first.0 + second) }
        fn fourth(move third, move text) -> String { format!("{}{}", text, third.0) }
        fourth
    }

    workflow MutInput(list: &mut Vec<u32>, n: u32) -> usize {
        tool fn pushed(list, n) -> usize { list.push(*n); list.len() }
        pushed + list.len()
    }

    #[schedule(batches)]
    workflow Strict(n: u32) -> u32 {
        tool fn a(n) -> Token { Token(*n) }
        tool fn b(n) -> u32 { *n }
        tool fn c(a) -> u32 { a.0 }
        tool fn d(b, c) -> u32 { b + c }
        fn e(move a, d) -> u32 { a.0 + d }
        e
    }
}

#[tokio::test]
async fn values_are_moved_from_step_to_step() {
    let o = Orchestrator::new();
    let run = Moves {
        token: Token(1),
        text: "t".to_owned(),
    }
    .run(&o);
    assert_eq!(run.await.unwrap(), "t5");
    let mut list = vec![1];
    assert_eq!(
        MutInput {
            list: &mut list,
            n: 2
        }
        .run(&o)
        .await
        .unwrap(),
        4
    );
    assert_eq!(list, [1, 2]);
    assert_eq!(Strict { n: 3 }.run(&o).await.unwrap(), 9);
}

/// The facade, under a name of its own.
mod vendor {
    pub(crate) mod deep {
        pub(crate) use orchestrated as flows;
    }
}

vendor::deep::flows::workflow! {
    #[crate(crate::vendor::deep::flows)]
    workflow Vendored(n: u32) -> Result<u32, AppError> {
        tool fn a(n, cx) -> u32 { *n + cx.attempt() }
        fn b(n) -> io::Result<u32> { Ok(*n) }
        flow c = NoSteps { n };
        Ok(a + b + c)
    }
}

workflow! {
    #[derive(Clone, Debug, PartialEq)]
    #[must_use = "it is one's own words"]
    workflow Derived(n: u32, text: &str) -> String {
        fn clone(n) -> u32 { *n }
        fn fmt(clone, text) -> String { format!("{clone}{text}") }
        fmt
    }

    #[cfg(not(test))]
    workflow Absent(n: Missing) -> Missing { n }

    #[cfg(test)]
    workflow Present(n: u32) -> u32 { n }

    #[cfg(not(test))]
    workflow Present(n: Missing) -> Missing { n }

    #[allow(non_camel_case_types, reason = "lint attributes do what they do in Rust")]
    workflow lower_case(n: u32) -> u32 {
        #[allow(non_snake_case)]
        fn Upper(n) -> u32 { *n }
        #[allow(unused_variables, non_snake_case)]
        fn lower(n, Upper) -> u32 { *n }
        lower
    }
}

#[tokio::test]
async fn attributes_do_what_they_do_in_rust() {
    let o = Orchestrator::new();
    assert_eq!(Vendored { n: 1 }.run(&o).await.unwrap(), 5);
    let derived = Derived { n: 1, text: "x" };
    assert_eq!(derived.clone(), derived);
    assert_eq!(format!("{derived:?}"), "Derived { n: 1, text: \"x\" }");
    assert_eq!(derived.run(&o).await.unwrap(), "1x");
    assert_eq!(Present { n: 1 }.run(&o).await.unwrap(), 1);
    assert_eq!(lower_case { n: 1 }.run(&o).await.unwrap(), 1);
}

#[derive(Debug, PartialEq)]
struct Above(u32);

mod nested {
    use orchestrated::workflow;

    workflow! {
        pub(super) workflow Inner(above: super::Above) -> super::Above {
            pub(super) fn next(above) -> super::Above { super::Above(above.0 + 1) }
            pub(crate) tool fn after(next) -> super::Above { super::Above(next.0 + 1) }
            fn private(move after) -> super::Above { after }
            private
        }
    }

    #[tokio::test]
    async fn a_step_is_a_function_that_can_be_called_alone() {
        assert_eq!(Inner::private(super::Above(1)), super::Above(1));
        assert_eq!(Inner::after(&super::Above(1)).await, super::Above(2));
    }
}

#[tokio::test]
async fn workflows_and_steps_have_visibility() {
    let o = Orchestrator::new();
    assert_eq!(
        nested::Inner { above: Above(1) }.run(&o).await.unwrap(),
        Above(3)
    );
    assert_eq!(nested::Inner::next(&Above(1)), Above(2));
    assert_eq!(nested::Inner::after(&Above(1)).await, Above(2));
}

#[tokio::test]
async fn a_workflow_stands_in_a_function() {
    #[derive(Debug, PartialEq)]
    struct Local(u32);
    const BASE: u32 = 10;

    workflow! {
        workflow InFunction(local: Local) -> Local {
            tool fn next(local) -> Local { Local(local.0 + BASE) }
            next
        }
        workflow Outer(n: u32) -> u32 {
            fn local(n) -> Local { Local(*n) }
            flow inner = InFunction { local };
            inner.0
        }
    }
    let o = Orchestrator::new();
    assert_eq!(
        InFunction { local: Local(1) }.run(&o).await.unwrap(),
        Local(11)
    );
    assert_eq!(Outer { n: 2 }.run(&o).await.unwrap(), 12);
    assert_eq!(InFunction::next(&Local(3)).await, Local(13));
}
