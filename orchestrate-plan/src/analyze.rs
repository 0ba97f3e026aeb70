//! The one entry point: a graph goes in, a layout or all problems come out.

use crate::{
    digraph::{Digraph, barriers::stages, cycles::cycles, levels::Levels, reach::Detours},
    graph::Graph,
    layout::{IdleOrder, Layout},
    problem::{Closing, Problem, Problems},
    resolve::{Resolution, resolve},
};

/// Works out what depends on what: a [`Layout`], or all the [`Problems`] of the graph.
///
/// It takes time O(V + E) over steps and names, and uses no recursion. What is not linear, namely
/// searching for the shortest cycle, for names that are near an unknown one, and for orders that
/// change nothing, has a budget that only hostile input uses up. The result depends on nothing but
/// the graph.
///
/// ```
/// use orchestrate_plan::{Graph, Kind, Node, analyze};
///
/// let graph = Graph::new(["text"])
///     .with(Node::new("join", Kind::Plain).reads(["upper", "lower"]).produces(["join"]))
///     .with(Node::new("upper", Kind::Tool).reads(["text"]).produces(["upper"]))
///     .with(Node::new("lower", Kind::Tool).reads(["text"]).produces(["lower"]));
/// let layout = analyze(&graph)?;
/// assert_eq!(layout.batches().collect::<Vec<_>>(), [&[1, 2][..], &[0]]);
/// assert_eq!(layout.dependencies(0), [1, 2]);
/// # Ok::<(), orchestrate_plan::Problems>(())
/// ```
///
/// # Errors
///
/// All problems of the graph in one go, each mistake once: when a name is taken twice the first one
/// keeps it, and what reads a name that is unknown or taken twice counts as reading nothing.
///
/// ```
/// use orchestrate_plan::{Graph, Kind, Node, analyze};
///
/// let graph = Graph::new(["topic"])
///     .with(Node::new("draft", Kind::Agent).reads(["topik", "review"]).produces(["draft"]))
///     .with(Node::new("review", Kind::Agent).reads(["draft"]).produces(["review"]));
/// assert_eq!(
///     analyze(&graph).unwrap_err().to_string(),
///     "no step or workflow input is named `topik`; did you mean `topic`?\n\
///      steps form a cycle: `draft` -> `review` -> `draft`"
/// );
/// ```
pub fn analyze(graph: &Graph) -> Result<Layout, Problems> {
    arrange(graph, resolve(graph))
}

/// [`analyze()`] from the point where all names are resolved.
///
/// # Errors
///
/// Those of [`analyze()`].
pub fn arrange(graph: &Graph, resolution: Resolution) -> Result<Layout, Problems> {
    let Resolution {
        edges,
        sources,
        mut problems,
    } = resolution;
    let digraph = Digraph::new(&edges);
    let levels = Levels::new(&digraph);
    let cycles = if levels.is_none() {
        cycles(&digraph)
    } else {
        Vec::new()
    };
    problems.extend(cycles.into_iter().map(|steps| {
        let (first, last) = (steps[0], steps[steps.len() - 1]);
        let reads = graph.nodes[first].reads.len();
        let at = edges
            .get(first)
            .iter()
            .position(|&dependency| dependency == last)
            .unwrap_or_default();
        let closing = if at < reads {
            Closing::Read(at)
        } else {
            Closing::After(at - reads)
        };
        Problem::Cycle { steps, closing }
    }));

    match levels {
        Some(levels) if problems.is_empty() => {
            let mut detours = None;
            let mut idle_orders = Vec::new();
            for (step, node) in graph
                .nodes
                .iter()
                .enumerate()
                .filter(|(_, node)| !node.after.is_empty())
            {
                let detours = detours.get_or_insert_with(|| Detours::new(&digraph, &levels));
                let (data, orders) = edges.get(step).split_at(node.reads.len());
                detours.search(step, orders.iter().copied());
                detours.add(step, data);
                for (after, order) in orders.iter().enumerate() {
                    if detours.is_reached(step, *order) {
                        idle_orders.push(IdleOrder { node: step, after });
                    }
                    // A second order of the same step is idle because of the first.
                    detours.add(step, core::slice::from_ref(order));
                }
            }
            let stages = stages(&digraph, &levels);
            Ok(Layout::new(digraph, levels, stages, sources, idle_orders))
        }
        _ => Err(Problems::new(problems, graph)),
    }
}

