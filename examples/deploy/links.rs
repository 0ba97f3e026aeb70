//! A reviewer: links that lead nowhere.

use std::{
    collections::{HashMap, HashSet},
    path::{Component, Path, PathBuf},
};

use crate::{
    findings::Finding,
    html::tags,
    site::{Asset, Page},
};

/// Follows every link to a file of the site, and to a place in a page. Links to elsewhere are not followed.
pub(crate) fn review(pages: &[Page], assets: &[Asset]) -> Vec<Finding> {
    let marks: HashMap<&Path, HashSet<&str>> = pages
        .iter()
        .map(|page| {
            let tags = tags(&page.text).into_iter();
            let ids = tags.filter_map(|tag| tag.attribute("id")).collect();
            (page.path.as_path(), ids)
        })
        .collect();
    let files: HashSet<&Path> = assets.iter().map(|asset| asset.path.as_path()).collect();
    let mut findings = Vec::new();
    for page in pages {
        for tag in tags(&page.text) {
            let targets = ["href", "src"]
                .into_iter()
                .filter_map(|name| tag.attribute(name));
            for target in targets.filter(|target| !leads_elsewhere(target)) {
                let (path, mark) = target.split_once('#').unwrap_or((target, ""));
                let path = resolve(&page.path, path);
                let what = match marks.get(path.as_path()) {
                    Some(ids) if !mark.is_empty() && !ids.contains(mark) => {
                        format!(
                            "`{target}` leads nowhere: `{}` has no such place",
                            path.display()
                        )
                    }
                    None if !files.contains(path.as_path()) => {
                        format!("`{target}` leads nowhere: there is no `{}`", path.display())
                    }
                    _ => continue,
                };
                findings.push(Finding::new(&page.path, tag.line, what));
            }
        }
    }
    findings
}

/// Whether a link names a scheme (`https:`, `mailto:`) or another host (`//`).
fn leads_elsewhere(target: &str) -> bool {
    let before = target.split(['/', '?', '#']).next().unwrap_or_default();
    target.starts_with("//") || before.contains(':')
}

/// The file that a link on a page leads to.
fn resolve(page: &Path, link: &str) -> PathBuf {
    let link = link.split('?').next().unwrap_or_default();
    if link.is_empty() {
        return page.to_path_buf();
    }
    let folder = page.parent().unwrap_or(Path::new(""));
    let (mut path, rest) = match link.strip_prefix('/') {
        Some(rest) => (PathBuf::new(), rest),
        None => (folder.to_path_buf(), link),
    };
    for part in Path::new(rest).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    if rest.is_empty() || link.ends_with('/') {
        path.push("index.html");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_links() {
        let page = |path: &str, text: &str| Page {
            path: path.into(),
            text: text.into(),
        };
        let pages = [
            page(
                "index.html",
                "<a href='sub/a.html#top'>\n<a href='sub/b.html'>\n<a href='#here' id=here>\n<a href='//x/y'><a href='mailto:a@b'>",
            ),
            page(
                "sub/a.html",
                "<p id=top><img src='../a.png?v=1'>\n<a href='/#there'>\n<a href='../'><a href='a:b'><img src=/b.png>",
            ),
        ];
        let assets = [Asset {
            path: "a.png".into(),
            bytes: [].into(),
        }];
        let found: Vec<_> = review(&pages, &assets)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            found,
            [
                "index.html:2: `sub/b.html` leads nowhere: there is no `sub/b.html`",
                "sub/a.html:2: `/#there` leads nowhere: `index.html` has no such place",
                "sub/a.html:3: `/b.png` leads nowhere: there is no `b.png`",
            ]
        );
    }
}
