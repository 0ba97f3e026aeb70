//! Searches the sources: their syntax trees, and their comments.

use std::sync::Arc;

use proc_macro2::{LexError, TokenStream};

use crate::{
    comments::Layout,
    error::ReviewError,
    findings::{FileFindings, Finding, Found, Role},
    sources::Sources,
    walk::Walk,
};

/// Searches every source. Those that do not parse hold no findings: the syntax check reports them.
pub(crate) async fn search(
    sources: &Sources,
    long: usize,
) -> Result<Vec<FileFindings>, ReviewError> {
    let sources = sources.clone();
    // Parsing keeps a core busy: it would hold everything else up on the thread of the workflow.
    let search = tokio::task::spawn_blocking(move || {
        let files = sources.files.iter();
        files
            .filter_map(|source| {
                let role = Role::of(&source.path);
                let findings = search_text(&source.text, role, long).ok()?;
                Some(FileFindings {
                    path: source.path.clone(),
                    text: Arc::clone(&source.text),
                    findings,
                })
            })
            .collect()
    });
    search.await.map_err(|source| ReviewError::Stopped {
        work: "search",
        source,
    })
}

/// Searches one source.
fn search_text(text: &str, role: Role, long: usize) -> Result<Vec<Finding>, syn::Error> {
    let (code, offset) = skip_shebang(text);
    let tokens: TokenStream = code
        .parse()
        .map_err(|error: LexError| syn::Error::from(error))?;
    let file: syn::File = syn::parse2(tokens.clone())?;
    let layout = Layout::new(text, tokens, offset);
    let mut findings = Walk::new(&layout, text, offset, role, long).run(&file);
    findings.extend(layout.markers().into_iter().map(|marker| Finding {
        line: marker.line,
        what: Found::Marker { text: marker.text },
        site: 0..0,
    }));
    findings.sort_by_key(|finding| (finding.line, finding.site.start));
    Ok(findings)
}

/// The text without a first line such as `#!/usr/bin/env run`, which is no Rust, and where it starts.
fn skip_shebang(text: &str) -> (&str, usize) {
    let is_shebang = text
        .strip_prefix("#!")
        .is_some_and(|rest| !rest.trim_start().starts_with('['));
    // The line break stays, so that the lines keep their numbers.
    let offset = if is_shebang {
        text.find('\n').unwrap_or(text.len())
    } else {
        0
    };
    (&text[offset..], offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line, the topic and the text of the site of each finding.
    fn check(role: Role, text: &str, expected: &[(usize, Found, &str)]) {
        let found = search_text(text, role, 3).unwrap();
        let found: Vec<_> = found
            .into_iter()
            .map(|finding| (finding.line, finding.what, &text[finding.site]))
            .collect();
        assert_eq!(found, expected);
    }

    fn unwrap(carries: bool) -> Found {
        Found::Unwrap { carries }
    }

    fn undocumented(item: &str) -> Found {
        let item = item.to_owned();
        Found::MissingDocs { item }
    }

    #[test]
    fn finds_unwraps_where_they_matter() {
        let text = r#"#!/usr/bin/env run
fn é() -> io::Result<u8> { Ok("é".parse().unwrap()) }
fn b() -> u8 {
    println!("unwrap() {}", x.unwrap()); "s.unwrap()".len() }
fn c() -> Result<u8, E> { let f = || a().unwrap(); let g = || -> Result<u8, E> { Ok(d()
    .unwrap()) }; }
fn d() -> Result<u8, E> { m.lock().unwrap().get(1).unwrap(); x.unwrap_or(1) }
#[test] fn t() { a().unwrap(); }
#[cfg(all(test, unix))] mod tests { fn t() { a().unwrap(); } }
#[cfg(not(test))] fn e() { async { a().unwrap() }; }
"#;
        check(
            Role::Program,
            text,
            &[
                (2, unwrap(true), ".unwrap()"),
                (4, unwrap(false), ".unwrap()"),
                (5, unwrap(false), ".unwrap()"),
                (6, unwrap(true), ".unwrap()"),
                (7, unwrap(false), ".unwrap()"),
                (10, unwrap(false), ".unwrap()"),
            ],
        );
        check(Role::Test, text, &[]);
    }

    #[test]
    fn finds_public_items_without_docs() {
        let text = r"//! A crate.
pub struct A { pub a: u8, b: u8, /** C. */ pub c: u8 }
struct B { pub a: u8 }
impl A { pub fn new() -> Self { pub fn inner() {} A } fn private() {} }
impl B { pub fn hidden() {} }
impl Default for A { fn default() -> Self { A } }
/// E.
pub enum E { /// One.
    One, Two { x: u8 } }
pub(crate) fn f() {}
pub trait T { const C: u8; fn t(); }
mod private { pub fn g() {} }
/// M.
pub mod open { pub fn h() {} pub mod file; }
#[doc(hidden)] pub struct I { pub i: u8 }
#[allow(dead_code, missing_docs)] pub mod j { pub fn j() {} }
#[macro_export] macro_rules! m { () => {} }
";
        check(
            Role::Library,
            text,
            &[
                (2, undocumented("struct `A`"), "A"),
                (2, undocumented("field `a`"), "a"),
                (4, undocumented("function `new`"), "new"),
                (9, undocumented("variant `Two`"), "Two"),
                (9, undocumented("field `x`"), "x"),
                (11, undocumented("trait `T`"), "T"),
                (11, undocumented("constant `C`"), "C"),
                (11, undocumented("function `t`"), "t"),
                (14, undocumented("function `h`"), "h"),
                (17, undocumented("macro `m`"), "m"),
            ],
        );
        check(Role::Program, text, &[]);
        check(Role::Library, "#![doc(hidden)]\npub fn a() {}", &[]);
    }

    #[test]
    fn finds_parameters_that_ask_for_too_much() {
        let text = "\
fn a<'a>(x: &'a String, y: &Vec<Option<u8>>, z: &mut Vec<u8>, w: &str) {}
struct S;
impl S { fn b(&self, x: &String) {} }
impl T for S { fn c(x: &String) {} }
";
        let owned = |given: &str, better: &str| Found::OwnedParameter {
            given: given.to_owned(),
            better: better.to_owned(),
        };
        check(
            Role::Program,
            text,
            &[
                (1, owned("&'a String", "&'a str"), "&'a String"),
                (
                    1,
                    owned("&Vec<Option<u8>>", "&[Option<u8>]"),
                    "&Vec<Option<u8>>",
                ),
                (3, owned("&String", "&str"), "&String"),
            ],
        );
    }

    #[test]
    fn finds_long_functions_by_their_lines_of_code() {
        let text = "fn a() {\n    // one\n\n    b();\n}\nfn c() {\n    a();\n    a();\n}\n";
        let what = Found::LongFunction {
            name: "c".to_owned(),
            lines: 4,
        };
        check(Role::Program, text, &[(6, what, "c")]);
    }

    #[test]
    fn keeps_the_order_of_the_lines() {
        let text = "fn a() { x.unwrap(); }\n// TODO: b\nfn c() { x.unwrap(); }\n";
        let found = search_text(text, Role::Program, 9).unwrap();
        let lines: Vec<_> = found.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [1, 2, 3]);
    }
}
