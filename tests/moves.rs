//! A value that some steps of a skewed stage read, and a later step of the same stage moves.

use std::sync::Arc;

use orchestrated::{Orchestrator, workflow};

/// Not `Clone`: what is moved is moved.
#[derive(Debug, PartialEq)]
pub struct Big(String);
async fn y() {
    tokio::task::yield_now().await;
}
workflow! {
    // moved and read in one skewed stage, produced within
    workflow Within(n: usize) -> (String, Big) {
        tool fn a(n) -> Big { y().await; Big(format!("a{n}")) }
        tool fn side(n) -> usize { y().await; *n }
        tool fn side2(side) -> usize { y().await; *side + 1 }
        tool fn side3(side2) -> usize { y().await; y().await; *side2 + 1 }
        tool fn read1(a) -> usize { y().await; a.0.len() }
        fn read2(a, n) -> usize { a.0.len() + *n }
        tool fn taken(move a, read1, read2) -> Big { y().await; Big(format!("{}{read1}{read2}", a.0)) }
        fn last(side3, taken) -> String { format!("{side3}{}", taken.0) }
        (last, taken)
    }
    // from outside: an input, and an output of an earlier stage
    workflow Outside(big: Big, n: u32) -> String {
        tool fn first(n) -> Big { y().await; Big(n.to_string()) }
        tool fn second(first) -> usize { y().await; first.0.len() }
        // skewed from here
        tool fn r1(second, big, first) -> usize { y().await; big.0.len() + first.0.len() + *second }
        tool fn r2(second, big) -> usize { big.0.len() + *second }
        tool fn long(second) -> usize { y().await; *second }
        tool fn long2(long) -> usize { y().await; y().await; *long }
        fn take(move big, r1, move first, r2) -> String { format!("{}{}{}{}", big.0, first.0, r1, r2) }
        fn end(take, long2) -> String { format!("{take}{long2}") }
        end
    }
}
#[tokio::test]
async fn moved() {
    let o = Arc::new(Orchestrator::new());
    let out = tokio::spawn(async move { Within { n: 7 }.run(&o).await.unwrap() })
        .await
        .unwrap();
    assert_eq!(out, ("9a729".to_owned(), Big("a729".to_owned())));
    let o = Orchestrator::new();
    assert_eq!(
        Outside {
            big: Big("bb".into()),
            n: 3
        }
        .run(&o)
        .await
        .unwrap(),
        "bb3431"
    );
}

workflow! {
    // A reference is copied, whoever moves it.
    workflow Borrowed(big: &Big, n: usize) -> String {
        tool fn read(big, n) -> usize { y().await; big.0.len() + n }
        tool fn side(n) -> usize { y().await; *n }
        tool fn long(side) -> usize { y().await; y().await; *side }
        fn taken(move big, read) -> String { format!("{}{read}", big.0) }
        fn end(taken, long) -> String { format!("{taken}{long}") }
        end
    }
}

#[tokio::test]
async fn a_reference_is_moved_and_read_too() {
    let (o, big) = (Orchestrator::new(), Big("bb".into()));
    let end = Borrowed { big: &big, n: 3 }.run(&o).await.unwrap();
    assert_eq!(end, "bb53");
}
