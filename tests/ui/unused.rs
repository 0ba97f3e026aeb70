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
}

fn main() {}
