use std::time::{Duration, SystemTime};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use expect_test::{ExpectFile, expect_file};
use sha2::{Digest as _, Sha256};

use super::{Report, headline::Headline, page};
use crate::{
    AttemptTrace, Cause, Fault, RunId, RunOutcome, RunTrace, StepOutcome, StepTrace, Wait,
    WaitTrace, Within,
    plan::{Graph, Kind, Node, Plan},
};

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

fn ran(from: u64, to: u64) -> StepTrace {
    StepTrace {
        ready: Some(ms(from)),
        started: Some(ms(from)),
        ended: Some(ms(to)),
        outcome: Some(StepOutcome::Finished),
        ..StepTrace::default()
    }
}

/// `a` and `b`, then `c` of both, then `d`, which is not reached.
fn run() -> RunTrace {
    let graph = Graph::new(["x"])
        .with(Node::new("a", Kind::Tool).reads(["x"]).produces(["a"]))
        .with(Node::new("b", Kind::Agent).produces(["b"]))
        .with(
            Node::new("c", Kind::Plain)
                .reads(["a", "b"])
                .produces(["c"]),
        )
        .with(Node::new("d", Kind::Plain).reads(["c"]));
    let fault = Fault::new(Cause::Error, "no </script><b>room</b>");
    let mut b = ran(0, 70);
    b.waits = vec![WaitTrace {
        item: None,
        on: Wait::Turn,
        started: ms(5),
        ended: Some(ms(15)),
    }];
    b.attempts = vec![
        AttemptTrace {
            item: None,
            attempt: 1,
            started: ms(15),
            ended: Some(ms(20)),
            fault: Some(fault.clone()),
        },
        AttemptTrace {
            item: None,
            attempt: 2,
            started: ms(20),
            ended: Some(ms(70)),
            fault: None,
        },
    ];
    let mut c = ran(70, 100);
    c.outcome = Some(StepOutcome::Failed(fault.clone()));
    RunTrace {
        run: RunId::from_number(7),
        plan: Plan::new("Join", &graph).unwrap().into(),
        within: None,
        wall: SystemTime::UNIX_EPOCH,
        started: ms(0),
        ended: Some(ms(110)),
        outcome: Some(RunOutcome::Failed {
            step: Some(2),
            fault,
        }),
        steps: vec![ran(0, 40), b, c, StepTrace::default()],
    }
}

