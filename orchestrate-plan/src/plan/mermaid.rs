//! A plan as a Mermaid flowchart.

use core::fmt::{self, Write as _};

use super::{
    Plan, Step,
    links::{Edge, Links},
};
use crate::{kind::Kind, options::words};

#[derive(Debug)]
pub(super) struct Mermaid<'p>(pub(super) &'p Plan);

impl fmt::Display for Mermaid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("flowchart TD\n")?;
        boxes(self.0, f, "", 4)?;
        arrows(self.0, f, "")
    }
}

/// `prefix`: of the names of all that is drawn, for a workflow inside. `left`: spaces.
fn boxes(plan: &Plan, f: &mut fmt::Formatter<'_>, prefix: &str, left: usize) -> fmt::Result {
    for batch in plan.batches() {
        let number = batch.index();
        writeln!(
            f,
            "{:left$}subgraph {prefix}b{number}[\"batch {}\"]",
            "",
            number + 1
        )?;
        let inner = left + 4;
        for (&index, step) in batch.indices().iter().zip(batch.steps()) {
            if let Some(flow) = unfolded(step) {
                writeln!(
                    f,
                    "{:inner$}subgraph {prefix}s{index}[\"{}\"]",
                    "",
                    Label(step)
                )?;
                boxes(flow, f, &format!("{prefix}s{index}_"), inner + 4)?;
                writeln!(f, "{:inner$}end", "")?;
            } else {
                let (open, close) = shape(step.kind());
                writeln!(
                    f,
                    "{:inner$}{prefix}s{index}{open}\"{}\"{close}",
                    "",
                    Label(step)
                )?;
            }
        }
        writeln!(f, "{:left$}end", "")?;
    }
    Ok(())
}

fn arrows(plan: &Plan, f: &mut fmt::Formatter<'_>, prefix: &str) -> fmt::Result {
    let links = Links::new(plan);
    for (index, step) in plan.steps().iter().enumerate() {
        for Edge {
            from,
            is_order,
            values,
        } in links.edges(step)
        {
            write!(f, "    {prefix}s{from} ")?;
            if is_order {
                f.write_str("-.->")?;
            } else if values.is_empty() {
                f.write_str("-->")?;
            } else {
                let values: Vec<String> = values
                    .into_iter()
                    .map(|value| Escaped(value).to_string())
                    .collect();
                write!(f, "-->|\"{}\"|", values.join(", "))?;
            }
            writeln!(f, " {prefix}s{index}")?;
        }
        if let Some(flow) = unfolded(step) {
            arrows(flow, f, &format!("{prefix}s{index}_"))?;
        }
    }
    Ok(())
}

/// The workflow inside, where there is anything in it to show.
pub(super) fn unfolded(step: &Step) -> Option<&Plan> {
    step.flow().filter(|flow| !flow.steps().is_empty())
}

/// The signs around a label that make a shape: a hexagon, a box, a cylinder, a rounded box, a box
/// with double sides, a slanted box.
const fn shape(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Agent => ("{{", "}}"),
        Kind::Tool => ("[", "]"),
        Kind::Mcp => ("[(", ")]"),
        Kind::Plain => ("(", ")"),
        Kind::Flow => ("[[", "]]"),
        Kind::Human => ("[/", "/]"),
    }
}

/// A step's name and kind, and the workflow that it runs; below it what the step asks for.
struct Label<'p>(&'p Step);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = self.0;
        write!(f, "{} ({}", Escaped(step.name()), step.kind())?;
        if let Some(flow) = step.flow() {
            write!(f, " {}", Escaped(flow.name()))?;
        }
        f.write_char(')')?;
        let words = words(step.options(), step.kind(), |name| {
            Escaped(name).to_string()
        });
        if !words.is_empty() {
            write!(f, "<br/>{}", words.join(", "))?;
        }
        Ok(())
    }
}

