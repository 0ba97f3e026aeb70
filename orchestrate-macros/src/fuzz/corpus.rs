//! Workflows to start from: those of the repository, and one with all of the grammar.

use std::{fs, path::Path};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// All of the grammar, to be broken.
pub(crate) const VALID: &str = r#"
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

/// What stands in each `workflow!` of the repository: sources, tests and their literals, examples, and the book.
pub(crate) fn all(root: &Path) -> Vec<TokenStream> {
    let mut found: Vec<TokenStream> = VALID.parse().into_iter().collect();
    for folder in [
        "README.md",
        "docs",
        "examples",
        "src",
        "tests",
        "benches",
        "orchestrate-macros/src",
    ] {
        search(&root.join(folder), &mut found);
    }
    found
}

fn search(path: &Path, found: &mut Vec<TokenStream>) {
    if path.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        // The same in every run.
        paths.sort();
        let is_source = |path: &&std::path::PathBuf| !path.ends_with("target");
        paths
            .iter()
            .filter(is_source)
            .for_each(|path| search(path, found));
        return;
    }
    let Ok(text) = fs::read_to_string(path) else {
        return;
    };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("rs") => search_tokens(&text, found),
        Some("md") => {
            let blocks = text.split("```rust").skip(1);
            for block in blocks.filter_map(|block| block.split("```").next()) {
                let lines = block.lines().skip(1);
                let lines: Vec<&str> = lines
                    .map(|line| line.strip_prefix("# ").unwrap_or(line))
                    .collect();
                search_tokens(&lines.join("\n"), found);
            }
        }
        _ => {}
    }
}

fn search_tokens(text: &str, found: &mut Vec<TokenStream>) {
    if let Ok(tokens) = text.parse() {
        visit(tokens, found);
    }
}

fn visit(tokens: TokenStream, found: &mut Vec<TokenStream>) {
    let mut after_macro = false;
    let mut after_word = false;
    for tree in tokens {
        match tree {
            TokenTree::Group(group) if after_macro && group.delimiter() == Delimiter::Brace => {
                found.push(group.stream());
            }
            TokenTree::Group(group) => visit(group.stream(), found),
            // The inputs of tests are literals.
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let inner = text
                    .trim_start_matches(['r', '#'])
                    .trim_end_matches('#')
                    .trim_matches('"');
                if inner.contains("workflow ")
                    && let Ok(tokens) = inner.replace("\\\"", "\"").parse()
                {
                    found.push(tokens);
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '!' && after_word => {
                after_macro = true;
                after_word = false;
                continue;
            }
            TokenTree::Ident(word) => {
                after_word = word == "workflow";
                after_macro = false;
                continue;
            }
            TokenTree::Punct(_) => {}
        }
        after_macro = false;
        after_word = false;
    }
}
