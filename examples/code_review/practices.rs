//! The best practices that a review goes by, looked up in a text file.

use std::{fmt, path::Path};

use crate::{error::ReviewError, sources::read_text};

/// What a finding is about. Each topic has a section in the file of practices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Unwrap,
    OwnedParameter,
    LongFunction,
    MissingDocs,
    Marker,
}

impl Topic {
    /// Every topic, the most urgent first.
    pub(crate) const ALL: [Self; 5] = [
        Self::Unwrap,
        Self::OwnedParameter,
        Self::LongFunction,
        Self::MissingDocs,
        Self::Marker,
    ];

    /// Its name in the file of practices.
    fn key(self) -> &'static str {
        match self {
            Self::Unwrap => "unwrap",
            Self::OwnedParameter => "owned-parameter",
            Self::LongFunction => "long-function",
            Self::MissingDocs => "missing-docs",
            Self::Marker => "marker",
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unwrap => "Unwraps",
            Self::OwnedParameter => "Owned parameters",
            Self::LongFunction => "Long functions",
            Self::MissingDocs => "Missing docs",
            Self::Marker => "Open ends",
        })
    }
}

/// One best practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Practice {
    /// The practice in one line.
    pub(crate) title: String,
    /// Why it is one.
    pub(crate) why: String,
    /// Where to read more.
    pub(crate) see: String,
}

/// A practice for each topic, in the order of [`Topic::ALL`].
#[derive(Debug)]
pub(crate) struct Practices(Vec<Practice>);

impl Practices {
    /// The practice on a topic.
    pub(crate) fn on(&self, topic: Topic) -> &Practice {
        &self.0[topic as usize]
    }
}

/// Reads the file of practices, which must have one on each topic.
pub(crate) async fn read(path: &Path) -> Result<Practices, ReviewError> {
    let text = read_text(path).await?;
    parse(&text).map_err(|(line, reason)| ReviewError::Practices {
        path: path.to_path_buf(),
        line,
        reason,
    })
}

/// The practices in a text, or the line that breaks the rules and how.
fn parse(text: &str) -> Result<Practices, (usize, String)> {
    let mut found: [Option<Practice>; Topic::ALL.len()] = Default::default();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        // What stands before the first heading is for the readers of the file.
        let Some(heading) = line.strip_prefix("## ") else {
            continue;
        };
        let broken = |reason: String| (index + 1, reason);
        let (key, title) = heading
            .split_once(": ")
            .ok_or_else(|| broken("a heading reads `## topic: the practice`".to_owned()))?;
        let topic = Topic::ALL
            .into_iter()
            .find(|topic| topic.key() == key)
            .ok_or_else(|| broken(format!("no topic is named `{key}`")))?;
        let slot = &mut found[topic as usize];
        if slot.is_some() {
            return Err(broken(format!("`{key}` has a practice already")));
        }
        let mut why = Vec::new();
        let mut see = None;
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.starts_with("## ")) {
            match line.strip_prefix("See: ") {
                Some(link) => see = Some(link.trim().to_owned()),
                None => why.extend(line.split_whitespace()),
            }
        }
        if why.is_empty() {
            return Err(broken(format!("`{key}` does not say why")));
        }
        *slot = Some(Practice {
            title: title.trim().to_owned(),
            why: why.join(" "),
            see: see.ok_or_else(|| broken(format!("`{key}` has no line `See: ..`")))?,
        });
    }
    let end = text.lines().count().max(1);
    let mut practices = Vec::with_capacity(found.len());
    for (topic, practice) in Topic::ALL.into_iter().zip(found) {
        let missing = || (end, format!("there is no practice on `{}`", topic.key()));
        practices.push(practice.ok_or_else(missing)?);
    }
    Ok(Practices(practices))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("best_practices.md");

    #[test]
    fn the_shipped_file_has_a_practice_on_each_topic() {
        let practices = parse(SHIPPED).unwrap();
        for topic in Topic::ALL {
            let practice = practices.on(topic);
            assert!(practice.see.starts_with("https://"), "{topic}");
            assert!(practice.why.ends_with('.'), "{topic}: {}", practice.why);
        }
        assert!(
            practices
                .on(Topic::Unwrap)
                .title
                .starts_with("Carry an error up")
        );
    }

    #[test]
    fn says_at_which_line_the_file_breaks_the_rules() {
        let section = "## unwrap: Do not\n\nBecause.\n\nSee: https://x\n";
        for (text, line, reason) in [
            (
                "\n## unwrap".to_owned(),
                2,
                "a heading reads `## topic: the practice`",
            ),
            ("## no: X".to_owned(), 1, "no topic is named `no`"),
            (
                format!("{section}{section}"),
                6,
                "`unwrap` has a practice already",
            ),
            (
                "## unwrap: X\nSee: y".to_owned(),
                1,
                "`unwrap` does not say why",
            ),
            (
                "## unwrap: X\nBecause.".to_owned(),
                1,
                "`unwrap` has no line `See: ..`",
            ),
            (
                section.to_owned(),
                5,
                "there is no practice on `owned-parameter`",
            ),
            (String::new(), 1, "there is no practice on `unwrap`"),
        ] {
            assert_eq!(parse(&text).unwrap_err(), (line, reason.to_owned()));
        }
    }
}
