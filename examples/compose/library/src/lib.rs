//! Workflows on text, as a library exports them: [`Summarize`] and [`Review`].
//!
//! What makes them good to use from another crate:
//!
//! - They are `pub`, and so is every type that their inputs and outputs name.
//! - They fail with an error of this crate, [`TextError`]. Whoever runs them as a step converts it with `From`.
//! - What may be done in more than one way is an input: [`Summarize`] takes any [`Ranker`], and so it is tested without
//!   the one that costs money.
//! - The crate re-exports [`orchestrated`], since its types are in the interface here. Who uses this crate need not
//!   depend on it, and never gets a second version of it. To declare workflows of their own they say
//!   `#[crate(prose::orchestrated)]`.
//!
//! ```
//! use prose::{Review, orchestrated::Orchestrator};
//!
//! # futures::executor::block_on(async {
//! let text = "It was was late. The lamp burned.";
//! let verdict = Review { text, longest: 30 }.run(&Orchestrator::new()).await?;
//! assert_eq!(verdict.remarks[0].to_string(), "line 1: `was` stands twice in a row");
//! # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
//! ```

mod error;
mod rank;
mod review;
mod summarize;
mod text;

pub use orchestrated;

pub use error::TextError;
pub use rank::{Ranker, WordFrequency};
pub use review::{Readability, Remark, RemarkKind, Review, Verdict};
pub use summarize::{Summarize, Summary};
pub use text::Sentence;
