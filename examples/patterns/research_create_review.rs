//! Research, create, review: what is known is gathered, something is made of it, and others look it over before it goes out.
//!
//! Use it when a text (or a change, or an offer) is made from sources, and must not go out unless it is right and in form. Each
//! reviewer is a step of its own: they look at the same time, and a draft that is turned down comes with all that is wrong.
//!
//! ```text
//! cargo run --example research_create_review                # about the ferry, from the notes in this file
//! cargo run --example research_create_review -- my/notes    # from the texts of a folder
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use orchestrated::{Orchestrator, workflow};

workflow! {
    /// Writes a page about a subject from a folder of notes.
    workflow Write(notes: &Path, subject: &str) -> Result<String, WriteError> {
        /// The texts by their names.
        tool fn sources(notes) -> Result<BTreeMap<String, String>, io::Error> {
            let files = fs::read_dir(notes)?.map(|entry| Ok(entry?.path()));
            let texts = files.map(|file: io::Result<PathBuf>| {
                let file = file?;
                let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                Ok((name, fs::read_to_string(&file)?))
            });
            texts.collect()
        }

        /// Research: what the notes say of the subject, and which of them does.
        agent fn statements(subject, sources) -> Vec<(String, String)> {
            let lines = sources.iter().flat_map(|(name, text)| text.lines().map(move |line| (line, name)));
            let named = lines.filter(|(line, _)| line.contains(subject));
            named.map(|(line, name)| (line.to_owned(), name.clone())).collect()
        }

        /// Research: which words the notes explain.
        agent fn terms(sources) -> BTreeMap<String, String> {
            let lines = sources.values().flat_map(|text| text.lines());
            let terms = lines.filter_map(|line| line.strip_prefix("A ")?.split_once(" is "));
            terms.map(|(term, meaning)| (term.to_owned(), meaning.to_owned())).collect()
        }

        /// Create: every statement with its source, and then the words that not everybody knows.
        agent fn draft(subject, statements, terms) -> String {
            let said: Vec<_> = statements.iter().map(|(line, name)| format!("- {line} [{name}]")).collect();
            let said = said.join("\n");
            let used = terms.iter().filter(|(term, _)| said.contains(*term));
            let explained: Vec<_> = used.map(|(term, meaning)| format!("{term}: {meaning}")).collect();
            format!("The {subject}\n\n{said}\n\n{}", explained.join("\n"))
        }

        /// Review: do two statements differ in nothing but their numbers?
        agent fn facts(draft) -> Vec<String> {
            let statements = draft.lines().filter_map(|line| line.strip_prefix("- ")?.rsplit_once(" ["));
            let (mut first, mut found) = (BTreeMap::new(), Vec::new());
            for (line, _) in statements {
                let other = *first.entry(line.replace(|c: char| c.is_ascii_digit(), "")).or_insert(line);
                if other != line { found.push(format!("\"{other}\" or \"{line}\"")); }
            }
            found
        }

        /// Review: is it more than one source's word, and narrow enough for a page?
        agent fn form(draft, statements) -> Vec<String> {
            let long = draft.lines().filter(|line| line.chars().count() > 80);
            let mut found: Vec<String> = long.map(|line| format!("too long: {line}")).collect();
            let sources: BTreeSet<_> = statements.iter().map(|(_, name)| name).collect();
            if sources.len() < 2 { found.push("fewer than two sources".to_owned()); }
            found
        }

        fn page(move draft, facts, form) -> Result<String, WriteError> {
            let found = [facts.as_slice(), form].concat();
            if found.is_empty() { Ok(draft) } else { Err(WriteError::TurnedDown(found)) }
        }

        Ok(page)
    }
}

#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error("cannot read the notes: {0}")]
    Notes(#[from] io::Error),
    #[error("turned down: {}", .0.join("; "))]
    TurnedDown(Vec<String>),
}

/// What each of the notes says.
const NOTES: [&str; 3] = [
    "The ferry leaves at 7 and at 16.\nThe quay was built in 1891.\n",
    "It rained.\nThe ferry waits for the lock at Kellin.\nThe ferry carries 140 people.\n",
    "A lock is a chamber of water between two gates.\nA quay is where ships lie.\n",
];

fn write(folder: &Path, notes: &[&str]) -> io::Result<()> {
    let mut notes = (1..).zip(notes);
    notes.try_for_each(|(n, text)| fs::write(folder.join(format!("note {n}.txt")), text))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("{}\n", Write::PLAN);
    let folder = tempfile::tempdir()?;
    write(folder.path(), &NOTES)?;
    let given = std::env::args_os().nth(1);
    let notes = given.as_ref().map_or(folder.path(), Path::new);
    let write = Write {
        notes,
        subject: "ferry",
    };
    println!("{}", write.run(&Orchestrator::new()).await?);
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Write::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    async fn written(texts: &[&str]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), texts).unwrap();
        let (notes, subject) = (folder.path(), "ferry");
        let page = Write { notes, subject }.run(&Orchestrator::new()).await;
        page.map_err(|failure| failure.to_string())
    }

    #[tokio::test]
    async fn what_nobody_objects_to_is_a_page() {
        let page = "The ferry\n\n- The ferry leaves at 7 and at 16. [note 1]\n\
            - The ferry waits for the lock at Kellin. [note 2]\n\
            - The ferry carries 140 people. [note 2]\n\n\
            lock: a chamber of water between two gates.";
        assert_eq!(written(&NOTES).await.as_deref(), Ok(page));
    }

    #[tokio::test]
    async fn all_reviewers_are_heard() {
        let told = "workflow `Write`: step `page` failed: turned down: \"The ferry carries 140 people.\" \
            or \"The ferry carries 90 people.\"; fewer than two sources";
        let notes = "The ferry carries 140 people.\nThe ferry carries 90 people.\n";
        assert_eq!(written(&[notes]).await, Err(told.to_owned()));
    }
}
