use orchestrated::workflow;

workflow! {
    workflow Longest(left: &str, right: &str) -> String {
        fn longest(left, right) -> &str { if left.len() > right.len() { left } else { right } }
        longest.to_owned()
    }
}

fn main() {}
