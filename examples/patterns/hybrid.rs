//! Hybrid: what is independent goes side by side, what is not goes in a row, as often as the work asks for it.
//!
//! Most real work has this shape: gather at the same time, make one thing of it, check that from several sides, store it.
//! Nobody has to write the shape down; it follows from what the steps read.
//!
//! ```text
//! cargo run --example hybrid                # a page about tides
//! cargo run --example hybrid -- ./folder    # makes a `page.html` there, of `article.md` and `glossary.txt`
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::path::{Path, PathBuf};

use orchestrated::{Failure, Orchestrator, workflow};
use tokio::fs;

type Error = Box<dyn std::error::Error + Send + Sync>;

workflow! {
    /// Makes a page of an article and a glossary, and says what is wrong with it.
    workflow Page(folder: &Path) -> Result<(PathBuf, Vec<String>), Error> {
        tool fn article(folder) -> Result<String, Error> { read(&folder.join("article.md")).await }

        /// Terms and what they mean.
        tool fn glossary(folder) -> Result<Vec<(String, String)>, Error> {
            let text = read(&folder.join("glossary.txt")).await?;
            let terms = text.lines().filter_map(|line| line.split_once(": "));
            Ok(terms.map(|(term, meaning)| (escaped(term), escaped(meaning))).collect())
        }

        /// Headings, links and paragraphs; terms are explained where they stand. Where a model would write.
        agent fn page(article, glossary) -> String {
            let lines = article.lines().filter(|line| !line.is_empty()).map(|line| {
                let text = line.trim_start_matches('#');
                let tag = match line.len() - text.len() { 0 => "p".to_owned(), level => format!("h{level}") };
                let words: Vec<_> = text.split_whitespace().map(|word| marked(&escaped(word), glossary)).collect();
                format!("<{tag}>{}</{tag}>\n", words.join(" "))
            });
            lines.collect()
        }

        /// Links that lead nowhere.
        tool fn links(folder, page) -> Result<Vec<String>, Error> {
            let targets = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
            let mut broken = Vec::new();
            for target in targets.filter(|target| !target.contains("://")) {
                if !fs::try_exists(folder.join(target)).await? {
                    broken.push(format!("there is no `{target}` to link to"));
                }
            }
            Ok(broken)
        }

        /// Headings that skip a level: who listens to a page gets lost there.
        fn outline(page) -> Vec<String> {
            let levels: Vec<u32> = page.split("<h").filter_map(|tag| tag.chars().next()?.to_digit(10)).collect();
            let skips = levels.windows(2).filter(|pair| pair[1] > pair[0] + 1);
            skips.map(|pair| format!("a heading of level {} follows one of level {}", pair[1], pair[0])).collect()
        }

        /// The page, and beside it what is wrong with it.
        tool fn stored(folder, page, links, outline) -> Result<(path: PathBuf, findings: Vec<String>), Error> {
            let path = folder.join("page.html");
            fs::write(&path, page).await.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
            Ok((path, [links.as_slice(), outline].concat()))
        }

        Ok((path, findings))
    }
}

async fn read(path: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(path).await;
    text.map_err(|error| format!("cannot read {}: {error}", path.display()).into())
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// A word with its explanation, or as a link, or as it is.
fn marked(word: &str, glossary: &[(String, String)]) -> String {
    let bare = word.trim_end_matches([',', '.']);
    if let Some((_, meaning)) = glossary.iter().find(|(term, _)| term == bare) {
        return format!("<abbr title=\"{meaning}\">{word}</abbr>");
    }
    match word
        .strip_prefix("&lt;")
        .and_then(|word| word.strip_suffix("&gt;"))
    {
        Some(target) => format!("<a href=\"{target}\">{target}</a>"),
        None => word.to_owned(),
    }
}

const ARTICLE: &str = "# Tides\nA neap follows the half moon: <moon.html>\n### Tables\nTo come.\n";

/// An article and a glossary, in a folder that goes away.
fn example() -> Result<tempfile::TempDir, Error> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("article.md"), ARTICLE)?;
    std::fs::write(folder.path().join("glossary.txt"), "neap: a small tide\n")?;
    Ok(folder)
}

async fn page(folder: &Path) -> Result<(PathBuf, Vec<String>), Failure<Error>> {
    Page { folder }.run(&Orchestrator::new()).await
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    println!("{}\n", Page::PLAN);
    let example = example()?;
    let folder = std::env::args_os().nth(1);
    let (path, findings) = page(folder.as_ref().map_or(example.path(), Path::new)).await?;
    println!(
        "{}\n{}",
        fs::read_to_string(&path).await?,
        findings.join("\n")
    );
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Page::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_checks_look_at_the_page_that_both_sources_made() {
        let folder = example().unwrap();
        let (path, findings) = page(folder.path()).await.unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert!(
            text.contains("<p>A <abbr title=\"a small tide\">neap</abbr> follows"),
            "{text}"
        );
        let [link, outline] = findings.try_into().unwrap();
        assert_eq!(link, "there is no `moon.html` to link to");
        assert_eq!(outline, "a heading of level 3 follows one of level 1");

        std::fs::write(folder.path().join("moon.html"), "").unwrap();
        assert_eq!(page(folder.path()).await.unwrap().1, [outline]);
        assert_eq!(Page::PLAN.batch_count(), 4);
    }

    #[tokio::test]
    async fn a_source_that_is_missing_ends_it_and_no_page_is_made() {
        let folder = example().unwrap();
        std::fs::remove_file(folder.path().join("glossary.txt")).unwrap();
        let failure = page(folder.path()).await.unwrap_err();
        assert_eq!(failure.step(), Some("glossary"));
        assert!(failure.to_string().contains("cannot read"), "{failure}");
        assert!(!folder.path().join("page.html").exists());
    }
}
