//! The folder that a site is served from.
//!
//! ```text
//! releases/2.2.0/..       the files of each release
//! releases/2.3.0/..
//! current                 the name of the one that is served
//! previous                the name of the one before, for who goes back by hand
//! announcement-2.3.0.txt  what the mailer takes from here
//! ```
//!
//! What writes leaves everything or nothing, and says what it takes to undo it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    error::{DeployError, blocking},
    faults::Fault,
    fingerprint::files_under,
    release::Release,
    store,
};

/// A folder to publish to.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) root: PathBuf,
}

/// The files of a release have been written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// Where they are.
    pub(crate) folder: PathBuf,
    /// The folder that had to be made around it.
    made: Option<PathBuf>,
}

/// A pointer names another release now.
#[derive(Debug, Clone)]
pub(crate) struct Moved {
    path: PathBuf,
    /// What it named before; none when it was not there.
    before: Option<String>,
}

impl Target {
    /// A folder that is there.
    pub(crate) fn open(root: &Path) -> Result<Self, DeployError> {
        if !root.is_dir() {
            return Err(DeployError::NoFolder {
                path: root.to_path_buf(),
            });
        }
        Ok(Self {
            root: root.to_path_buf(),
        })
    }

    /// A temporary one, which serves an earlier release. It is removed with what this returns.
    pub(crate) fn temporary() -> Result<(Self, tempfile::TempDir), DeployError> {
        let folder = tempfile::tempdir().map_err(DeployError::unwritable("a temporary folder"))?;
        let root = folder.path().to_path_buf();
        let earlier = root.join("releases/2.2.0");
        fs::create_dir_all(&earlier).map_err(DeployError::unwritable(&earlier))?;
        for (path, text) in [
            (earlier.join("index.html"), "<p>An earlier release.</p>\n"),
            (root.join("current"), "2.2.0"),
        ] {
            fs::write(&path, text).map_err(DeployError::unwritable(&path))?;
        }
        Ok((Self { root }, folder))
    }

    /// Writes the files beside those of the other releases. Nobody is shown them yet.
    pub(crate) async fn write(
        &self,
        release: &Release,
        fault: Fault,
    ) -> Result<Written, DeployError> {
        let (root, release) = (self.root.clone(), release.clone());
        blocking(move || {
            let releases = root.join("releases");
            let folder = releases.join(&release.version);
            if folder.exists() {
                return Err(DeployError::Taken {
                    version: release.version,
                    path: folder,
                });
            }
            // Under another name first, which removes itself on every way out before the last.
            let mut builder = tempfile::Builder::new();
            // A temporary folder is private by default; a release is for all.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755));
            let staged = builder.prefix(".release-").tempdir_in(&root);
            let staged = staged.map_err(DeployError::unwritable(&root))?;
            for (path, bytes) in release.files.iter() {
                let path = staged.path().join(path);
                let around = path.parent().unwrap_or(&path);
                fs::create_dir_all(around).map_err(DeployError::unwritable(around))?;
                fs::write(&path, bytes).map_err(DeployError::unwritable(&path))?;
            }
            fault.strike()?;
            let made = make(&releases)?;
            if let Err(error) = fs::rename(staged.path(), &folder) {
                if made {
                    // It is empty, and what matters is the first error.
                    let _ = fs::remove_dir(&releases);
                }
                return Err(DeployError::unwritable(&folder)(error));
            }
            Ok(Written {
                folder,
                made: made.then_some(releases),
            })
        })
        .await
    }

    /// Undoes [`write`](Self::write).
    pub(crate) async fn remove(&self, written: &Written) -> Result<(), DeployError> {
        let Written { folder, made } = written.clone();
        blocking(move || {
            fs::remove_dir_all(&folder).map_err(DeployError::unwritable(&folder))?;
            made.map_or(Ok(()), |made| {
                fs::remove_dir(&made).map_err(DeployError::unwritable(&made))
            })
        })
        .await
    }

