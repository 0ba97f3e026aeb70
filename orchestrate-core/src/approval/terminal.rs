mod lines;
mod said;

use std::{
    fmt,
    io::{self, BufRead, Write},
    sync::{Arc, LazyLock},
    thread,
};

use tokio::sync::{Mutex, MutexGuard};

use super::{Answer, Approver, ApproverGone, Decision, Request};
use lines::{Lines, ReadLine};
use said::Said;

/// Asks at the terminal: questions go to stderr, answers come from stdin.
///
/// `y` approves. `n` rejects, and asks why; `n too early` gives the reason in the same line. Anything else is asked again.
/// Where the input ends there is nobody to answer, and the question fails with [`ApproverGone`].
///
/// Questions that come at the same time are asked one after the other. Stdin is read on a thread of its own, and only
/// while somebody is asked. What is shown cannot fool the terminal: control characters are written out.
///
/// ```
/// use orchestrated::{Approver, Decision, Request, TerminalApprover};
///
/// # futures::executor::block_on(async {
/// // At the terminal it is `TerminalApprover::new()`.
/// let approver = TerminalApprover::over(&b"perhaps\nn too early\n"[..], std::io::sink());
/// let decision = approver.ask(Request::new("Release", "approve", "Deploy?")).await?;
/// assert_eq!(decision, Decision::rejected("too early"));
/// # Ok::<_, orchestrated::ApproverGone>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct TerminalApprover {
    desk: Arc<Mutex<Desk>>,
}

/// Where questions are asked, by one at a time.
struct Desk {
    output: Box<dyn Write + Send>,
    lines: Lines,
}

const PROMPT: &str = "approve? [y/n] ";
const WHY: &str = "why not? (enter for no reason) ";
const UNCLEAR: &str = "please answer `y`, or `n` and a reason\n";
const NEXT: &str = "another question waits: press enter to see it\n";
const WITHDRAWN: &str = "\nwithdrawn: nobody waits for this answer any more\n";

impl TerminalApprover {
    /// Asks over stderr and stdin. There is one terminal, so all of these take turns.
    #[must_use]
    pub fn new() -> Self {
        static TERMINAL: LazyLock<TerminalApprover> = LazyLock::new(|| {
            // The lock is held for a line, so that others may read stdin in between.
            let read = |line: &mut Vec<u8>| io::stdin().lock().read_until(b'\n', line);
            TerminalApprover::at(Box::new(read), Box::new(io::stderr()))
        });
        TERMINAL.clone()
    }

    /// Asks over these: for tests, and for terminals that are not the process's own.
    #[must_use]
    pub fn over(
        mut input: impl BufRead + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> Self {
        let read = move |line: &mut Vec<u8>| input.read_until(b'\n', line);
        Self::at(Box::new(read), Box::new(output))
    }

    fn at(read: ReadLine, output: Box<dyn Write + Send>) -> Self {
        let lines = Lines::new(read);
        Self {
            desk: Arc::new(Mutex::new(Desk { output, lines })),
        }
    }
}

impl Default for TerminalApprover {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TerminalApprover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TerminalApprover").finish_non_exhaustive()
    }
}

impl Approver for TerminalApprover {
    fn ask(&self, request: Request) -> Answer<'_> {
        Box::pin(async move {
            let desk = self.desk.lock().await;
            let talk = Talk { desk, open: false };
            talk.hold(&request).await.map_err(ApproverGone::because)
        })
    }
}

/// One question, from when it is shown to when it is answered or withdrawn.
struct Talk<'d> {
    desk: MutexGuard<'d, Desk>,
    /// It is shown, and not yet answered.
    open: bool,
}

impl Talk<'_> {
    async fn hold(mut self, request: &Request) -> io::Result<Decision> {
        self.desk.clear().await?;
        self.desk.say(&harmless(&format!("{request}\n")))?;
        self.open = true;
        let decision = self.decision().await;
        self.open = false;
        decision
    }

    async fn decision(&mut self) -> io::Result<Decision> {
        loop {
            self.desk.say(PROMPT)?;
            let Some(line) = self.desk.lines.next().await? else {
                let ended = io::ErrorKind::UnexpectedEof;
                return Err(io::Error::new(ended, "the input has ended"));
            };
            match Said::of(&line) {
                Said::Yes => return Ok(Decision::Approved),
                Said::No(Some(reason)) => return Ok(Decision::rejected(reason)),
                Said::No(None) => {
                    self.desk.say(WHY)?;
                    // A no is a no, also from who says nothing more.
                    let reason = self.desk.lines.next().await?.unwrap_or_default();
                    return Ok(Decision::rejected(reason.trim()));
                }
                Said::Unclear => self.desk.say(UNCLEAR)?,
            }
        }
    }
}

impl Drop for Talk<'_> {
    fn drop(&mut self) {
        // An output that has panicked is not tried again: a second panic would end the process.
        if self.open && !thread::panicking() {
            // Nobody is left to tell when it cannot be shown.
            let _ = self.desk.say(WITHDRAWN);
        }
    }
}

impl Desk {
    /// Waits for the line that was begun under a question that is withdrawn by now. It is no answer to the next one.
    async fn clear(&mut self) -> io::Result<()> {
        if self.lines.begun() {
            self.say(NEXT)?;
            self.lines.next().await?;
        }
        Ok(())
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        self.output.write_all(text.as_bytes())?;
        self.output.flush()
    }
}

/// The text with everything written out that could make a terminal show another one: what is asked may come from a model
/// or from a file.
fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        // Marks that turn the direction of what follows hide its order.
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if turns || (c.is_control() && !matches!(c, '\n' | '\t')) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests;
