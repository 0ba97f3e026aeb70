//! Every sentence about a problem: what is wrong, in the user's names; then the rule, and the fix.

use super::{Closing, Problem, Producer};
use crate::graph::{Graph, Node};

/// A cycle with more steps than this is not written out whole.
const LONGEST_CYCLE: usize = 16;

/// How many names a help lists at most, and how many steps are looked at for them.
const LISTED: usize = 8;
const LOOKED_AT: usize = 64;

/// See [`Problem::message`].
pub(super) fn message(problem: &Problem, graph: &Graph) -> String {
    let node = |node: usize| &graph.nodes[node];
    match *problem {
        Problem::DuplicateInput { input, .. } => format!(
            "`{}` is already an input of the workflow",
            graph.inputs[input]
        ),
        Problem::UnknownInput {
            node: reader,
            read,
            ref nearest,
        } => {
            let name = &node(reader).reads[read];
            format!(
                "no step or workflow input is named `{name}`{}",
                did_you_mean(&nearest[..nearest.len().min(1)])
            )
        }
        Problem::StepRead { step, .. } => {
            let Node { name, produces, .. } = node(step);
            match produces.as_slice() {
                [] => format!("step `{name}` produces nothing that can be read"),
                outputs => format!(
                    "step `{name}` has no output `{name}`{}",
                    did_you_mean(&outputs[..outputs.len().min(LISTED)])
                ),
            }
        }
        Problem::UnknownOrder {
            node: later,
            after,
            ref nearest,
        } => {
            let name = &node(later).after[after];
            format!(
                "no step is named `{name}`{}",
                did_you_mean(&nearest[..nearest.len().min(1)])
            )
        }
        Problem::DuplicateOutput {
            node: second,
            output,
            first,
        } => {
            let name = &node(second).produces[output];
            match first {
                Producer::Input(_) => format!("`{name}` is already an input of the workflow"),
                Producer::Step { node: first, .. } if first == second => {
                    format!("`{name}` is produced twice by step `{}`", node(first).name)
                }
                Producer::Step { node: first, .. } => format!(
                    "`{name}` is already produced by step `{}`",
                    node(first).name
                ),
            }
        }
        Problem::DuplicateStep { node: second, .. } => {
            format!("step `{}` is already declared", node(second).name)
        }
        Problem::OwnOutput { node: reader, .. } => {
            format!("step `{}` reads its own output", node(reader).name)
        }
        Problem::OwnOrder { node: later, .. } => {
            format!("step `{}` comes after itself", node(later).name)
        }
        Problem::Cycle { ref steps, .. } => format!("steps form a cycle: {}", circle(steps, graph)),
    }
}

/// See [`Problem::help`].
pub(super) fn help(problem: &Problem, graph: &Graph) -> String {
    let node = |node: usize| &graph.nodes[node];
    match *problem {
        Problem::DuplicateInput { .. }
        | Problem::DuplicateOutput {
            first: Producer::Input(_),
            ..
        } => "every value of a workflow has a name of its own; rename one of the two".to_owned(),
        Problem::DuplicateOutput { .. } => {
            "a value is produced by one step, and every step can read it; rename one of the two"
                .to_owned()
        }
        Problem::UnknownInput { node: reader, .. } => {
            let rule = "a step reads inputs of its workflow and outputs of other steps";
            match listed(&readable(graph, node(reader))) {
                Some(names) => format!("{rule}: here {names}"),
                None => format!("{rule}, and here there are none"),
            }
        }
        Problem::StepRead { step, .. } if node(step).produces.is_empty() => {
            let name = &node(step).name;
            format!(
                "only outputs can be read; give step `{name}` an output, \
                 or say `#[after({name})]` where only the order matters"
            )
        }
        Problem::StepRead { step, .. } => {
            let name = &node(step).name;
            format!("the outputs of step `{name}` have names of their own; read those")
        }
        Problem::UnknownOrder { node: later, .. } => {
            let rule = "`#[after(..)]` names other steps of the same workflow";
            let steps = graph
                .nodes
                .iter()
                .take(LOOKED_AT)
                .filter(|other| other.name != node(later).name);
            let steps: Vec<&str> = steps
                .map(|step| step.name.as_str())
                .take(LISTED + 1)
                .collect();
            match listed(&steps) {
                Some(names) => format!("{rule}: here {names}"),
                None => format!("{rule}, and here there are none"),
            }
        }
        Problem::DuplicateStep { .. } => {
            "every step of a workflow has a name of its own; rename one of the two".to_owned()
        }
        Problem::OwnOutput { .. } => "a step starts when all its inputs are there, so this one \
             would wait for itself; read a workflow input or another step's output"
            .to_owned(),
        Problem::OwnOrder { .. } => {
            "a step would wait for itself; name another step, or remove the option".to_owned()
        }
        Problem::Cycle { ref steps, closing } => {
            let Node {
                name, reads, after, ..
            } = node(steps[0]);
            let fix = match closing {
                Closing::Read(read) => format!("let step `{name}` do without `{}`", reads[read]),
                Closing::After(order) => {
                    format!("remove `#[after({})]` from step `{name}`", after[order])
                }
            };
            format!(
                "a step starts when all that it depends on is done, so none of these could ever \
                 start; {fix}, or break the cycle elsewhere"
            )
        }
    }
}

