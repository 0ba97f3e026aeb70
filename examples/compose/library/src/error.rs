use std::error::Error;

/// Why a workflow of this crate failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The text holds no sentence: there is nothing to work on.
    #[error("the text has no sentence in it")]
    NoSentence,
    /// The ranker could not do its work.
    #[error("the sentences could not be ranked")]
    Rank(#[source] Box<dyn Error + Send + Sync>),
    /// The ranker did something else than its work.
    #[error("the ranker gave {given} weights for {sentences} sentences")]
    WrongCount {
        /// How many sentences it was given.
        sentences: usize,
        /// How many weights came back.
        given: usize,
    },
}
