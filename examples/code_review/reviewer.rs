//! The agent of this example: it reads what was found, and recommends what to do about it.

use std::{collections::BTreeMap, fmt, ops::Range, path::PathBuf};

use futures::future::BoxFuture;

use crate::{
    error::ReviewError,
    findings::{FileFindings, Finding, Found},
    practices::{Practice, Practices, Topic},
    text::count,
};

/// Who reads the findings and writes recommendations.
///
/// This is the place for a language model: an implementation that holds its client sends the findings and the practices
/// along, and reads recommendations back out of the answer. `review` is asynchronous and may fail for that reason.
/// The rest of the workflow stays as it is, and the two checks behind it matter all the more: they try out each
/// suggested edit on the source that it is for, whoever has written it.
pub(crate) trait Reviewer: fmt::Debug + Send + Sync {
    /// The name that the report gives.
    fn name(&self) -> &str;

    /// Recommends what to do about the findings, the most urgent first.
    fn review<'a>(
        &'a self,
        findings: &'a [FileFindings],
        practices: &'a Practices,
    ) -> BoxFuture<'a, Result<Vec<Recommendation>, ReviewError>>;
}

/// What the agent hands on.
#[derive(Debug)]
pub(crate) struct Review {
    /// Who wrote it.
    pub(crate) reviewer: String,
    /// What there is to say about each file.
    pub(crate) files: Vec<FileFindings>,
    /// What to do about it, the most urgent first.
    pub(crate) recommendations: Vec<Recommendation>,
}

/// Something to do.
#[derive(Debug)]
pub(crate) struct Recommendation {
    /// What it is about.
    pub(crate) topic: Topic,
    /// The practice that it comes from.
    pub(crate) practice: Practice,
    /// How many places it is about.
    pub(crate) places: usize,
    /// How many files those places are in.
    pub(crate) files: usize,
    /// What to do, and where to begin.
    pub(crate) advice: String,
    /// New code for some of the places, in the order of the files and their lines.
    pub(crate) edits: Vec<Edit>,
}

/// New code for a place in a source.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    /// The file, relative to the folder under review.
    pub(crate) path: PathBuf,
    /// The line that the place is on, from 1.
    pub(crate) line: usize,
    /// The bytes that go.
    pub(crate) range: Range<usize>,
    /// What comes in their place.
    pub(crate) text: String,
}

impl Review {
    /// Each file with suggested edits, and its text with all of them made.
    pub(crate) fn rewritten(&self) -> BTreeMap<PathBuf, String> {
        let mut files = BTreeMap::new();
        for file in &self.files {
            let edits = self.recommendations.iter().flat_map(|one| &one.edits);
            let mut edits: Vec<_> = edits.filter(|edit| edit.path == file.path).collect();
            // From the last to the first, so that what is still to be edited stays where it is.
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start));
            if !edits.is_empty() {
                let mut text = file.text.to_string();
                for edit in edits {
                    text.replace_range(edit.range.clone(), &edit.text);
                }
                files.insert(file.path.clone(), text);
            }
        }
        files
    }
}

/// The recommendations in a few lines.
impl fmt::Display for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let findings = self.files.iter().map(|file| file.findings.len()).sum();
        let files = count(self.files.len(), "file", "files");
        write!(f, "{} in {files}", count(findings, "finding", "findings"))?;
        for one in &self.recommendations {
            let files = count(one.files, "file", "files");
            let (places, title) = (one.places, &one.practice.title);
            write!(f, "\n{places:>6}  {title} ({files})")?;
        }
        Ok(())
    }
}

/// A reviewer that goes by fixed rules, and needs no network.
#[derive(Debug)]
pub(crate) struct RuleBook;

impl Reviewer for RuleBook {
    fn name(&self) -> &'static str {
        "the rule book"
    }

    fn review<'a>(
        &'a self,
        findings: &'a [FileFindings],
        practices: &'a Practices,
    ) -> BoxFuture<'a, Result<Vec<Recommendation>, ReviewError>> {
        Box::pin(async move {
            let recommend = |topic| recommend(topic, findings, practices);
            Ok(Topic::ALL.into_iter().filter_map(recommend).collect())
        })
    }
}

fn recommend(
    topic: Topic,
    files: &[FileFindings],
    practices: &Practices,
) -> Option<Recommendation> {
    let on_topic = |file: &FileFindings| {
        let findings = file.findings.iter();
        findings
            .filter(|finding| finding.what.topic() == topic)
            .count()
    };
    let counts = files.iter().map(on_topic);
    let touched: Vec<_> = files.iter().zip(counts).filter(|(_, n)| *n > 0).collect();
    // The first of those with the most, so that a review reads the same each time.
    let (worst, most) = touched.iter().rev().max_by_key(|(_, n)| *n)?;
    let places: usize = touched.iter().map(|(_, n)| n).sum();
    let edits: Vec<_> = files
        .iter()
        .flat_map(|file| file.findings.iter().filter_map(|one| edit(file, one)))
        .filter(|(of, _)| *of == topic)
        .map(|(_, edit)| edit)
        .collect();

    let what = what_to_do(topic, places, edits.len());
    let advice = if touched.len() > 1 && *most > 1 {
        let path = worst.path.display();
        format!("{what} Begin with `{path}`, which has {most} of them.")
    } else {
        what
    };
    Some(Recommendation {
        topic,
        practice: practices.on(topic).clone(),
        places,
        files: touched.len(),
        advice,
        edits,
    })
}

