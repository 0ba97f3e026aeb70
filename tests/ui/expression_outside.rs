use orchestrated::workflow;

// What an expression sees of the item and of the round before, where there is none yet.
workflow! {
    workflow Count(words: Vec<String>) -> usize {
        #[each(word in words)]
        #[when(word.len() > 1)]
        fn lengths(words) -> usize { word.len() + words.len() }

        #[repeat(max = 3, until = *grown > 2)]
        #[when(last.is_none())]
        fn grown(last) -> u32 { last.map_or(1, |last| last + 1) }

        lengths.map_or(0, |lengths| lengths.len()) + grown.map_or(0, |grown| grown as usize)
    }
}

fn main() {}
