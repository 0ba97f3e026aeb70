//! Finds the sources under a folder and reads them concurrently.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::{StreamExt, TryStreamExt, stream};

use crate::error::ReviewError;

/// How many files are open at the same time.
const OPEN_AT_ONCE: usize = 32;

/// Folders that hold no sources of the project's authors.
const SKIPPED: [&str; 2] = ["target", "node_modules"];

/// One source, as it is on disk.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// Its path, relative to the folder under review.
    pub(crate) path: PathBuf,
    /// Its text, without a byte order mark.
    pub(crate) text: Arc<str>,
}

/// All sources under a folder, in the order of their paths. Cheap to clone, so that it can go to other threads.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    /// The folder under review.
    pub(crate) folder: Arc<Path>,
    /// The sources in it.
    pub(crate) files: Arc<[SourceFile]>,
}

impl Sources {
    /// How many lines all the sources have together.
    pub(crate) fn lines(&self) -> usize {
        self.files
            .iter()
            .map(|source| source.text.lines().count())
            .sum()
    }
}

/// Reads every `.rs` file under `folder`.
///
/// Hidden entries, build output and symbolic links are passed by, and so are the cases of compile-fail tests
/// (`tests/ui`), which are wrong on purpose.
pub(crate) async fn read(folder: &Path) -> Result<Sources, ReviewError> {
    let paths = find(folder, |path| {
        path.extension().is_some_and(|extension| extension == "rs")
    })
    .await?;
    if paths.is_empty() {
        return Err(ReviewError::NothingToReview {
            path: folder.to_path_buf(),
        });
    }
    let files: Vec<SourceFile> = stream::iter(paths)
        .map(|path| async move {
            let text = read_text(&path).await?;
            let path = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
            Ok::<_, ReviewError>(SourceFile { path, text })
        })
        .buffered(OPEN_AT_ONCE)
        .try_collect()
        .await?;
    Ok(Sources {
        folder: folder.into(),
        files: files.into(),
    })
}

/// Reads one file as text.
pub(crate) async fn read_text(path: &Path) -> Result<Arc<str>, ReviewError> {
    let bytes = tokio::fs::read(path)
        .await
        .map_err(|source| unreadable(path, source))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).into()),
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            let line = good.split(|byte| *byte == b'\n').count();
            Err(ReviewError::NotText {
                path: path.to_path_buf(),
                line,
            })
        }
    }
}

/// The files under `folder` that are `wanted`, sorted.
pub(crate) async fn find(
    folder: &Path,
    wanted: fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, ReviewError> {
    let folder = folder.to_path_buf();
    let walk = tokio::task::spawn_blocking(move || {
        let mut found = Vec::new();
        walk(&folder, wanted, &mut found)?;
        found.sort();
        Ok(found)
    });
    match walk.await {
        Ok(found) => found,
        Err(source) => Err(ReviewError::Stopped {
            work: "find",
            source,
        }),
    }
}

fn walk(
    folder: &Path,
    wanted: fn(&Path) -> bool,
    found: &mut Vec<PathBuf>,
) -> Result<(), ReviewError> {
    let here = |source| unreadable(folder, source);
    for entry in std::fs::read_dir(folder).map_err(here)? {
        let entry = entry.map_err(here)?;
        let path = entry.path();
        // The type of the entry itself: a link is neither a file nor a folder, so the walk cannot go in circles.
        let kind = entry
            .file_type()
            .map_err(|source| unreadable(&path, source))?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            if !SKIPPED.iter().any(|name| entry.file_name() == *name) && !path.ends_with("tests/ui")
            {
                walk(&path, wanted, found)?;
            }
        } else if kind.is_file() && wanted(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, source: io::Error) -> ReviewError {
    ReviewError::Unreadable {
        path: path.to_path_buf(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn write(folder: &Path, path: &str, text: impl AsRef<[u8]>) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[tokio::test]
    async fn reads_what_belongs_to_the_project_in_the_order_of_the_paths() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for path in [
            "src/lib.rs",
            "src/a.rs",
            "build.rs",
            "tests/it.rs",
            "tests/ui/broken.rs",
            "target/out.rs",
            ".hidden/x.rs",
            ".y.rs",
            "notes.md",
        ] {
            write(folder, path, "// é\nfn x() {}\n");
        }
        write(folder, "src/marked.rs", "\u{feff}fn x() {}\n");
        let sources = read(folder).await.unwrap();
        let paths: Vec<_> = sources
            .files
            .iter()
            .map(|source| source.path.to_str().unwrap())
            .collect();
        assert_eq!(
            paths,
            [
                "build.rs",
                "src/a.rs",
                "src/lib.rs",
                "src/marked.rs",
                "tests/it.rs"
            ]
        );
        assert_eq!(sources.lines(), 9);
        assert!(sources.files[3].text.starts_with("fn"));
    }

    #[tokio::test]
    async fn names_the_line_that_is_not_text() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "bad.rs", b"fn a() {}\n// caf\xe9\n");
        let error = read(folder.path()).await.unwrap_err();
        let path = folder.path().join("bad.rs");
        assert_eq!(
            error.to_string(),
            format!("cannot read `{}`: line 2 is not UTF-8", path.display())
        );
    }

    #[tokio::test]
    async fn names_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("nowhere");
        let error = read(&missing).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot read `{}`", missing.display())
        );
        let error = read(folder.path()).await.unwrap_err();
        assert!(error.to_string().starts_with("there is no Rust source"));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn names_a_file_that_may_not_be_read() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "secret.rs", "fn a() {}\n");
        let path = folder.path().join("secret.rs");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::read(&path).is_ok() {
            return; // The super-user reads everything.
        }
        let error = read(folder.path()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot read `{}`", path.display())
        );
    }
}
