//! What tests of the passes share.

use std::fmt::Write as _;

use proc_macro2::TokenStream;

use crate::{
    pipeline,
    report::Report,
    syntax::{self, Call},
};

/// The tokens of a call.
pub(crate) fn tokens(input: &str) -> TokenStream {
    input
        .parse()
        .expect("the input of a test is made of tokens")
}

/// The tree of a call, and what is wrong with its syntax.
pub(crate) fn parsed(input: &str) -> (Call, Report) {
    let mut report = Report::default();
    let call = syntax::parse(tokens(input), &mut report);
    (call, report)
}

/// All that is reported about a call: a line each, and one for each help.
pub(crate) fn reported(input: &str) -> String {
    let mut report = Report::default();
    let call = pipeline::read(tokens(input), &mut report);
    drop(pipeline::expand_each(&call, &mut report));
    lines(&report)
}

/// `line:column `word` error: text`.
pub(crate) fn lines(report: &Report) -> String {
    let mut lines = String::new();
    for (span, text) in report.all() {
        let start = span.start();
        let word = span.source_text().unwrap_or_default();
        let text = text.replace("\n\n", "\n").replace('\n', "\n    ");
        let _ = writeln!(lines, "{}:{} `{word}` {text}", start.line, start.column + 1);
    }
    lines
}