/// What the rules say about a topic.
fn what_to_do(topic: Topic, places: usize, edits: usize) -> String {
    match topic {
        Topic::Unwrap if edits == 0 => format!(
            "Make the functions around {} return a `Result`, or write down with `.expect(..)` why it cannot fail.",
            count(places, "unwrap", "unwraps")
        ),
        Topic::Unwrap => format!(
            "{} of {} can become a `?`: the function returns a `Result` already. Where the value turns out to be an \
             `Option`, put `.ok_or(..)` before it.",
            edits,
            count(places, "unwrap", "unwraps")
        ),
        Topic::OwnedParameter => format!(
            "Change {}; no caller has to change.",
            count(places, "signature", "signatures")
        ),
        Topic::LongFunction => format!(
            "Split {} where the comments or blank lines already divide {}.",
            count(places, "function", "functions"),
            if places == 1 { "it" } else { "them" },
        ),
        Topic::MissingDocs => format!(
            "Write a first sentence for {}.",
            count(places, "public item", "public items")
        ),
        Topic::Marker => format!(
            "Do {}, or give each an issue's number.",
            count(
                places,
                "thing that a comment leaves open",
                "things that comments leave open"
            )
        ),
    }
}

/// New code for a finding, where a rule knows some.
fn edit(file: &FileFindings, finding: &Finding) -> Option<(Topic, Edit)> {
    let mut range = finding.site.clone();
    let text = match &finding.what {
        Found::Unwrap { carries: true } => {
            range.start = end_of_code(&file.text[..range.start]);
            "?".to_owned()
        }
        Found::OwnedParameter { better, .. } => better.clone(),
        _ => return None,
    };
    let edit = Edit {
        path: file.path.clone(),
        line: finding.line,
        range,
        text,
    };
    Some((finding.what.topic(), edit))
}

/// Where the last code of a text ends: a `?` follows it at once, where a method may stand on a line of its own.
fn end_of_code(text: &str) -> usize {
    let code = text.trim_end();
    let comment = code.lines().last().is_some_and(|line| line.contains("//"));
    if comment { text.len() } else { code.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{practices, sources::SourceFile, sources::Sources};

    async fn review(files: &[(&str, &str)]) -> Review {
        let files = files.iter().map(|(path, text)| SourceFile {
            path: path.into(),
            text: (*text).into(),
        });
        let sources = Sources {
            folder: PathBuf::new().into(),
            files: files.collect(),
        };
        let shipped = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("examples/code_review/best_practices.md");
        let practices = practices::read(&shipped).await.unwrap();
        let files = crate::search::search(&sources, 9).await.unwrap();
        let recommendations = RuleBook.review(&files, &practices).await.unwrap();
        Review {
            reviewer: RuleBook.name().to_owned(),
            files,
            recommendations,
        }
    }

    #[tokio::test]
    async fn suggests_new_code_for_the_place_it_is_about() {
        let review = review(&[(
            "main.rs",
            "fn é(a: &String, b: &Vec<u8>) -> Result<u8, E> {\n    Ok(a.parse().unwrap() + b[0].try_into().unwrap())\n}\n",
        )])
        .await;
        let rewritten = review.rewritten();
        assert_eq!(
            rewritten[&PathBuf::from("main.rs")],
            "fn é(a: &str, b: &[u8]) -> Result<u8, E> {\n    Ok(a.parse()? + b[0].try_into()?)\n}\n"
        );
    }

    #[tokio::test]
    async fn puts_the_question_mark_behind_the_code() {
        let review = review(&[(
            "main.rs",
            "fn a() -> Result<u8, E> {\n    Ok(b()\n        .unwrap()\n        // No `?` in a comment.\n        .c().unwrap())\n}\n",
        )])
        .await;
        let rewritten = review.rewritten();
        assert_eq!(
            rewritten[&PathBuf::from("main.rs")],
            "fn a() -> Result<u8, E> {\n    Ok(b()?\n        // No `?` in a comment.\n        .c()?)\n}\n"
        );
    }

    #[tokio::test]
    async fn puts_the_urgent_first_and_names_where_to_begin() {
        let review = review(&[
            ("a.rs", "// TODO: x\n"),
            ("b.rs", "fn a() { b().unwrap(); }"),
            ("c.rs", "fn a() { b().unwrap(); c().unwrap(); }"),
        ])
        .await;
        let topics: Vec<_> = review.recommendations.iter().map(|one| one.topic).collect();
        assert_eq!(topics, [Topic::Unwrap, Topic::Marker]);
        let unwraps = &review.recommendations[0];
        assert_eq!((unwraps.places, unwraps.files), (3, 2));
        assert!(
            unwraps
                .advice
                .ends_with("Begin with `c.rs`, which has 2 of them."),
            "{}",
            unwraps.advice
        );
        assert!(review.rewritten().is_empty());
    }

    #[tokio::test]
    async fn has_nothing_to_say_about_clean_code() {
        let review = review(&[("lib.rs", "//! Docs.\n")]).await;
        assert!(review.recommendations.is_empty());
    }
}
