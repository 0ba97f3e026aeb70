//! Iterative refinement: a writer and a reviewer take turns until the reviewer has nothing to say.
//!
//! Use it when it is easier to tell what is wrong with a result than to get it right at once, and each round makes it better.
//! How many rounds there are at most is said beforehand, so that nothing goes on for ever.
//!
//! ```text
//! cargo run --example iterative_refinement              # the letter in this file
//! cargo run --example iterative_refinement -- my.txt    # a text of yours
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::error::Error;

use orchestrated::{Orchestrator, workflow};

workflow! {
    /// Makes a text easy to read: plain words, and no sentence of more than `longest` words.
    workflow Refine(text: &str, longest: usize) -> (Draft, usize) {
        /// `last` is the draft of the round before, with what the reviewer wants changed in it.
        #[repeat(max = 4, until = draft.remarks.is_empty())]
        agent fn draft(text, longest, last) -> Draft {
            let (text, round) = match last {
                None => (text.trim().to_owned(), 1),
                Some(last) => (revised(last), last.round + 1),
            };
            Draft { remarks: reviewed(&text, *longest), text, round }
        }

        /// How many words there are less.
        fn saved(text, draft) -> usize { words(text).saturating_sub(words(&draft.text)) }

        (draft, saved)
    }
}

#[derive(Debug)]
struct Draft {
    text: String,
    /// What to change, and into what.
    remarks: Vec<(String, String)>,
    round: usize,
}

/// What says in many words what one word says.
const WORDY: [(&str, &str); 4] = [
    ("in order to", "to"),
    ("due to the fact that", "because"),
    ("a large number of", "many"),
    ("has the ability to", "can"),
];

/// Where a sentence can be taken apart.
const JOINTS: [(&str, &str); 3] = [
    (", and ", ". And "),
    (", but ", ". But "),
    (", so ", ". So "),
];

/// The words first, since they make sentences shorter. Each sentence that is too long is taken apart at one place.
fn reviewed(text: &str, longest: usize) -> Vec<(String, String)> {
    let wordy = WORDY.iter().filter(|(wordy, _)| text.contains(wordy));
    let wordy: Vec<_> = wordy
        .map(|(wordy, plain)| (wordy.to_string(), plain.to_string()))
        .collect();
    if !wordy.is_empty() {
        return wordy;
    }
    let long = text
        .split_inclusive(". ")
        .filter(|sentence| words(sentence) > longest);
    let apart = long.map(|sentence| {
        let joint = JOINTS.iter().find(|(joint, _)| sentence.contains(joint));
        let apart = joint.map(|(joint, end)| sentence.replacen(joint, end, 1));
        (
            sentence.to_owned(),
            apart.unwrap_or_else(|| sentence.to_owned()),
        )
    });
    apart.collect()
}

fn revised(last: &Draft) -> String {
    let remarks = last.remarks.iter();
    remarks.fold(last.text.clone(), |text, (wrong, right)| {
        text.replace(wrong, right)
    })
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

const LETTER: &str = "The ferry is late due to the fact that the lock at Kellin is shut, but it has the ability \
    to go round the cape, and a large number of people want that, so we load coal in order to leave at noon.";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("{}\n", Refine::PLAN);
    let given = std::env::args_os().nth(1).map(std::fs::read_to_string);
    let text = given.unwrap_or_else(|| Ok(LETTER.to_owned()))?;
    let (draft, saved) = Refine {
        text: &text,
        longest: 15,
    }
    .run(&Orchestrator::new())
    .await?;
    println!(
        "{}\n\nround {}, {saved} words less",
        draft.text, draft.round
    );
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Refine::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    async fn refined(text: &str, longest: usize) -> Result<(String, usize), String> {
        let refined = Refine { text, longest }.run(&Orchestrator::new()).await;
        refined
            .map(|(draft, _)| (draft.text, draft.round))
            .map_err(|failure| failure.to_string())
    }

    #[tokio::test]
    async fn each_round_makes_it_better_until_it_is_good() {
        let good = "The ferry is late because the lock at Kellin is shut, but it can go round the cape. \
            And many people want that, so we load coal to leave at noon.";
        assert_eq!(refined(LETTER, 18).await, Ok((good.to_owned(), 3)));
        let shorter = "The ferry is late because the lock at Kellin is shut. But it can go round the cape. \
            And many people want that, so we load coal to leave at noon.";
        assert_eq!(refined(LETTER, 15).await, Ok((shorter.to_owned(), 4)));
        assert_eq!(
            refined("It rains.", 15).await,
            Ok(("It rains.".to_owned(), 1))
        );
    }

    #[tokio::test]
    async fn it_does_not_go_on_for_ever() {
        let told = "workflow `Refine`: step `draft` did not meet its condition in 4 rounds";
        assert_eq!(refined(LETTER, 6).await, Err(told.to_owned()));
    }
}
