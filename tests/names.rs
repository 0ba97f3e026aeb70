//! Names: a step, an input and an output may be called anything, and nothing of the surroundings reaches what is ours.
#![allow(
    dead_code,
    non_camel_case_types,
    non_upper_case_globals,
    reason = "the surroundings are as hostile as can be"
)]

use orchestrated::{Orchestrator, workflow};

workflow! {
    /// Straight, joined and skewed, with every name that an expansion might want for itself.
    workflow Straight(launcher: u32, start: u32) -> u32 {
        fn run(launcher) -> u32 { *launcher }
        tool fn new(run) -> u32 { *run + 1 }
        fn plan(new) -> u32 { *new + 1 }
        #[allow(non_snake_case)]
        tool fn PLAN(plan) -> u32 { *plan + 1 }
        #[allow(non_snake_case)]
        fn r#type(PLAN) -> u32 { *PLAN + 1 }
        tool fn value(r#type) -> u32 { *r#type + 1 }
        fn error(value) -> u32 { *value + 1 }
        fn begun(error, start) -> u32 { *error + *start }
        fn failure(begun) -> u32 { *begun }
        tool fn watch(failure) -> u32 { *failure }
        fn facade(watch) -> u32 { *watch }
        facade
    }

    workflow Joined(cx_: u32, n: u32) -> (u32, u32) {
        fn pending(n) -> u32 { *n }
        tool fn future_0(n) -> u32 { *n }
        tool fn future(n) -> u32 { *n }
        fn output(n) -> u32 { *n }
        fn output_0(n) -> u32 { *n }
        tool fn returned(n) -> u32 { *n }
        fn values(cx_) -> u32 { *cx_ }
        tool fn value_0(cx_) -> u32 { *cx_ }
        fn polled(n) -> u32 { *n }
        tool fn poll_fn(n) -> u32 { *n }
        fn sum(pending, future_0, future, output, output_0, returned, values, value_0, polled, poll_fn) -> u32 {
            pending + future_0 + future + output + output_0 + returned + values + value_0 + polled + poll_fn
        }
        fn last(sum, cx) -> u32 { *sum + cx.attempt() }
        (sum, last)
    }

    /// Two chains that meet: one stage.
    workflow Skewed(n: u32) -> u32 {
        tool fn start(n) -> u32 { tokio::task::yield_now().await; *n }
        fn place_0(start) -> u32 { *start + 1 }
        tool fn place(place_0) -> u32 { *place_0 + 1 }
        fn unique_0(place) -> u32 { *place + 1 }
        tool fn some(n) -> u32 { *n }
        fn none(some) -> u32 { *some + 1 }
        fn ok(none) -> u32 { *none + 1 }
        tool fn err(ok) -> u32 { *ok + 1 }
        fn self_(err, unique_0) -> u32 { *err + *unique_0 }
        tool fn default(self_) -> u32 { *self_ }
        fn clone(default, start) -> u32 { *default + *start }
        fn drop(some) -> u32 { *some }
        tool fn from(drop) -> u32 { *drop }
        fn into(n) -> u32 { *n }
        tool fn main(into, from) -> u32 { *into + *from }
        fn left_0(main) -> u32 { *main }
        tool fn done_0(left_0) -> u32 { *left_0 }
        fn argument_0_0(done_0, clone) -> u32 { *done_0 + *clone }
        argument_0_0
    }

    workflow RawRun(n: u32) -> u32 {
        fn r#run(n) -> u32 { *n + 1 }
        #[allow(non_snake_case)]
        tool fn r#PLAN(run) -> u32 { *run + 1 }
        #[allow(non_snake_case)]
        fn step_run(PLAN) -> u32 { *PLAN + 1 }
        step_run
    }

    workflow OfNamedFlows(n: u32) -> u32 {
        flow run = RawRun { n };
        flow launcher_0 = RawRun { n: n };
        flow launcher = RawRun { n: run };
        fn r#match(launcher_0, launcher) -> u32 { launcher_0 + launcher }
        r#match
    }

    #[derive(Clone, Debug, Default, PartialEq)]
    workflow Derives(n: u32) -> u32 {
        fn clone(n) -> u32 { *n }
        fn default(clone) -> u32 { *clone }
        fn eq(default) -> u32 { *default }
        fn fmt(eq) -> u32 { *eq }
        fmt
    }
}

#[tokio::test]
async fn a_step_may_be_called_anything() {
    let o = Orchestrator::new();
    let straight = Straight {
        launcher: 1,
        start: 10,
    };
    assert_eq!(straight.run(&o).await.unwrap(), 17);
    assert_eq!(Joined { cx_: 1, n: 2 }.run(&o).await.unwrap(), (18, 19));
    assert_eq!(Skewed { n: 1 }.run(&o).await.unwrap(), 11);
    assert_eq!(RawRun { n: 1 }.run(&o).await.unwrap(), 4);
    assert_eq!(OfNamedFlows { n: 1 }.run(&o).await.unwrap(), 11);
    let derives = Derives { n: 3 };
    assert_eq!(derives.clone(), derives);
    assert_eq!(<Derives as Default>::default(), Derives { n: 0 });
    assert_eq!(derives.run(&o).await.unwrap(), 3);
    assert_eq!(Straight::PLAN.steps()[0].name(), "run");
    assert_eq!(Straight::PLAN.steps()[3].name(), "PLAN");
}

/// A module in which every word of the prelude means something else.
mod shadowed {
    use orchestrated::workflow;

    pub(super) struct Option;
    pub(super) enum Result {}
    pub(super) struct Poll;
    pub(super) trait Future {}
    pub(super) struct Box;
    pub(super) struct String;
    pub(super) struct Vec;
    pub(super) trait Send {}
    pub(super) trait Sync {}
    pub(super) trait Into {}
    pub(super) trait From {}
    pub(super) trait Workflow {}
    pub(super) trait Launcher {}
    pub(super) struct Failure;
    pub(super) struct Orchestrator;
    pub(super) struct Context;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Pin;
    pub(super) struct u32;
    pub(super) struct usize;
    pub(super) struct bool;
    pub(super) struct str;

    pub(super) fn drop() {}
    pub(super) fn run() {}
    pub(super) fn produced() {}

    #[allow(unused_macros)]
    macro_rules! panic {
        ($($any:tt)*) => {
            ::core::compile_error!("a macro of the user's")
        };
    }
    #[allow(unused_macros)]
    macro_rules! assert {
        ($($any:tt)*) => {
            ::core::compile_error!("a macro of the user's")
        };
    }
    #[allow(unused_macros)]
    macro_rules! matches {
        ($($any:tt)*) => {
            ::core::compile_error!("a macro of the user's")
        };
    }
    #[allow(unused_macros)]
    macro_rules! pin {
        ($($any:tt)*) => {
            ::core::compile_error!("a macro of the user's")
        };
    }

    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod alloc {}
    pub(super) mod orchestrated_ {}

    workflow! {
        pub(super) workflow Deep(n: i32) -> ::std::result::Result<i32, i64> {
            tool fn a(n) -> i32 { *n }
            tool fn b(a, cx) -> ::std::result::Result<i32, i64> { let _ = cx; ::std::result::Result::Ok(*a) }
            fn c(n) -> (x: i32, y: i32) { (*n, *n) }
            tool fn d(c2, move y) -> i32 { *c2 + y }
            fn c2(x) -> i32 { *x }
            flow e = Inner { n: d };
            agent fn f(b, e) -> i32 { *b + *e }
            ::std::result::Result::Ok(f)
        }
        pub(super) workflow Inner(n: i32) -> i32 {
            fn a(n) -> i32 { *n }
            fn b(n) -> i32 { *n }
            a + b
        }
    }
}

/// A module beside which one has the name of the facade.
mod namesakes {
    pub(super) mod orchestrated {}
    pub(super) mod core {}
    pub(super) mod std {}

    ::orchestrated::workflow! {
        pub(super) workflow Plain(n: u32) -> Result<u32, String> {
            tool fn a(n) -> Result<u32, String> { Ok(*n) }
            tool fn b(n) -> u32 { *n }
            fn c(a) -> u32 { *a }
            tool fn d(b, c) -> u32 { b + c }
            Ok(d)
        }
    }
}

#[tokio::test]
async fn the_surroundings_may_shadow_the_prelude() {
    let o = Orchestrator::new();
    assert_eq!(shadowed::Deep { n: 1 }.run(&o).await.unwrap(), 5);
    assert_eq!(namesakes::Plain { n: 1 }.run(&o).await.unwrap(), 2);
}

workflow! {
    /// What a body declares is its own.
    workflow Bodies(n: u32) -> Result<u32, String> {
        tool fn first(n) -> Result<u32, String> {
            #[allow(unused_macros)]
            macro_rules! panic { () => { 1 }; }
            macro_rules! run { () => { 1 }; }
            use std::result::Result as Option;
            struct Failure;
            enum Poll { Ready }
            const value: u32 = 1;
            static pending: u32 = 1;
            let _ = (Failure, Poll::Ready);
            let tried: Option<u32, String> = Ok(run!());
            let run = 1;
            let watch = n + value + pending;
            Ok(tried? + run + watch)
        }
        fn second(first) -> u32 {
            fn place_0() -> u32 { 1 }
            let (run, launcher, start, error) = (1, 1, 1, 1);
            *first + run + launcher + start + error + place_0()
        }
        #[after(second)]
        fn third(n) -> u32 { let Some(n) = n.checked_add(1) else { return 0 }; n }
        let run = second;
        let facade = third;
        Ok(run + facade)
    }
}

#[tokio::test]
async fn a_body_keeps_what_it_declares_to_itself() {
    let run = Bodies { n: 1 }.run(&Orchestrator::new()).await;
    assert_eq!(run.unwrap(), 12);
}

/// Constants whose names a pattern of ours could be taken for.
#[allow(non_upper_case_globals, dead_code)]
mod constants {
    use super::workflow;

    const begun: u8 = 1;
    const cx: u8 = 1;
    const done_0: u8 = 1;
    const error: u8 = 1;
    const failure: u8 = 1;
    const future_0: u8 = 1;
    const input_0: u8 = 1;
    const left_0: u8 = 1;
    const output: u8 = 1;
    const pending: u8 = 1;
    const place_1: u8 = 1;
    const polled: u8 = 1;
    const returned: u8 = 1;
    const run: u8 = 1;
    const start: u8 = 1;
    const tag: u8 = 1;
    const unique_1: u8 = 1;
    const value: u8 = 1;
    const values: u8 = 1;
    const watch: u8 = 1;

    workflow! {
        /// Straight, joined, skewed, and a flow.
        pub(super) workflow Shapes(n: u32) -> Result<u32, String> {
            tool fn a(n) -> Result<u32, String> { Ok(*n) }
            tool fn b(n) -> Result<u32, String> { Ok(*n) }
            fn p(n) -> u32 { *n }
            tool fn c(a) -> u32 { *a }
            fn d(c, b, move p) -> u32 { c + b + p }
            flow e = Joined { n: d };
            Ok(e)
        }

        workflow Joined(n: u32) -> Result<u32, String> {
            tool fn a(n) -> Result<u32, String> { Ok(*n) }
            tool fn b(n) -> Result<u32, String> { Ok(*n) }
            Ok(a + b)
        }
    }
}

#[tokio::test]
async fn constants_are_not_taken_for_patterns_of_ours() {
    let run = constants::Shapes { n: 2 }.run(&Orchestrator::new()).await;
    assert_eq!(run.unwrap(), 12);
}
