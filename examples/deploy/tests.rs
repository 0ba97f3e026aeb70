//! The workflows as a whole, on small sites and folders on disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use orchestrated::{AutoApprover, Failure, Orchestrator, Reason, TerminalApprover};

use crate::{
    Deploy, Deployed,
    error::DeployError,
    findings::Advice,
    fingerprint::Fingerprint,
    options::{Request, steps},
    target::Target,
};

const TOML: &str = "version = \"1.1\"\nnotes = \"More fish.\"\n[weight]\npage = 500\nall = 1_000\n";
const PAGE: &str = "<html lang=en><title>Fish</title><p>We have fish. We sell it at the quay, every day but Sunday.</p></html>";

/// A folder of these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn request(site: &Path) -> Request {
    Request {
        site: site.to_path_buf(),
        ..Request::default()
    }
}

fn approving() -> Orchestrator {
    Orchestrator::new().approver(AutoApprover::approve())
}

async fn deploy(
    request: &Request,
    to: &Path,
    orchestrator: &Orchestrator,
) -> Result<Deployed, Failure<DeployError>> {
    let target = Target::open(to).unwrap();
    let deploy = Deploy {
        request,
        target: &target,
        faults: &request.faults,
    };
    Box::pin(deploy.run(orchestrator)).await
}

/// The failure of a deploy, which leaves the folder as it was.
async fn fails(request: &Request, to: &Path, orchestrator: &Orchestrator) -> Failure<DeployError> {
    let before = Fingerprint::of(to).unwrap();
    let failure = deploy(request, to, orchestrator).await.unwrap_err();
    let after = Fingerprint::of(to).unwrap();
    assert_eq!(after, before, "after {failure:#}");
    failure
}

/// The steps that were undone, the last first.
fn undone(failure: &Failure<DeployError>) -> Vec<&str> {
    let rollbacks = failure.rollbacks().iter();
    assert!(
        rollbacks
            .clone()
            .all(|rollback| rollback.outcome.is_undone())
    );
    rollbacks.map(|rollback| &*rollback.step).collect()
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "no `{part}` in:\n{text}");
}

#[tokio::test]
async fn publishes_what_was_mended() {
    let site = folder(&[
        ("site.toml", TOML),
        ("a/index.html", PAGE),
        ("a/b.css", "p {}"),
        (".git/x", ""),
    ]);
    let to = folder(&[("current", "1.0"), ("releases/1.0/index.html", "old")]);
    let deployed = deploy(&request(site.path()), to.path(), &approving())
        .await
        .unwrap();

    let text = |path: &str| fs::read_to_string(to.path().join(path)).unwrap();
    assert_eq!((&*text("current"), &*text("previous")), ("1.1", "1.0"));
    has(
        &text("releases/1.1/a/index.html"),
        "</title>\n  <meta name=\"description\" content=\"We have fish. We sell it at the quay, every day but Sunday.\">",
    );
    assert_eq!(text("releases/1.1/a/b.css"), "p {}");
    assert_eq!(text("releases/1.0/index.html"), "old");
    assert_eq!(
        text("announcement-1.1.txt"),
        "Release 1.1 is out.\n\nMore fish.\n"
    );
    // Neither the manifest nor what is hidden goes out.
    assert_eq!(deployed.published.release.files.len(), 2);
    assert_eq!(deployed.advice, Advice::Given(Vec::new()));
    has(
        &deployed.to_string(),
        "a/index.html: missing, then too short (13): We have",
    );
}

#[tokio::test]
async fn a_fault_at_any_step_leaves_the_folder_as_it_was() {
    let site = folder(&[("site.toml", TOML), ("index.html", PAGE)]);
    // One that serves a release, and one that never served any.
    let served = folder(&[
        ("current", "1.0"),
        ("previous", "0.9"),
        ("releases/1.0/x", "old"),
    ]);
    let empty = folder(&[]);
    for step in steps() {
        let mut request = request(site.path());
        request.strict = true;
        request.faults.at = Some(step.to_owned());
        for to in [served.path(), empty.path()] {
            let failure = fails(&request, to, &approving()).await;
            // The steps of one batch end in an order that nobody has promised.
            let mut undone = undone(&failure);
            undone.sort_unstable();
            let expected: &[&str] = match step {
                "announced" | "visited" => &["remembered", "switched", "written"],
                "switched" => &["remembered", "written"],
                "written" | "remembered" => {
                    assert!(
                        undone.len() <= 1 && !undone.contains(&step),
                        "{step}: {undone:?}"
                    );
                    continue;
                }
                _ => &[],
            };
            assert_eq!(undone, expected, "{step}");
            match step {
                "weight" => assert!(matches!(
                    failure.reason(),
                    Reason::Quorum {
                        needed: 1,
                        succeeded: 0
                    }
                )),
                _ => assert!(
                    matches!(failure.error(), Some(DeployError::Injected(at)) if *at == step)
                ),
            }
        }
    }
}

#[tokio::test]
async fn what_was_switched_last_is_undone_first() {
    let site = folder(&[("site.toml", TOML), ("index.html", PAGE)]);
    let to = folder(&[]);
    // No fault on purpose: a folder stands where the announcement goes.
    fs::create_dir(to.path().join("announcement-1.1.txt")).unwrap();
    let failure = fails(&request(site.path()), to.path(), &approving()).await;
    assert_eq!(failure.step(), Some("announced"));
    assert_eq!(
        (undone(&failure)[0], undone(&failure).len()),
        ("switched", 3)
    );
    let told = format!("{failure:#}");
    has(&told, "cannot write");
    has(&told, "step `written` of workflow `Publish` is undone");
}

