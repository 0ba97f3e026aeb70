//! Half-typed and mistyped input: whatever comes, the macro gives Rust items back.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use quote::quote;

use crate::{
    pipeline,
    report::Report,
    syntax::{self, Count, Expression, Options, Time},
    testing::reported,
};

/// All of the grammar, to be broken.
const VALID: &str = r#"
    /// Docs.
    #[derive(Debug)]
    #[schedule(batches)]
    #[crate(some::path)]
    #[deadline(5m)]
    pub(crate) workflow Review<'a, T: Clone, const N: usize>(app: &'a App, pr: PullRequest, r#type: T) -> Result<Report, Error>
    where
        T: Send,
    {
        /// Reads.
        mcp fn files(app, pr) -> Result<Vec<File>, McpError> { app.read(&pr).await }
        pub fn parts(files) -> (head: Head, tail: Tail) { split(files) }
        #[after(parts, files)]
        agent fn review(app, head: &Part, cx) -> io::Result<(first: u32, second: Vec<[u8; N]>)> { app.review(head).await }
        flow inner = path::Inner::<T> { app, value: move tail, other: &first, r#type };
        #[retry(attempts = 3, backoff = 100ms, max_backoff = 1.5s, jitter, when = error.is_transient())]
        #[timeout(adaptive, start = 30s)] #[cache(ttl = 1h, capacity = 256, key = keys::<u32, u8>(first))] #[idempotent]
        #[fallback(again(error))] #[fallback(other())] #[default(Vec::new())] #[breaker(name = "store", failures = 5)]
        tool fn kept(first) -> Result<Vec<u8>, Error> { keep(first).await }
        #[each(file in files, concurrency = 8)] #[batch(size = 50, wait = 2ms)] #[optional] #[estimate(400ms)]
        tool fn sized(files, file) -> u32 { file.len() }
        #[quorum(1)] #[repeat(max = 3, until = shown.is_good())] #[priority(high)] #[uses(gpu = 1, disk = 2)]
        tool fn shown(sized, last) -> Shown { show(sized, last).await }
        #[rollback(remove(shown))] #[critical] #[requires("db:write", "db:read")] #[when(first > &1)]
        mcp fn sent(shown, first) -> Result<(), Error> { send(shown).await }
        #[irreversible = "it is on paper"] human fn signed(shown) -> Decision { ask(shown) }
        tool fn stored(move second, inner) { store(second, inner).await }
        Ok(Report::new(inner, first))
    }
    #[saga] workflow Other() { fn nothing() {} }
"#;

/// A sequence that is always the same (the constants are those of Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

/// Takes out, doubles or exchanges a few of the tokens, at any depth.
///
/// Not in a body: what stands there is emitted as it is, and is the user's to mend.
fn mutated(tokens: TokenStream, dice: &mut Dice, rate: usize, depth: usize) -> TokenStream {
    let mut trees: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        let tree = match tree {
            TokenTree::Group(group) if depth > 0 && group.delimiter() == Delimiter::Brace => {
                TokenTree::Group(group)
            }
            TokenTree::Group(group) => {
                let inner = mutated(group.stream(), dice, rate, depth + 1);
                let delimiter = match dice.below(rate * 4) {
                    0 => Delimiter::Parenthesis,
                    1 => Delimiter::Brace,
                    2 => Delimiter::Bracket,
                    3 => Delimiter::None,
                    _ => group.delimiter(),
                };
                TokenTree::Group(Group::new(delimiter, inner))
            }
            other => other,
        };
        match dice.below(rate) {
            0 => {}
            1 => trees.extend([tree.clone(), tree]),
            // The braces of a flow would become a body.
            2 if !trees.is_empty() && !matches!(tree, TokenTree::Group(_)) => {
                let at = dice.below(trees.len());
                trees.insert(at, tree);
            }
            _ => trees.push(tree),
        }
    }
    trees.into_iter().collect()
}

impl Options {
    /// All expressions in them.
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let counts = [
            self.retry.as_ref().map(|retry| &retry.attempts),
            self.cache
                .as_ref()
                .and_then(|cache| cache.capacity.as_ref()),
            self.quorum.as_ref().map(|quorum| &quorum.count),
            self.each
                .as_ref()
                .and_then(|each| each.concurrency.as_ref()),
            self.batch.as_ref().map(|batch| &batch.size),
            self.repeat.as_ref().map(|repeat| &repeat.max),
            self.breaker
                .as_ref()
                .and_then(|breaker| breaker.failures.as_ref()),
        ];
        let times = [
            self.retry.as_ref().and_then(|retry| retry.backoff.as_ref()),
            self.retry
                .as_ref()
                .and_then(|retry| retry.max_backoff.as_ref()),
            self.timeout.as_ref().map(|timeout| &timeout.limit),
            self.cache.as_ref().and_then(|cache| cache.ttl.as_ref()),
            self.batch.as_ref().and_then(|batch| batch.wait.as_ref()),
            self.breaker
                .as_ref()
                .and_then(|breaker| breaker.cooldown.as_ref()),
            self.estimate.as_ref(),
        ];
        let expressions = [
            self.retry.as_ref().and_then(|retry| retry.when.as_ref()),
            self.cache.as_ref().and_then(|cache| cache.key.as_ref()),
            self.default.as_ref(),
            self.rollback.as_ref(),
            self.when.as_ref(),
            self.repeat.as_ref().map(|repeat| &repeat.until),
        ];
        let counts = counts.into_iter().flatten().filter_map(Count::expression);
        let times = times.into_iter().flatten().filter_map(Time::expression);
        let expressions = expressions.into_iter().flatten();
        expressions.chain(&self.fallback).chain(counts).chain(times)
    }
}

/// What stands in a workflow for an expression: after its steps, and in their options.
fn expressions(workflow: &syntax::Workflow) -> Vec<&TokenStream> {
    let options = workflow
        .steps
        .iter()
        .flat_map(|step| step.options.expressions());
    let times = workflow.deadline.iter().filter_map(Time::expression);
    let options = options.chain(times).map(|expression| &expression.tokens);
    options.chain([&workflow.tail]).collect()
}

#[test]
fn what_is_broken_here_was_whole() {
    let reported = reported(VALID);
    assert!(!reported.contains("error:"), "{reported}");
}

#[test]
fn whatever_comes_the_expansion_is_made_of_items() {
    let valid: TokenStream = VALID.parse().expect("the test is made of Rust tokens");
    let mut dice = Dice(7);
    for round in 0..1_500 {
        let input = mutated(valid.clone(), &mut dice, [12, 40, 120][round % 3], 0);
        let text = input.to_string();
        let expansion = pipeline::workflow(input.clone());
        let printed = expansion.to_string();
        assert!(
            !printed.contains("has a bug"),
            "the macro panicked on:\n{text}\n{printed}"
        );
        // An expression that is none is emitted as well: rustc says best what is wrong with it.
        let call = syntax::parse(input, &mut Report::default());
        let mut expressions = call.workflows.iter().flat_map(expressions);
        if expressions.any(|tokens| syn::parse2::<syn::Block>(quote!({ #tokens })).is_err()) {
            continue;
        }
        if let Err(error) = syn::parse2::<syn::File>(expansion) {
            panic!("{error} in the expansion of:\n{text}\n\n{printed}");
        }
    }
}
