//! How deep tokens are nested: who parses types goes as deep as they do, on the stack of the compiler.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// No type that anybody writes is so deep, and rustc follows types to 128 only.
pub(super) const DEEPEST: usize = 64;

/// The first place that is nested deeper than [`DEEPEST`]; bodies, which are never parsed, may be.
pub(super) fn too_deep(tokens: &TokenStream) -> Option<Span> {
    look(tokens, 0, 0)
}

/// `depth`: of the tokens; `braces`: how many of the groups around them are braces.
fn look(tokens: &TokenStream, depth: usize, braces: usize) -> Option<Span> {
    // Types that are open, and what stands before the next one: `&`, `*const`, `->`.
    let (mut open, mut before) = (0_usize, 0_usize);
    let mut last = ' ';
    for tree in tokens.clone() {
        let span = tree.span();
        match &tree {
            TokenTree::Group(group) => {
                let is_brace = group.delimiter() == Delimiter::Brace;
                if !is_brace || braces == 0 {
                    let inner = depth + open + before + 1;
                    let found = if inner > DEEPEST {
                        Some(span)
                    } else {
                        look(&group.stream(), inner, braces + usize::from(is_brace))
                    };
                    if found.is_some() {
                        return found;
                    }
                }
                if is_brace {
                    (open, before) = (0, 0);
                }
                last = ')';
            }
            TokenTree::Punct(punct) => {
                match (punct.as_char(), last) {
                    ('>', '-') => before += 1,
                    ('>', _) => open = open.saturating_sub(1),
                    ('<', _) => open += 1,
                    // Between two values they are no borrows.
                    ('&' | '*', 'a' | ')') | (',', _) => before = 0,
                    ('&' | '*', _) => before += 1,
                    (';', _) => (open, before) = (0, 0),
                    _ => {}
                }
                last = punct.as_char();
            }
            TokenTree::Ident(word) => {
                let is_part = last == '\''
                    || ["const", "mut", "dyn", "impl"]
                        .iter()
                        .any(|part| word == part);
                last = if is_part { ' ' } else { 'a' };
            }
            TokenTree::Literal(_) => last = 'a',
        }
        if depth + open + before > DEEPEST {
            return Some(span);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::DEEPEST;
    use crate::testing::reported;

    fn check(input: &str, is_too_deep: bool) {
        let reported = reported(input);
        let says = reported.contains("this is nested deeper than");
        assert_eq!(says, is_too_deep, "{reported}");
    }

    #[test]
    fn what_would_take_the_stack_of_the_compiler_is_an_error() {
        let types = |times: usize| {
            [
                format!("{}u8", "&".repeat(times)),
                format!("{}u8", "&'a ".repeat(times)),
                format!("{}u8", "*const ".repeat(times)),
                format!("{}u8", "fn() -> ".repeat(times)),
                format!("{}u8{}", "B<".repeat(times), ">".repeat(times)),
                format!("{}u8{}", "(".repeat(times), ",)".repeat(times)),
                format!("{}u8{}", "&[".repeat(times / 2), "]".repeat(times / 2)),
            ]
        };
        for (times, is_too_deep) in [(DEEPEST / 2, false), (DEEPEST + 1, true), (20_000, true)] {
            for ty in types(times) {
                check(
                    &format!("workflow X<'a>(a: u8) {{ fn b(a: {ty}) {{ }} }}"),
                    is_too_deep,
                );
            }
        }
    }

    #[test]
    fn what_is_never_parsed_may_be_as_deep_as_it_likes() {
        let body = format!("{}1{}", "(".repeat(500), ")".repeat(500));
        check(
            &format!("workflow X(a: u8) {{ fn b(a) {{ {body}; }} }}"),
            false,
        );
        let many = vec!["1 * 2 & 3"; 500].join(" + ");
        check(
            &format!("workflow X(a: u8) -> u8 {{ fn b(a) {{ }} {many} }}"),
            false,
        );
    }
}