#[cfg(test)]
mod tests {
    use core::ops::Range;

    use crate::{CriticalPath, Producer, analyze, testing::graph};

    const REVIEW: &str = "app pr
        mcp files(app, pr)
        mcp practices(app, pr)
        agent review(app, files, practices)
        tool syntax(review)
        tool format(review)
        fn report(review, syntax, format)";

    #[test]
    fn the_whole_of_a_layout() {
        let layout = analyze(&graph(REVIEW)).expect("no problems");
        assert_eq!(layout.len(), 6);
        assert!(!layout.is_empty());
        assert_eq!(
            layout.batches().collect::<Vec<_>>(),
            [&[0, 1][..], &[2], &[3, 4], &[5]]
        );
        assert_eq!(layout.order(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(layout.batch_of(4), 2);
        assert_eq!(layout.dependencies(5), [2, 3, 4]);
        assert_eq!(layout.dependents(2), [3, 4, 5]);
        assert_eq!(layout.sources(2), [Producer::Input(0), step(0), step(1)]);
        assert_eq!(layout.stages(), [0..1, 1..2, 2..3, 3..4]);
        assert_eq!(layout.idle_orders(), []);
        assert_eq!(
            layout.critical_path(|_| 1),
            CriticalPath {
                steps: vec![0, 2, 3, 5],
                length: 4
            }
        );
    }

    const fn step(node: usize) -> Producer {
        Producer::Step { node, output: 0 }
    }

    #[test]
    fn nothing_has_an_empty_layout() {
        let layout = analyze(&graph("pr")).expect("no problems");
        assert!(layout.is_empty());
        assert_eq!(layout.batch_count(), 0);
        assert!(layout.stages().is_empty());
        assert_eq!(layout.critical_path(|_| 1), CriticalPath::default());
    }

    #[test]
    fn a_value_may_be_read_twice_and_beside_an_order() {
        let layout =
            analyze(&graph("\ntool a() -> x y\ntool b(y, x, y) after a")).expect("no problems");
        assert_eq!(layout.dependencies(1), [0]);
        assert_eq!(layout.sources(1).len(), 3);
    }

    #[test]
    fn an_order_makes_a_dependency() {
        let layout = analyze(&graph("\ntool b() after a\ntool a()")).expect("no problems");
        assert_eq!(layout.order(), [1, 0]);
        let one: Range<usize> = 0..1;
        assert_eq!(layout.stages(), [one, 1..2]);
    }

    /// The messages of the idle orders.
    fn check_idle(text: &str, expected: &[&str]) {
        let graph = graph(text);
        let layout = analyze(&graph).expect("no problems");
        let messages: Vec<String> = layout
            .idle_orders()
            .iter()
            .map(|idle| idle.message(&graph))
            .collect();
        assert_eq!(messages, expected, "{text}");
    }

    #[test]
    fn an_order_that_changes_something_is_not_idle() {
        check_idle(
            "\ntool a()\ntool b() after a\ntool c(b)\ntool d() after b c",
            &["`#[after(b)]` on step `d` changes nothing: `d` already depends on `b`"],
        );
        check_idle("\ntool a()\ntool b()\ntool c(a) after b", &[]);
    }

    #[test]
    fn an_order_beside_data_is_idle() {
        let idle = "`#[after(a)]` on step `c` changes nothing: `c` already depends on `a`";
        check_idle("\ntool a()\ntool b(a)\ntool c(a, b) after a", &[idle]);
        check_idle("\ntool a()\ntool b(a)\ntool c(b) after a", &[idle]);
        check_idle("\ntool a()\ntool b() after a\ntool c() after b a", &[idle]);
        check_idle("\ntool a()\ntool c() after a a", &[idle]);
    }
}
