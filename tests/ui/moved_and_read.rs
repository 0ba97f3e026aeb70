use orchestrated::workflow;

workflow! {
    workflow Review(text: String) -> String {
        agent fn review(text) -> String { text.to_uppercase() }
        tool fn format(review) -> usize { review.len() }
        fn report(move review) -> String { review }
        format!("{report} {format}")
    }

    /// A step that is done before may read what is moved.
    workflow InOrder(text: String) -> String {
        agent fn review(text) -> String { text.to_uppercase() }
        tool fn format(review) -> usize { review.len() }
        fn report(move review, format) -> String { format!("{review} {format}") }
        report
    }

    workflow TwoMovers(text: String) -> String {
        fn left(move text) -> String { text }
        fn right(move text) -> String { text }
        left + &right
    }
}

fn main() {}
