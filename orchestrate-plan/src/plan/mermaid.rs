//! A plan as a Mermaid flowchart.

use core::fmt::{self, Write as _};

use super::{Plan, Step, links::Links};
use crate::{kind::Kind, options::words};

#[derive(Debug)]
pub(super) struct Mermaid<'p>(pub(super) &'p Plan);

impl fmt::Display for Mermaid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        f.write_str("flowchart TD\n")?;
        for batch in plan.batches() {
            writeln!(
                f,
                "    subgraph b{}[\"batch {}\"]",
                batch.index(),
                batch.index() + 1
            )?;
            for (&index, step) in batch.indices().iter().zip(batch.steps()) {
                let (open, close) = shape(step.kind());
                writeln!(f, "        s{index}{open}\"{}\"{close}", Label(step))?;
            }
            f.write_str("    end\n")?;
        }
        let links = Links::new(plan);
        for (index, step) in plan.steps().iter().enumerate() {
            let mut values: Vec<(usize, &str)> = links
                .values(step)
                .map(|(value, producer)| (producer, value))
                .collect();
            // Stable: the values of one producer stay in the order in which the step reads them.
            values.sort_by_key(|&(producer, _)| producer);
            for &dependency in step.dependencies() {
                let start = values.partition_point(|&(producer, _)| producer < dependency);
                let end = values.partition_point(|&(producer, _)| producer <= dependency);
                let carried = values[start..end].iter().map(|&(_, value)| value);
                if carried.len() == 0 {
                    writeln!(f, "    s{dependency} -.-> s{index}")?;
                } else if carried
                    .clone()
                    .all(|value| value == plan.steps()[dependency].name())
                {
                    writeln!(f, "    s{dependency} --> s{index}")?;
                } else {
                    write!(f, "    s{dependency} -->|\"")?;
                    for (position, value) in carried.enumerate() {
                        write!(
                            f,
                            "{}{}",
                            if position == 0 { "" } else { ", " },
                            Escaped(value)
                        )?;
                    }
                    writeln!(f, "\"| s{index}")?;
                }
            }
        }
        Ok(())
    }
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
