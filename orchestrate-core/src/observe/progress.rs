//! What runs, on the terminal.

mod block;
mod drawn;
mod ink;
mod lines;
mod plain;
#[cfg(test)]
mod tests;
mod texts;

use std::{
    env, fmt,
    io::{IsTerminal as _, Write, stderr},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    thread,
    time::Duration,
};

use tokio::time::Instant;

use self::{drawn::Drawn, ink::Ink, plain::Plain};
use super::{Event, Observer};
use crate::History;

/// How often what is drawn moves on while nothing happens.
const TICK: Duration = Duration::from_millis(100);

/// Shows what runs, on the terminal: an observer.
///
/// It draws to the standard error stream: a bar for each run, with how long it has been running and how long it will go on
/// where that can be said (as [`RunStatus::remaining`](crate::RunStatus::remaining) does), and a line for each step that
/// runs or waits, those of flows further in. What is finished vanishes; what has failed stays, and so does a line for each
/// run. There are never more lines than fit: of what does not, it says how much there is.
///
/// Where the standard error stream is no terminal, it writes plain lines instead, without any control codes: a line when a
/// run or a step starts, and one when it ends. Of a run with more than 100 steps it is a line every 5 percent, and one for
/// each of the first 10 failures.
///
/// With `NO_COLOR` in the environment, if it is not empty, it draws without colours.
///
/// Call [`Orchestrator::flush`](crate::Orchestrator::flush) before the program ends, so that the last lines are there.
///
/// ```
/// # mod orchestrated { pub use ::orchestrated::*; pub use orchestrate_core::Progress; }
/// use orchestrated::{workflow, Orchestrator, Progress};
///
/// workflow! {
///     workflow Greet(name: &str) -> String {
///         tool fn greeting(name) -> String { format!("Hello, {name}!") }
///         greeting
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let orchestrator = Orchestrator::new().observer(Progress::new());
/// let greeting = Greet { name: "Ada" }.run(&orchestrator).await?;
/// orchestrator.flush().await;
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Progress(Arc<Mutex<Shown>>);

enum Shown {
    Drawn(Box<Drawn>),
    Plain(Box<Plain>),
}

impl Progress {
    /// Draws to the standard error stream, or writes plain lines there where it is no terminal.
    #[must_use]
    pub fn new() -> Self {
        let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        if !stderr().is_terminal() || is_dumb {
            return Self::to(stderr());
        }
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let ink = Ink { colours: !no_color };
        Self::of(Shown::Drawn(Box::new(Drawn::on_stderr(ink))))
    }

    /// Writes plain lines there, each of them whole. What cannot be written is left out.
    ///
    /// ```
    /// # use orchestrate_core as orchestrated;
    /// use orchestrated::{Orchestrator, Progress};
    ///
    /// # let file = tempfile::tempfile()?;
    /// let orchestrator = Orchestrator::new().observer(Progress::to(file));
    /// # Ok::<_, std::io::Error>(())
    /// ```
    #[must_use]
    pub fn to(writer: impl Write + Send + 'static) -> Self {
        Self::of(Shown::Plain(Box::new(Plain::new(Box::new(writer)))))
    }

    /// Takes in how long steps have taken before, so that it can say from the first run on how long one will go on.
    ///
    /// ```
    /// # use orchestrate_core as orchestrated;
    /// use orchestrated::{Orchestrator, Progress};
    ///
    /// let orchestrator = Orchestrator::new();
    /// // .. a history has been loaded ..
    /// let progress = Progress::new().with_history(&orchestrator.history());
    /// let orchestrator = orchestrator.observer(progress);
    /// ```
    #[must_use]
    pub fn with_history(self, history: &History) -> Self {
        match &mut *shown(&self.0) {
            Shown::Drawn(drawn) => drawn.load(history),
            Shown::Plain(plain) => plain.load(history),
        }
        self
    }

    /// Takes away what is drawn for as long as this takes: so that what it prints and what is drawn do not get in each
    /// other's way. Keep a clone for it.
    ///
    /// ```
    /// # use orchestrate_core as orchestrated;
    /// use orchestrated::{Orchestrator, Progress};
    ///
    /// let progress = Progress::new();
    /// let orchestrator = Orchestrator::new().observer(progress.clone());
    /// // In a step:
    /// progress.suspend(|| println!("half of it is done"));
    /// ```
    pub fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        let bar = match &*shown(&self.0) {
            Shown::Drawn(drawn) => drawn.bar().cloned(),
            Shown::Plain(_) => None,
        };
        match bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn of(shown: Shown) -> Self {
        Self(Arc::new(Mutex::new(shown)))
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for Progress {
    fn observe(&mut self, event: &Event) {
        let now = Instant::now();
        match &mut *shown(&self.0) {
            Shown::Plain(plain) => plain.tell(event, now),
            Shown::Drawn(drawn) => {
                drawn.tell(event, now);
                if drawn.must_tick() {
                    let weak = Arc::downgrade(&self.0);
                    let thread = thread::Builder::new().name("orchestrated-progress".to_owned());
                    drawn.ticks(thread.spawn(move || tick(&weak)).is_ok());
                }
            }
        }
    }

    fn missed(&mut self, events: u64) {
        match &mut *shown(&self.0) {
            Shown::Plain(plain) => plain.missed(events),
            Shown::Drawn(drawn) => drawn.missed(events),
        }
    }
}

/// Moves on what is drawn, for as long as something runs.
fn tick(progress: &Weak<Mutex<Shown>>) {
    loop {
        thread::sleep(TICK);
        let Some(progress) = progress.upgrade() else {
            return;
        };
        if let Shown::Drawn(drawn) = &mut *shown(&progress) {
            drawn.paint(Instant::now());
            if drawn.is_idle() {
                drawn.ticks(false);
                return;
            }
        }
    }
}

fn shown(shown: &Mutex<Shown>) -> MutexGuard<'_, Shown> {
    // Whatever is half shown is drawn anew.
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").finish_non_exhaustive()
    }
}
