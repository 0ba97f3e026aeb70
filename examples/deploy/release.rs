//! What is published: all files of a site, as they go out.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use crate::{
    describe::Described,
    site::{Asset, Manifest},
};

/// A release. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    /// Its name.
    pub(crate) version: String,
    /// What is new.
    pub(crate) notes: String,
    /// The files, by their paths.
    pub(crate) files: Arc<BTreeMap<PathBuf, Arc<[u8]>>>,
}

impl Release {
    /// Puts it together.
    pub(crate) fn new(manifest: &Manifest, pages: &[Described], assets: Vec<Asset>) -> Self {
        let pages = pages.iter().map(|described| {
            let page = &described.page;
            (page.path.clone(), page.text.as_bytes().into())
        });
        let assets = assets.into_iter().map(|asset| (asset.path, asset.bytes));
        Self {
            version: manifest.version.clone(),
            notes: manifest.notes.trim().to_owned(),
            files: Arc::new(pages.chain(assets).collect()),
        }
    }

    /// How many bytes its files have together.
    pub(crate) fn bytes(&self) -> usize {
        self.files.values().map(|bytes| bytes.len()).sum()
    }

    /// What readers are told.
    pub(crate) fn announcement(&self) -> String {
        format!("Release {} is out.\n\n{}\n", self.version, self.notes)
    }
}
