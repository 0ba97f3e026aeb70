//! Which edition each source is written in, so that it is formatted by the right rules.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::{
    error::ReviewError,
    sources::{find, read_text},
};

/// The edition of a package whose manifest does not name one.
const UNNAMED: &str = "2015";

/// The edition of sources that belong to no package.
const NO_PACKAGE: &str = "2024";

/// The editions of the packages in and around a folder.
#[derive(Debug, Default)]
pub(crate) struct Editions {
    /// The folder of each package and its edition, the deepest folders first.
    packages: Vec<(PathBuf, String)>,
}

impl Editions {
    /// The edition of the source at `path`, which is the one of the nearest package above it.
    pub(crate) fn of(&self, path: &Path) -> &str {
        let package = self
            .packages
            .iter()
            .find(|(folder, _)| path.starts_with(folder));
        package.map_or(NO_PACKAGE, |(_, edition)| edition)
    }
}

/// What a manifest says about editions.
#[derive(Debug)]
struct Manifest {
    folder: PathBuf,
    /// `None` when there is no package in it.
    package: Option<Edition>,
    /// The edition that the members of a workspace may take over.
    shared: Option<String>,
}

#[derive(Debug)]
enum Edition {
    Named(String),
    OfTheWorkspace,
}

/// Reads every `Cargo.toml` under `folder`, and those of the folders that it lies in.
pub(crate) async fn read(folder: &Path) -> Result<Editions, ReviewError> {
    let mut paths = find(folder, |path| path.ends_with("Cargo.toml")).await?;
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.into());
    let above = whole.ancestors().skip(1);
    paths.extend(
        above
            .map(|folder| folder.join("Cargo.toml"))
            .filter(|path| path.is_file()),
    );
    let mut manifests = Vec::with_capacity(paths.len());
    for path in paths {
        let text = read_text(&path).await?;
        manifests.push(parse(&path, &text)?);
    }
    Ok(resolve(&manifests))
}

fn parse(path: &Path, text: &str) -> Result<Manifest, ReviewError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = 1 + text
            .bytes()
            .take(start)
            .filter(|byte| *byte == b'\n')
            .count();
        let reason = error.message().to_owned();
        ReviewError::Manifest {
            path: path.to_path_buf(),
            line,
            reason,
        }
    })?;
    let package = table
        .get("package")
        .map(|package| match package.get("edition") {
            Some(Value::String(edition)) => Edition::Named(edition.clone()),
            Some(_) => Edition::OfTheWorkspace,
            None => Edition::Named(UNNAMED.to_owned()),
        });
    let shared = table
        .get("workspace")
        .and_then(|workspace| workspace.get("package"))
        .and_then(|package| package.get("edition"))
        .and_then(Value::as_str)
        .map(str::to_owned);
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let folder = folder.canonicalize().unwrap_or(folder);
    Ok(Manifest {
        folder,
        package,
        shared,
    })
}

fn resolve(manifests: &[Manifest]) -> Editions {
    // The nearest workspace above a folder is the one with the longest path.
    let shared_above = |folder: &Path| {
        manifests
            .iter()
            .filter(|manifest| folder.starts_with(&manifest.folder))
            .filter_map(|manifest| {
                Some((manifest.folder.as_os_str().len(), manifest.shared.as_ref()?))
            })
            .max()
            .map(|(_, edition)| edition.clone())
    };
    let mut packages: Vec<_> = manifests
        .iter()
        .filter_map(|manifest| {
            let edition = match manifest.package.as_ref()? {
                Edition::Named(edition) => edition.clone(),
                Edition::OfTheWorkspace => {
                    shared_above(&manifest.folder).unwrap_or_else(|| UNNAMED.to_owned())
                }
            };
            Some((manifest.folder.clone(), edition))
        })
        .collect();
    packages.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.as_os_str().len()));
    Editions { packages }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editions(manifests: &[(&str, &str)]) -> Editions {
        let manifests: Vec<_> = manifests
            .iter()
            .map(|(path, text)| parse(Path::new(path), text).unwrap())
            .collect();
        resolve(&manifests)
    }

    #[test]
    fn the_nearest_package_decides() {
        let editions = editions(&[
            (
                "/no/Cargo.toml",
                "[workspace.package]\nedition = '2021'\n[package]\nname = 'no'\nedition = '2024'",
            ),
            (
                "/no/a/Cargo.toml",
                "[package]\nname = 'a'\nedition.workspace = true",
            ),
            ("/no/b/Cargo.toml", "[package]\nname = 'b'"),
            ("/no/c/Cargo.toml", "[workspace]"),
        ]);
        for (path, edition) in [
            ("/no/src/lib.rs", "2024"),
            ("/no/a/src/lib.rs", "2021"),
            ("/no/b/lib.rs", "2015"),
            ("/no/c/lib.rs", "2024"),
            ("/elsewhere/lib.rs", "2024"),
        ] {
            assert_eq!(editions.of(Path::new(path)), edition, "{path}");
        }
    }

    #[test]
    fn a_broken_manifest_is_named_with_its_line() {
        let error = parse(Path::new("/no/Cargo.toml"), "[package]\nname = \n").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("`/no/Cargo.toml`, line 2: "), "{text}");
    }
}
