//! `lock!`: the plans of workflows in a file that is kept with the source.

use std::{
    env,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::plan::{Lock, Plan};

/// Compares the plans of workflows with a file that is kept with the source, and fails a test where
/// a plan has changed: with what that does to a run.
///
/// The first argument is the file, by its path from the folder of the crate's `Cargo.toml`; then
/// come the workflows, generic ones with their types. Put it into a test, and commit the file: its
/// text is made to be read in a review.
///
/// ```no_run
/// # use orchestrated::workflow;
/// # workflow! {
/// #     workflow CodeReview<T>(text: &T) where T: AsRef<str> + Sync { tool fn read(text) { text.as_ref(); } }
/// #     workflow Deploy(version: u32) { tool fn deployed(version) { let _ = version; } }
/// # }
/// // In a test:
/// orchestrated::lock!("plans.lock", CodeReview<'_, String>, Deploy);
/// ```
///
/// - `ORCHESTRATED_UPDATE=1 cargo test` writes the file anew.
/// - A file that is not there is written, and the test passes; but not where `CI` is set, since
///   nobody would commit it there.
/// - The estimates are those of the attributes (`#[estimate(..)]`), so the file says the same on
///   every machine.
///
/// # Panics
///
/// When the plans are not as in the file, when the file cannot be read or written, and when it was
/// edited so that it cannot be understood.
#[macro_export]
macro_rules! lock {
    ($file:expr, $($workflow:ty),+ $(,)?) => {
        $crate::__lock(
            ::core::env!("CARGO_MANIFEST_DIR"),
            ::core::convert::AsRef::<::std::path::Path>::as_ref(&$file),
            &[$(<$workflow as $crate::Workflow>::PLAN),+],
        )
    };
}

/// What [`lock!`](crate::lock!) calls.
#[doc(hidden)]
#[track_caller]
pub fn __lock(root: &str, file: &Path, plans: &[&Plan]) {
    let mode = Mode::of(
        env::var_os("ORCHESTRATED_UPDATE").as_deref(),
        env::var_os("CI").as_deref(),
    );
    if let Err(message) = lock(Path::new(root), file, plans, mode) {
        panic!("{message}");
    }
}

/// What is done with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// It is written, whatever is in it.
    Update,
    /// It is compared; and written, where it is not there.
    Compare,
    /// It is compared, and must be there.
    Strict,
}

impl Mode {
    fn of(update: Option<&OsStr>, ci: Option<&OsStr>) -> Self {
        let is_set = |value: Option<&OsStr>| {
            value.is_some_and(|value| !["", "0", "false"].iter().any(|off| value == *off))
        };
        if is_set(update) {
            Self::Update
        } else if is_set(ci) {
            Self::Strict
        } else {
            Self::Compare
        }
    }
}

const RENEW: &str = "ORCHESTRATED_UPDATE=1 cargo test";

