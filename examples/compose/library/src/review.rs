use std::fmt;

use orchestrated::workflow;

use crate::{
    TextError,
    text::{self, Sentence},
};

/// What an editor would say about a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// How hard it is to read.
    pub readability: Readability,
    /// What could be better, in the order of the text.
    pub remarks: Vec<Remark>,
}

/// How hard a text is to read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Readability {
    /// How many sentences it has.
    pub sentences: usize,
    /// How many words it has.
    pub words: usize,
    /// The reading ease of R. Flesch (1948): about 100 is very easy, below 30 very hard.
    pub ease: f64,
}

/// One thing that could be better.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The line on which the sentence starts, counted from 1.
    pub line: usize,
    /// What it is.
    pub kind: RemarkKind,
}

/// What can be remarked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RemarkKind {
    /// A sentence of so many words.
    Long(usize),
    /// A word that stands twice in a row.
    Doubled(String),
    /// A word that adds nothing.
    Filler(String),
}

workflow! {
    /// Says how hard a text is to read, and what could be better. It launches no agent, so steps may run it themselves.
    pub workflow Review<'t>(
        /// The text, of one sentence at least.
        text: &'t str,
        /// A sentence of more words than this is long.
        longest: usize,
    ) -> Result<Verdict, TextError> {
        fn sentences(text) -> Result<Vec<Sentence<'t>>, TextError> {
            text::sentences(text)
        }

        fn readability(sentences: &[Sentence<'_>]) -> Readability {
            measure(sentences)
        }

        fn long(sentences: &[Sentence<'_>], longest) -> Vec<Remark> {
            let words = sentences.iter().map(|sentence| (sentence.line, sentence.words().count()));
            let long = words.filter(|(_, words)| words > longest);
            long.map(|(line, words)| Remark { line, kind: RemarkKind::Long(words) }).collect()
        }

        fn doubled(sentences: &[Sentence<'_>]) -> Vec<Remark> {
            sentences.iter().flat_map(doubled_words).collect()
        }

        fn fillers(sentences: &[Sentence<'_>]) -> Vec<Remark> {
            sentences.iter().flat_map(filler_words).collect()
        }

        fn verdict(readability, move long, move doubled, move fillers) -> Verdict {
            let mut remarks = [long, doubled, fillers].concat();
            remarks.sort();
            Verdict { readability: *readability, remarks }
        }

        Ok(verdict)
    }
}

/// Words that can go without a loss.
const FILLERS: [&str; 8] = [
    "actually",
    "basically",
    "just",
    "obviously",
    "quite",
    "really",
    "simply",
    "very",
];

fn measure(sentences: &[Sentence<'_>]) -> Readability {
    let words: Vec<String> = sentences.iter().flat_map(Sentence::words).collect();
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let [sentences_, words_, syllables_] =
        [sentences.len(), words.len(), syllables].map(|count| text::number(count.max(1)));
    Readability {
        sentences: sentences.len(),
        words: words.len(),
        ease: 206.835 - 1.015 * (words_ / sentences_) - 84.6 * (syllables_ / words_),
    }
}

/// Groups of vowels, as far as letters tell: `e` at the end is silent.
fn syllables(word: &str) -> usize {
    let is_vowel = |letter: char| "aeiouyäöü".contains(letter);
    let letters: Vec<char> = word.chars().collect();
    let starts = (0..letters.len())
        .filter(|&at| is_vowel(letters[at]) && (at == 0 || !is_vowel(letters[at - 1])));
    let silent = word.ends_with('e') && !word.ends_with("le");
    starts.count().saturating_sub(usize::from(silent)).max(1)
}

fn doubled_words(sentence: &Sentence<'_>) -> Vec<Remark> {
    let words: Vec<String> = sentence
        .text
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    // A mark between two words parts them: "names, names that" is no slip.
    let last_word = |text: &str| {
        text.trim_end_matches(|mark: char| !mark.is_alphanumeric())
            .to_owned()
    };
    let doubled = words
        .windows(2)
        .filter(|pair| pair[0] == last_word(&pair[1]));
    // "had had" and "that that" are grammar.
    let doubled = doubled.filter(|pair| !["", "had", "that"].contains(&pair[0].as_str()));
    let remark = |word: &String| Remark {
        line: sentence.line,
        kind: RemarkKind::Doubled(word.clone()),
    };
    doubled.map(|pair| remark(&pair[0])).collect()
}

fn filler_words(sentence: &Sentence<'_>) -> Vec<Remark> {
    let fillers = sentence
        .words()
        .filter(|word| FILLERS.contains(&word.as_str()));
    let remark = |word| Remark {
        line: sentence.line,
        kind: RemarkKind::Filler(word),
    };
    fillers.map(remark).collect()
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Readability {
            sentences,
            words,
            ease,
        } = self.readability;
        writeln!(
            f,
            "{sentences} sentences, {words} words, reading ease {ease:.0}"
        )?;
        for remark in &self.remarks {
            write!(f, "\n- {remark}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.kind {
            RemarkKind::Long(words) => write!(f, "a sentence of {words} words"),
            RemarkKind::Doubled(word) => write!(f, "`{word}` stands twice in a row"),
            RemarkKind::Filler(word) => write!(f, "`{word}` could go"),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use orchestrated::Orchestrator;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let review = Review { text, longest: 5 };
        let verdict = block_on(review.run(&Orchestrator::new())).unwrap();
        let remarks: Vec<String> = verdict.remarks.iter().map(ToString::to_string).collect();
        assert_eq!(remarks, expected);
    }

    #[test]
    fn remarks_stand_in_the_order_of_the_text() {
        check("The lamp burns.", &[]);
        check(
            "It is very late.\nThe the lamp burns on and on.",
            &[
                "line 1: `very` could go",
                "line 2: a sentence of 7 words",
                "line 2: `the` stands twice in a row",
            ],
        );
        check(
            "Old lamps, lamps burn - - on on.",
            &[
                "line 1: a sentence of 6 words",
                "line 1: `on` stands twice in a row",
            ],
        );
    }

    #[test]
    fn short_words_are_easy() {
        let ease = |text| measure(&text::sentences(text).unwrap()).ease;
        assert!(ease("The cat sat on the mat.") > 100.0);
        assert!(ease("Institutional considerations necessitate deliberation.") < 0.0);
        assert_eq!(
            [("lamp", 1), ("table", 2), ("made", 1), ("idea", 2)].map(|(word, _)| syllables(word)),
            [1, 2, 1, 2]
        );
    }

    #[test]
    fn a_text_without_a_sentence_names_its_step() {
        let failure = block_on(
            Review {
                text: "\n",
                longest: 5,
            }
            .run(&Orchestrator::new()),
        )
        .unwrap_err();
        assert_eq!(
            failure.to_string(),
            "workflow `Review`: step `sentences` failed: the text has no sentence in it"
        );
    }

    /// What lets a tool step run it through its `cx`.
    #[test]
    fn it_launches_no_agent() {
        assert!(!Review::PLAN.launches_agents());
    }
}
