//! What is in a folder, to the last byte: how it is known that nothing has changed.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use crate::{
    error::DeployError,
    text::{count, thousands},
};

/// Every path under a folder, and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint(BTreeMap<PathBuf, Entry>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Folder,
    File(Vec<u8>),
    /// A symbolic link, which is not followed.
    Link(PathBuf),
}

impl Fingerprint {
    /// Takes it.
    pub(crate) fn of(folder: &Path) -> Result<Self, DeployError> {
        let mut entries = BTreeMap::new();
        walk(folder, folder, &mut entries)?;
        Ok(Self(entries))
    }

    /// What has come (`+`), gone (`-`) and changed (`~`) since.
    pub(crate) fn changes<'f>(&'f self, since: &'f Self) -> Vec<Change<'f>> {
        let now = self
            .0
            .iter()
            .filter_map(|(path, entry)| match since.0.get(path) {
                None => Some(Change {
                    mark: '+',
                    path,
                    entry,
                }),
                Some(old) if old != entry => Some(Change {
                    mark: '~',
                    path,
                    entry,
                }),
                Some(_) => None,
            });
        let gone = since
            .0
            .iter()
            .filter(|(path, _)| !self.0.contains_key(*path));
        let gone = gone.map(|(path, entry)| Change {
            mark: '-',
            path,
            entry,
        });
        let mut changes: Vec<_> = now.chain(gone).collect();
        changes.sort_by_key(|change| change.path);
        changes
    }
}

/// How many paths and bytes there are.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.values().map(Entry::bytes).sum::<usize>();
        write!(
            f,
            "{}, {}",
            count(self.0.len(), "path", "paths"),
            count(bytes, "byte", "bytes")
        )
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        match self {
            Self::File(bytes) => bytes.len(),
            Self::Folder | Self::Link(_) => 0,
        }
    }
}

/// A difference between two fingerprints.
#[derive(Debug)]
pub(crate) struct Change<'f> {
    mark: char,
    path: &'f Path,
    entry: &'f Entry,
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.mark, self.path.display())?;
        match self.entry {
            Entry::Folder => f.write_str("/"),
            Entry::File(bytes) => write!(f, " ({} bytes)", thousands(bytes.len() as u64)),
            Entry::Link(to) => write!(f, " -> {}", to.display()),
        }
    }
}

/// The files under a folder, their paths relative to it, in order.
pub(crate) fn files_under(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, DeployError> {
    let Fingerprint(entries) = Fingerprint::of(folder)?;
    let files = entries.into_iter().filter_map(|(path, entry)| match entry {
        Entry::File(bytes) => Some((path, bytes)),
        Entry::Folder | Entry::Link(_) => None,
    });
    Ok(files.collect())
}

fn walk(
    root: &Path,
    folder: &Path,
    entries: &mut BTreeMap<PathBuf, Entry>,
) -> Result<(), DeployError> {
    for child in fs::read_dir(folder).map_err(DeployError::unreadable(folder))? {
        let child = child.map_err(DeployError::unreadable(folder))?;
        let path = child.path();
        let here = || DeployError::unreadable(&path);
        let kind = child.file_type().map_err(here())?;
        let entry = if kind.is_dir() {
            walk(root, &path, entries)?;
            Entry::Folder
        } else if kind.is_symlink() {
            Entry::Link(fs::read_link(&path).map_err(here())?)
        } else {
            Entry::File(fs::read(&path).map_err(here())?)
        };
        let relative = path.strip_prefix(root).unwrap_or(&path).to_path_buf();
        entries.insert(relative, entry);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_every_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let now = || Fingerprint::of(folder.path()).unwrap();
        fs::write(path("a"), "same").unwrap();
        fs::write(path("b"), "old").unwrap();
        fs::write(path("c"), "gone").unwrap();
        let before = now();
        assert_eq!(now(), before);
        assert_eq!(before.to_string(), "3 paths, 11 bytes");

        fs::write(path("b"), "new").unwrap();
        fs::remove_file(path("c")).unwrap();
        // A folder with nothing in it is a change too.
        fs::create_dir(path("d")).unwrap();
        let after = now();
        let changes = after.changes(&before);
        let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(changes, ["~ b (3 bytes)", "- c (4 bytes)", "+ d/"]);
        assert_ne!(after, before);
    }
}
