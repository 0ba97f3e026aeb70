use orchestrated::workflow;

// What the option would have given to the body is not missed.
workflow! {
    workflow Write(topic: String, words: Vec<String>) -> (String, Vec<usize>) {
        #[repeat(until = draft.len() > 100)]
        agent fn draft(topic, last) -> String { last.unwrap_or(topic).repeat(2) }

        #[each(word of words)]
        fn lengths(words) -> usize { words.len() }

        (draft, lengths)
    }
}

fn main() {}