/// The steps of a cycle, and the first one again.
fn circle(steps: &[usize], graph: &Graph) -> String {
    let name = |&step: &usize| format!("`{}`", graph.nodes[step].name);
    let mut parts: Vec<String> = if steps.len() <= LONGEST_CYCLE {
        steps.iter().map(name).collect()
    } else {
        let (head, tail) = (&steps[..LONGEST_CYCLE - 4], &steps[steps.len() - 2..]);
        let hidden = format!("({} more steps)", steps.len() - head.len() - tail.len());
        head.iter()
            .map(name)
            .chain([hidden])
            .chain(tail.iter().map(name))
            .collect()
    };
    parts.extend(steps.first().map(name));
    parts.join(" -> ")
}

/// The second half of a message about an unknown name; empty when nothing is near.
fn did_you_mean(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => format!("; did you mean `{name}`?"),
        [names @ .., last] => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("; did you mean {} or `{last}`?", names.join(", "))
        }
    }
}

/// What a step may read, as far as a help lists it.
fn readable<'g>(graph: &'g Graph, reader: &Node) -> Vec<&'g str> {
    let others = graph
        .nodes
        .iter()
        .filter(|node| node.name != reader.name)
        .take(LOOKED_AT);
    let values = graph
        .inputs
        .iter()
        .chain(others.flat_map(|node| &node.produces));
    let mut names: Vec<&str> = Vec::new();
    for value in values.take(LOOKED_AT) {
        if names.len() <= LISTED && !names.contains(&value.as_str()) {
            names.push(value);
        }
    }
    names
}

