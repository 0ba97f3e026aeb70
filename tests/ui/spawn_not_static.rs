use orchestrated::workflow;

struct Line<'t>(&'t str);

fn line(text: &str) -> Line<'_> {
    Line(text)
}

workflow! {
    /// Nothing in these words says that they borrow.
    workflow Read(text: String) -> usize {
        fn first(text) -> Line { line(text) }
        #[spawn]
        fn length(first) -> usize { first.0.len() }
        length
    }
}

fn main() {}