/// The error is a text for people.
fn lock(root: &Path, file: &Path, plans: &[&Plan], mode: Mode) -> Result<(), String> {
    let path = root.join(file);
    let shown = file.display();
    let lock = Lock::of(plans);
    let now = lock.to_string();
    let kept = match fs::read_to_string(&path) {
        Ok(kept) => Some(kept.replace("\r\n", "\n")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // What cannot be read as a text is written anew where that is asked for.
        Err(_) if mode == Mode::Update => None,
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    let Some(kept) = kept else {
        if mode == Mode::Strict {
            return Err(format!(
                "there is no {}\n\nwrite it where you develop, and commit it: `{RENEW}`",
                path.display()
            ));
        }
        return write(&path, &now);
    };
    if kept == now {
        return Ok(());
    }
    if mode == Mode::Update {
        return write(&path, &now);
    }
    let before = Lock::parse(&kept).map_err(|error| {
        format!("{shown} cannot be understood: {error}\n\nif the plans are right, write it anew: `{RENEW}`")
    })?;
    let changes = before.changes(&lock);
    let told = if changes.is_empty() {
        "nothing that matters to a run".to_owned()
    } else {
        changes.to_string()
    };
    let diff = Lock::diff(&kept, &now);
    Err(format!(
        "the plans are not what {shown} says\n\n{told}\n\n{diff}\n\nif that is meant, write it anew and commit it: `{RENEW}`"
    ))
}

/// Whole or not at all: tests run side by side, and another one may be reading it.
fn write(path: &Path, text: &str) -> Result<(), String> {
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let failed = |error: io::Error| format!("cannot write {}: {error}", path.display());
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    fs::create_dir_all(&folder).map_err(failed)?;
    // Nobody else's: other tests may be writing the same file, in this program and in others.
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{number}", std::process::id()));
    let draft = folder.join(name);
    let written = fs::write(&draft, text).and_then(|()| fs::rename(&draft, path));
    written.map_err(|error| {
        // There may be none; and if it stays, the error that matters is the first one.
        let _ = fs::remove_file(&draft);
        failed(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Graph, Kind, Node};

    fn plan(waits: bool) -> Plan {
        let lint = Node::new("lint", Kind::Tool).produces(["lint"]);
        let lint = lint.estimate(std::time::Duration::from_millis(150));
        let review = Node::new("review", Kind::Agent);
        let review = review.estimate(std::time::Duration::from_millis(400));
        let review = review.reads(waits.then_some("lint"));
        let graph = Graph::default().with(lint).with(review);
        Plan::new("CodeReview", &graph).expect("no problems")
    }

    fn check(root: &Path, waits: bool, mode: Mode) -> Result<(), String> {
        lock(root, Path::new("plans/some.lock"), &[&plan(waits)], mode)
    }

    #[test]
    fn what_the_environment_says() {
        let of = |update: Option<&str>, ci: Option<&str>| {
            Mode::of(update.map(OsStr::new), ci.map(OsStr::new))
        };
        assert_eq!(of(None, None), Mode::Compare);
        assert_eq!(of(Some("1"), Some("true")), Mode::Update);
        assert_eq!(of(Some("0"), Some("1")), Mode::Strict);
        assert_eq!(of(Some(""), Some("false")), Mode::Compare);
    }

    /// Tests of one program run at the same time, and several may write the same file.
    #[test]
    fn many_may_write_it_at_once() {
        let root = tempfile::tempdir().expect("a folder");
        std::thread::scope(|scope| {
            let update = || (0..50).try_for_each(|n| check(root.path(), n % 2 == 1, Mode::Update));
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(update)).collect();
            for thread in threads {
                assert_eq!(thread.join().expect("it ends"), Ok(()));
            }
        });
        check(root.path(), true, Mode::Update).expect("it can be written");
        assert_eq!(check(root.path(), true, Mode::Strict), Ok(()));
        let files = fs::read_dir(root.path().join("plans")).expect("the folder");
        assert_eq!(files.count(), 1, "a draft is left");
    }

    #[test]
    fn a_file_is_written_once_and_then_compared() {
        let root = tempfile::tempdir().expect("a folder");
        let missing = check(root.path(), false, Mode::Strict).expect_err("it is missing");
        assert!(
            missing.starts_with("there is no ") && missing.contains(RENEW),
            "{missing}"
        );
        check(root.path(), false, Mode::Compare).expect("it is written");
        check(root.path(), false, Mode::Strict).expect("it is there");
        let files = fs::read_dir(root.path().join("plans")).expect("a folder");
        assert_eq!(files.count(), 1);
        // As a checkout on another system has it.
        let path = root.path().join("plans/some.lock");
        let text = fs::read_to_string(&path).expect("it is there");
        fs::write(&path, text.replace('\n', "\r\n")).expect("it is written");
        check(root.path(), false, Mode::Strict).expect("it says the same");

        check(root.path(), true, Mode::Compare).expect_err("it waits now");
        check(root.path(), true, Mode::Update).expect("it is written anew");
        check(root.path(), true, Mode::Strict).expect("it was written anew");
    }

    #[test]
    fn the_message_says_what_follows() {
        let root = tempfile::tempdir().expect("a folder");
        check(root.path(), false, Mode::Compare).expect("it is written");
        let message = check(root.path(), true, Mode::Compare).expect_err("it waits now");
        assert_eq!(
            message,
            "\
the plans are not what plans/some.lock says

CodeReview
  worse: critical path 400ms -> 550ms: `review` now waits for `lint`
  worse: `lint` and `review` no longer run in parallel
  worse: batches 1 -> 2

  workflow CodeReview
-   critical path 400ms, 1 step: review
-   1 batch in 1 stage
+   critical path 550ms, 2 steps: lint -> review
+   2 batches in 2 stages
    batch 1
      tool lint | estimate 150ms
-     agent review | estimate 400ms
+   batch 2
+     agent review <- lint | estimate 400ms

if that is meant, write it anew and commit it: `ORCHESTRATED_UPDATE=1 cargo test`"
        );
    }

    #[test]
    fn a_file_that_is_something_else_is_an_error() {
        let root = tempfile::tempdir().expect("a folder");
        check(root.path(), false, Mode::Compare).expect("it is written");
        let path = root.path().join("plans/some.lock");
        fs::write(&path, "<<<<<<< HEAD\n").expect("it is written");
        let message = check(root.path(), false, Mode::Compare).expect_err("it is damaged");
        assert_eq!(
            message,
            "plans/some.lock cannot be understood: line 1: expected `workflow`, and its name, found \
             `<<<<<<< HEAD`: a merge has left its marks\n\nif the plans are right, write it anew: \
             `ORCHESTRATED_UPDATE=1 cargo test`"
        );
        fs::write(&path, [0xff, 0xfe]).expect("it is written");
        let message = check(root.path(), false, Mode::Strict).expect_err("it is no text");
        assert!(
            message.starts_with("cannot read ") && message.contains("some.lock"),
            "{message}"
        );
        check(root.path(), false, Mode::Update).expect("it is written anew");
        // A comment says nothing, and still the file is not what was written.
        let text = fs::read_to_string(&path).expect("it is there");
        fs::write(&path, format!("{text}# mine\n")).expect("it is written");
        let message = check(root.path(), false, Mode::Compare).expect_err("it was edited");
        assert!(
            message.contains("nothing that matters to a run"),
            "{message}"
        );
        fs::remove_file(&path).expect("it is there");
        fs::create_dir(&path).expect("it was not there");
        let message = check(root.path(), false, Mode::Update).expect_err("it is a folder");
        assert!(message.starts_with("cannot write "), "{message}");
    }
}
