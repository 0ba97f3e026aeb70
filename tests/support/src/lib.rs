//! Workflows of another crate, for the compile errors that cross crates.

use orchestrated::workflow;

workflow! {
    /// One level.
    pub workflow First() -> u32 {
        tool fn one() -> u32 { 1 }
        one
    }

    /// Two levels.
    pub workflow Second() -> u32 {
        flow first = First {};
        first
    }

    /// Three levels, the most that there may be.
    pub workflow Third() -> u32 {
        flow second = Second {};
        second
    }

    /// It launches an agent.
    pub workflow Answer(question: String) -> String {
        agent fn answer(question) -> String { question.to_uppercase() }
        answer
    }

    /// It launches an agent through its flow alone.
    pub workflow Research(question: String) -> String {
        flow answer = Answer { question };
        answer
    }
}
