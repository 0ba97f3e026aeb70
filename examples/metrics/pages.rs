//! The pages, and what is done with each.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use orchestrated::workflow;

/// What was found out about a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    name: String,
    words: usize,
    leads: usize,
}

/// What can be wrong with one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// It is not there, or no text.
    #[error("unable to read {}: {error}", path.display())]
    Read {
        /// The page, or the folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It has a link that leads nowhere.
    #[error("{} links to {link}, which is not there", path.display())]
    Link {
        /// The page.
        path: PathBuf,
        /// Where the link leads.
        link: String,
    },
    /// There is nothing to look at.
    #[error("there are no Markdown files in {}", .0.display())]
    None(PathBuf),
}

workflow! {
    /// Looks at a page: how long it is, and whether its links lead somewhere.
    pub(crate) workflow Look(path: &Path) -> Result<Page, PageError> {
        /// What stands on the page. It is read once a minute.
        #[idempotent]
        #[cache(ttl = 60s, key = path.to_path_buf())]
        tool fn text(path) -> Result<String, PageError> {
            let text = tokio::fs::read_to_string(path).await;
            text.map_err(|error| PageError::Read { path: path.to_owned(), error })
        }

        fn words(text) -> usize { text.split_whitespace().count() }

        fn links(text) -> Vec<String> { links_of(text) }

        /// That the files are there to which the page links.
        tool fn checked(path, links) -> Result<usize, PageError> {
            let folder = path.parent().unwrap_or(path);
            for link in links {
                if !tokio::fs::try_exists(folder.join(link)).await.unwrap_or(false) {
                    return Err(PageError::Link { path: path.to_owned(), link: link.clone() });
                }
            }
            Ok(links.len())
        }

        Ok(Page {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            words,
            leads: checked,
        })
    }
}

/// The Markdown files of a folder, in the order of their names.
pub(crate) fn paths(folder: &Path) -> Result<Vec<PathBuf>, PageError> {
    let unreadable = |error| PageError::Read {
        path: folder.to_owned(),
        error,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(PageError::None(folder.to_owned()));
    }
    paths.sort();
    Ok(paths)
}

/// The files to which a text links: `[the plan](plan.md#stages)`, but for what stands in code, and in the web.
fn links_of(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut links = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        for (at, _) in line.match_indices("](") {
            let link = line[at + 2..].split([')', '#']).next().unwrap_or_default();
            if !link.is_empty() && !link.contains(':') && !link.contains(' ') {
                links.push(link.to_owned());
            }
        }
    }
    links
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, words, leads } = self;
        write!(f, "{name}: {words} words, {leads} links")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files() {
        let text = "See [one](one.md) and [two](../two.md#part), not [this](https://example.org) nor [that](#here).\n\
                    ```\n[code](code.md)\n```\n[last](last.md)";
        assert_eq!(links_of(text), ["one.md", "../two.md", "last.md"]);
    }
}
