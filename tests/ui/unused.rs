#![deny(unused_variables)]

use orchestrated::workflow;

workflow! {
    workflow Publish(text: String, title: String) -> String {
        agent fn draft(text) -> String { text.to_uppercase() }
        tool fn unread(text) -> usize { text.len() }
        fn report(draft, text) -> String { draft.clone() }
        report
    }

    /// The same where the steps wait for each other within a stage.
    workflow Skewed(text: String) -> String {
        tool fn a(text) -> String { text.clone() }
        tool fn b(text) -> String { text.clone() }
        tool fn c(b) -> (left: String, right: String) { (b.clone(), b.clone()) }
        tool fn d(a, c2) -> String { a.clone() + c2 }
        fn c2(left) -> String { left.clone() }
        tool fn unread(b) -> usize { b.len() }
        d
    }

    workflow Outer(text: String) -> usize {
        flow skewed = Skewed { text: title };
        tool fn title(text) -> String { text.clone() }
        text.len()
    }

    /// An underscore says that it is meant so.
    workflow Meant(_text: String) -> String {
        agent fn _draft() -> String { String::new() }
        String::new()
    }

    /// What an option of the step reads is of use, though no step reads it.
    workflow Undone(text: String) -> usize {
        #[rollback(println!("not {made}"))]
        tool fn made(text) -> usize { text.len() }
        #[rollback(println!("not {left} {right}"))]
        tool fn pair(text) -> (left: usize, right: usize) { (text.len(), 0) }
        text.len()
    }

    workflow Polled(text: String) -> usize {
        #[repeat(max = 3, until = *ready)]
        tool fn ready(text) -> bool { text.is_empty() }
        text.len()
    }
}

fn main() {}
