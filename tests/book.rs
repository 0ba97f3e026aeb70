//! The compile errors that the book and the README show are what the compiler says.
//!
//! `UPDATE_EXPECT=1 cargo test --test book` writes them anew. Read them as a beginner would.

use std::{
    env, fs,
    ops::Range,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The page that has every error, with the code that causes it.
const BOOK: &str = "docs/src/errors.md";
/// The page that has some on how not to do it, with the code, too.
const PATTERNS: &str = "docs/src/patterns.md";
/// The page that shows some of them, without.
const README: &str = "README.md";

#[test]
fn pages_show_what_the_compiler_says() {
    // All of them are compiled at once.
    let pages = [(BOOK, 20), (PATTERNS, 3)].map(|(path, least)| {
        let page = read(path);
        let samples = samples(&page);
        assert!(samples.len() > least, "no samples are found in {path}");
        (path, page, samples)
    });
    let codes: Vec<&str> = pages
        .iter()
        .flat_map(|(_, page, samples)| samples.iter().map(|(code, _)| &page[code.clone()]))
        .collect();
    let mut said = compile(&codes).into_iter();
    for (path, page, samples) in &pages {
        let texts = samples.iter().map(|(_, text)| text.clone());
        check(path, page, &texts.zip(said.by_ref()).collect::<Vec<_>>());
    }

    // What the README shows is in the book, with the same lines of code.
    let (page, book) = (read(README), read(BOOK));
    let blocks = messages(&book);
    let expected = messages(&page).into_iter().map(|text| {
        let lines = source_lines(&page[text.clone()]);
        let same = blocks
            .iter()
            .find(|block| source_lines(&book[(*block).clone()]) == lines);
        let same = same.unwrap_or_else(|| {
            panic!(
                "{BOOK} has no error with these lines:\n{}",
                lines.join("\n")
            )
        });
        (text, book[same.clone()].to_owned())
    });
    check(README, &page, &expected.collect::<Vec<_>>());
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

/// The blocks of a page: what stands after the fence, and the inside.
fn blocks(page: &str) -> Vec<(&str, Range<usize>)> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in page.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        let Some(info) = line.trim_end().strip_prefix("```") else {
            continue;
        };
        open = match open {
            None => Some((info, end)),
            Some((info, inside)) => {
                blocks.push((info, inside..start));
                None
            }
        };
    }
    blocks
}

/// The blocks that hold what a compiler says.
fn messages(page: &str) -> Vec<Range<usize>> {
    let is_message = |text: &str| text.starts_with("error") || text.starts_with("warning");
    let texts = blocks(page)
        .into_iter()
        .filter(|(info, text)| *info == "text" && is_message(&page[text.clone()]));
    texts.map(|(_, text)| text).collect()
}

/// Each block of code that has what the compiler says about it next to it.
fn samples(page: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let messages = messages(page);
    let blocks = blocks(page);
    let pairs = blocks
        .windows(2)
        .filter(|pair| pair[0].0.starts_with("rust") && messages.contains(&pair[1].1));
    pairs
        .map(|pair| (pair[0].1.clone(), pair[1].1.clone()))
        .collect()
}

/// The lines of the user's code in a message.
fn source_lines(message: &str) -> Vec<&str> {
    let lines = message
        .lines()
        .filter_map(|line| line.trim_start().split_once(" |"));
    lines
        .filter(|(number, _)| number.parse::<u32>().is_ok())
        .map(|(_, code)| code.trim())
        .collect()
}

/// Compiles each as a program of its own, and returns what is said about it.
fn compile(codes: &[&str]) -> Vec<String> {
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book");
    let programs = project.join("src/bin");
    // Programs of a longer book must not be compiled with those of this one.
    let _ = fs::remove_dir_all(&programs);
    fs::create_dir_all(&programs).unwrap();
    let facade = root().display().to_string();
    let manifest = format!(
        "[package]\nname = \"book\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\norchestrated = {{ path = {facade:?} }}\n\n[lints.rust]\ndead_code = \"allow\"\n",
    );
    fs::write(project.join("Cargo.toml"), manifest).unwrap();
    if let Ok(lock) = fs::read(root().join("Cargo.lock")) {
        fs::write(project.join("Cargo.lock"), lock).unwrap();
    }
    for (number, code) in codes.iter().enumerate() {
        fs::write(programs.join(format!("sample_{number}.rs")), code).unwrap();
    }
    let output =
        Command::new(env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from))
            .args([
                "check",
                "--bins",
                "--keep-going",
                "--offline",
                "--quiet",
                "--message-format=json",
                "--target-dir",
            ])
            .arg(project.join("target"))
            .current_dir(&project)
            .output()
            .unwrap();
    let mut said = vec![Vec::new(); codes.len()];
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let program = message["target"]["name"].as_str().unwrap_or_default();
        let number = program
            .strip_prefix("sample_")
            .and_then(|number| number.parse::<usize>().ok());
        let has_place = message["message"]["spans"]
            .as_array()
            .is_some_and(|spans| !spans.is_empty());
        let (Some(number), true) = (number, has_place) else {
            continue;
        };
        said[number].push(shown(
            message["message"]["rendered"].as_str().unwrap_or_default(),
            program,
        ));
    }
    for (number, messages) in said.iter().enumerate() {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            !messages.is_empty(),
            "nothing is said about this:\n{}\n{errors}",
            codes[number]
        );
    }
    said.into_iter()
        .map(|messages| messages.join("\n"))
        .collect()
}

/// A message as a book shows it.
fn shown(message: &str, program: &str) -> String {
    let message = message
        .replace(&format!("src/bin/{program}.rs"), "src/main.rs")
        .replace(&format!("{}/", root().display()), "");
    let lines = message
        .trim_end()
        .lines()
        .map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

/// Holds the blocks of a page against what they should be, or writes them.
fn check(path: &str, page: &str, expected: &[(Range<usize>, String)]) {
    let mut rewritten = page.to_owned();
    for (text, expected) in expected.iter().rev() {
        rewritten.replace_range(text.clone(), expected);
    }
    if rewritten == page {
        return;
    }
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(root().join(path), rewritten).unwrap();
        return;
    }
    let (text, expected) = expected
        .iter()
        .find(|(text, expected)| page[text.clone()] != **expected)
        .unwrap();
    let line = page[..text.start].lines().count() + 1;
    panic!(
        "{path}:{line} shows\n\n{}\nbut the compiler says\n\n{expected}\n\
         `UPDATE_EXPECT=1 cargo test --test book` writes what it says",
        &page[text.clone()],
    );
}
