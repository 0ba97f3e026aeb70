//! A plan as a graph for Graphviz.

use core::fmt::{self, Write as _};

use super::{
    Plan, Step,
    links::{Edge, Links},
    mermaid::unfolded,
};
use crate::{kind::Kind, names::printable, options::words};

#[derive(Debug)]
pub(super) struct Dot<'p>(pub(super) &'p Plan);

impl fmt::Display for Dot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "digraph {} {{", Quoted(self.0.name()))?;
        // An edge may end at a cluster.
        f.write_str("    compound=true;\n")?;
        for what in ["graph", "node", "edge"] {
            writeln!(f, "    {what} [fontname=\"sans-serif\"];")?;
        }
        nodes(self.0, f, "", 4)?;
        edges(self.0, f, "")?;
        f.write_str("}\n")
    }
}

/// `prefix`: of the names of all that is drawn, for a workflow inside. `left`: spaces.
fn nodes(plan: &Plan, f: &mut fmt::Formatter<'_>, prefix: &str, left: usize) -> fmt::Result {
    let inner = left + 4;
    for batch in plan.batches() {
        let number = batch.index();
        writeln!(f, "{:left$}subgraph \"cluster_{prefix}b{number}\" {{", "")?;
        writeln!(f, "{:inner$}label=\"batch {}\";", "", number + 1)?;
        for (&index, step) in batch.indices().iter().zip(batch.steps()) {
            let (label, shape) = (label(step), shape(step.kind()));
            let label = Quoted(&label);
            if let Some(flow) = unfolded(step) {
                writeln!(f, "{:inner$}subgraph \"cluster_{prefix}s{index}\" {{", "")?;
                writeln!(f, "{:1$}label={label};", "", inner + 4)?;
                nodes(flow, f, &format!("{prefix}s{index}_"), inner + 4)?;
                writeln!(f, "{:inner$}}}", "")?;
            } else {
                writeln!(
                    f,
                    "{:inner$}\"{prefix}s{index}\" [label={label}, shape=\"{shape}\"];",
                    ""
                )?;
            }
        }
        writeln!(f, "{:left$}}}", "")?;
    }
    Ok(())
}

fn edges(plan: &Plan, f: &mut fmt::Formatter<'_>, prefix: &str) -> fmt::Result {
    let links = Links::new(plan);
    let steps = plan.steps();
    for (index, step) in steps.iter().enumerate() {
        for edge in links.edges(step) {
            let Edge {
                from,
                is_order,
                values,
            } = edge;
            let (tail, head) = (
                end(&steps[from], &format!("{prefix}s{from}"), End::Last),
                end(step, &format!("{prefix}s{index}"), End::First),
            );
            let mut attributes = Vec::new();
            if !values.is_empty() {
                let values: Vec<_> = values.into_iter().map(printable).collect();
                attributes.push(format!("label={}", Quoted(&values.join(", "))));
            }
            if is_order {
                attributes.push("style=\"dotted\"".to_owned());
            }
            if unfolded(&steps[from]).is_some() {
                attributes.push(format!("ltail=\"cluster_{prefix}s{from}\""));
            }
            if unfolded(step).is_some() {
                attributes.push(format!("lhead=\"cluster_{prefix}s{index}\""));
            }
            write!(f, "    \"{tail}\" -> \"{head}\"")?;
            if !attributes.is_empty() {
                write!(f, " [{}]", attributes.join(", "))?;
            }
            f.write_str(";\n")?;
        }
        if let Some(flow) = unfolded(step) {
            edges(flow, f, &format!("{prefix}s{index}_"))?;
        }
    }
    Ok(())
}

/// Which steps of a workflow inside an edge goes to.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

/// The node at which an edge ends: edges end at nodes, and are cut at the border of a cluster.
fn end(step: &Step, name: &str, which: End) -> String {
    let Some(flow) = unfolded(step) else {
        return name.to_owned();
    };
    let batch = match which {
        End::First => 0,
        End::Last => flow.batch_count() - 1,
    };
    let inner = flow.batch(batch).indices()[0];
    end(&flow.steps()[inner], &format!("{name}_s{inner}"), which)
}

const fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Agent => "hexagon",
        Kind::Tool => "box",
        Kind::Mcp => "cylinder",
        Kind::Plain => "ellipse",
        Kind::Flow => "box3d",
        Kind::Human => "parallelogram",
    }
}

/// A step's name and kind, and the workflow that it runs; below it what the step asks for.
fn label(step: &Step) -> String {
    let mut label = format!("{} ({}", printable(step.name()), step.kind());
    if let Some(flow) = step.flow() {
        let _ = write!(label, " {}", printable(flow.name()));
    }
    label.push(')');
    let words = words(step.options(), step.kind(), |name| {
        printable(name).into_owned()
    });
    if !words.is_empty() {
        label.push('\n');
        label.push_str(&words.join(", "));
    }
    label
}

