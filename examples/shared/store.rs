//! Stores a text under its final name whole, or not at all.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

/// Why a text could not be stored. Nothing is left at its final path then, or what was there before.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`", path.display())]
pub(crate) struct StoreError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Writes `text` to a temporary file beside `path`, then renames it, making the folder when it is not there yet.
///
/// A rename inside a folder replaces the old file in one go, so a reader sees the old text or the new one.
pub(crate) async fn store(path: &Path, text: String) -> Result<(), StoreError> {
    let target = path.to_path_buf();
    let written = tokio::task::spawn_blocking(move || replace(&target, &text));
    let result = match written.await {
        Ok(result) => result,
        Err(stopped) => Err(io::Error::other(stopped)),
    };
    result.map_err(|source| StoreError {
        path: path.to_path_buf(),
        source,
    })
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    // A temporary file is private by default; a report may be read by those who may read the folder.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".report-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    // When this fails the temporary file removes itself, as it does on every way out before.
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn makes_the_folder_and_replaces_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/report.md");
        store(&path, "old".to_owned()).await.unwrap();
        store(&path, "new".to_owned()).await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "a temporary file is left"
        );
    }

    #[tokio::test]
    async fn names_the_path_and_leaves_nothing_when_it_fails() {
        let folder = tempfile::tempdir().unwrap();
        // A folder stands where the report should go.
        let path = folder.path().join("report.md");
        fs::create_dir(&path).unwrap();
        let error = store(&path, "text".to_owned()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot write `{}`", path.display())
        );
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "a temporary file is left"
        );
    }
}
