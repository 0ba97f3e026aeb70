//! The two tools that check a review: does everything parse, and is it formatted?
//!
//! Both look at the sources as they are, and at what the suggested edits make of them.

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use futures::{StreamExt, TryStreamExt, stream};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{editions::Editions, error::ReviewError, reviewer::Review, sources::Sources};

/// What a tool says.
#[derive(Debug)]
pub(crate) struct Check {
    /// The tool and its version.
    pub(crate) tool: String,
    /// About the sources as they are.
    pub(crate) sources: Verdict,
    /// About the sources with the suggested edits made.
    pub(crate) edited: Verdict,
}

/// What a tool says about a number of files.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// How many files it looked at.
    pub(crate) files: usize,
    /// What is wrong with some of them.
    pub(crate) problems: Vec<Problem>,
}

/// What is wrong with a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The file, relative to the folder under review.
    pub(crate) path: PathBuf,
    /// The first line where it is wrong, from 1.
    pub(crate) line: usize,
    /// How it is wrong.
    pub(crate) reason: String,
}

/// Parses every source, and every source with the suggested edits made.
pub(crate) async fn syntax(sources: &Sources, review: &Review) -> Result<Check, ReviewError> {
    let sources = sources.clone();
    let rewritten = review.rewritten();
    let check = tokio::task::spawn_blocking(move || {
        let mut check = Check {
            tool: "syn".to_owned(),
            sources: Verdict::default(),
            edited: Verdict::default(),
        };
        for source in sources.files.iter() {
            check.sources.add(&source.path, parse_problem(&source.text));
        }
        for (path, text) in &rewritten {
            check.edited.add(path, parse_problem(text));
        }
        check
    });
    check.await.map_err(|source| ReviewError::Stopped {
        work: "syntax",
        source,
    })
}

/// Compares every source with what `rustfmt` makes of it, and every source with the suggested edits made.
pub(crate) async fn format(
    sources: &Sources,
    editions: &Editions,
    review: &Review,
) -> Result<Check, ReviewError> {
    let version = Command::new("rustfmt").arg("--version").output().await;
    let version = version.map_err(ReviewError::Rustfmt)?.stdout;
    let rewritten = review.rewritten();
    let folder = sources.folder.canonicalize();
    let folder = folder.map_err(|source| ReviewError::Unreadable {
        path: sources.folder.to_path_buf(),
        source,
    })?;
    let comparisons: Vec<_> = sources
        .files
        .iter()
        .map(|source| {
            let path = folder.join(&source.path);
            let edited = rewritten.get(&source.path);
            async move {
                let edition = editions.of(&path);
                let before = format_problem(&path, edition, &source.text).await?;
                let after = match edited {
                    Some(text) => Some(format_problem(&path, edition, text).await?),
                    None => None,
                };
                Ok::<_, ReviewError>((&source.path, before, after))
            }
        })
        .collect();
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let results: Vec<_> = stream::iter(comparisons)
        .buffered(at_once)
        .try_collect()
        .await?;

    let mut check = Check {
        tool: String::from_utf8_lossy(&version).trim().to_owned(),
        sources: Verdict::default(),
        edited: Verdict::default(),
    };
    for (path, before, after) in results {
        // An edit cannot be blamed for what was not formatted before it.
        if let Some(after) = after
            && before.is_none()
        {
            check.edited.add(path, after);
        }
        check.sources.add(path, before);
    }
    Ok(check)
}

impl Verdict {
    fn add(&mut self, path: &Path, problem: Option<(usize, String)>) {
        self.files += 1;
        if let Some((line, reason)) = problem {
            let path = path.to_path_buf();
            self.problems.push(Problem { path, line, reason });
        }
    }
}

fn parse_problem(text: &str) -> Option<(usize, String)> {
    let error = syn::parse_file(text).err()?;
    let reason = match error.to_string() {
        // The words for a text that is not even a row of tokens say little.
        unknown if unknown.starts_with("cannot parse string") => {
            "its brackets do not match, or it holds what is no Rust".to_owned()
        }
        reason => reason,
    };
    Some((error.span().start().line, reason))
}

