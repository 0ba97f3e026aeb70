//! A reviewer: pages that are too heavy. A site that does not say what it may weigh cannot be reviewed.

use std::path::Path;

use crate::{
    error::DeployError,
    findings::Finding,
    site::{Asset, Manifest, Page},
    text::thousands,
};

/// Holds the pages, and all files together, against what `site.toml` allows.
pub(crate) fn review(
    manifest: &Manifest,
    pages: &[Page],
    assets: &[Asset],
) -> Result<Vec<Finding>, DeployError> {
    let limits = manifest.weight.ok_or(DeployError::NoLimits)?;
    let of_pages = pages
        .iter()
        .map(|page| (page.path.as_path(), page.text.len(), limits.page));
    let all = pages.iter().map(|page| page.text.len()).sum::<usize>()
        + assets.iter().map(|asset| asset.bytes.len()).sum::<usize>();
    Ok(of_pages
        .chain([(Path::new("."), all, limits.all)])
        .filter(|(_, bytes, limit)| bytes > limit)
        .map(|(path, bytes, limit)| {
            let [bytes, limit] = [bytes, limit].map(|bytes| thousands(bytes as u64));
            Finding::new(
                path,
                1,
                format!("{bytes} bytes, and at most {limit} are wanted"),
            )
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Limits;

    #[test]
    fn weighs() {
        let mut manifest = Manifest {
            version: "1".to_owned(),
            notes: String::new(),
            weight: Some(Limits { page: 3, all: 8 }),
        };
        let page = |path: &str, text: &str| Page {
            path: path.into(),
            text: text.into(),
        };
        let pages = [page("a.html", "abc"), page("b.html", "abcd")];
        let assets = [Asset {
            path: "c.png".into(),
            bytes: [0; 2].into(),
        }];
        let found = review(&manifest, &pages, &assets).unwrap();
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "b.html:1: 4 bytes, and at most 3 are wanted",
                ".:1: 9 bytes, and at most 8 are wanted",
            ]
        );
        manifest.weight = None;
        assert!(matches!(
            review(&manifest, &pages, &assets),
            Err(DeployError::NoLimits)
        ));
    }
}