/// A name as it may stand between quotation marks in Mermaid. A sign that could mean something
/// there, or that is no part of an identifier at all, is written as its number: `#34;` is a
/// quotation mark.
struct Escaped<'n>(&'n str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            if letter.is_alphanumeric()
                || matches!(letter, '_' | ' ' | '-' | '.' | ':')
                || (!letter.is_ascii() && !letter.is_control())
            {
                f.write_char(letter)?;
            } else {
                write!(f, "#{};", u32::from(letter))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "this is how snapshots are updated"
)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::{Graph, Kind, Node, Plan, testing::graph};

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a snapshot reads best in place"
    )]
    fn check(plan: &Plan, expected: Expect) {
        expected.assert_eq(&plan.mermaid().to_string());
    }

    #[test]
    fn every_kind_has_a_shape_and_every_edge_its_values() {
        let inner = Plan::new("Inner", &Graph::default()).expect("no problems");
        let graph = graph(
            "pr
            mcp files(pr) -> sources, docs
            agent review(sources, docs, pr)
            tool check(review)
            flow inner(review)
            human sign() -> () after check
            fn report(inner, docs, check) after sign",
        );
        check(
            &Plan::new("Outer", &graph)
                .expect("no problems")
                .with_flow(3, inner),
            expect![[r#"
                flowchart TD
                    subgraph b0["batch 1"]
                        s0[("files (mcp)")]
                    end
                    subgraph b1["batch 2"]
                        s1{{"review (agent)"}}
                    end
                    subgraph b2["batch 3"]
                        s2["check (tool)"]
                        s3[["inner (flow Inner)"]]
                    end
                    subgraph b3["batch 4"]
                        s4[/"sign (human)"/]
                    end
                    subgraph b4["batch 5"]
                        s5("report (fn)")
                    end
                    s0 -->|"sources, docs"| s1
                    s1 --> s2
                    s1 --> s3
                    s2 -.-> s4
                    s0 -->|"docs"| s5
                    s2 --> s5
                    s3 --> s5
                    s4 -.-> s5
            "#]],
        );
    }

    #[test]
    fn workflows_inside_unfold() {
        let lint = Plan::new("Lint", &graph("src\ntool style(src)")).expect("no problems");
        let review = graph("pr\nmcp files(pr)\nflow lint(files)\nagent look(files, lint)");
        let review = Plan::new("Review", &review)
            .expect("no problems")
            .with_flow(1, lint);
        let release = graph("pr\nflow review(pr)\ntool publish(review)");
        let release = Plan::new("Release", &release)
            .expect("no problems")
            .with_flow(0, review);
        check(
            &release,
            expect![[r#"
            flowchart TD
                subgraph b0["batch 1"]
                    subgraph s0["review (flow Review)"]
                        subgraph s0_b0["batch 1"]
                            s0_s0[("files (mcp)")]
                        end
                        subgraph s0_b1["batch 2"]
                            subgraph s0_s1["lint (flow Lint)"]
                                subgraph s0_s1_b0["batch 1"]
                                    s0_s1_s0["style (tool)"]
                                end
                            end
                        end
                        subgraph s0_b2["batch 3"]
                            s0_s2{{"look (agent)"}}
                        end
                    end
                end
                subgraph b1["batch 2"]
                    s1["publish (tool)"]
                end
                s0_s0 --> s0_s1
                s0_s0 --> s0_s2
                s0_s1 --> s0_s2
                s0 --> s1
        "#]],
        );
    }

    #[test]
    fn what_steps_ask_for_stands_below_their_names() {
        let graph = Graph::default()
            .with(
                Node::new("train", Kind::Tool)
                    .produces(["train"])
                    .uses([("gpu", 2)])
                    .requires(["data:read"])
                    .retry(3),
            )
            .with(
                Node::new("odd", Kind::Mcp)
                    .reads(["train"])
                    .requires(["\"]<b>"]),
            );
        check(
            &Plan::new("Learn", &graph).expect("no problems"),
            expect![[r#"
                flowchart TD
                    subgraph b0["batch 1"]
                        s0["train (tool)<br/>retry 3, uses gpu=2, requires data:read"]
                    end
                    subgraph b1["batch 2"]
                        s1[("odd (mcp)<br/>requires #34;#93;#60;b#62;")]
                    end
                    s0 --> s1
            "#]],
        );
    }

    #[test]
    fn nothing_is_a_chart_without_boxes() {
        check(
            &Plan::new("Empty", &Graph::default()).expect("no problems"),
            expect![[r#"
                flowchart TD
            "#]],
        );
    }

    #[test]
    fn names_cannot_break_out_of_their_labels() {
        let names = ["end", "größe", "a\"]; x[\"<b>#|&`\n%%"];
        let mut graph = Graph::default();
        for name in names {
            graph
                .nodes
                .push(Node::new(name, Kind::Plain).produces([format!("{name} {name}")]));
        }
        graph
            .nodes
            .push(Node::new("all", Kind::Plain).reads(names.map(|name| format!("{name} {name}"))));
        check(
            &Plan::new("Names", &graph).expect("no problems"),
            expect![[r#"
                flowchart TD
                    subgraph b0["batch 1"]
                        s0("end (fn)")
                        s1("größe (fn)")
                        s2("a#34;#93;#59; x#91;#34;#60;b#62;#35;#124;#38;#96;#10;#37;#37; (fn)")
                    end
                    subgraph b1["batch 2"]
                        s3("all (fn)")
                    end
                    s0 -->|"end end"| s3
                    s1 -->|"größe größe"| s3
                    s2 -->|"a#34;#93;#59; x#91;#34;#60;b#62;#35;#124;#38;#96;#10;#37;#37; a#34;#93;#59; x#91;#34;#60;b#62;#35;#124;#38;#96;#10;#37;#37;"| s3
            "#]],
        );
    }
}
