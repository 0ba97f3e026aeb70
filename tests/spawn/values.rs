//! What steps that run apart read, and who gets it afterwards.

use std::collections::BTreeMap;

use orchestrated::{Orchestrator, workflow};

/// Cannot be cloned.
#[derive(Debug, PartialEq, Eq)]
struct Text(String);

workflow! {
    /// One stage after the other: values of both are read apart, by others, and moved.
    workflow Staged(text: Text, other: Text, prefix: &'static str) -> (Text, usize, Vec<String>) {
        #[spawn]
        tool fn length(text, prefix) -> usize { text.0.len() + prefix.len() }
        fn words(text) -> Vec<String> { text.0.split(' ').map(str::to_owned).collect() }
        #[blocking]
        fn joined(words: &[String], other) -> String { words.join("-") + &other.0 }
        tool fn both(length, joined) -> usize { length + joined.len() }
        #[spawn]
        fn taken(move other, joined) -> usize { other.0.len() + joined.len() }
        fn last(move words, both, taken) -> (sum: usize, left: Vec<String>) { (both + taken, words) }
        (text, sum, left)
    }

    /// All in one stage: nothing but `end` waits for everything.
    workflow Flowing(n: u32) -> (u32, Text) {
        #[spawn]
        fn a(n) -> Text { Text(n.to_string()) }
        #[spawn]
        fn b(n) -> u32 { n + 1 }
        #[spawn]
        fn c(a) -> usize { a.0.len() }
        fn d(a, b) -> usize { a.0.len() + *b as usize }
        #[blocking]
        fn e(a, c) -> usize { a.0.len() + c }
        fn f(move a, c, d, e) -> Text { Text(format!("{} {c} {d} {e}", a.0)) }
        (b, f)
    }

    workflow Inner(number: u32, text: Text) -> u32 {
        fn sum(number, text) -> u32 { number + text.0.len() as u32 }
        sum
    }

    /// A flow is given what is counted: by value where that is a copy, and moved.
    workflow Around(text: Text, number: u32) -> u32 {
        #[spawn]
        fn twice(number, text) -> u32 { number * 2 + text.0.len() as u32 }
        #[after(twice)]
        flow inner = Inner { number, text: move text };
        twice + inner
    }

    /// Outputs by several names, of which one is counted.
    workflow Parts() -> (String, usize) {
        fn parts() -> (left: String, right: String) { ("left".into(), "right".into()) }
        #[spawn]
        fn length(left) -> usize { left.len() }
        fn whole(move left, right, length) -> String { left + right + &length.to_string() }
        (whole, length)
    }

    /// In strict batches.
    #[schedule(batches)]
    workflow Strict(map: BTreeMap<u8, String>) -> (String, usize) {
        #[spawn]
        fn keys(map) -> usize { map.len() }
        #[blocking]
        fn values(map) -> String { map.values().cloned().collect() }
        fn all(keys, values) -> usize { keys + values.len() }
        (map.into_values().next().unwrap_or_default() + &values, all)
    }

    /// Of any type.
    workflow Generic<T: Clone + Send + Sync + 'static>(one: T) -> (T, T) {
        #[spawn]
        tool fn cloned(one) -> T { one.clone() }
        #[blocking]
        fn again(cloned) -> T { cloned.clone() }
        (again, one)
    }
}

#[tokio::test]
async fn a_stage_after_the_other() {
    let staged = Staged {
        text: Text("one two".into()),
        other: Text("!".into()),
        prefix: "> ",
    };
    let (text, sum, left) = staged.run(&Orchestrator::new()).await.unwrap();
    // 9 + 8, and 1 + 8.
    assert_eq!((text, sum), (Text("one two".into()), 26));
    assert_eq!(left, ["one", "two"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_pass_within_a_stage() {
    for _ in 0..100 {
        let (b, f) = Flowing { n: 12 }.run(&Orchestrator::new()).await.unwrap();
        assert_eq!((b, f), (13, Text("12 2 15 4".into())));
    }
}

#[tokio::test]
async fn a_flow_is_given_what_is_counted() {
    let around = Around {
        text: Text("four".into()),
        number: 3,
    };
    assert_eq!(around.run(&Orchestrator::new()).await.unwrap(), 10 + 7);
}

#[tokio::test]
async fn one_of_several_outputs_is_counted() {
    let parts = Parts {}.run(&Orchestrator::new()).await.unwrap();
    assert_eq!(parts, ("leftright4".to_owned(), 4));
}

#[tokio::test]
async fn batch_by_batch() {
    let map = BTreeMap::from([(1, "a".to_owned()), (2, "b".to_owned())]);
    let strict = Strict { map }.run(&Orchestrator::new()).await.unwrap();
    assert_eq!(strict, ("aab".to_owned(), 4));
}

#[tokio::test]
async fn of_any_type() {
    let generic = Generic { one: vec![1] };
    assert_eq!(
        generic.run(&Orchestrator::new()).await.unwrap(),
        (vec![1], vec![1])
    );
}
