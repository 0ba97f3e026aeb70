//! A reviewer: elements that are not closed, and what a page must have.

use crate::{
    findings::Finding,
    html::{Tag, plain, tags},
    site::Page,
};

/// Looks at the markup of every page. What HTML lets one leave open is to be closed all the same.
pub(crate) fn review(pages: &[Page]) -> Vec<Finding> {
    pages.iter().flat_map(page).collect()
}

fn page(page: &Page) -> Vec<Finding> {
    let tags = tags(&page.text);
    let mut findings = nesting(page, &tags);
    let mut finding = |line, what: &str| findings.push(Finding::new(&page.path, line, what));
    if !tags
        .iter()
        .any(|tag| tag.opens("html") && tag.attribute("lang").is_some_and(|lang| !lang.is_empty()))
    {
        finding(
            1,
            "the page does not say its language: `<html lang=\"..\">`",
        );
    }
    match title(page) {
        None => finding(1, "the page has no title"),
        Some(title) if title.is_empty() => finding(1, "the title of the page is empty"),
        Some(_) => {}
    }
    for tag in &tags {
        if tag.opens("img") && tag.attribute("alt").is_none() {
            finding(
                tag.line,
                "an image without a text for those who cannot see it: `alt`",
            );
        }
    }
    findings.sort();
    findings
}

/// The title of a page, if it has one.
pub(crate) fn title(page: &Page) -> Option<String> {
    let tags = tags(&page.text);
    let at = tags.iter().position(|tag| tag.opens("title"))?;
    let end = tags
        .get(at + 1)
        .map_or(page.text.len(), |next| next.at.start);
    Some(plain(&page.text, tags[at].at.end..end))
}

/// Whether every element is closed, and inside of the one that it was opened in.
fn nesting(page: &Page, tags: &[Tag<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut open: Vec<&Tag<'_>> = Vec::new();
    let unclosed = |tag: &Tag<'_>| {
        Finding::new(
            &page.path,
            tag.line,
            format!("`<{}>` is not closed", tag.name),
        )
    };
    for tag in tags {
        if !tag.closing {
            open.extend(Some(tag).filter(|tag| !tag.empty));
            continue;
        }
        if let Some(at) = open.iter().rposition(|opened| opened.name == tag.name) {
            findings.extend(open.drain(at..).skip(1).map(unclosed));
        } else {
            let what = format!("`</{}>` closes nothing", tag.name);
            findings.push(Finding::new(&page.path, tag.line, what));
        }
    }
    findings.extend(open.into_iter().map(unclosed));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let page = Page {
            path: "a.html".into(),
            text: text.into(),
        };
        page_findings(&page)
    }

    fn page_findings(of: &Page) -> Vec<String> {
        page(of).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn sees_what_is_open_and_what_is_missing() {
        assert_eq!(
            found("<html lang=en><title>A &amp; B</title>\n<p>1<br>2</p><img src=x alt=''></html>"),
            [""; 0]
        );
        assert_eq!(
            found("<html>\n<title> </title>\n<ul><li>one<li>two</ul></b>\n<img src=x></html>"),
            [
                "a.html:1: the page does not say its language: `<html lang=\"..\">`",
                "a.html:1: the title of the page is empty",
                "a.html:3: `</b>` closes nothing",
                "a.html:3: `<li>` is not closed",
                "a.html:3: `<li>` is not closed",
                "a.html:4: an image without a text for those who cannot see it: `alt`",
            ]
        );
        assert_eq!(
            found("<html lang=en><div>"),
            [
                "a.html:1: `<div>` is not closed",
                "a.html:1: `<html>` is not closed",
                "a.html:1: the page has no title",
            ]
        );
    }
}
