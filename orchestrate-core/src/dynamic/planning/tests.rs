use expect_test::{Expect, expect};
use orchestrate_plan::Kind;

use super::{Operation, Operations, PlanError, PlanErrors, PlanLimits, analyze, analyze_within};

fn tool(id: &str) -> Operation {
    Operation::new(id, Kind::Tool)
}

fn errors(operations: impl Into<Operations>) -> PlanErrors {
    analyze(operations).expect_err("something is wrong")
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a snapshot reads best in place"
)]
fn check(operations: impl Into<Operations>, expected: Expect) {
    let mut lines = errors(operations).to_string();
    lines.push('\n');
    expected.assert_eq(&lines);
}

#[test]
fn a_plan_is_that_of_the_planner() {
    let operations = Operations::reading(["pr"])
        .named("Review")
        .with(tool("report").reads(["findings", "style"]))
        .with(
            Operation::new("review", Kind::Agent)
                .reads(["pr"])
                .produces(["findings", "score"]),
        )
        .with(tool("style").reads(["pr"]))
        .with(tool("log").after(["review"]));
    expect![[r"
        Review: 4 steps in 2 batches of at most 2, in 1 stage
          stage 1  batch 1  review  agent  -> findings, score
                            style   tool
                   batch 2  report  tool   <- findings, style
                            log     tool   after review
    "]]
    .assert_eq(&format!("{}\n", analyze(&operations).expect("it is sound")));
}

#[test]
fn nothing_is_planned_as_nothing() {
    let plan = analyze(Operations::default()).expect("it is sound");
    assert_eq!((plan.name(), plan.batch_count()), ("Operations", 0));
}

#[test]
fn all_mistakes_at_once() {
    check(
        Operations::reading(["topic", "topic"])
            .with(tool("draft").reads(["topik", "review"]))
            .with(tool("review").reads(["draft"]))
            .with(tool("split").produces(["head", "tail"]))
            .with(tool("show").reads(["split", "head"]).after(["splt"]))
            .with(tool("other").produces(["head", "topic", "x", "x"]))
            .with(tool("own").reads(["own"]))
            .with(tool("late").after(["late", "nobody_at_all"]))
            .with(tool("show")),
        expect![[r"
            `topic` is already an input
            no operation produces `topik`, and no input is named so; did you mean `topic`?
            operations form a cycle: `draft` -> `review` -> `draft`
            no operation is named `splt`; did you mean `split`?
            operation `split` has no output `split`; did you mean `head` or `tail`?
            `head` is already produced by operation `split`
            `topic` is already an input
            `x` is produced twice by operation `other`
            operation `own` reads its own output
            operation `late` comes after itself
            no operation is named `nobody_at_all`
            operation `show` is already declared
        "]],
    );
}

#[test]
fn names_without_a_letter_are_told_once() {
    check(
        Operations::reading([""])
            .with(tool(" ").reads(["", "\t"]))
            .with(tool("").produces([""]))
            .with(tool("c").after([""])),
        expect![[r"
            a name in `inputs` is empty
            a name in `id` of operation 1 is empty
            a name in `inputs` of operation 1 is empty
            a name in `id` of operation 2 is empty
            a name in `outputs` of operation 2 is empty
            a name in `after` of operation `c` is empty
        "]],
    );
}

#[test]
fn mistakes_are_data() {
    let errors = errors([
        tool("a").reads(["c"]),
        tool("b").reads(["a", "reprot"]),
        tool("c").reads(["b"]),
        tool("report"),
    ]);
    let expected = [
        PlanError::Cycle {
            operations: ["a", "b", "c"].map(str::to_owned).into(),
        },
        PlanError::UnknownInput {
            operation: "b".to_owned(),
            input: "reprot".to_owned(),
            nearest: vec!["report".to_owned()],
        },
    ];
    assert_eq!(errors.len(), 2);
    assert_eq!(errors.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
#[cfg_attr(miri, ignore = "too large for an interpreter")]
fn what_is_long_or_draws_on_a_terminal_is_shown_in_short() {
    let ring = (0..100).map(|id| tool(&id.to_string()).reads([((id + 99) % 100).to_string()]));
    check(
        ring.chain([tool("x").reads(["y".repeat(1_000_000), "\u{1b}[2J".to_owned()])])
            .collect::<Operations>(),
        expect![[r"
            operations form a cycle: `0` -> `1` -> `2` -> `3` -> `4` -> `5` -> `6` -> `7` -> `8` -> `9` -> `10` -> `11` -> (86 more operations) -> `98` -> `99` -> `0`
            no operation produces `yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy..`, and no input is named so
            no operation produces `\u{1b}[2J`, and no input is named so
        "]],
    );
}

#[test]
fn who_does_what_has_sentences_too() {
    let errors = [
        PlanError::UnsafeRetry {
            task: "charge".to_owned(),
        },
        PlanError::Unassigned {
            operation: "charge".to_owned(),
        },
        PlanError::UnknownAgent {
            agent: "coderr".to_owned(),
            operation: "review".to_owned(),
            nearest: vec!["coder".to_owned()],
        },
    ];
    expect![[r"
        `retry` on task `charge`, which is not declared idempotent: a second attempt may repeat its effects
        nobody is there to do operation `charge`: name an agent for it, or register one under the name `charge`
        no agent is named `coderr`, which operation `review` asks for; did you mean `coder`?"]]
    .assert_eq(&PlanErrors::new(errors.into()).to_string());
}

fn exceeded(operations: impl Into<Operations>, limits: &PlanLimits) -> String {
    analyze_within(operations, limits)
        .expect_err("it is too large")
        .to_string()
}

#[test]
fn a_plan_may_be_as_large_as_the_limits_and_no_larger() {
    let limits = PlanLimits::default()
        .with_operations(4)
        .with_depth(2)
        .with_width(2)
        .with_names(2)
        .with_name_bytes(4);
    let (a, b) = (tool("a"), tool("b"));
    let largest = Operations::reading(["1234", "x"])
        .named("Four")
        .with(a.clone())
        .with(b.clone())
        .with(tool("c").reads(["a", "b"]).by("1234"))
        .with(tool("d").after(["a", "b"]).produces(["e", "f"]));
    assert!(analyze_within(&largest, &limits).is_ok());

    assert_eq!(
        exceeded(largest.clone().with(tool("g")), &limits),
        "there are too many operations: at most 4 are allowed"
    );
    assert_eq!(
        exceeded([a.clone(), b.clone(), tool("c")], &limits),
        "batch 1 has 3 operations: at most 2 are allowed"
    );
    assert_eq!(
        exceeded([a, b.reads(["a"]), tool("c").reads(["b"])], &limits),
        "there are 3 batches one after the other: at most 2 are allowed"
    );
    assert_eq!(
        exceeded(
            Operations::reading(["x", "y", "z"])
                .named("Large")
                .with(tool("abcde").produces(["1", "2", "3"]).by("fghij"))
                .with(tool("b").reads(["klmno"])),
            &limits
        ),
        "`inputs` has too many names: at most 2 are allowed\n\
         a name has 5 bytes, from `Large` on: at most 4 are allowed\n\
         a name has 5 bytes, from `abcde` on: at most 4 are allowed\n\
         `outputs` of operation `abcde` has too many names: at most 2 are allowed\n\
         a name has 5 bytes, from `fghij` on: at most 4 are allowed\n\
         a name has 5 bytes, from `klmno` on: at most 4 are allowed"
    );
}

#[test]
fn each_batch_that_is_too_wide_is_told() {
    let limits = PlanLimits::default().with_width(1);
    let layers = ["a", "b"].map(tool).into_iter();
    let operations = layers.chain(["c", "d"].map(|id| tool(id).reads(["a"])));
    assert_eq!(
        exceeded(operations.collect::<Operations>(), &limits),
        "batch 1 has 2 operations: at most 1 are allowed\n\
         batch 2 has 2 operations: at most 1 are allowed"
    );
}
