//! An editor: gives each page a description that search engines show whole. It mends one thing a round, and looks again.

use std::{fmt, ops::RangeInclusive};

use crate::{
    html::{Tag, escaped, plain, tags, unescaped},
    site::Page,
};

/// How long a description is, in letters.
const FIT: RangeInclusive<usize> = 50..=160;

/// A page and what it says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    /// The page, with its description in it.
    pub(crate) page: Page,
    /// The description.
    pub(crate) text: String,
    /// What is still wrong with it: the feedback for the next round.
    pub(crate) complaint: Option<Complaint>,
    /// What was wrong with it in the rounds before.
    pub(crate) mended: Vec<Complaint>,
}

/// What is wrong with a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Complaint {
    Missing,
    /// With so many letters.
    TooShort(usize),
    /// With so many letters.
    TooLong(usize),
    /// It does not end as a sentence does.
    CutOff,
}

impl Described {
    /// Whether it can go out.
    pub(crate) fn is_fit(&self) -> bool {
        self.complaint.is_none()
    }
}

/// One round: the page as it is, or as the last round has left it with what was wrong with it mended.
pub(crate) fn round(page: &Page, last: Option<&Described>) -> Described {
    let Some(last) = last else {
        let text = own(page);
        return Described {
            page: page.clone(),
            complaint: complaint(&text),
            text,
            mended: Vec::new(),
        };
    };
    let mut mended = last.mended.clone();
    let text = match last.complaint {
        None => last.text.clone(),
        Some(complaint) => {
            mended.push(complaint);
            mend(&last.text, complaint, &sentences(page))
        }
    };
    Described {
        page: with(page, &text),
        complaint: complaint(&text),
        text,
        mended,
    }
}

fn complaint(text: &str) -> Option<Complaint> {
    let letters = text.chars().count();
    match letters {
        0 => Some(Complaint::Missing),
        _ if letters > *FIT.end() => Some(Complaint::TooLong(letters)),
        _ if letters < *FIT.start() => Some(Complaint::TooShort(letters)),
        _ if !text.ends_with(['.', '!', '?']) => Some(Complaint::CutOff),
        _ => None,
    }
}

/// Mends one thing. `sentences` are those of the page.
fn mend(text: &str, complaint: Complaint, sentences: &[String]) -> String {
    match complaint {
        Complaint::Missing => sentences.first().cloned().unwrap_or_default(),
        Complaint::TooShort(_) => {
            // The first sentence that it does not say yet; a page that has none left cannot be described.
            let more = sentences.iter().find(|sentence| !text.contains(*sentence));
            let begun = text.trim_end_matches('.');
            more.map_or(text.to_owned(), |more| {
                format!("{begun}. {more}").trim().to_owned()
            })
        }
        Complaint::TooLong(_) => {
            let limit = text.char_indices().nth(*FIT.end() - 1);
            let text = &text[..limit.map_or(text.len(), |(end, _)| end)];
            // After a sentence, or a part of one, or a word.
            let end = [". ", ", ", " "]
                .into_iter()
                .find_map(|mark| text.rfind(mark));
            text[..end.unwrap_or(text.len())].to_owned()
        }
        Complaint::CutOff => format!("{}.", text.trim_end_matches([',', ';', ':', ' '])),
    }
}

/// The description that the page has; empty where it has none.
fn own(page: &Page) -> String {
    let tags = tags(&page.text);
    let text = tags.iter().find(|tag| is_description(tag));
    unescaped(
        text.and_then(|tag| tag.attribute("content"))
            .unwrap_or_default(),
    )
}

fn is_description(tag: &Tag<'_>) -> bool {
    tag.opens("meta") && tag.attribute("name") == Some("description")
}

