//! Edits of tokens, at any depth: what a hand, a broken generator or somebody hostile makes of a workflow.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// One edit. Its numbers are taken modulo what there is, so every edit fits every input.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) what: What,
    /// Which token, counted through all groups.
    pub(crate) at: usize,
    /// Which word, which other token, how many.
    pub(crate) with: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Delete,
    Duplicate,
    /// With the next one in its group.
    Swap,
    /// By an odd word.
    Replace,
    /// An odd word before it.
    Insert,
    /// A token of another input in its place.
    Splice,
    /// A word by another word of the input.
    Rename,
    /// Other delimiters.
    Regroup,
    /// A group by what is in it.
    Unwrap,
    /// A group around it.
    Wrap,
    /// Cuts the group off behind it.
    Cut,
    /// Many of it.
    Widen,
    /// Many groups around it.
    Deepen,
}

pub(crate) const ALL: [What; 13] = [
    What::Delete,
    What::Duplicate,
    What::Swap,
    What::Replace,
    What::Insert,
    What::Splice,
    What::Rename,
    What::Regroup,
    What::Unwrap,
    What::Wrap,
    What::Cut,
    What::Widen,
    What::Deepen,
];

/// Words that mean something to the macro or to Rust, or almost.
const ODD: [&str; 119] = [
    "cx",
    "last",
    "error",
    "self",
    "Self",
    "crate",
    "super",
    "_",
    "r#fn",
    "r#type",
    "r#cx",
    "async",
    "move",
    "fn",
    "workflow",
    "flow",
    "agent",
    "tool",
    "mcp",
    "human",
    "pub",
    "const",
    "unsafe",
    "extern",
    "dyn",
    "impl",
    "for",
    "where",
    "mut",
    "ref",
    "static",
    "let",
    "match",
    "Result",
    "Orchestrator",
    "run",
    "PLAN",
    "after",
    "idempotent",
    "retry",
    "timeout",
    "cache",
    "fallback",
    "default",
    "optional",
    "quorum",
    "rollback",
    "irreversible",
    "when",
    "each",
    "batch",
    "repeat",
    "breaker",
    "priority",
    "uses",
    "requires",
    "estimate",
    "critical",
    "spawn",
    "blocking",
    "schedule",
    "deadline",
    "saga",
    "cfg",
    "cfg_attr",
    "derive",
    "doc",
    "allow",
    "attempts",
    "backoff",
    "adaptive",
    "start",
    "concurrency",
    "item",
    "in",
    "until",
    "max",
    "__run",
    "é",
    "->",
    "=>",
    "::",
    ":",
    ",",
    ";",
    "=",
    "==",
    "#",
    "!",
    "?",
    "&",
    "&&",
    "*",
    "<",
    ">",
    ">>",
    "|",
    "'a",
    "'static",
    "'_",
    "...",
    "..=",
    "@",
    "$",
    "~",
    "0",
    "3",
    "10s",
    "0ms",
    "1.5e400s",
    "18446744073709551616s",
    "99999999999999999999999999999999999999999",
    "0x1fms",
    "1_0u8",
    "\"\"",
    "\"{cx}\"",
    "b\"x\"",
    "'x'",
    "c\"x\"",
];

/// The input with an edit. `others`: what tokens of other inputs are taken from.
pub(crate) fn edited(tokens: TokenStream, edit: &Edit, others: &[TokenStream]) -> TokenStream {
    let count = count(&tokens);
    if count == 0 {
        return odd(edit.with);
    }
    let other = match edit.what {
        What::Splice if !others.is_empty() => {
            let other = &others[edit.with % others.len()];
            nth(
                other,
                &mut ((edit.with / others.len()) % self::count(other).max(1)),
            )
        }
        What::Rename => {
            let mut words = Vec::new();
            words_of(&tokens, &mut words);
            let word = words.get(edit.with % words.len().max(1)).cloned();
            word.map(TokenTree::Ident)
        }
        _ => None,
    };
    rebuilt(tokens, &mut (edit.at % count), edit, other.as_ref())
}

fn odd(which: usize) -> TokenStream {
    ODD[which % ODD.len()].parse().unwrap_or_default()
}

