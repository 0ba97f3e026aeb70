//! The mistakes of a call, gathered: the one place where a compile error is made.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// What a user is told: a first line that stands alone, and what helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) line: String,
    pub(crate) help: Vec<String>,
}

impl Message {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            help: Vec::new(),
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    pub(crate) fn text(&self) -> String {
        let mut text = self.line.clone();
        if !self.help.is_empty() {
            // The first line stands alone.
            text.push('\n');
        }
        for help in &self.help {
            text.push_str("\nhelp: ");
            text.push_str(help);
        }
        text
    }
}

/// All that has been found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Vec<syn::Error>,
    warnings: Vec<(Span, String)>,
}

impl Report {
    /// Something is wrong with these tokens.
    pub(crate) fn error(&mut self, tokens: impl ToTokens, message: &Message) {
        self.errors
            .push(syn::Error::new_spanned(tokens, message.text()));
    }

    /// Something is wrong here.
    pub(crate) fn error_at(&mut self, span: Span, message: &Message) {
        self.errors.push(syn::Error::new(span, message.text()));
    }

    /// Something could not be parsed as Rust.
    pub(crate) fn parse_error(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    /// Something is not wrong, but does nothing.
    pub(crate) fn warning(&mut self, span: Span, message: &Message) {
        self.warnings.push((span, message.text()));
    }

    pub(crate) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The errors of another report too.
    pub(crate) fn extend(&mut self, other: Self) {
        self.errors.extend(other.errors);
        self.warnings.extend(other.warnings);
    }

    /// The errors, as items, in the order in which they stand in the file.
    pub(crate) fn errors(&self) -> TokenStream {
        let mut errors: Vec<&syn::Error> = self.errors.iter().collect();
        errors.sort_by_key(|error| line_and_column(error.span()));
        errors
            .into_iter()
            .map(syn::Error::to_compile_error)
            .collect()
    }

    /// The warnings, as items. A macro cannot warn on stable Rust; the use of something deprecated does, at the place of
    /// the use and with the words of the deprecation.
    pub(crate) fn warnings(&self) -> TokenStream {
        let warnings = self.warnings.iter().map(|(span, text)| {
            let used = quote_spanned!(*span=> idle_order);
            quote_spanned! {Span::mixed_site()=>
                const _: () = {
                    #[deprecated(note = #text)]
                    #[allow(non_upper_case_globals)]
                    const idle_order: () = ();
                    #used
                };
            }
        });
        warnings.collect()
    }

    #[cfg(test)]
    pub(crate) fn all(&self) -> impl Iterator<Item = (Span, String)> {
        let errors = self.errors.iter();
        let errors = errors.map(|error| (error.span(), format!("error: {error}")));
        let warnings = self.warnings.iter();
        errors.chain(warnings.map(|(span, text)| (*span, format!("warning: {text}"))))
    }
}

/// Where a span starts, as far as that is known: outside of a compiler all are equal.
fn line_and_column(span: Span) -> (usize, usize) {
    if proc_macro::is_available() {
        let start = span.unwrap().start();
        (start.line(), start.column())
    } else {
        (0, 0)
    }
}
