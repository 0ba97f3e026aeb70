use orchestrated::workflow;

workflow! {
    workflow Longest(left: &str, right: &str) -> &str {
        fn longest(left, right) -> usize { left.len().max(right.len()) }
        &left[longest..]
    }

    workflow Owned(text: String) -> &str {
        fn part(text) -> &str { text }
        part
    }
}

fn main() {}
