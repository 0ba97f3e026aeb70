//! A plan as a table made to be read.

use core::fmt::{self, Write as _};
use std::borrow::Cow;

use super::{Plan, Step, links::Links};
use crate::{names::printable, options::words, time::Time};

/// Spaces between two columns.
const GAP: &str = "  ";

/// The widest that a column is made. A longer cell moves the rest of its own line and no other; in
/// the last column it goes on below itself.
const WIDEST: usize = 40;

/// A line of the table: a step.
struct Row<'p> {
    /// Only on the first line of its stage, and of its batch.
    stage: String,
    batch: String,
    name: Cow<'p, str>,
    kind: &'static str,
    /// What it reads, what it comes after, and what it produces.
    links: String,
    /// What it asks for, in lines: the last column.
    options: Vec<String>,
    flow: Option<&'p Plan>,
}

impl Row<'_> {
    fn cells(&self) -> [&str; 5] {
        [&self.stage, &self.batch, &self.name, self.kind, &self.links]
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", printable(self.name()), Summary(self))?;
        if self.has_strict_batches() {
            f.write_str(", strict batches")?;
        }
        if let Some(deadline) = self.deadline() {
            write!(f, ", deadline {}", Time(deadline))?;
        }
        let rows = rows(self);
        let widths = widths(&rows);
        for row in &rows {
            let mut line = String::new();
            for (cell, width) in row
                .cells()
                .into_iter()
                .zip(widths)
                .filter(|&(cell, width)| width > 0 || !cell.is_empty())
            {
                write!(line, "{GAP}{cell:width$}")?;
            }
            let mut options = row.options.iter();
            if let Some(options) = options.next() {
                write!(line, "{GAP}{options}")?;
            }
            write!(f, "\n{}", line.trim_end())?;
            let left = margin(&widths);
            for options in options {
                write!(f, "\n{:left$}{GAP}{options}", "")?;
            }
            if let Some(flow) = row.flow {
                // Below the name of its step.
                let left = margin(&widths[..2]);
                for line in flow.to_string().lines() {
                    write!(f, "\n{:left$}{GAP}{GAP}{line}", "")?;
                }
            }
        }
        Ok(())
    }
}

/// The first line: how many steps, batches and stages.
struct Summary<'p>(&'p Plan);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        match plan.steps().len() {
            0 => return f.write_str("no steps"),
            1 => return f.write_str("1 step"),
            steps => write!(f, "{steps} steps in ")?,
        }
        match (plan.batch_count(), plan.width()) {
            (1, _) => return f.write_str("1 batch"),
            (batches, 1) => write!(f, "{batches} batches, one at a time")?,
            (batches, width) => write!(f, "{batches} batches of at most {width}")?,
        }
        match plan.stages().len() {
            1 => f.write_str(", in 1 stage"),
            stages if stages < plan.batch_count() => write!(f, ", in {stages} stages"),
            _ => Ok(()),
        }
    }
}

fn rows(plan: &Plan) -> Vec<Row<'_>> {
    let links = Links::new(plan);
    let shows_stages = plan.stages().len() < plan.batch_count();
    let mut rows = Vec::with_capacity(plan.steps().len());
    for (number, stage) in plan.stages().enumerate() {
        let mut stage_label = if shows_stages {
            format!("stage {}", number + 1)
        } else {
            String::new()
        };
        for batch in stage.map(|index| plan.batch(index)) {
            let mut batch_label = format!("batch {}", batch.index() + 1);
            for step in batch.steps() {
                rows.push(Row {
                    stage: std::mem::take(&mut stage_label),
                    batch: std::mem::take(&mut batch_label),
                    name: printable(step.name()),
                    kind: step.kind().word(),
                    links: described(step, &links),
                    options: folded(words(step.options(), step.kind(), |name| {
                        printable(name).into_owned()
                    })),
                    flow: step.flow(),
                });
            }
        }
    }
    rows
}

/// What a step reads from other steps, what else it comes after, and what it produces; that last
/// only when it is not the ordinary case, which is nothing, or a value with the name of the step.
fn described<'p>(step: &'p Step, links: &Links<'p>) -> String {
    let is_ordinary = step.outputs().all(|output| output == step.name());
    let outputs = step.outputs().filter(|_| !is_ordinary);
    let parts = [
        listed("<- ", links.values(step).map(|(value, _)| value)),
        listed("after ", links.orders(step).map(Step::name)),
        listed("-> ", outputs),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(GAP)
}

/// The width of each column, in letters. That of the links makes room for what is asked for, so only
/// lines that ask for something count there.
fn widths(rows: &[Row<'_>]) -> [usize; 5] {
    let mut widths = [0; 5];
    for row in rows {
        let mut cells = row.cells();
        if row.options.is_empty() {
            cells[4] = "";
        }
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count()).min(WIDEST);
        }
    }
    widths
}

