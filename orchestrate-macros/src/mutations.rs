//! Half-typed and mistyped input: whatever comes, the macro gives Rust items back.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use quote::quote;

use crate::{pipeline, report::Report, syntax};

/// All of the grammar, to be broken.
const VALID: &str = r"
    /// Docs.
    #[derive(Debug)]
    #[schedule(batches)]
    #[crate(some::path)]
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
        tool fn stored(move second, inner) { store(second, inner).await }
        Ok(Report::new(inner, first))
    }
    workflow Other() { fn nothing() {} }
";

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
        // A last expression that is none is emitted as well: rustc says best what is wrong with it.
        let call = syntax::parse(input, &mut Report::default());
        let tails = call.workflows.iter().map(|workflow| &workflow.tail);
        if tails
            .into_iter()
            .any(|tail| syn::parse2::<syn::Block>(quote!({ #tail })).is_err())
        {
            continue;
        }
        if let Err(error) = syn::parse2::<syn::File>(expansion) {
            panic!("{error} in the expansion of:\n{text}\n\n{printed}");
        }
    }
}