/// Runs `rustfmt` on one text. It goes in by a pipe: given a path, `rustfmt` would look at that file's modules too, so
/// most files would be looked at twice. The folder that it runs in decides which `rustfmt.toml` it goes by.
async fn format_problem(
    path: &Path,
    edition: &str,
    text: &str,
) -> Result<Option<(usize, String)>, ReviewError> {
    let mut process = Command::new("rustfmt")
        .args(["--check", "--color", "never", "--edition", edition])
        .current_dir(path.parent().unwrap_or(Path::new(".")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // When the run fails elsewhere this step is dropped, and its processes with it.
        .kill_on_drop(true)
        .spawn()
        .map_err(ReviewError::Rustfmt)?;
    let mut stdin = process.stdin.take();
    let writing = async {
        if let Some(mut stdin) = stdin.take() {
            match stdin.write_all(text.as_bytes()).await {
                // It may give up on a text before its end.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
                _ => {}
            }
        }
        Ok(())
    };
    let (written, output) = tokio::join!(writing, process.wait_with_output());
    written.map_err(ReviewError::Rustfmt)?;
    let output = output.map_err(ReviewError::Rustfmt)?;
    let differences = String::from_utf8_lossy(&output.stdout);
    let mut lines = differences.lines().filter_map(difference);
    if let Some(line) = lines.next() {
        let more = lines.count();
        let reason = match more {
            0 => "one place is not as `rustfmt` leaves it".to_owned(),
            _ => format!("{} places are not as `rustfmt` leaves them", more + 1),
        };
        return Ok(Some((line, reason)));
    }
    // It reports success about a text with differences, when that comes in by a pipe: so this is looked at last.
    if output.status.success() {
        return Ok(None);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let reason = complaint.lines().next().unwrap_or("it gave no reason");
    let line = complaint.lines().find_map(place).unwrap_or(1);
    Ok(Some((line, format!("`rustfmt` gives up: {reason}"))))
}

/// The line of `Diff in <stdin>:12:`.
fn difference(line: &str) -> Option<usize> {
    let rest = line.strip_prefix("Diff in ")?.trim_end_matches(':');
    rest.rsplit_once(':')?.1.parse().ok()
}

/// The line of ` --> <stdin>:12:5`.
fn place(line: &str) -> Option<usize> {
    let rest = line.trim_start().strip_prefix("--> ")?;
    rest.rsplit(':').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::{ops::Range, sync::Arc};

    use super::*;
    use crate::{
        findings::FileFindings,
        practices::{Practice, Topic},
        reviewer::{Edit, Recommendation},
        sources::SourceFile,
    };

    const TEXT: &str = "fn main() {\n    let x = 1;\n}\n";

    /// A project of one file, and a review that puts `text` at `range` of it.
    fn project(folder: &Path, source: &str, range: Range<usize>, text: &str) -> (Sources, Review) {
        let path = PathBuf::from("main.rs");
        let source = SourceFile {
            path: path.clone(),
            text: source.into(),
        };
        let file = FileFindings {
            path: path.clone(),
            text: Arc::clone(&source.text),
            findings: Vec::new(),
        };
        let edit = Edit {
            path,
            line: 2,
            range,
            text: text.to_owned(),
        };
        let practice = Practice {
            title: String::new(),
            why: String::new(),
            see: String::new(),
        };
        let recommendation = Recommendation {
            topic: Topic::Unwrap,
            practice,
            places: 1,
            files: 1,
            advice: String::new(),
            edits: vec![edit],
        };
        let sources = Sources {
            folder: folder.into(),
            files: [source].into(),
        };
        let review = Review {
            reviewer: "a test".to_owned(),
            files: vec![file],
            recommendations: vec![recommendation],
        };
        (sources, review)
    }

    #[tokio::test]
    async fn a_good_edit_passes_both_checks() {
        let folder = tempfile::tempdir().unwrap();
        let (sources, review) = project(folder.path(), TEXT, 24..25, "2");
        let syntax = syntax(&sources, &review).await.unwrap();
        let format = format(&sources, &Editions::default(), &review)
            .await
            .unwrap();
        for check in [syntax, format] {
            assert_eq!((check.sources.files, check.edited.files), (1, 1));
            assert_eq!(check.sources.problems, [], "{}", check.tool);
            assert_eq!(check.edited.problems, [], "{}", check.tool);
        }
    }

    #[tokio::test]
    async fn an_edit_that_breaks_the_syntax_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (sources, review) = project(folder.path(), TEXT, 24..25, "2 +");
        let syntax = syntax(&sources, &review).await.unwrap();
        assert_eq!(syntax.sources.problems, []);
        assert_eq!(syntax.edited.problems[0].line, 2);
        let format = format(&sources, &Editions::default(), &review)
            .await
            .unwrap();
        let problem = &format.edited.problems[0];
        assert_eq!(problem.line, 2);
        assert!(
            problem.reason.starts_with("`rustfmt` gives up: "),
            "{}",
            problem.reason
        );
    }

    #[tokio::test]
    async fn an_edit_that_breaks_the_format_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (sources, review) = project(folder.path(), TEXT, 24..25, "  2");
        let format = format(&sources, &Editions::default(), &review)
            .await
            .unwrap();
        assert_eq!(format.sources.problems, []);
        assert_eq!(
            format.edited.problems[0].reason,
            "one place is not as `rustfmt` leaves it"
        );
    }

    #[tokio::test]
    async fn an_edit_is_not_blamed_for_a_source_that_was_not_formatted() {
        let folder = tempfile::tempdir().unwrap();
        let (sources, review) = project(folder.path(), "fn main(){ 1 }\n", 11..12, "2");
        let format = format(&sources, &Editions::default(), &review)
            .await
            .unwrap();
        assert_eq!(format.sources.problems[0].line, 1);
        assert_eq!(format.edited.files, 0);
    }

    #[tokio::test]
    async fn the_project_decides_how_it_is_formatted() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("rustfmt.toml"), "tab_spaces = 2\n").unwrap();
        let (sources, review) = project(folder.path(), TEXT, 24..25, "2");
        let format = format(&sources, &Editions::default(), &review)
            .await
            .unwrap();
        assert_eq!(format.sources.problems.len(), 1);
    }
}
