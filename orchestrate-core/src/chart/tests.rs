#![expect(
    clippy::needless_raw_string_hashes,
    reason = "this is how snapshots are updated"
)]

use expect_test::{Expect, expect};
use orchestrate_plan::Kind;

use super::Gantt;
use crate::{
    Cause, Fault, RunOutcome, RunTrace, StepOutcome, Trace,
    observe::told::runs::{Script, deploy, fault, nested, plan, review, thousand},
    text::width,
};

fn check(chart: &Gantt<'_>, expected: &Expect) {
    let chart = chart.clone().color(false).to_string();
    for line in chart.lines() {
        assert_eq!(line.trim_end(), line, "a line ends in spaces");
    }
    expected.assert_eq(&chart);
}

#[test]
fn retries_waits_and_the_bottleneck() {
    check(
        &Gantt::of(&review()).width(100),
        &expect![[r#"
        CodeReview  finished in 2.73s
                          0s      500ms    1s       1.5s     2s       2.5s
                          ├───────┼────────┼────────┼────────┼────────┼────
        files      mcp    ███████▌                                           420ms
        practices  mcp    ░░░▐█████████                                      530ms
        review     agent               ▒▒▒▒▒×░░░▒▒▒×░░░░░░██████████████▋    1.87s  ◆ bottleneck, 3 attempts
        syntax     tool                                                 ·           cached
        format     tool                                                 ▐█▉  125ms
        report     fn                                                     ▕    1ms
        █ works  ░ waits  ▒ fails  · did not run"#]],
    );
}

#[test]
fn a_failure_and_what_was_undone() {
    check(
        &Gantt::of(&deploy()).width(80),
        &expect![[r#"
        Deploy  failed at switch after 3.9s
                        0s         1s         2s         3s
                        ├──────────┼──────────┼──────────┼─────────
        build    tool   █████████▉                                !  900ms  irreversible
        approve  human            ░░░░░░░░░░░░░░░░                    1.5s  ◆ bottleneck
        upload   mcp                              ▐██████       ↺    600ms  ↺ undone
        notify   mcp                              ▒▒×                200ms  excused
        warm     tool                             ▚▚▚▚▚▚▚▚▚▚▚           1s  stopped
        switch   tool                                    ▒▒▒▒×       400ms  failed
        × notify: no such channel
        × switch: connection refused (os error 111) while switching <prod> & "beta"
        not reached: announce
        █ works  ░ waits  ▒ fails  ▚ stopped  ↺ undone"#]],
    );
}

#[test]
fn items_and_a_run_inside() {
    check(
        &Gantt::of_runs(&nested()).width(80),
        &expect![[r#"
        Digest  finished in 1.6s
                          0s          500ms        1s
                          ├───────────┼────────────┼────────────┼──
        pages      mcp    ███████▋                                   300ms
        summaries  agent         ▐█████████▉                         400ms  8 items
        translate  agent                   ·                                skipped
        review     flow                    ▕████████████████████▋    810ms  ◆ bottleneck
          lint     tool                    ▕███▊                     150ms
          think    agent                   ▕████████████████████▍    800ms  ◆ bottleneck
          verdict  fn                                           ▎     10ms
        publish    tool                                         ▐██   90ms
        · did not run"#]],
    );
}

/// A run inside a step that bounds nothing bounds nothing either; and an attempt that was cancelled has not failed.
#[test]
fn what_bounds_nothing_and_what_was_stopped() {
    let trace = Trace::new();
    let outer = plan(
        "Outer",
        &[("build", Kind::Tool, &[]), ("checks", Kind::Flow, &[])],
    );
    let cancelled = Fault::new(Cause::Cancelled, "");
    let script = Script::new(&trace, 1, None, 0, outer)
        .start(0, 0)
        .start(0, 1);
    let inner = plan(
        "Inner",
        &[("lint", Kind::Tool, &[]), ("done", Kind::Plain, &["lint"])],
    );
    Script::new(&trace, 2, Some((1, 1)), 0, inner)
        .work(0, 50, 0)
        .work(50, 51, 1)
        .finish(51);
    script
        .end(51, 1, StepOutcome::Finished)
        .attempt(0, 40, 0, 1, Some(fault("no")))
        .attempt(40, 100, 0, 2, Some(cancelled))
        .end(100, 0, StepOutcome::Stopped)
        .close(100, RunOutcome::Dropped);
    let runs = trace.runs();
    check(
        &Gantt::of_runs(&runs).width(80),
        &expect![[r#"
        Outer  dropped after 100ms
                      0s              50ms
                      ├───────────────┼────────────────
        build   tool  ▒▒▒▒▒▒▒▒▒▒▒▒▒×▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚  100ms  ◆ bottleneck, stopped, …
        checks  flow  ████████████████▊                   51ms
          lint  tool  ████████████████▌                   50ms
          done  fn                    ▎                    1ms
        █ works  ▒ fails  ▚ stopped"#]],
    );
    let svg = Gantt::of_runs(&runs).svg();
    assert_eq!(svg.matches("class=\"step path").count(), 1);
    assert!(svg.contains("attempt 2: stopped after 60ms: cancelled"));
}

#[test]
fn little_room() {
    check(
        &Gantt::of_runs(&nested()).width(38),
        &expect![[r#"
        Digest  finished in 1.6s
                   0s        1s
                   ├─────────┼─────
        pages      ███               300ms
        summaries     ████           400ms  8≡
        translate         ·                 -
        review            ████████   810ms  ◆
          lint            █▌         150ms
          think           ████████   800ms  ◆
          verdict                 ▏   10ms
        publish                   █   90ms
        · did not run  - skipped  ≡ items
        ◆ bottleneck"#]],
    );
    check(
        &Gantt::of(&deploy()).width(38),
        &expect![[r#"
        Deploy  failed at switch after 3.9s
                 0s    2s
                 ├─────┼──────
        build    ███         !  900ms  !
        approve     ░░░░░        1.5s  ◆
        upload           ██  ↺  600ms  ↺
        notify           ×      200ms  (×)
        warm             ▚▚▚       1s  stopped
        switch             ▒×   400ms  ×
        × notify: no such channel
        × switch: connection refused (os erro…
        not reached: announce
        █ works  ░ waits  ▒ fails  ▚ stopped
        ! irreversible  (×) excused  × failed
        ↺ undone  ◆ bottleneck"#]],
    );
}

#[test]
fn ascii_alone() {
    let run = deploy();
    let chart = Gantt::of(&run).width(70).ascii().color(false);
    assert!(chart.to_string().is_ascii());
    check(
        &chart,
        &expect![[r#"
        Deploy  failed at switch after 3.9s
                        0s      1s      2s       3s
                        +-------+-------+--------+-------
        build    tool   ########                        !  900ms  irreversible
        approve  human         .............                1.5s  * bottleneck
        upload   mcp                        ######     <   600ms  < undone
        notify   mcp                        %x             200ms  excused
        warm     tool                       ~~~~~~~~~         1s  stopped
        switch   tool                            %%%x      400ms  failed
        x notify: no such channel
        x switch: connection refused (os error 111) while switching <prod> & ~
        not reached: announce
        # works  . waits  % fails  ~ stopped  < undone"#]],
    );
}

#[test]
fn a_run_that_goes_on() {
    let trace = Trace::new();
    let steps: &[(&str, Kind, &[&str])] =
        &[("読む", Kind::Tool, &[]), ("think", Kind::Agent, &["読む"])];
    Script::new(&trace, 1, None, 0, plan("進行", steps))
        .work(0, 700, 0)
        .start(700, 1)
        .tell(
            2000,
            crate::EventKind::AttemptStarted {
                step: 1,
                item: None,
                attempt: 1,
            },
        );
    check(
        &Gantt::of_runs(&trace.runs()).width(70),
        &expect![[r#"
        進行  running for 2s
                      0s           1s
                      ├────────────┼────────────
        読む   tool   █████████                   700ms
        think  agent           █████████████████   1.3s  ◆ bottleneck, running"#]],
    );
}

/// A step that runs the same workflow three times.
fn several() -> Vec<RunTrace> {
    let trace = Trace::new();
    let steps: &[(&str, Kind, &[&str])] = &[("all", Kind::Plain, &[])];
    let outer = Script::new(&trace, 1, None, 0, plan("Outer", steps)).start(0, 0);
    for run in 2..5 {
        let script = Script::new(
            &trace,
            run,
            Some((1, 0)),
            100 * run,
            plan("Inner", &[("one", Kind::Tool, &[])]),
        );
        script
            .work(100 * run, 100 * run + 150, 0)
            .finish(100 * run + 160);
    }
    outer.end(700, 0, StepOutcome::Finished).finish(700);
    trace.runs()
}

#[test]
fn several_runs_of_one_step() {
    check(
        &Gantt::of_runs(&several()).width(70),
        &expect![[r#"
        Outer  finished in 700ms
                          0s          200ms        400ms        600ms
                          ├───────────┼────────────┼────────────┼──────
        all         fn    █████████████████████████████████████████████  700ms
          Inner #2                     ▓▓▓▓▓▓▓▓▓▓                        160ms
            one     tool              ▕█████████▌                        150ms
          Inner #3                           ▓▓▓▓▓▓▓▓▓▓▓                 160ms
            one     tool                     █████████▉                  150ms
          Inner #4                                  ▓▓▓▓▓▓▓▓▓▓           160ms
            one     tool                           ▐█████████▎           150ms
        █ works  ▓ together"#]],
    );
    check(
        &Gantt::of_runs(&several()).width(70).at_most(2),
        &expect![[r#"
            Outer  finished in 700ms
                              0s          200ms        400ms       600ms
                              ├───────────┼────────────┼───────────┼──────
            all         fn    ████████████████████████████████████████████   700ms
              Inner #2                    ▓▓▓▓▓▓▓▓▓▓▓                        160ms
                one     tool              ▐█████████                         150ms
              + 2 more                           ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓           ≤160ms
            █ works  ▓ together"#]],
    );
}

#[test]
fn a_batch_of_many_steps_is_shown_by_those_that_matter() {
    let names: Vec<String> = (0..40).map(|step| format!("part_{step}")).collect();
    let steps: Vec<(&str, Kind, &[&str])> = names
        .iter()
        .map(|name| (&**name, Kind::Mcp, &[][..]))
        .collect();
    let mut run = Script::new(&Trace::new(), 1, None, 0, plan("Wide", &steps));
    for step in 0..40 {
        let to = 100 + (step as u64 * 37) % 400;
        run = match step {
            7 | 9 => run
                .start(0, step)
                .end(5, step, StepOutcome::Excused(fault("gone"))),
            13 => run
                .start(0, step)
                .end(5, step, StepOutcome::Failed(fault("no"))),
            _ => run.work(0, to, step),
        };
    }
    let run = run.finish(500);
    check(
        &Gantt::of(&run).width(80).at_most(5),
        &expect![[r#"
        Wide  finished in 500ms
                        0s              200ms            400ms
                        ├───────────────┼────────────────┼────────
        part_10    mcp  ███████████████████████████████████████▍     470ms
        part_13    mcp  ×                                              5ms  failed
        part_21    mcp  ████████████████████████████████████████     477ms
        part_32    mcp  ████████████████████████████████████████▋    484ms  ◆ bottleneck
        + 36 more       ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓      ≤447ms  2 failed
        × part_13: no
        █ works  ▒ fails  ▓ together"#]],
    );
    assert_eq!(
        Gantt::of(&run)
            .all()
            .color(false)
            .to_string()
            .lines()
            .filter(|line| line.starts_with("part_"))
            .count(),
        40
    );
}

#[test]
#[cfg_attr(miri, ignore = "too large for an interpreter")]
fn a_thousand_steps_stay_readable() {
    let run = thousand();
    let chart = Gantt::of(&run).width(80).color(false).to_string();
    assert_eq!(chart.matches("more ").count(), 4);
    let lines: Vec<&str> = chart.lines().collect();
    expect![[r#"
        Thousand  finished in 4s
                           0s       1s        2s        3s
                           ├────────┼─────────┼─────────┼─────────
        begin       fn     ▏                                          10ms
        part_0_19   tool   ████▌                                     461ms
        part_0_25   tool   ████▋                                     475ms
        part_0_50   tool   ████▋                                     470ms
        part_0_75   tool   ████▋                                     465ms
        part_0_81   tool   ████▊                                     479ms  ◆ bottleneck
        part_0_100  tool   ████▌                                     460ms
        part_0_106  tool   ████▋                                     474ms
        part_0_131  tool   ████▋                                     469ms
        part_0_156  tool   ████▌                                     464ms
        part_0_162  tool   ████▊                                     478ms
        part_0_187  tool   ████▋                                     473ms
        + 188 more         ▓▓▓▓▓                                    ≤459ms
        gate1       fn         ▏                                      20ms
        part_1_19   tool       ▕████▍                                461ms
        ...
        gate201     agent                                        ▏    10ms
        gate202     agent                                        ▏    10ms
        gate203     agent                                        ▕    10ms
                           ├────────┼─────────┼─────────┼─────────
                           0s       1s        2s        3s
        █ works  ▓ together"#]]
    .assert_eq(
        &[&lines[..18], &["..."], &lines[lines.len() - 6..]]
            .concat()
            .join("\n"),
    );
}

#[test]
fn every_width_is_kept() {
    const STEP: usize = if cfg!(miri) { 50 } else { 1 };
    let runs = [vec![review()], vec![deploy()], nested(), several()].concat();
    for columns in (0..130).step_by(STEP) {
        let chart = Gantt::of_runs(&runs)
            .width(columns)
            .color(false)
            .to_string();
        for line in chart.lines() {
            assert!(width(line) <= columns.max(24), "{columns}: {line}");
            assert_eq!(line.trim_end(), line);
        }
    }
}

#[test]
fn colors_change_nothing_else() {
    let run = deploy();
    let chart = Gantt::of(&run).width(80);
    let colored = chart.clone().color(true).to_string();
    assert!(colored.contains("\u{1b}[31m"));
    let mut plain = String::new();
    for (index, piece) in colored.split('\u{1b}').enumerate() {
        let (_, text) = if index == 0 {
            ("", piece)
        } else {
            piece.split_once('m').unwrap()
        };
        plain.push_str(text);
    }
    assert_eq!(plain, chart.color(false).to_string());
}

#[test]
fn what_a_message_holds_does_not_draw() {
    let run = Script::new(
        &Trace::new(),
        1,
        None,
        0,
        plan("W", &[("s", Kind::Tool, &[])]),
    )
    .start(0, 0)
    .end(
        1,
        0,
        StepOutcome::Failed(fault("\u{1b}[2J</title><script>alert(1)</script>\u{0}")),
    )
    .finish(1);
    let chart = Gantt::of(&run).color(false);
    assert!(!chart.to_string().contains('\u{1b}'));
    let svg = well_formed(&chart.svg());
    assert!(!svg.contains("<script") && svg.contains("&lt;script"));
}

/// Whether each tag is closed, and nothing in it is not XML: enough for what is written here.
fn well_formed(svg: &str) -> String {
    assert!(!svg.chars().any(|c| c.is_control() && c != '\n'));
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some((text, tail)) = rest.split_once('<') {
        assert!(!text.contains(']'), "{text}");
        let (tag, tail) = tail.split_once('>').unwrap();
        assert!(
            !tag.contains('<') && tag.matches('"').count() % 2 == 0,
            "{tag}"
        );
        let name = tag.split([' ', '/']).next().unwrap();
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        rest = tail;
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?}");
    svg.to_owned()
}

#[test]
fn a_picture_can_be_pointed_at() {
    let svg = well_formed(&Gantt::of_runs(&nested()).svg());
    assert!(svg.contains("id=\"gantt-20-1\" data-run=\"20\" data-step=\"1\""));
    assert!(svg.contains("id=\"gantt-21-2\" data-run=\"21\" data-step=\"2\""));
    assert!(svg.contains("<title>summaries, agent, batch 2: 400ms from 300ms on, 8 items</title>"));
    assert!(svg.contains("<title>item 7: 199ms</title>"));
    assert!(svg.contains("prefers-color-scheme:dark"));

    let svg = well_formed(&Gantt::of(&review()).svg());
    assert!(svg.contains("<title>attempt 1: failed after 320ms: 503 Service Unavailable</title>"));
    assert!(svg.contains("<title>waits (retry): 400ms</title>"));
    assert!(svg.contains("<desc id=\"gantt-7-desc\">CodeReview finished in 2.73s; 6 lines. Its bottleneck is review: 1.87s.</desc>"));
    assert!(well_formed(&Gantt::of(&deploy()).svg()).contains("not reached: announce"));
}

#[test]
#[cfg_attr(miri, ignore = "too large for an interpreter")]
fn a_picture_of_many_steps_is_small() {
    let run = thousand();
    let svg = well_formed(&Gantt::of(&run).svg());
    assert!(svg.len() < 150_000, "{}", svg.len());
    assert_eq!(
        well_formed(&Gantt::of(&run).all().svg())
            .matches("class=\"step")
            .count(),
        1000
    );
}

#[test]
fn no_runs_are_no_chart() {
    assert_eq!(Gantt::of_runs(&[]).to_string(), "");
    well_formed(&Gantt::of_runs(&[]).svg());
}