#[tokio::test]
async fn a_release_goes_out_once() {
    let site = folder(&[("site.toml", TOML), ("index.html", PAGE)]);
    let to = folder(&[]);
    let request = request(site.path());
    deploy(&request, to.path(), &approving()).await.unwrap();
    let failure = fails(&request, to.path(), &approving()).await;
    has(&failure.to_string(), "release `1.1` is there already");
}

#[tokio::test]
async fn the_gate_stops_what_is_broken() {
    let broken = "<html lang=en><title>Fish</title>\n<p>We have <b>fish.</p>\n<a href=eels.html>Eels</a></html>";
    let site = folder(&[("site.toml", TOML), ("index.html", broken)]);
    let to = folder(&[]);
    let approver = AutoApprover::approve();
    let orchestrator = Orchestrator::new().approver(approver.clone());
    let failure = fails(&request(site.path()), to.path(), &orchestrator).await;
    assert_eq!(failure.step(), Some("gate"));
    has(
        &format!("{failure:#}"),
        "not fit to be published:\n  index.html:2: `<b>` is not closed\n  index.html:3: `eels.html` leads nowhere",
    );
    assert_eq!(approver.asked(), []);
}

#[tokio::test]
async fn a_page_that_cannot_be_described_ends_the_loop() {
    let short = "<html lang=en><title>Fish</title><p>Fish.</p></html>";
    let site = folder(&[("site.toml", TOML), ("index.html", short)]);
    let to = folder(&[]);
    let failure = fails(&request(site.path()), to.path(), &approving()).await;
    assert_eq!(failure.step(), Some("described"));
    assert!(matches!(
        failure.reason(),
        Reason::Unsatisfied { rounds: 6 }
    ));
}

#[tokio::test]
async fn the_optional_reviewer_may_be_missing() {
    let light = TOML.split("[weight]").next().unwrap();
    let site = folder(&[("site.toml", light), ("index.html", PAGE)]);
    let mut request = request(site.path());
    request.strict = true;
    let failure = fails(&request, folder(&[]).path(), &approving()).await;
    assert_eq!(failure.step(), Some("gate"));

    request.strict = false;
    let deployed = deploy(&request, folder(&[]).path(), &approving())
        .await
        .unwrap();
    let missing = "step `weight` failed: `site.toml` has no table `[weight]`";
    assert_eq!(deployed.advice, Advice::Missing(missing.to_owned()));
}

#[tokio::test]
async fn a_person_sees_what_goes_out_and_decides() {
    let heavy = format!("{PAGE}{}", " ".repeat(500));
    let site = folder(&[("site.toml", TOML), ("index.html", &heavy)]);
    let request = request(site.path());
    let at_the_terminal = |typed: &'static str| {
        Orchestrator::new().approver(TerminalApprover::over(typed.as_bytes(), std::io::sink()))
    };
    for (typed, why) in [
        ("n too heavy\n", "step `approved` was rejected: too heavy"),
        ("n\n", "step `approved` was rejected"),
        ("", "the approver is gone: the input has ended"),
    ] {
        let failure = fails(&request, folder(&[]).path(), &at_the_terminal(typed)).await;
        has(&failure.to_string(), why);
        assert_eq!(undone(&failure), [""; 0]);
    }
    let deployed = deploy(&request, folder(&[]).path(), &at_the_terminal("what?\ny\n")).await;
    assert!(deployed.is_ok());

    let approver = AutoApprover::reject("no");
    let orchestrator = Orchestrator::new().approver(approver.clone());
    fails(&request, folder(&[]).path(), &orchestrator).await;
    let question = approver.asked()[0].question.to_string();
    has(
        &question,
        "advice: index.html:1: 606 bytes, and at most 500 are wanted",
    );
    has(&question, "notes: More fish.");
}

#[tokio::test]
async fn bad_input_is_named() {
    let to = folder(&[]);
    for (files, named) in [
        (&[][..], "site.toml"),
        (&[("site.toml", "version = 1")], "site.toml"),
        (
            &[("site.toml", "version = \"../x\"\nnotes = \"\"")],
            "`../x` is no version",
        ),
        (
            &[("site.toml", "version = \"1\"\nnotes = \"\"")],
            "no page under",
        ),
    ] {
        let site = folder(files);
        let failure = fails(&request(site.path()), to.path(), &approving()).await;
        assert_eq!(failure.step(), Some("read"));
        has(&failure.to_string(), named);
    }
    let site = folder(&[("site.toml", TOML)]);
    fs::write(site.path().join("a.html"), b"<p>\ncaf\xe9").unwrap();
    let failure = fails(&request(site.path()), to.path(), &approving()).await;
    has(&failure.to_string(), "a.html`: line 2 is not UTF-8");
    assert!(Target::open(&PathBuf::from("no/where")).is_err());
}

#[test]
fn reviewers_go_side_by_side_and_so_do_the_first_steps_of_publishing() {
    let batch = |plan: &orchestrated::plan::Plan, index: usize| -> Vec<String> {
        plan.batch(index)
            .steps()
            .map(|step| step.name().to_owned())
            .collect()
    };
    assert_eq!(batch(Deploy::PLAN, 1), ["links", "markup", "weight"]);
    assert_eq!(batch(crate::Publish::PLAN, 0), ["written", "remembered"]);
}

/// A run may go to a task of its own, as all its parts may.
#[test]
fn a_run_can_be_spawned() {
    fn spawns<T: Send>(_: &T) {}
    let request = Request::default();
    let target = Target {
        root: PathBuf::new(),
    };
    let deploy = Deploy {
        request: &request,
        target: &target,
        faults: &request.faults,
    };
    spawns(&deploy.run(&Orchestrator::new()));
}