pub(crate) fn count(tokens: &TokenStream) -> usize {
    let inner = |tree: TokenTree| match tree {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(inner).sum()
}

fn nth(tokens: &TokenStream, left: &mut usize) -> Option<TokenTree> {
    for tree in tokens.clone() {
        if *left == 0 {
            return Some(tree);
        }
        *left -= 1;
        if let TokenTree::Group(group) = &tree
            && let Some(found) = nth(&group.stream(), left)
        {
            return Some(found);
        }
    }
    None
}

fn words_of(tokens: &TokenStream, words: &mut Vec<Ident>) {
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(word) => words.push(word),
            TokenTree::Group(group) => words_of(&group.stream(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// `left`: how many tokens stand before the one that is edited; more than there are once it is found.
fn rebuilt(
    tokens: TokenStream,
    left: &mut usize,
    edit: &Edit,
    other: Option<&TokenTree>,
) -> TokenStream {
    let mut made = TokenStream::new();
    let mut trees = tokens.into_iter();
    while let Some(tree) = trees.next() {
        if *left == 0 {
            *left = usize::MAX;
            if matches!(edit.what, What::Cut) {
                made.extend([tree]);
                return made;
            }
            let next = matches!(edit.what, What::Swap)
                .then(|| trees.next())
                .flatten();
            made.extend(next);
            made.extend(replaced(tree, edit, other));
            made.extend(trees);
            return made;
        }
        // Once it is found, nothing counts.
        *left = left.wrapping_sub(usize::from(*left != usize::MAX));
        made.extend([match tree {
            TokenTree::Group(group) if *left != usize::MAX => grouped(
                &group,
                group.delimiter(),
                rebuilt(group.stream(), left, edit, other),
            ),
            tree => tree,
        }]);
    }
    made
}

fn replaced(tree: TokenTree, edit: &Edit, other: Option<&TokenTree>) -> TokenStream {
    match (edit.what, &tree) {
        (What::Delete, _) => TokenStream::new(),
        (What::Duplicate, _) => [tree.clone(), tree].into_iter().collect(),
        (What::Replace, _) => odd(edit.with),
        (What::Insert, _) => {
            let mut both = odd(edit.with);
            both.extend([tree]);
            both
        }
        (What::Splice, _) | (What::Rename, TokenTree::Ident(_)) => {
            other.cloned().unwrap_or(tree).into()
        }
        (What::Regroup, TokenTree::Group(group)) => {
            grouped(group, delimiter(edit.with), group.stream()).into()
        }
        (What::Unwrap, TokenTree::Group(group)) => group.stream(),
        (What::Wrap, _) => TokenTree::Group(Group::new(delimiter(edit.with), tree.into())).into(),
        (What::Widen, _) => {
            let times = 2 + edit.with % 60;
            std::iter::repeat_n(tree, times).collect()
        }
        (What::Deepen, _) => {
            let mut tree = tree;
            for _ in 0..edit.with % 60 {
                tree = TokenTree::Group(Group::new(delimiter(edit.with / 60), tree.into()));
            }
            tree.into()
        }
        _ => tree.into(),
    }
}

fn delimiter(which: usize) -> Delimiter {
    [
        Delimiter::Parenthesis,
        Delimiter::Brace,
        Delimiter::Bracket,
        Delimiter::None,
    ][which % 4]
}

fn grouped(of: &Group, delimiter: Delimiter, inner: TokenStream) -> TokenTree {
    let mut group = Group::new(delimiter, inner);
    group.set_span(of.span());
    TokenTree::Group(group)
}

/// Arbitrary tokens, from numbers: words, and groups that open and close.
pub(crate) fn arbitrary(numbers: &[u32]) -> TokenStream {
    let mut open: Vec<(Delimiter, TokenStream)> = Vec::new();
    let mut tokens = TokenStream::new();
    for &number in numbers {
        let number = number as usize;
        match number % 8 {
            0 | 1 if open.len() < 64 => {
                let outer = std::mem::take(&mut tokens);
                open.push((delimiter(number / 8), outer));
            }
            2 | 3 if !open.is_empty() => {
                let (delimiter, outer) =
                    open.pop().unwrap_or((Delimiter::None, TokenStream::new()));
                let inner = std::mem::replace(&mut tokens, outer);
                tokens.extend([TokenTree::Group(Group::new(delimiter, inner))]);
            }
            4 => tokens.extend([TokenTree::Ident(Ident::new(
                &format!("s{}", (number / 8) % 6),
                Span::call_site(),
            ))]),
            _ => tokens.extend(odd(number / 8)),
        }
    }
    while let Some((delimiter, mut outer)) = open.pop() {
        outer.extend([TokenTree::Group(Group::new(delimiter, tokens))]);
        tokens = outer;
    }
    tokens
}
