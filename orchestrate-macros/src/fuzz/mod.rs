//! Whatever comes, the macro neither panics nor hangs, and gives Rust items back.
//!
//! Here with a bounded number of cases. The same edits and the same judge run under libFuzzer in `fuzz/`, for as long as
//! somebody likes.

mod corpus;
mod edit;
mod given;
mod judge;

use std::{path::Path, sync::mpsc, thread, time::Duration};

use proc_macro2::TokenStream;
use proptest::{prelude::*, test_runner::RngSeed};

use self::edit::{Edit, What};
pub(crate) use self::given::given_back;
use crate::testing::reported;

/// No input of these sizes takes a fraction of it: whatever does, hangs.
const HANGS: Duration = Duration::from_mins(1);

/// The stack of the thread on which rustc expands a macro.
const STACK: usize = 8 << 20;

/// Judges tokens on a thread of their own.
fn judged(make: impl FnOnce() -> TokenStream + Send + 'static) -> Result<(), TestCaseError> {
    let (done, ended) = mpsc::channel();
    let (said, input) = mpsc::channel();
    let judge = move || {
        let tokens = make();
        let _ = said.send(tokens.to_string());
        let is_items = |tokens| {
            let file: syn::Result<syn::File> = syn::parse2(tokens);
            file.map(drop).map_err(|error| error.to_string())
        };
        let is_block = |tokens| syn::parse2::<syn::Block>(tokens).is_ok();
        let _ = done.send(judge::judge(tokens, is_items, is_block));
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(judge);
    let thread = thread.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let ended = ended.recv_timeout(HANGS);
    let input = input.try_recv().unwrap_or_default();
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(TestCaseError::fail(format!("{error}\n\nof:\n{input}"))),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(TestCaseError::fail(format!("the macro hangs on:\n{input}")))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let panic = thread.join().expect_err("it has said nothing");
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            let text = text.unwrap_or("no message");
            Err(TestCaseError::fail(format!(
                "the macro panicked with `{text}` on:\n{input}"
            )))
        }
    }
}

/// The sources of all workflows of the repository: text, which threads can share.
fn corpus() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let workflows = corpus::all(&root);
    workflows.iter().map(ToString::to_string).collect()
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (
        proptest::sample::select(&edit::ALL[..]),
        any::<u32>(),
        any::<u32>(),
    );
    let edit = edit.prop_map(|(what, at, with)| Edit {
        what,
        at: at as usize,
        with: with as usize,
    });
    prop::collection::vec(edit, 1..12)
}

/// The same ones in each run, unless `PROPTEST_RNG_SEED` says otherwise: who changes something else must not find what was
/// there before.
fn cases(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(6),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        ..default
    }
}

#[test]
fn what_was_found_stays_mended() {
    // An option that is called like a keyword.
    let unsafe_option = "workflow X(a: u32) -> u32 { #[unsafe] tool fn b(a) -> u32 { *a } b }";
    let judged = judged(move || unsafe_option.parse().unwrap_or_default());
    judged.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn what_is_broken_here_was_whole() {
    let reported = reported(corpus::VALID);
    assert!(!reported.contains("error:"), "{reported}");
    let corpus = corpus();
    assert!(corpus.len() > 100, "{}", corpus.len());
    for text in corpus.into_iter().step_by(10) {
        let judged = judged(move || text.parse().unwrap_or_default());
        judged.unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn arbitrary_tokens_become_items() {
    let strategy = prop::collection::vec(any::<u32>(), 0..200);
    proptest!(cases(150), |(numbers in strategy)| {
        judged(move || edit::arbitrary(&numbers))?;
    });
}

#[test]
fn a_workflow_of_arbitrary_tokens_becomes_items() {
    let numbers = || prop::collection::vec(any::<u32>(), 0..40);
    proptest!(cases(150), |(inputs in numbers(), output in numbers(), option in numbers(), reads in numbers(), flow in numbers())| {
        judged(move || {
            let [inputs, output, option, reads, flow] =
                [inputs, output, option, reads, flow].map(|numbers| edit::arbitrary(&numbers));
            quote::quote! {
                workflow X(a: u32, #inputs) -> Result<u32, #output> {
                    tool fn s0(a) -> u32 { 1 }
                    #[after(s0)] #[#option]
                    agent fn s1(a, #reads) -> Result<(s2: #output), u32> { Ok(2) }
                    flow s3 = Other { a, #flow };
                    Ok(s3)
                }
            }
        })?;
    });
}

#[test]
fn edited_workflows_become_items() {
    let corpus: Vec<String> = corpus();
    let corpus = std::sync::Arc::new(corpus);
    proptest!(cases(400), |(from in any::<prop::sample::Index>(), others in prop::collection::vec(any::<prop::sample::Index>(), 2), edits in edits())| {
        let corpus = corpus.clone();
        judged(move || {
            let read = |at: &prop::sample::Index| -> TokenStream { at.get(&corpus).parse().unwrap_or_default() };
            let others: Vec<TokenStream> = others.iter().map(read).collect();
            edits.iter().fold(read(&from), |tokens, edit| edit::edited(tokens, edit, &others))
        })?;
    });
}

#[test]
fn every_edit_of_all_the_grammar_becomes_items() {
    let valid: TokenStream = corpus::VALID.parse().unwrap();
    let count = valid.to_string().split_whitespace().count();
    let edits = [
        What::Delete,
        What::Duplicate,
        What::Swap,
        What::Cut,
        What::Unwrap,
    ];
    for (first, what) in edits.into_iter().enumerate() {
        // Every fifth token each: all of them take too long.
        for at in (first..count).step_by(edits.len()) {
            let edit = Edit { what, at, with: 0 };
            let made = move || edit::edited(corpus::VALID.parse().unwrap_or_default(), &edit, &[]);
            judged(made).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}
