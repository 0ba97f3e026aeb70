use super::*;
use crate::{analyze::analyze, graph::Node};

#[test]
fn numbers_are_as_wide_as_the_largest() {
    assert_eq!(bytes(&[]), [1]);
    assert_eq!(bytes(&[0, 7, 255]), [1, 0, 7, 255]);
    assert_eq!(bytes(&[256, 3]), [2, 1, 0, 0, 3]);
    assert_eq!(bytes(&[0x1_0000]), [3, 1, 0, 0]);
}

#[test]
fn a_list_is_kept_once() {
    let mut lists = Lists::new(vec![3, 1, 2]);
    assert_eq!(lists.keep(&[1, 2]), 1);
    assert_eq!(lists.keep(&[]), 0);
    assert_eq!(lists.keep(&[1, 3]), 3);
    // Where it begins with what was there before, and goes on in what was not.
    assert_eq!(lists.keep(&[2, 1]), 2);
    assert_eq!(lists.keep(&[2, 3]), 5);
    assert_eq!(lists.keep(&[1, 3]), 3);
    assert_eq!(lists.all, [3, 1, 2, 1, 3, 2, 3]);

    // Layers that read all of the one before: nothing but their order.
    let mut graph = Graph::default();
    for step in 0..30 {
        let before = (step / 10 * 10_usize).saturating_sub(10)..step / 10 * 10;
        let reads = before.map(|step| format!("s{step}"));
        graph.nodes.push(
            Node::new(format!("s{step}"), Kind::Tool)
                .reads(reads)
                .produces([format!("s{step}")]),
        );
    }
    let layout = analyze(&graph).expect("no problems");
    let packing = Packing::new(&graph, &layout, |_| false);
    assert!(packing.steps.into_iter().eq(0..30));
}
