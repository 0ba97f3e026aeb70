//! What must hold of every expansion: it is made without a panic, and it is made of Rust items.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::given::given_back;
use crate::{
    check, pipeline,
    report::Report,
    syntax::{self, Call, Count, Expression, Options, Time, Work},
};

/// Expands the tokens. A panic of the macro is not caught here.
///
/// # Errors
///
/// When the expansion is not made of items: why not.
pub(crate) fn judge(
    tokens: TokenStream,
    is_items: impl Fn(TokenStream) -> Result<(), String>,
    is_block: impl Fn(TokenStream) -> bool,
) -> Result<(), String> {
    let expansion = pipeline::expanded(tokens.clone());
    let mut report = Report::default();
    let (tokens, mended) = mended_types(tokens, &is_block);
    let mut call = syntax::parse(tokens, &mut report);
    let is_mended = mend(&mut call, &is_block) || mended;
    check::twice(&mut call, &mut report);
    let for_editors = pipeline::seen_by_editors(&call);
    let expansion = if is_mended {
        // What is never parsed is emitted as it is, and rustc says best what is wrong with it. The rest must be right.
        pipeline::compiled(&call, report)
    } else {
        expansion
    };
    for expansion in [given_back(expansion), for_editors] {
        let text = expansion.to_string();
        is_items(expansion).map_err(|error| format!("{error}, in {text}"))?;
    }
    Ok(())
}

/// The same with blocks in types, which are not parsed either, that are blocks. And whether there was any that was none.
fn mended_types(
    tokens: TokenStream,
    is_block: &impl Fn(TokenStream) -> bool,
) -> (TokenStream, bool) {
    let mut mended = false;
    let mut after_punct = false;
    let trees = tokens.into_iter().map(|tree| {
        let is_in_type = after_punct;
        // `-> Type<..> {` is a body.
        after_punct = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() != '>');
        let TokenTree::Group(group) = tree else {
            return tree;
        };
        let is_block_of_type = is_in_type && group.delimiter() == Delimiter::Brace;
        let inner = if is_block_of_type && !is_block(TokenTree::Group(group.clone()).into()) {
            mended = true;
            quote!(0)
        } else {
            let (inner, is_mended) = mended_types(group.stream(), is_block);
            mended |= is_mended;
            inner
        };
        let mut made = Group::new(group.delimiter(), inner);
        made.set_span(group.span());
        TokenTree::Group(made)
    });
    let tokens = trees.collect();
    (tokens, mended)
}

/// Puts Rust where there is none among what is never parsed. Says whether there was any.
fn mend(call: &mut Call, is_block: &impl Fn(TokenStream) -> bool) -> bool {
    let mut mended = false;
    let mut tokens = |tokens: &mut TokenStream| {
        let inner = tokens.clone();
        if !is_block(quote!({ #inner })) {
            *tokens = quote!(());
            mended = true;
        }
    };
    for workflow in &mut call.workflows {
        tokens(&mut workflow.tail);
        if let Some(Time::Expression(expression)) = &mut workflow.deadline {
            tokens(&mut expression.tokens);
        }
        for step in &mut workflow.steps {
            for expression in expressions(&mut step.options) {
                tokens(&mut expression.tokens);
            }
            if let Work::Function { body, .. } = &mut step.work {
                let mut inner = body.stream();
                tokens(&mut inner);
                *body = Group::new(Delimiter::Brace, inner);
            }
        }
    }
    mended
}

/// All expressions in the options of a step.
fn expressions(options: &mut Options) -> Vec<&mut Expression> {
    let (mut counts, mut times): (Vec<&mut Count>, Vec<&mut Time>) = (Vec::new(), Vec::new());
    let mut all: Vec<&mut Expression> = options.fallback.iter_mut().collect();
    if let Some(retry) = &mut options.retry {
        counts.push(&mut retry.attempts);
        times.extend(&mut retry.backoff);
        times.extend(&mut retry.max_backoff);
        all.extend(&mut retry.when);
    }
    if let Some(cache) = &mut options.cache {
        counts.extend(&mut cache.capacity);
        times.extend(&mut cache.ttl);
        all.extend(&mut cache.key);
    }
    if let Some(batch) = &mut options.batch {
        counts.push(&mut batch.size);
        times.extend(&mut batch.wait);
    }
    if let Some(breaker) = &mut options.breaker {
        counts.extend(&mut breaker.failures);
        times.extend(&mut breaker.cooldown);
    }
    if let Some(repeat) = &mut options.repeat {
        counts.push(&mut repeat.max);
        all.push(&mut repeat.until);
    }
    counts.extend(options.quorum.as_mut().map(|quorum| &mut quorum.count));
    counts.extend(
        options
            .each
            .as_mut()
            .and_then(|each| each.concurrency.as_mut()),
    );
    times.extend(options.timeout.as_mut().map(|timeout| &mut timeout.limit));
    times.extend(&mut options.estimate);
    all.extend(&mut options.default);
    all.extend(&mut options.rollback);
    all.extend(&mut options.when);
    all.extend(counts.into_iter().filter_map(|count| match count {
        Count::Literal(..) => None,
        Count::Expression(expression) => Some(expression),
    }));
    all.extend(times.into_iter().filter_map(|time| match time {
        Time::Literal(..) => None,
        Time::Expression(expression) => Some(expression),
    }));
    all
}