/// A text between quotation marks. What could mean something there is escaped: Graphviz reads
/// `\N` and the like even in them.
struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for letter in self.0.chars() {
            match letter {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                // It begins an entity of HTML, also in a plain text.
                '&' => f.write_str("&amp;")?,
                letter if letter.is_control() => write!(f, "{}", letter.escape_debug())?,
                letter => f.write_char(letter)?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Graph, Kind, Node, Plan, testing::graph};

    fn plan(name: &str, text: &str) -> Plan {
        Plan::new(name, &graph(text)).expect("no problems")
    }

    /// A workflow in a workflow in a workflow, and one with nothing in it.
    fn nested() -> Plan {
        let lint = plan("Lint", "src\ntool style(src)");
        let review = plan(
            "Review",
            "pr\nmcp files(pr)\nflow lint(files)\nagent look(files, lint)",
        )
        .with_flow(1, lint);
        plan(
            "Release",
            "pr
            flow review(pr)
            flow nothing(review)
            human sign(review) -> yes, no
            tool publish(yes, no) after nothing",
        )
        .with_flow(0, review)
        .with_flow(1, plan("Nothing", ""))
    }

    /// A kept parser takes it: an independent one, which knows the grammar of Graphviz.
    #[track_caller]
    fn parse(dot: &str) {
        if let Err(error) = layout::gv::DotParser::new(dot).process() {
            panic!("{error}\n{dot}");
        }
    }

    #[test]
    fn workflows_inside_are_clusters() {
        let dot = nested().dot().to_string();
        parse(&dot);
        expect![[r#"
            digraph "Release" {
                compound=true;
                graph [fontname="sans-serif"];
                node [fontname="sans-serif"];
                edge [fontname="sans-serif"];
                subgraph "cluster_b0" {
                    label="batch 1";
                    subgraph "cluster_s0" {
                        label="review (flow Review)";
                        subgraph "cluster_s0_b0" {
                            label="batch 1";
                            "s0_s0" [label="files (mcp)", shape="cylinder"];
                        }
                        subgraph "cluster_s0_b1" {
                            label="batch 2";
                            subgraph "cluster_s0_s1" {
                                label="lint (flow Lint)";
                                subgraph "cluster_s0_s1_b0" {
                                    label="batch 1";
                                    "s0_s1_s0" [label="style (tool)", shape="box"];
                                }
                            }
                        }
                        subgraph "cluster_s0_b2" {
                            label="batch 3";
                            "s0_s2" [label="look (agent)", shape="hexagon"];
                        }
                    }
                }
                subgraph "cluster_b1" {
                    label="batch 2";
                    "s1" [label="nothing (flow Nothing)", shape="box3d"];
                    "s2" [label="sign (human)", shape="parallelogram"];
                }
                subgraph "cluster_b2" {
                    label="batch 3";
                    "s3" [label="publish (tool)", shape="box"];
                }
                "s0_s0" -> "s0_s1_s0" [lhead="cluster_s0_s1"];
                "s0_s0" -> "s0_s2";
                "s0_s1_s0" -> "s0_s2" [ltail="cluster_s0_s1"];
                "s0_s2" -> "s1" [ltail="cluster_s0"];
                "s0_s2" -> "s2" [ltail="cluster_s0"];
                "s1" -> "s3" [style="dotted"];
                "s2" -> "s3" [label="yes, no"];
            }
        "#]]
        .assert_eq(&dot);
    }

    #[test]
    fn names_cannot_break_out_of_their_labels() {
        let mut graph = Graph::default();
        for name in ["end", "größe", "a\"]; x [\"<b>\\N&amp;\n\u{1b}"] {
            let node = Node::new(name, Kind::Agent).produces([format!("{name} {name}")]);
            graph.nodes.push(node.requires(["\"\\"]));
        }
        let reads: Vec<String> = graph
            .nodes
            .iter()
            .flat_map(|node| node.produces.clone())
            .collect();
        graph.nodes.push(Node::new("all", Kind::Plain).reads(reads));
        let dot = Plan::new("\"odd\"", &graph)
            .expect("no problems")
            .dot()
            .to_string();
        parse(&dot);
        expect![[r#"
            digraph "\"odd\"" {
                compound=true;
                graph [fontname="sans-serif"];
                node [fontname="sans-serif"];
                edge [fontname="sans-serif"];
                subgraph "cluster_b0" {
                    label="batch 1";
                    "s0" [label="end (agent)\nrequires \"\\", shape="hexagon"];
                    "s1" [label="größe (agent)\nrequires \"\\", shape="hexagon"];
                    "s2" [label="a\\\"]; x [\\\"<b>\\\\N&amp;amp;\\n\\u{1b} (agent)\nrequires \"\\", shape="hexagon"];
                }
                subgraph "cluster_b1" {
                    label="batch 2";
                    "s3" [label="all (fn)", shape="ellipse"];
                }
                "s0" -> "s3" [label="end end"];
                "s1" -> "s3" [label="größe größe"];
                "s2" -> "s3" [label="a\\\"]; x [\\\"<b>\\\\N&amp;amp;\\n\\u{1b} a\\\"]; x [\\\"<b>\\\\N&amp;amp;\\n\\u{1b}"];
            }
        "#]].assert_eq(&dot);
    }

    #[test]
    fn every_kind_has_a_shape() {
        let dot = plan(
            "Kinds",
            "\nagent a()\ntool b()\nmcp c()\nfn d()\nflow e()\nhuman f()",
        )
        .dot()
        .to_string();
        parse(&dot);
        for shape in [
            "hexagon",
            "box",
            "cylinder",
            "ellipse",
            "box3d",
            "parallelogram",
        ] {
            assert!(dot.contains(&format!("shape=\"{shape}\"")), "{dot}");
        }
        parse(&plan("Empty", "").dot().to_string());
    }
}
