//! Graphs for tests, written down in short.

use crate::{
    graph::{Graph, Node},
    kind::Kind,
};

/// A graph from lines such as these, of which the first names the workflow's inputs:
///
/// ```text
/// app pr
/// mcp files(pr)
/// tool split(files) -> head tail
/// fn log() -> () after split
/// ```
pub(crate) fn graph(text: &str) -> Graph {
    let mut lines = text.lines().map(str::trim);
    let mut graph = Graph::new(words(lines.next().unwrap_or_default()));
    for line in lines.filter(|line| !line.is_empty()) {
        let (line, after) = line.split_once(" after ").unwrap_or((line, ""));
        let (head, outputs) = line
            .split_once(" -> ")
            .map_or((line, None), |(head, outputs)| (head, Some(outputs)));
        let (head, reads) = head
            .trim()
            .trim_end_matches(')')
            .split_once('(')
            .expect("an input list");
        let (word, name) = head.split_once(' ').expect("a kind and a name");
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .expect("a kind");
        let outputs = outputs.unwrap_or(name).trim_matches(['(', ')']);
        graph.nodes.push(
            Node::new(name, kind)
                .reads(words(reads))
                .produces(words(outputs))
                .after(words(after)),
        );
    }
    graph
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',']).filter(|word| !word.is_empty())
}
