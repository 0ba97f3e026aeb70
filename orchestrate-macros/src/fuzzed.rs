//! The inside of the macro as a library, for `fuzz/`: a crate of macros gives nothing away but its macros.
//!
//! It is the root of that library, and no part of this crate. It stands here because the paths of modules start here.
#![allow(dead_code, missing_docs)]

extern crate proc_macro;

mod check;
mod expand;
mod message;
mod model;
mod pipeline;
mod report;
mod syntax;

#[path = "fuzz/corpus.rs"]
mod corpus;
#[path = "fuzz/edit.rs"]
mod edit;
#[path = "fuzz/given.rs"]
mod given;
#[path = "fuzz/judge.rs"]
mod judge;

use std::{path::Path, sync::OnceLock, time::Instant};

use proc_macro2::{Group, Spacing, TokenStream, TokenTree};

use crate::edit::Edit;

/// Looks at the expansion of a text.
///
/// # Panics
///
/// When the macro does, and when the expansion is not made of items.
pub fn judge(text: &str) {
    let Ok(tokens) = text.parse::<TokenStream>() else {
        return;
    };
    let is_items = |tokens| {
        let file: syn_full::Result<syn_full::File> = syn_full::parse2(after_labels(tokens));
        file.map(drop).map_err(|error| error.to_string())
    };
    let is_block = |tokens| syn_full::parse2::<syn_full::Block>(tokens).is_ok();
    if let Err(error) = judge::judge(tokens, is_items, is_block) {
        panic!("{error}");
    }
}

/// The same without the `::` in `break 'label ::path`: this version of syn takes it for the `:` of a label.
fn after_labels(tokens: TokenStream) -> TokenStream {
    let mut made: Vec<TokenTree> = Vec::new();
    // The quote and the word of a label, and the first colon.
    let mut seen = 0;
    for tree in tokens {
        let tree = match tree {
            TokenTree::Group(group) => {
                let inner = after_labels(group.stream());
                TokenTree::Group(Group::new(group.delimiter(), inner))
            }
            tree => tree,
        };
        seen = match (seen, &tree) {
            (_, TokenTree::Punct(punct)) if punct.as_char() == '\'' => 1,
            (1, TokenTree::Ident(_)) => 2,
            (2, TokenTree::Punct(punct))
                if punct.as_char() == ':' && punct.spacing() == Spacing::Joint =>
            {
                3
            }
            (3, TokenTree::Punct(punct)) if punct.as_char() == ':' => {
                made.pop();
                seen = 0;
                continue;
            }
            _ => 0,
        };
        made.push(tree);
    }
    made.into_iter().collect()
}

/// The workflows of the repository.
#[must_use]
pub fn workflows() -> &'static [String] {
    static WORKFLOWS: OnceLock<Vec<String>> = OnceLock::new();
    WORKFLOWS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        corpus::all(&root).iter().map(ToString::to_string).collect()
    })
}

/// A text with a few edits of its tokens; nothing where it is not made of tokens.
#[must_use]
pub fn edited(text: &str, seed: u32) -> Option<String> {
    let mut dice = Dice(u64::from(seed));
    let mut tokens: TokenStream = text.parse().ok()?;
    let workflows = workflows();
    let other = workflows[dice.below(workflows.len())].parse().ok()?;
    for _ in 0..1 + dice.below(4) {
        let edit = Edit {
            what: edit::ALL[dice.below(edit::ALL.len())],
            at: dice.below(usize::MAX),
            with: dice.below(usize::MAX),
        };
        tokens = edit::edited(tokens, &edit, std::slice::from_ref(&other));
    }
    Some(tokens.to_string())
}

/// A sequence that follows from its seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap_or(0) % end
    }
}

/// How long this thread has been running, in milliseconds: what others do on the machine is not in it. Where that is not
/// known, the time on the clock.
fn processor_millis() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let nanos = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = nanos.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    let clock = || START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e9;
    nanos.unwrap_or_else(clock) / 1e6
}

/// How long each pass takes over a text, in milliseconds of the processor: syntax, model, check, expand. And how many tokens come of it.
///
/// # Panics
///
/// When the text is not one sound workflow.
#[must_use]
pub fn passes(text: &str) -> (Vec<f64>, usize) {
    let tokens: TokenStream = text.parse().expect("it is made of tokens");
    let mut report = report::Report::default();
    let mut times = Vec::new();
    let mut last = processor_millis();
    let mut lap = || {
        let now = processor_millis();
        times.push(now - last);
        last = now;
    };
    let call = syntax::parse(tokens, &mut report);
    lap();
    let model = model::Model::new(&call.workflows[0], &mut report);
    lap();
    let layout = check::check(&model, &mut report);
    lap();
    let expansion = expand::workflow(&model, layout.as_ref());
    lap();
    assert!(!report.has_errors(), "{}", report.errors());
    (times, edit::count(&expansion))
}
