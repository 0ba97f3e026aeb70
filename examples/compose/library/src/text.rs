//! Sentences and words.

use crate::TextError;

/// A sentence, borrowed from its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence<'t> {
    /// The line on which it starts, counted from 1.
    pub line: usize,
    /// As it stands in the text.
    pub text: &'t str,
}

/// Points that end no sentence.
const ABBREVIATIONS: [&str; 8] = ["e.g", "i.e", "etc", "cf", "vs", "mr", "mrs", "dr"];

/// Words that say little about what a text is about.
const STOP_WORDS: &str = "a about all also an and any are as at be been but by can could did do does each every for \
    from had has have he her his how i if in into is it its may me more most my no nor not of on one only or other our \
    out over she so some such than that the their them then there these they this those to too under up us was we were \
    what when where which while who why will with without would you your";

impl Sentence<'_> {
    /// Its words, in lower case.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’')
            .map(|word| word.trim_matches(['\'', '’']).to_lowercase())
            .filter(|word| !word.is_empty())
    }

    /// The words that say what it is about.
    pub fn content_words(&self) -> impl Iterator<Item = String> {
        self.words().filter(|word| {
            word.chars().any(char::is_alphabetic)
                && !STOP_WORDS.split_whitespace().any(|stop| stop == word)
        })
    }
}

/// All sentences of a text. A blank line ends a sentence too.
pub(crate) fn sentences(text: &str) -> Result<Vec<Sentence<'_>>, TextError> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        if ends_sentence(&text[start..end], &text[end..]) {
            push(text, start, end, &mut sentences);
            start = end;
        }
    }
    push(text, start, text.len(), &mut sentences);
    if sentences.is_empty() {
        return Err(TextError::NoSentence);
    }
    Ok(sentences)
}

/// Whether a sentence ends between what has been read and what comes.
fn ends_sentence(read: &str, ahead: &str) -> bool {
    if read.ends_with('\n')
        && ahead
            .trim_start_matches([' ', '\t', '\r'])
            .starts_with('\n')
    {
        return true;
    }
    // A closing quote belongs to the sentence before it.
    let closed = read.trim_end_matches(['"', '”', ')', '’']);
    if !closed.ends_with(['.', '!', '?']) || !ahead.starts_with(|c: char| c.is_whitespace()) {
        return false;
    }
    let word = closed
        .trim_end_matches('.')
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or("");
    !ABBREVIATIONS.contains(&word.trim_start_matches('(').to_lowercase().as_str())
}

fn push<'t>(text: &'t str, start: usize, end: usize, sentences: &mut Vec<Sentence<'t>>) {
    let piece = &text[start..end];
    if !piece.contains(char::is_alphanumeric) {
        return;
    }
    let blank = piece.len() - piece.trim_start().len();
    sentences.push(Sentence {
        line: text[..start + blank].matches('\n').count() + 1,
        text: piece.trim(),
    });
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "no text has 2^52 words")]
pub(crate) fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, &str)]) {
        let found = sentences(text).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|sentence| (sentence.line, sentence.text))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_sentence_ends_at_its_point_or_at_a_blank_line() {
        check(
            "One. Two!\nThree?",
            &[(1, "One."), (1, "Two!"), (2, "Three?")],
        );
        check(
            "A title\n\nA line,\nand one more.",
            &[(1, "A title"), (3, "A line,\nand one more.")],
        );
        check("“Stop.” He did.", &[(1, "“Stop.”"), (1, "He did.")]);
    }

    #[test]
    fn a_point_inside_a_sentence_does_not_end_it() {
        check(
            "Version 1.5 is out, e.g. here.",
            &[(1, "Version 1.5 is out, e.g. here.")],
        );
    }

    #[test]
    fn nothing_to_read_is_an_error() {
        for text in ["", " \n\n", "... !"] {
            assert!(
                matches!(sentences(text), Err(TextError::NoSentence)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn words_are_in_lower_case() {
        let sentence = Sentence {
            line: 1,
            text: "It's the Lamp's 2 lights.",
        };
        assert_eq!(
            sentence.words().collect::<Vec<_>>(),
            ["it's", "the", "lamp's", "2", "lights"]
        );
        assert_eq!(
            sentence.content_words().collect::<Vec<_>>(),
            ["it's", "lamp's", "lights"]
        );
    }
}
