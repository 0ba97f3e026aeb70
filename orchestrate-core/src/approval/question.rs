use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use super::indent::Indented;

/// What somebody is asked: a text, and what helps to decide.
///
/// The body of a human step builds it. A text alone is a question too: see [`IntoQuestion`].
///
/// It prints as people should read it.
///
/// ```
/// use orchestrated::Question;
///
/// let question = Question::new("Deploy to production?").detail("version", "1.4.0").detail("files", 12);
/// assert_eq!(question.to_string(), "Deploy to production?\n  version: 1.4.0\n  files: 12");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// What there is to know about it, in the order in which it was added.
    #[cfg_attr(feature = "serde", serde(default))]
    pub details: Vec<Detail>,
    /// The same for programs: a page or a bot that shows the question in a form of its own.
    #[cfg(feature = "serde")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<serde_json::Value>,
}

/// One thing to know about a [`Question`].
///
/// ```
/// use orchestrated::Question;
///
/// let question = Question::new("Deploy?").detail("version", "1.4.0");
/// assert_eq!((&*question.details[0].name, &*question.details[0].value), ("version", "1.4.0"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Detail {
    /// What it is.
    pub name: String,
    /// Its text; may have several lines.
    pub value: String,
}

impl Question {
    /// A question with no details.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            details: Vec::new(),
            #[cfg(feature = "serde")]
            payload: None,
        }
    }

    /// Adds something to know: it is shown as a line under the question.
    #[must_use]
    pub fn detail(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.details.push(Detail {
            name: name.into(),
            value: value.to_string(),
        });
        self
    }

    /// Adds a value for programs, in place of the one that is there.
    ///
    /// What cannot be made JSON becomes a detail that says so, so that nobody decides without noticing what is missing.
    ///
    /// ```
    /// use orchestrated::Question;
    ///
    /// #[derive(serde::Serialize)]
    /// struct Release { version: String, files: u32 }
    ///
    /// let release = Release { version: "1.4.0".to_owned(), files: 12 };
    /// let question = Question::new("Deploy?").payload(&release);
    /// assert_eq!(question.payload.unwrap()["files"], 12);
    /// ```
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn payload(mut self, value: &(impl serde::Serialize + ?Sized)) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.payload = Some(value),
            Err(error) => {
                self.payload = None;
                return self.detail("payload", format_args!("cannot be shown: {error}"));
            }
        }
        self
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        for Detail { name, value } in &self.details {
            f.write_str("\n  ")?;
            write!(Indented::rest(f, "    "), "{name}: {value}")?;
        }
        #[cfg(feature = "serde")]
        if let Some(payload) = &self.payload {
            f.write_str("\n  payload:\n")?;
            write!(Indented::lines(f, "    "), "{payload:#}")?;
        }
        Ok(())
    }
}

/// What the body of a human step may end with: a [`Question`], or a text.
///
/// ```
/// use orchestrated::{IntoQuestion, Question};
///
/// assert_eq!("Deploy?".into_question(), Question::new("Deploy?"));
/// assert_eq!(format!("Deploy {}?", "1.4.0").into_question().text, "Deploy 1.4.0?");
/// ```
#[diagnostic::on_unimplemented(
    message = "the body of a human step builds a question, and `{Self}` is none",
    label = "not a question",
    note = "a question is a text, or a `Question`: `Question::new(\"deploy?\").detail(\"version\", version)`"
)]
pub trait IntoQuestion {
    /// The question.
    fn into_question(self) -> Question;
}

impl IntoQuestion for Question {
    fn into_question(self) -> Question {
        self
    }
}

/// A question that another step has made is read as a reference.
impl IntoQuestion for &Question {
    fn into_question(self) -> Question {
        self.clone()
    }
}

macro_rules! texts {
    ($($text:ty),*) => {$(
        impl IntoQuestion for $text {
            fn into_question(self) -> Question {
                Question::new(self)
            }
        }
    )*};
}
texts!(String, &String, &str, Cow<'_, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_question() {
        let question = Question::new("Deploy?");
        let text = "Deploy?".to_owned();
        for same in [
            "Deploy?".into_question(),
            (&text).into_question(),
            Cow::Borrowed("Deploy?").into_question(),
            (&question).into_question(),
            question.clone().into_question(),
            text.into_question(),
        ] {
            assert_eq!(same, question);
        }
    }

    #[test]
    fn lines_of_a_value_stay_under_their_name() {
        let question = Question::new("Deploy\nnow?")
            .detail("notes", "first\n\nsecond")
            .detail("files", 12);
        assert_eq!(
            question.to_string(),
            "Deploy\nnow?\n  notes: first\n\n    second\n  files: 12"
        );
    }

    #[cfg(feature = "serde")]
    mod serialized {
        use std::collections::BTreeMap;

        use super::*;

        #[test]
        fn a_payload_is_shown_below_the_details() {
            let question = Question::new("Deploy?")
                .payload(&BTreeMap::from([("files", [1, 2])]))
                .detail("version", "1.4.0");
            assert_eq!(
                question.to_string(),
                "Deploy?\n  version: 1.4.0\n  payload:\n    {\n      \"files\": [\n        1,\n        2\n      ]\n    }"
            );
        }

        #[test]
        fn a_payload_that_cannot_be_shown_says_so() {
            let question = Question::new("Deploy?")
                .payload("an earlier one")
                .payload(&BTreeMap::from([((1, 2), 3)]));
            assert_eq!(question.payload, None);
            assert_eq!(
                question.to_string(),
                "Deploy?\n  payload: cannot be shown: key must be a string"
            );
        }

        #[test]
        fn a_question_travels() {
            let bare = Question::new("Deploy?");
            let json = r#"{"text":"Deploy?","details":[]}"#;
            assert_eq!(serde_json::to_string(&bare).unwrap(), json);
            let full = bare.clone().detail("version", "1.4.0").payload(&[1, 2]);
            let json = serde_json::to_string(&full).unwrap();
            assert_eq!(
                json,
                r#"{"text":"Deploy?","details":[{"name":"version","value":"1.4.0"}],"payload":[1,2]}"#
            );
            assert_eq!(serde_json::from_str::<Question>(&json).unwrap(), full);
            let short: Question = serde_json::from_str(r#"{"text":"Deploy?"}"#).unwrap();
            assert_eq!(short, bare);
        }
    }
}