/// Names in backticks; none when there are none, and an ellipsis for those beyond the eighth.
fn listed(names: &[&str]) -> Option<String> {
    let shown: Vec<String> = names
        .iter()
        .take(LISTED)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = if names.len() > LISTED { ", .." } else { "" };
    (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "this is how snapshots are updated"
)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::{analyze, testing::graph};

    /// Messages and helps, in the order in which they are reported.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a snapshot reads best in place"
    )]
    fn check(text: &str, expected: Expect) {
        let graph = graph(text);
        let problems = analyze(&graph).expect_err("a graph with problems");
        let lines = problems.iter().map(|problem| {
            let help = problem.help(&graph).unwrap_or_default();
            format!("{}\n  help: {help}\n", problem.message(&graph))
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn cycles() {
        check(
            "topic\nagent draft(topic, review)\nagent review(draft)",
            expect![[r#"
                steps form a cycle: `draft` -> `review` -> `draft`
                  help: a step starts when all that it depends on is done, so none of these could ever start; let step `draft` do without `review`, or break the cycle elsewhere
            "#]],
        );
        check(
            "\ntool a(c)\ntool b(a)\ntool c(b)\ntool d(e)\ntool e() after d",
            expect![[r#"
                steps form a cycle: `a` -> `b` -> `c` -> `a`
                  help: a step starts when all that it depends on is done, so none of these could ever start; let step `a` do without `c`, or break the cycle elsewhere
                steps form a cycle: `d` -> `e` -> `d`
                  help: a step starts when all that it depends on is done, so none of these could ever start; let step `d` do without `e`, or break the cycle elsewhere
            "#]],
        );
        check(
            "\ntool a() after b\ntool b() after a",
            expect![[r#"
            steps form a cycle: `a` -> `b` -> `a`
              help: a step starts when all that it depends on is done, so none of these could ever start; remove `#[after(b)]` from step `a`, or break the cycle elsewhere
        "#]],
        );
    }

    #[test]
    fn a_cycle_of_a_hundred_steps_is_cut() {
        let steps = (0..100).map(|step| format!("\ntool s{step}(s{})", (step + 99) % 100));
        check(
            &steps.collect::<String>(),
            expect![[r#"
            steps form a cycle: `s0` -> `s1` -> `s2` -> `s3` -> `s4` -> `s5` -> `s6` -> `s7` -> `s8` -> `s9` -> `s10` -> `s11` -> (86 more steps) -> `s98` -> `s99` -> `s0`
              help: a step starts when all that it depends on is done, so none of these could ever start; let step `s0` do without `s99`, or break the cycle elsewhere
        "#]],
        );
    }

    #[test]
    fn a_step_that_waits_for_itself() {
        check(
            "\nagent draft(draft)",
            expect![[r#"
            step `draft` reads its own output
              help: a step starts when all its inputs are there, so this one would wait for itself; read a workflow input or another step's output
        "#]],
        );
        check(
            "\nagent draft() -> () after draft",
            expect![[r#"
            step `draft` comes after itself
              help: a step would wait for itself; name another step, or remove the option
        "#]],
        );
        check(
            "\nagent draft(draft) -> ()",
            expect![[r#"
            step `draft` reads its own output
              help: a step starts when all its inputs are there, so this one would wait for itself; read a workflow input or another step's output
        "#]],
        );
        check(
            "\nagent draft(text) -> text, title",
            expect![[r#"
            step `draft` reads its own output
              help: a step starts when all its inputs are there, so this one would wait for itself; read a workflow input or another step's output
        "#]],
        );
    }

    #[test]
    fn unknown_names() {
        check(
            "pr\nmcp report(pr)\ntool show(reprot)",
            expect![[r#"
            no step or workflow input is named `reprot`; did you mean `report`?
              help: a step reads inputs of its workflow and outputs of other steps: here `pr`, `report`
        "#]],
        );
        check(
            "pr\ntool show(zebra)",
            expect![[r#"
            no step or workflow input is named `zebra`
              help: a step reads inputs of its workflow and outputs of other steps: here `pr`
        "#]],
        );
        check(
            "\ntool show(zebra)",
            expect![[r#"
            no step or workflow input is named `zebra`
              help: a step reads inputs of its workflow and outputs of other steps, and here there are none
        "#]],
        );
        check(
            "a b c d e f g h i\ntool show(zebra)",
            expect![[r#"
            no step or workflow input is named `zebra`
              help: a step reads inputs of its workflow and outputs of other steps: here `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, ..
        "#]],
        );
        check(
            "\ntool fetch()\ntool show() after fecth",
            expect![[r#"
            no step is named `fecth`; did you mean `fetch`?
              help: `#[after(..)]` names other steps of the same workflow: here `fetch`
        "#]],
        );
        check(
            "\ntool show() after zebra",
            expect![[r#"
            no step is named `zebra`
              help: `#[after(..)]` names other steps of the same workflow, and here there are none
        "#]],
        );
    }

    #[test]
    fn what_the_step_has_already_is_not_offered() {
        // It produces `report` itself, and reads `reports` already.
        check(
            "reports\ntool report(reports, reporte)",
            expect![[r#"
            no step or workflow input is named `reporte`
              help: a step reads inputs of its workflow and outputs of other steps: here `reports`
        "#]],
        );
    }

    #[test]
    fn a_step_is_no_value_and_a_value_is_no_step() {
        check(
            "\ntool split() -> head tail\ntool show(split)",
            expect![[r#"
            step `split` has no output `split`; did you mean `head` or `tail`?
              help: the outputs of step `split` have names of their own; read those
        "#]],
        );
        check(
            "\ntool notify() -> ()\ntool show(notify)",
            expect![[r#"
            step `notify` produces nothing that can be read
              help: only outputs can be read; give step `notify` an output, or say `#[after(notify)]` where only the order matters
        "#]],
        );
        check(
            "\ntool split() -> head tail\ntool show() after tail",
            expect![[r#"
                no step is named `tail`; did you mean `split`?
                  help: `#[after(..)]` names other steps of the same workflow: here `split`
            "#]],
        );
        check(
            "\ntool split() -> head tail after tail",
            expect![[r#"
            no step is named `tail`
              help: `#[after(..)]` names other steps of the same workflow, and here there are none
        "#]],
        );
    }

    #[test]
    fn names_taken_twice() {
        check(
            "draft\ntool draft(draft)",
            expect![[r#"
            `draft` is already an input of the workflow
              help: every value of a workflow has a name of its own; rename one of the two
        "#]],
        );
        check(
            "\ntool draft()\ntool draft()",
            expect![[r#"
            `draft` is already produced by step `draft`
              help: a value is produced by one step, and every step can read it; rename one of the two
        "#]],
        );
        check(
            "\ntool draft() -> ()\ntool draft() -> ()",
            expect![[r#"
            step `draft` is already declared
              help: every step of a workflow has a name of its own; rename one of the two
        "#]],
        );
        check(
            "\ntool draft() -> text\ntool other() -> text",
            expect![[r#"
            `text` is already produced by step `draft`
              help: a value is produced by one step, and every step can read it; rename one of the two
        "#]],
        );
        check(
            "\ntool draft() -> text text",
            expect![[r#"
            `text` is produced twice by step `draft`
              help: a value is produced by one step, and every step can read it; rename one of the two
        "#]],
        );
        check(
            "pr pr",
            expect![[r#"
            `pr` is already an input of the workflow
              help: every value of a workflow has a name of its own; rename one of the two
        "#]],
        );
    }

    #[test]
    fn one_mistake_is_one_problem() {
        // The second `draft` is the mistake; that `review` reads one of the two is none.
        check(
            "topic\ntool draft(review)\ntool review(draft)\ntool draft(topic)",
            expect![[r#"
                `draft` is already produced by step `draft`
                  help: a value is produced by one step, and every step can read it; rename one of the two
            "#]],
        );
        check(
            "topic\ntool review() -> () after draft\ntool draft(topic) -> () after review\ntool draft(topic) -> ()",
            expect![[r#"
                step `draft` is already declared
                  help: every step of a workflow has a name of its own; rename one of the two
            "#]],
        );
    }

    #[test]
    fn all_problems_are_reported_by_place() {
        check(
            "pr
            tool a(pr, prr, b) -> a pr after c
            tool b(a)
            tool d(zebra, d) after e",
            expect![[r#"
                no step is named `c`
                  help: `#[after(..)]` names other steps of the same workflow: here `b`, `d`
                no step or workflow input is named `prr`
                  help: a step reads inputs of its workflow and outputs of other steps: here `pr`, `b`, `d`
                steps form a cycle: `a` -> `b` -> `a`
                  help: a step starts when all that it depends on is done, so none of these could ever start; let step `a` do without `b`, or break the cycle elsewhere
                `pr` is already an input of the workflow
                  help: every value of a workflow has a name of its own; rename one of the two
                no step is named `e`
                  help: `#[after(..)]` names other steps of the same workflow: here `a`, `b`
                no step or workflow input is named `zebra`
                  help: a step reads inputs of its workflow and outputs of other steps: here `pr`, `a`, `b`
                step `d` reads its own output
                  help: a step starts when all its inputs are there, so this one would wait for itself; read a workflow input or another step's output
            "#]],
        );
    }
}
