//! A caller with every lint on sees none from an expansion. `cargo clippy --all-targets` is the check; the tests are there
//! so that everything is used.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    clippy::pedantic
)]
#![deny(
    clippy::use_self,
    clippy::redundant_clone,
    clippy::future_not_send,
    clippy::derive_partial_eq_without_eq,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![forbid(unsafe_code)]

use orchestrated::Orchestrator;

/// What users see of a library.
pub mod library {
    use std::fmt::Display;

    use orchestrated::workflow;

    /// Something that is neither `Clone` nor `Default`.
    #[derive(Debug)]
    pub struct App {
        /// A name.
        pub name: String,
    }

    /// What fails.
    #[derive(Debug, PartialEq, Eq)]
    pub struct Broken;

    impl From<std::num::ParseIntError> for Broken {
        fn from(_: std::num::ParseIntError) -> Self {
            Self
        }
    }

    workflow! {
        /// Every kind of step, and every form of an output.
        #[derive(Debug)]
        pub workflow Everything(app: &App, text: String, numbers: Vec<u32>) -> Result<String, Broken> {
            /// A number.
            mcp fn number(text) -> Result<u32, std::num::ParseIntError> { text.trim().parse() }
            tool fn copied(number) -> u32 { *number }
            agent fn named(app, text) -> (first: String, second: Option<String>) {
                (app.name.clone(), Some(text.clone()))
            }
            tool fn fallible(number) -> Result<(left: Box<u32>, right: Vec<String>), Broken> {
                if *number == 0 {
                    return Err(Broken);
                }
                Ok((Box::new(*number), vec![number.to_string()]))
            }
            fn sum(numbers, left, copied) -> u32 { numbers.iter().sum::<u32>() + **left + *copied }
            tool fn words(text: &str, right: &[String]) -> Vec<String> {
                let mut words: Vec<String> = text.split(' ').map(ToOwned::to_owned).collect();
                words.extend_from_slice(right);
                words
            }
            #[after(named)]
            tool fn told(sum, cx) { assert_eq!((cx.step(), *sum > 0), ("told", true)); }
            #[after(told)]
            pub fn nothing() {}
            fn unit(sum) -> () { assert!(*sum > 0); }
            fn text_of(move first, second, words) -> String {
                format!("{first} {} {}", second.as_deref().unwrap_or_default(), words.join(" "))
            }
            flow doubled = Doubled { number: sum };
            tool fn last(text_of, doubled) -> String { format!("{text_of} {doubled}") }
            tool fn _unused(text) -> usize { text.len() }
            Ok(last)
        }

        /// A workflow that cannot fail.
        #[derive(Clone, Copy, Debug)]
        pub workflow Doubled(
            /// What to double.
            number: u32,
        ) -> u32 {
            fn doubled(number) -> u32 { number * 2 }
            doubled
        }

        /// Generics, written lifetimes and a where clause.
        #[derive(Debug)]
        pub workflow Shown<'a, T: Display + Sync, const N: usize>(value: &'a T, others: [T; N]) -> String
        where
            T: Send,
        {
            tool fn one(value) -> String { value.to_string() }
            fn all(others) -> Vec<String> { others.iter().map(ToString::to_string).collect() }
            format!("{one} {}", all.join(" "))
        }

        /// Generics without a borrow.
        #[derive(Debug)]
        pub workflow Owned<T: Display>(value: T) -> String {
            fn text(value) -> String { value.to_string() }
            text
        }

        /// One flow above another, and strict batches.
        #[schedule(batches)]
        #[derive(Debug)]
        pub workflow Above<T: Display + Send + Sync>(value: T, number: u32) -> String {
            flow shown = Owned::<T> { value };
            flow doubled = Doubled { number };
            tool fn quadrupled(move doubled) -> u32 { doubled * 2 }
            format!("{shown} {quadrupled}")
        }

        /// Many inputs, all of them small.
        #[derive(Debug)]
        pub workflow Many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u32 {
            tool fn added(a, b, c, d, e, f, g, h) -> u32 {
                [a, b, c, d, e, f, g, h].into_iter().map(|&n| u32::from(n)).sum()
            }
            added
        }

        /// A borrow that is handed out again.
        #[derive(Debug)]
        pub workflow Longest(text: &str) -> Option<&str> {
            tool fn longest(text) -> Option<&'text str> { text.split(' ').max_by_key(|word| word.len()) }
            longest
        }

        /// Nothing to do, and nothing to give.
        #[derive(Debug)]
        pub workflow Idle() {
            agent fn idle() {}
        }

        #[derive(Debug)]
        workflow Private(_text: String) {
            tool fn run() {}
            tool fn new() -> u32 { 1 }
            fn plan(new) { assert_eq!(*new, 1); }
        }
    }

    workflow! {}

    /// Uses what is private.
    ///
    /// # Errors
    ///
    /// When the private workflow fails.
    pub async fn private(orchestrator: &orchestrated::Orchestrator) -> Result<(), String> {
        let private = Private {
            _text: String::new(),
        };
        private
            .run(orchestrator)
            .await
            .map_err(|failure| failure.to_string())
    }
}

use library::{Above, App, Broken, Doubled, Everything, Idle, Longest, Many, Shown};

fn everything<'a>(app: &'a App, text: &str) -> Everything<'a> {
    Everything {
        app,
        text: text.to_owned(),
        numbers: vec![1, 2],
    }
}

#[tokio::test]
async fn a_strict_caller_runs_workflows() {
    let orchestrator = Orchestrator::new();
    let app = App {
        name: "app".to_owned(),
    };
    assert_eq!(
        everything(&app, "3").run(&orchestrator).await.unwrap(),
        "app 3 3 3 18"
    );
    let failure = everything(&app, "0").run(&orchestrator).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Broken));
    assert_eq!(Doubled { number: 2 }.run(&orchestrator).await.unwrap(), 4);
    let shown = Shown {
        value: &1,
        others: [2, 3],
    };
    assert_eq!(shown.run(&orchestrator).await.unwrap(), "1 2 3");
    let above = Above {
        value: 1,
        number: 2,
    };
    assert_eq!(above.run(&orchestrator).await.unwrap(), "1 8");
    let many = Many {
        a: 1,
        b: 2,
        c: 3,
        d: 4,
        e: 5,
        f: 6,
        g: 7,
        h: 8,
    };
    assert_eq!(many.run(&orchestrator).await.unwrap(), 36);
    let longest = Longest { text: "a bcd ef" }
        .run(&orchestrator)
        .await
        .unwrap();
    assert_eq!(longest, Some("bcd"));
    Idle {}.run(&orchestrator).await.unwrap();
    library::private(&orchestrator).await.unwrap();
    assert_eq!(Everything::PLAN.steps().len(), 13);
}

#[tokio::test]
async fn a_run_can_be_spawned() {
    let number = tokio::spawn(async { Doubled { number: 21 }.run(&Orchestrator::new()).await });
    assert_eq!(number.await.unwrap().unwrap(), 42);
}
