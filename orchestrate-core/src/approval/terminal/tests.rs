use std::{
    io::{BufReader, Read},
    sync::{Mutex as StdMutex, mpsc},
};

use futures::{FutureExt as _, executor::block_on, join};

use super::*;
use crate::Question;

/// What somebody sees.
#[derive(Clone, Default)]
struct Screen(Arc<StdMutex<Vec<u8>>>);

impl Screen {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Screen {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What somebody types, when it is typed.
struct Keyboard(mpsc::Receiver<&'static [u8]>);

impl Read for Keyboard {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut typed = self.0.recv().unwrap_or_default();
        typed.read(into)
    }
}

fn typed(input: &'static str) -> (TerminalApprover, Screen) {
    let screen = Screen::default();
    let approver = TerminalApprover::over(input.as_bytes(), screen.clone());
    (approver, screen)
}

fn request(question: impl crate::IntoQuestion) -> Request {
    Request::new("Release", "approve", question)
}

/// What comes of this input, and what is on the screen below the question: nothing comes where the input ends.
fn check(input: &'static str, decision: Option<&Decision>, below: &str) {
    let (approver, screen) = typed(input);
    let request = request("Deploy?");
    let shown = format!("{request}\n{below}");
    let answer = block_on(approver.ask(request)).map_err(|gone| gone.to_string());
    let ended = "the approver is gone: the input has ended".to_owned();
    assert_eq!(answer, decision.cloned().ok_or(ended), "{input:?}");
    assert_eq!(screen.text(), shown, "{input:?}");
}

#[test]
fn it_takes_a_yes_and_a_no() {
    let (approved, early) = (Decision::Approved, Decision::rejected("too early"));
    let silent = Decision::rejected("");
    check("y\n", Some(&approved), PROMPT);
    check("YES", Some(&approved), PROMPT);
    check("n too early\n", Some(&early), PROMPT);
    let why = format!("{PROMPT}{WHY}");
    check("n\ntoo early \n", Some(&early), &why);
    check("no\n\n", Some(&silent), &why);
    // Whoever has said no and is gone has said no.
    check("n", Some(&silent), &why);
}

#[test]
fn it_asks_again_until_the_input_ends() {
    let again = format!("{PROMPT}{UNCLEAR}");
    let twice = format!("{again}{again}{PROMPT}");
    check("\nmaybe\ny\n", Some(&Decision::Approved), &twice);
    check("\nmaybe\n", None, &twice);
    check("", None, PROMPT);
}

#[test]
fn the_whole_question_is_shown() {
    let (approver, screen) = typed("y\n");
    let question = Question::new("Deploy?").detail("notes", "one\r\ntwo");
    #[cfg(feature = "serde")]
    let question = question.payload(&[1]);
    let asked = request(question);
    block_on(approver.ask(asked.clone())).unwrap();
    let payload = if cfg!(feature = "serde") {
        "    payload:\n      [\n        1\n      ]\n"
    } else {
        ""
    };
    assert_eq!(
        screen.text(),
        format!(
            "workflow `Release`, step `approve` (run {}) asks:\n  Deploy?\n    notes: one\n      two\n{payload}{PROMPT}",
            asked.run
        )
    );
}

#[test]
fn what_is_shown_cannot_fool_the_terminal() {
    assert_eq!(harmless("a\tb\nc\r\nd é"), "a\tb\nc\nd é");
    assert_eq!(
        harmless("rm\r\u{1b}[2Kls\u{8}\u{9b}\u{202e}x\u{2066}\0"),
        r"rm\u{d}\u{1b}[2Kls\u{8}\u{9b}\u{202e}x\u{2066}\u{0}"
    );
    let (approver, screen) = typed("y\n");
    block_on(approver.ask(request("Deploy\u{1b}[8m?"))).unwrap();
    assert!(screen.text().contains(r"Deploy\u{1b}[8m?"));
}

#[test]
fn questions_at_once_are_asked_one_after_the_other() {
    let (approver, screen) = typed("y\nn\nlate\ny\n");
    let clone = approver.clone();
    let answers = block_on(async {
        join!(
            approver.ask(request("First?")),
            clone.ask(request("Second?")),
            approver.ask(request("Third?")),
        )
    });
    let answers = [answers.0, answers.1, answers.2].map(Result::unwrap);
    assert_eq!(
        answers,
        [
            Decision::Approved,
            Decision::rejected("late"),
            Decision::Approved
        ]
    );
    let text = screen.text();
    let at = |part: &str| text.find(part).unwrap();
    assert!(at("First?") < at(PROMPT) && at(PROMPT) < at("Second?"));
    assert!(at("Second?") < at(WHY) && at(WHY) < at("Third?"));
}

#[test]
fn a_question_is_withdrawn_when_nobody_waits() {
    let (keys, typed) = mpsc::channel();
    let screen = Screen::default();
    let approver = TerminalApprover::over(BufReader::new(Keyboard(typed)), screen.clone());

    let mut first = approver.ask(request("First?"));
    assert!(first.as_mut().now_or_never().is_none());
    assert!(screen.text().ends_with(&format!("First?\n{PROMPT}")));
    // One that waits for its turn goes without a trace.
    let mut unseen = approver.ask(request("Unseen?"));
    assert!(unseen.as_mut().now_or_never().is_none());
    drop(unseen);
    drop(first);
    assert!(screen.text().ends_with(WITHDRAWN));

    // A line that was begun under the first question does not answer the second.
    let mut second = approver.ask(request("Second?"));
    assert!(second.as_mut().now_or_never().is_none());
    assert!(screen.text().ends_with(&format!("{WITHDRAWN}{NEXT}")));
    keys.send(b"y\n").unwrap();
    keys.send(b"n not this one\n").unwrap();
    assert_eq!(
        block_on(second).unwrap(),
        Decision::rejected("not this one")
    );
    assert!(screen.text().ends_with(&format!("Second?\n{PROMPT}")));
    assert!(!screen.text().contains("Unseen?"));

    // A terminal that ends is nobody's answer.
    let mut third = approver.ask(request("Third?"));
    assert!(third.as_mut().now_or_never().is_none());
    drop(keys);
    assert!(block_on(third).is_err());
}

#[test]
fn the_runtime_goes_on_while_somebody_thinks() {
    let (keys, typed) = mpsc::channel();
    let approver = TerminalApprover::over(BufReader::new(Keyboard(typed)), io::sink());
    let answers = async {
        join!(approver.ask(request("Deploy?")), async {
            keys.send(b"y\n").unwrap();
        })
    };
    assert_eq!(block_on(answers).0.unwrap(), Decision::Approved);
}

#[test]
fn a_terminal_that_cannot_show_is_gone() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::BrokenPipe))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let approver = TerminalApprover::over(&b"y\n"[..], Closed);
    let gone = block_on(approver.ask(request("Deploy?"))).unwrap_err();
    assert_eq!(gone.to_string(), "the approver is gone: broken pipe");
}

#[test]
fn a_terminal_that_panics_does_so_once() {
    struct Panics;
    impl Write for Panics {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            assert!(text != PROMPT.as_bytes(), "on purpose");
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let approver = TerminalApprover::over(&b"y\n"[..], Panics);
    for _ in 0..2 {
        let asked = std::panic::AssertUnwindSafe(approver.ask(request("Deploy?")));
        assert!(block_on(asked.catch_unwind()).is_err());
    }
}

#[test]
fn there_is_one_terminal() {
    let (first, second) = (TerminalApprover::new(), TerminalApprover::default());
    assert!(Arc::ptr_eq(&first.desk, &second.desk));
    assert_eq!(format!("{first:?}"), "TerminalApprover { .. }");
}