/// The data that a page holds.
fn data(html: &str) -> serde_json::Value {
    let (_, rest) = html.split_once(r#"id="data">"#).unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

/// When this fails, the page has changed: `UPDATE_EXPECT=1 cargo test -p orchestrate-core --features report` writes what
/// it should allow now.
#[test]
#[cfg_attr(miri, ignore = "too large for an interpreter")]
fn the_page_allows_its_own_style_and_script_alone() {
    let check = |text: &str, kept: ExpectFile| {
        let hash = STANDARD.encode(Sha256::digest(text));
        kept.assert_eq(&format!("sha256-{hash}\n"));
    };
    check(page::STYLE, expect_file!["page/style.sha256"]);
    check(page::SCRIPT, expect_file!["page/script.sha256"]);
    let html = Report::of(&run()).to_string();
    assert!(html.contains(&format!("script-src '{}'", page::SCRIPT_HASH.trim_end())));
    assert!(html.contains(&format!("style-src '{}'", page::STYLE_HASH.trim_end())));
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn every_place_of_the_frame_is_filled() {
    let html = Report::of(&run()).to_string();
    assert!(!html.contains("{{"), "a place is left");
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
}

/// Neither does the script make markup of a text.
#[test]
fn no_text_of_a_run_is_markup() {
    let run = run();
    let html = Report::of(&run)
        .title("A & B </title><img> {{data}}")
        .to_string();
    assert!(html.contains("<title>A &amp; B &lt;/title&gt;&lt;img&gt; {{data}}</title>"));
    assert!(!html.contains("<img>") && !html.contains("<b>room"));
    assert_eq!(html.matches("</script>").count(), 2);
    for way in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
    ] {
        assert!(!page::SCRIPT.contains(way), "{way}");
    }
    let data = data(&html);
    let message = &data["runs"][0]["steps"][2]["fault"]["message"];
    assert_eq!(message, "no </script><b>room</b>");
    assert_eq!(data["title"], "A & B </title><img> {{data}}");
}

#[test]
fn the_headline_counts_what_has_run() {
    let headline = Headline::of(&run());
    // What `b` waited for its turn is no work.
    assert_eq!(headline.work, ms(40 + 60 + 30));
    assert_eq!(headline.path, [1, 2]);
    assert_eq!(headline.critical, ms(60 + 30));
    assert_eq!(headline.bottleneck, Some(1));
    assert_eq!(headline.peak, 2);
    assert_eq!(headline.waited, ms(10));
    assert_eq!(headline.again, 1);
}

#[test]
fn what_takes_no_time_or_has_not_run_runs_beside_nothing() {
    let mut run = run();
    run.steps[0] = ran(0, 0);
    run.steps[1].outcome = Some(StepOutcome::Cached);
    run.steps[2] = ran(70, 70);
    run.steps[3] = ran(70, 100);
    assert_eq!(Headline::of(&run).peak, 1);
    // Nor does what waits for its turn run.
    run.steps[2] = ran(70, 120);
    run.steps[2].waits = vec![WaitTrace {
        item: None,
        on: Wait::Turn,
        started: ms(70),
        ended: Some(ms(100)),
    }];
    assert_eq!(Headline::of(&run).peak, 1);
}

#[test]
fn a_run_that_goes_on_is_measured_until_now() {
    let mut run = run();
    run.ended = None;
    run.outcome = None;
    run.steps[2] = StepTrace {
        started: Some(ms(70)),
        ..StepTrace::default()
    };
    run.steps[0].ended = Some(ms(90));
    let headline = Headline::of(&run);
    assert_eq!(headline.work, ms(90 + 60 + 20));
    let data = data(&Report::of(&run).to_string());
    assert_eq!(data["runs"][0]["outcome"], "running");
    assert_eq!(data["runs"][0]["took"], 90_000_000);
}

#[test]
fn a_run_that_did_nothing_has_a_report_too() {
    let mut run = run();
    run.steps.clear();
    let headline = Headline::of(&run);
    assert_eq!((headline.path.len(), headline.bottleneck), (0, None));
    let data = data(&Report::of(&run).to_string());
    assert_eq!(data["runs"][0]["steps"].as_array().unwrap().len(), 4);
    assert_eq!(
        self::data(&Report::of_runs(&[]).to_string())["runs"],
        serde_json::json!([])
    );
}

#[test]
fn a_run_inside_stands_under_its_step_whatever_the_order() {
    let outer = run();
    let mut inner = run();
    inner.run = RunId::from_number(8);
    inner.within = Some(Within {
        run: outer.run,
        step: 1,
    });
    let within = |runs: &[RunTrace]| {
        let data = data(&Report::of_runs(runs).to_string());
        let runs = data["runs"].as_array().unwrap().iter();
        runs.map(|run| run["within"].clone()).collect::<Vec<_>>()
    };
    let (none, first) = (serde_json::Value::Null, serde_json::json!([0, 1]));
    assert_eq!(
        within(&[outer.clone(), inner.clone()]),
        [none.clone(), first]
    );
    assert_eq!(
        within(&[inner.clone(), outer.clone()]),
        [serde_json::json!([1, 1]), none.clone()]
    );
    // The run around it is not there, has no such step, or is inside it in turn.
    let alone = within(std::slice::from_ref(&inner));
    assert_eq!(alone, std::slice::from_ref(&none));
    inner.within = Some(Within {
        run: outer.run,
        step: 99,
    });
    assert_eq!(
        within(&[outer.clone(), inner.clone()]),
        [none.clone(), none.clone()]
    );
    inner.within = Some(Within {
        run: inner.run,
        step: 0,
    });
    assert_eq!(within(&[outer, inner]), [none.clone(), none]);
}

#[test]
fn it_is_written_to_a_file_or_says_why_not() {
    let run = run();
    let folder = std::env::temp_dir().join(format!("orchestrate-report-{}", std::process::id()));
    let file = folder.join("run.html");
    let error = Report::of(&run)
        .write(&file)
        .expect_err("there is no such folder");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    let start = format!("cannot write {}: ", file.display());
    assert!(error.to_string().starts_with(&start), "{error}");
    std::fs::create_dir(&folder).unwrap();
    Report::of(&run).write(&file).unwrap();
    let written = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(written, Report::of(&run).to_string());
}
