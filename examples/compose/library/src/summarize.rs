use std::{collections::HashMap, fmt};

use orchestrated::workflow;

use crate::{
    Ranker, TextError,
    text::{self, Sentence},
};

/// A text in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The words that the text uses most.
    pub keywords: Vec<String>,
    /// Its most important sentences, in the order of the text.
    pub sentences: Vec<String>,
}

workflow! {
    /// Picks the sentences of a text that matter most.
    pub workflow Summarize<'t, R: Ranker>(
        /// The text, of one sentence at least.
        text: &'t str,
        /// What says which sentences matter.
        ranker: &R,
        /// How many sentences the summary has at most.
        length: usize,
    ) -> Result<Summary, TextError> {
        /// An output may borrow from an input, and whoever reads it borrows from both.
        fn sentences(text) -> Result<Vec<Sentence<'t>>, TextError> {
            text::sentences(text)
        }

        /// Counts words while the ranker thinks.
        tool fn keywords(sentences: &[Sentence<'_>]) -> Vec<String> {
            most_frequent(sentences, 5)
        }

        agent fn weights(ranker, sentences: &[Sentence<'_>]) -> Result<Vec<f64>, TextError> {
            let weights = ranker.rank(sentences).await.map_err(TextError::Rank)?;
            if weights.len() == sentences.len() {
                Ok(weights)
            } else {
                Err(TextError::WrongCount { sentences: sentences.len(), given: weights.len() })
            }
        }

        fn summary(sentences: &[Sentence<'_>], weights: &[f64], move keywords, length) -> Summary {
            Summary { keywords, sentences: heaviest(sentences, weights, *length) }
        }

        Ok(summary)
    }
}

/// The words that are used most, at most so many; of equals the first in the alphabet.
fn most_frequent(sentences: &[Sentence<'_>], many: usize) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in sentences.iter().flat_map(Sentence::content_words) {
        *counts.entry(word).or_default() += 1;
    }
    let mut words: Vec<(String, usize)> = counts.into_iter().collect();
    words.sort_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
    words.truncate(many);
    words.into_iter().map(|(word, _)| word).collect()
}

/// The sentences that weigh most, at most so many, in the order of the text.
fn heaviest(sentences: &[Sentence<'_>], weights: &[f64], many: usize) -> Vec<String> {
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    order.truncate(many);
    order.sort_unstable();
    let words = |at: usize| sentences[at].text.split_whitespace().collect::<Vec<_>>();
    order.into_iter().map(|at| words(at).join(" ")).collect()
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "about: {}", self.keywords.join(", "))?;
        for sentence in &self.sentences {
            write!(f, "\n- {sentence}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use futures::executor::block_on;
    use orchestrated::Orchestrator;

    use super::*;
    use crate::WordFrequency;

    const TEXT: &str = "The lamp is old. A lamp gives light, and light is what we need. It rains.";

    /// Finds the last sentences most important; gives as many weights as it is told to.
    struct Last(usize);
    impl Ranker for Last {
        async fn rank(&self, _: &[Sentence<'_>]) -> Result<Vec<f64>, Box<dyn Error + Send + Sync>> {
            Ok((0..self.0).map(text::number).collect())
        }
    }

    fn summarize(ranker: &impl Ranker) -> Result<Summary, TextError> {
        let run = Summarize {
            text: TEXT,
            ranker,
            length: 1,
        };
        block_on(run.run(&Orchestrator::new())).map_err(|failure| match failure.into_reason() {
            orchestrated::Reason::Error(error) => error,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn the_ranker_decides() {
        let summary = summarize(&WordFrequency).unwrap();
        assert_eq!(
            summary.sentences,
            ["A lamp gives light, and light is what we need."]
        );
        assert_eq!(summary.keywords[..2], ["lamp", "light"]);
        assert_eq!(summarize(&Last(3)).unwrap().sentences, ["It rains."]);
    }

    #[test]
    fn a_ranker_that_lost_count_fails_its_step() {
        let error = summarize(&Last(2)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the ranker gave 2 weights for 3 sentences"
        );
    }

    /// A step is a function: it can be tested without a run.
    #[test]
    fn a_step_alone() {
        let sentences = text::sentences(TEXT).unwrap();
        let weights = [1.0, 3.0, 2.0];
        let keywords = vec!["lamp".to_owned()];
        let summary = Summarize::<Last>::summary(&sentences, &weights, keywords, &2);
        assert_eq!(summary.sentences.len(), 2);
        assert_eq!(summary.sentences[1], "It rains.");
    }

    #[test]
    fn words_are_counted_beside_the_ranker() {
        let batches: Vec<Vec<&str>> = Summarize::<Last>::PLAN
            .batches()
            .map(|batch| batch.steps().map(orchestrated::plan::Step::name).collect())
            .collect();
        assert_eq!(
            batches,
            [
                vec!["sentences"],
                vec!["keywords", "weights"],
                vec!["summary"]
            ]
        );
    }
}
