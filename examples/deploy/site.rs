//! The site as its authors have left it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Deserialize;

use crate::{
    error::{DeployError, blocking},
    fingerprint::files_under,
};

/// What `site.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The name of the release.
    pub(crate) version: String,
    /// What is new, for those who read announcements.
    pub(crate) notes: String,
    /// What the site may weigh.
    pub(crate) weight: Option<Limits>,
}

/// What may be how heavy, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    /// One page.
    pub(crate) page: usize,
    /// All files together.
    pub(crate) all: usize,
}

/// A page. Its path is relative to the site, as all of them are. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) path: PathBuf,
    pub(crate) text: Arc<str>,
}

/// Any other file. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asset {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Arc<[u8]>,
}

const MANIFEST: &str = "site.toml";

/// Reads what is under a folder: `site.toml`, the pages, and all the rest. What is hidden is passed by, as are links.
pub(crate) async fn read(folder: &Path) -> Result<(Manifest, Vec<Page>, Vec<Asset>), DeployError> {
    let folder = folder.to_path_buf();
    blocking(move || {
        let manifest = manifest(&folder.join(MANIFEST))?;
        let (mut pages, mut assets) = (Vec::new(), Vec::new());
        for (path, bytes) in files_under(&folder)? {
            if path == Path::new(MANIFEST) || is_hidden(&path) {
                continue;
            }
            if path
                .extension()
                .is_some_and(|extension| extension == "html")
            {
                let text = text(&folder.join(&path), &bytes)?.into();
                pages.push(Page { path, text });
            } else {
                let bytes = bytes.into();
                assets.push(Asset { path, bytes });
            }
        }
        if pages.is_empty() {
            return Err(DeployError::NoPages { path: folder });
        }
        Ok((manifest, pages, assets))
    })
    .await
}

fn is_hidden(path: &Path) -> bool {
    path.iter()
        .any(|part| part.as_encoded_bytes().starts_with(b"."))
}

fn manifest(path: &Path) -> Result<Manifest, DeployError> {
    let bytes = fs::read(path).map_err(DeployError::unreadable(path))?;
    let broken = |reason| DeployError::Manifest {
        path: path.to_path_buf(),
        reason,
    };
    let manifest: Manifest =
        toml::from_str(text(path, &bytes)?).map_err(|error| broken(error.message().to_owned()))?;
    // It becomes the name of a folder.
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if manifest
        .version
        .starts_with(|c: char| c.is_ascii_alphanumeric())
        && manifest.version.chars().all(is_name)
    {
        return Ok(manifest);
    }
    let version = &manifest.version;
    Err(broken(format!(
        "`{version}` is no version: letters, digits, dots and dashes"
    )))
}

fn text<'b>(path: &Path, bytes: &'b [u8]) -> Result<&'b str, DeployError> {
    std::str::from_utf8(bytes).map_err(|error| DeployError::NotText {
        path: path.to_path_buf(),
        line: bytes[..error.valid_up_to()]
            .split(|byte| *byte == b'\n')
            .count(),
    })
}