/// How far from the left what comes after these columns stands. An empty column is left out.
fn margin(widths: &[usize]) -> usize {
    let shown = widths.iter().filter(|&&width| width > 0);
    shown.map(|width| width + GAP.len()).sum()
}

/// Words with commas between them, in lines that are no wider than a column where they can be.
fn folded(words: Vec<String>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            None => lines.push(word),
            Some(line) => {
                line.push(',');
                // With a space before it, and perhaps a comma after it.
                if line.chars().count() + word.chars().count() + 2 > WIDEST {
                    lines.push(word);
                } else {
                    line.push(' ');
                    line.push_str(&word);
                }
            }
        }
    }
    lines
}

/// Names with commas between them; nothing when there are none.
fn listed<'n>(prefix: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<Cow<'n, str>> = names.map(printable).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("{prefix}{}", names.join(", "))
    }
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "this is how snapshots are updated"
)]
mod tests {
    use core::time::Duration;

    use expect_test::{Expect, expect};

    use crate::{Graph, Kind, Node, Plan, Priority, testing::graph};

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a snapshot reads best in place"
    )]
    fn check(text: &str, expected: Expect) {
        let plan = Plan::new("Flow", &graph(text)).expect("no problems");
        expected.assert_eq(&format!("{plan}\n"));
    }

    #[test]
    fn a_plan_of_batches() {
        check(
            "app pr
            mcp files(app, pr)
            mcp practices(app, pr)
            agent review(app, files, practices)
            tool syntax(review)
            tool format(review)
            fn report(review, syntax, format)
            human sign(report) -> ()",
            expect![[r#"
                Flow: 7 steps in 5 batches of at most 2
                  batch 1  files      mcp
                           practices  mcp
                  batch 2  review     agent  <- files, practices
                  batch 3  syntax     tool   <- review
                           format     tool   <- review
                  batch 4  report     fn     <- review, syntax, format
                  batch 5  sign       human  <- report
            "#]],
        );
    }

    #[test]
    fn stages_show_where_they_say_more_than_batches() {
        check(
            "url
            mcp fetch(url)
            mcp warm_up() -> ()
            tool split(fetch) -> head, tail
            tool left(head) after warm_up
            agent right(tail)
            fn join(left, right)",
            expect![[r#"
                Flow: 6 steps in 4 batches of at most 2, in 2 stages
                  stage 1  batch 1  fetch    mcp
                                    warm_up  mcp
                           batch 2  split    tool   <- fetch  -> head, tail
                           batch 3  left     tool   <- head  after warm_up
                                    right    agent  <- tail
                  stage 2  batch 4  join     fn     <- left, right
            "#]],
        );
        check(
            "\ntool a()\ntool b()\ntool c(a)\ntool d(b)",
            expect![[r#"
            Flow: 4 steps in 2 batches of at most 2, in 1 stage
              stage 1  batch 1  a  tool
                                b  tool
                       batch 2  c  tool  <- a
                                d  tool  <- b
        "#]],
        );
    }

    #[test]
    fn small_plans() {
        check(
            "pr",
            expect![[r#"
            Flow: no steps
        "#]],
        );
        check(
            "pr\ntool a(pr)",
            expect![[r#"
            Flow: 1 step
              batch 1  a  tool
        "#]],
        );
        check(
            "pr\ntool a(pr)\ntool b(pr)",
            expect![[r#"
            Flow: 2 steps in 1 batch
              batch 1  a  tool
                       b  tool
        "#]],
        );
        check(
            "pr\ntool a(pr)\ntool b(a)",
            expect![[r#"
            Flow: 2 steps in 2 batches, one at a time
              batch 1  a  tool
              batch 2  b  tool  <- a
        "#]],
        );
    }

    #[test]
    fn workflows_inside_unfold() {
        let plan = |name: &str, text: &str| Plan::new(name, &graph(text)).expect("no problems");
        let lint = plan(
            "Lint",
            "src\ntool syntax(src)\ntool style(src)\nfn both(syntax, style)",
        );
        let review = plan(
            "Review",
            "pr\nmcp files(pr)\nflow lint(files)\nagent look(files, lint)",
        )
        .with_flow(1, lint);
        let release =
            plan("Release", "pr\nflow review(pr)\ntool publish(review) -> ()").with_flow(0, review);
        expect![[r#"
            Release: 2 steps in 2 batches, one at a time
              batch 1  review   flow
                         Review: 3 steps in 3 batches, one at a time
                           batch 1  files  mcp
                           batch 2  lint   flow   <- files
                                      Lint: 3 steps in 2 batches of at most 2
                                        batch 1  syntax  tool
                                                 style   tool
                                        batch 2  both    fn    <- syntax, style
                           batch 3  look   agent  <- files, lint
              batch 2  publish  tool  <- review
        "#]]
        .assert_eq(&format!("{release}\n"));
    }

    /// Steps that ask for little and for much, and some that ask for nothing.
    fn demanding() -> Graph {
        let mut graph = graph(
            "spec
            mcp fetch(spec)
            tool prices(spec)
            tool train(fetch, prices)
            human sign(train) -> ()
            tool deploy(train) -> () after sign
            fn report(fetch, prices, train) after deploy",
        );
        let asks: [fn(Node) -> Node; 5] = [
            |fetch| fetch.idempotent().retry(3).timeout(Duration::from_secs(10)),
            Node::optional,
            |train| train.uses([("gpu", 1)]).priority(Priority::High),
            |sign| sign.timeout(Duration::from_hours(1)),
            |deploy| {
                deploy
                    .critical()
                    .rollback()
                    .requires(["cluster:write", "registry:read"])
                    .timeout(Duration::from_secs(90))
            },
        ];
        for (node, ask) in graph.nodes.iter_mut().zip(asks) {
            *node = ask(node.clone());
        }
        graph
    }

    #[test]
    fn what_steps_ask_for_is_a_column_that_folds() {
        let plan = Plan::new("Release", &demanding())
            .expect("no problems")
            .with_deadline(Duration::from_hours(2));
        expect![[r#"
            Release: 6 steps in 5 batches of at most 2, deadline 2h
              batch 1  fetch   mcp                          retry 3, timeout 10s
                       prices  tool                         optional
              batch 2  train   tool   <- fetch, prices      priority high, uses gpu=1
              batch 3  sign    human  <- train              timeout 1h
              batch 4  deploy  tool   <- train  after sign  approval, timeout 1m 30s, undo,
                                                            requires cluster:write,
                                                            requires registry:read
              batch 5  report  fn     <- fetch, prices, train  after deploy
        "#]]
        .assert_eq(&format!("{plan}\n"));
    }

    #[test]
    fn what_steps_inside_ask_for_stands_with_them() {
        let mut outer = graph("spec\nflow release(spec)\ntool tell(release)");
        outer.nodes[0] = outer.nodes[0].clone().when();
        let inner = Plan::new("Release", &demanding()).expect("no problems");
        let plan = Plan::new("Week", &outer)
            .expect("no problems")
            .with_flow(0, inner);
        expect![[r#"
            Week: 2 steps in 2 batches, one at a time
              batch 1  release  flow  when
                         Release: 6 steps in 5 batches of at most 2
                           batch 1  fetch   mcp                          retry 3, timeout 10s
                                    prices  tool                         optional
                           batch 2  train   tool   <- fetch, prices      priority high, uses gpu=1
                           batch 3  sign    human  <- train              timeout 1h
                           batch 4  deploy  tool   <- train  after sign  approval, timeout 1m 30s, undo,
                                                                         requires cluster:write,
                                                                         requires registry:read
                           batch 5  report  fn     <- fetch, prices, train  after deploy
              batch 2  tell     tool  <- release
        "#]].assert_eq(&format!("{plan}\n"));
    }

    #[test]
    fn a_long_cell_moves_only_its_own_line() {
        let mut long =
            graph("\ntool one() -> a_name_that_is_long, another_name_that_is_long\ntool two()");
        for node in &mut long.nodes {
            *node = node
                .clone()
                .optional()
                .requires(["x".repeat(60), "y".repeat(20)]);
        }
        let plan = Plan::new("Long", &long).expect("no problems");
        expect![[r#"
            Long: 2 steps in 1 batch
              batch 1  one  tool  -> a_name_that_is_long, another_name_that_is_long  optional,
                                                                            requires xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,
                                                                            requires yyyyyyyyyyyyyyyyyyyy
                       two  tool                                            optional,
                                                                            requires xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,
                                                                            requires yyyyyyyyyyyyyyyyyyyy
        "#]].assert_eq(&format!("{plan}\n"));
    }

    #[test]
    fn names_from_outside_draw_nothing() {
        let graph = Graph::default().with(
            Node::new("red\u{1b}[31m\n", Kind::Tool)
                .produces(["größe"])
                .requires(["a\rb"]),
        );
        let plan = Plan::new("two\nlines", &graph).expect("no problems");
        expect![[r#"
            two\nlines: 1 step
              batch 1  red\u{1b}[31m\n  tool  -> größe  requires a\rb"#]]
        .assert_eq(&plan.to_string());
    }
}