/// The sentences of the page's paragraphs.
fn sentences(page: &Page) -> Vec<String> {
    let tags = tags(&page.text);
    let mut sentences = Vec::new();
    for (at, _) in tags.iter().enumerate().filter(|(_, tag)| tag.opens("p")) {
        let end = tags[at..].iter().find(|tag| tag.closing && tag.name == "p");
        let end = end.map_or(page.text.len(), |tag| tag.at.start);
        let text = plain(&page.text, tags[at].at.end..end);
        sentences.extend(
            text.split_inclusive(". ")
                .map(|sentence| sentence.trim().to_owned()),
        );
    }
    sentences
}

/// The page with this description in the place of its own, or after its title.
fn with(page: &Page, description: &str) -> Page {
    let meta = format!(
        "<meta name=\"description\" content=\"{}\">",
        escaped(description)
    );
    let tags = tags(&page.text);
    let ends_title = |tag: &&Tag<'_>| tag.closing && tag.name == "title";
    let text = if let Some(old) = tags.iter().find(|tag| is_description(tag)) {
        [&page.text[..old.at.start], &meta, &page.text[old.at.end..]].concat()
    } else if let Some(title) = tags.iter().find(ends_title) {
        let (before, after) = page.text.split_at(title.at.end);
        [before, "\n  ", &meta, after].concat()
    } else {
        // No page without a title comes here.
        page.text.to_string()
    };
    Page {
        path: page.path.clone(),
        text: text.into(),
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::TooShort(letters) => write!(f, "too short ({letters})"),
            Self::TooLong(letters) => write!(f, "too long ({letters})"),
            Self::CutOff => f.write_str("cut off"),
        }
    }
}

/// One line: the page, what was mended, and the description.
impl fmt::Display for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mended: Vec<String> = self.mended.iter().map(ToString::to_string).collect();
        let path = self.page.path.display();
        write!(f, "{path}: {}: {}", mended.join(", then "), self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All rounds, until it is fit or nothing changes any more.
    fn described(head: &str, body: &str) -> Described {
        let page = Page {
            path: "a.html".into(),
            text: format!("<head><title>A</title>{head}</head>{body}").into(),
        };
        let mut last = round(&page, None);
        for _ in 0..10 {
            if last.is_fit() {
                break;
            }
            last = round(&page, Some(&last));
        }
        last
    }

    #[test]
    fn a_good_description_stays() {
        let good = "Everything about tides & \"waves\" that one line can say.";
        let meta = format!("<meta name='description' content='{}'>", escaped(good));
        let described = described(&meta, "");
        assert_eq!((&*described.text, &*described.mended), (good, &[][..]));
        assert!(described.page.text.contains(&meta));
    }

    #[test]
    fn a_missing_one_is_made_of_the_first_sentences() {
        let described = described(
            "",
            "<p>Fish &amp; <b>chips</b>.</p><p>They are sold at the quay. Every day but Sunday. More.</p>",
        );
        assert_eq!(
            described.text,
            "Fish & chips. They are sold at the quay. Every day but Sunday."
        );
        assert_eq!(
            described.mended,
            [
                Complaint::Missing,
                Complaint::TooShort(13),
                Complaint::TooShort(40)
            ]
        );
        assert!(described.page.text.starts_with(
            "<head><title>A</title>\n  <meta name=\"description\" content=\"Fish &amp; chips. They"
        ));
    }

    #[test]
    fn a_long_one_is_cut_where_a_thought_ends() {
        let long = format!(
            "{}, and this is too much of it",
            ["on and on"; 15].join(" ")
        );
        let meta = format!("<meta name=\"description\" content=\"{long}\">");
        let described = described(&meta, "");
        assert_eq!(described.text, format!("{}.", ["on and on"; 15].join(" ")));
        let letters = long.chars().count();
        assert_eq!(
            described.mended,
            [Complaint::TooLong(letters), Complaint::CutOff]
        );
        assert!(!described.page.text.contains("too much"));
    }

    #[test]
    fn a_page_that_says_nothing_is_never_fit() {
        assert_eq!(
            described("", "<p>Hm.</p>").complaint,
            Some(Complaint::TooShort(3))
        );
    }
}
