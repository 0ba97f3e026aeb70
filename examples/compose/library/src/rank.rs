use std::{collections::HashMap, error::Error, future::Future};

use crate::text::{self, Sentence};

/// Says how much each sentence of a text matters.
///
/// [`WordFrequency`] counts words. This is where a language model goes: it is asked once for all sentences.
pub trait Ranker: Sync {
    /// One weight for each sentence, in their order. The larger, the more it matters.
    fn rank(
        &self,
        sentences: &[Sentence<'_>],
    ) -> impl Future<Output = Result<Vec<f64>, Box<dyn Error + Send + Sync>>> + Send;
}

/// A sentence matters as much as its words are frequent in the whole text (H. P. Luhn, 1958).
#[derive(Clone, Copy, Debug, Default)]
pub struct WordFrequency;

impl Ranker for WordFrequency {
    async fn rank(
        &self,
        sentences: &[Sentence<'_>],
    ) -> Result<Vec<f64>, Box<dyn Error + Send + Sync>> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for word in sentences.iter().flat_map(Sentence::content_words) {
            *counts.entry(word).or_default() += 1;
        }
        let weight = |sentence: &Sentence<'_>| {
            let words: Vec<usize> = sentence.content_words().map(|word| counts[&word]).collect();
            // The square root keeps long sentences from winning because they are long.
            text::number(words.iter().sum()) / text::number(words.len().max(1)).sqrt()
        };
        Ok(sentences.iter().map(weight).collect())
    }
}