    /// Lets a pointer name a release.
    pub(crate) async fn point(
        &self,
        pointer: &str,
        to: Option<&str>,
        fault: Fault,
    ) -> Result<Moved, DeployError> {
        let path = self.root.join(pointer);
        let before = read(&path).await?;
        fault.strike()?;
        put(&path, to).await?;
        Ok(Moved { path, before })
    }

    /// Undoes [`point`](Self::point).
    pub(crate) async fn point_back(&self, moved: &Moved) -> Result<(), DeployError> {
        put(&moved.path, moved.before.as_deref()).await
    }

    /// What a pointer names.
    pub(crate) async fn pointed(&self, pointer: &str) -> Result<Option<String>, DeployError> {
        read(&self.root.join(pointer)).await
    }

    /// Goes where `current` points, as a server does, and compares what is there with a release.
    pub(crate) async fn visit(&self, release: &Release) -> Result<(), DeployError> {
        let current = self.pointed("current").await?.unwrap_or_default();
        let folder = self.root.join("releases").join(current);
        let release = release.clone();
        blocking(move || {
            let served: BTreeMap<_, _> = files_under(&folder)?.into_iter().collect();
            let is_served = |path: &PathBuf, bytes: &[u8]| {
                served.get(path).is_some_and(|served| served == bytes)
            };
            match release
                .files
                .iter()
                .find(|(path, bytes)| !is_served(path, bytes))
            {
                None => Ok(()),
                Some((path, _)) => Err(DeployError::NotServed {
                    path: folder.join(path),
                }),
            }
        })
        .await
    }

    /// Leaves an announcement for the mailer.
    pub(crate) async fn announce(
        &self,
        release: &Release,
        fault: Fault,
    ) -> Result<PathBuf, DeployError> {
        let path = self
            .root
            .join(format!("announcement-{}.txt", release.version));
        fault.strike()?;
        store::store(&path, release.announcement()).await?;
        Ok(path)
    }
}

/// Makes a folder; whether it was not there before.
fn make(folder: &Path) -> Result<bool, DeployError> {
    match fs::create_dir(folder) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(DeployError::unwritable(folder)(error)),
    }
}

async fn read(path: &Path) -> Result<Option<String>, DeployError> {
    match tokio::fs::read_to_string(path).await {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DeployError::unreadable(path)(error)),
    }
}

/// Writes a text, or removes the file where there is none.
async fn put(path: &Path, text: Option<&str>) -> Result<(), DeployError> {
    let Some(text) = text else {
        return match tokio::fs::remove_file(path).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(DeployError::unwritable(path)(error))
            }
            _ => Ok(()),
        };
    };
    Ok(store::store(path, text.to_owned()).await?)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use super::*;
    use crate::{error::DeployError, faults::Fault, fingerprint::Fingerprint};

    #[tokio::test]
    async fn a_visitor_sees_what_is_not_as_it_was_released() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::open(folder.path()).unwrap();
        let before = Fingerprint::of(folder.path()).unwrap();
        let files = [("a.html", "a"), ("b/c.css", "c")];
        let files = files.map(|(path, text)| (PathBuf::from(path), text.as_bytes().into()));
        let release = Release {
            version: "1".to_owned(),
            notes: String::new(),
            files: Arc::new(BTreeMap::from(files)),
        };
        let written = target.write(&release, Fault::NONE).await.unwrap();
        assert!(
            target.visit(&release).await.is_err(),
            "nothing points there"
        );
        let moved = target
            .point("current", Some("1"), Fault::NONE)
            .await
            .unwrap();
        target.visit(&release).await.unwrap();

        let page = written.folder.join("b/c.css");
        fs::write(&page, "changed").unwrap();
        let Err(DeployError::NotServed { path }) = target.visit(&release).await else {
            panic!("nobody has noticed");
        };
        assert_eq!(path, page);

        target.point_back(&moved).await.unwrap();
        target.remove(&written).await.unwrap();
        assert_eq!(Fingerprint::of(folder.path()).unwrap(), before);
    }
}
