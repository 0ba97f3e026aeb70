//! What is drawn to a terminal, and when.

use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use tokio::time::Instant;

use super::{
    block::{Size, block},
    ink::Ink,
    lines::{About, Line, Lines},
    texts,
};
use crate::{Event, History};

/// What happens is drawn at most so often; more often nobody sees it.
const PAUSE: Duration = Duration::from_millis(50);

/// A block of lines at the end of the terminal, drawn anew whenever something has changed; what stays stands above it.
pub(super) struct Drawn {
    lines: Lines,
    screen: Box<dyn Screen>,
    ink: Ink,
    /// The block, while something runs: to `indicatif` a bar with a message of several lines.
    bar: Option<ProgressBar>,
    painted: Option<Instant>,
    ticks: bool,
}

/// Where to draw.
pub(super) trait Screen: Send {
    fn target(&self) -> ProgressDrawTarget;
    fn size(&self) -> Size;
}

impl Screen for Term {
    fn target(&self) -> ProgressDrawTarget {
        ProgressDrawTarget::term(self.clone(), 20)
    }

    fn size(&self) -> Size {
        size_of(self)
    }
}

pub(super) fn size_of(term: &dyn TermLike) -> Size {
    Size {
        rows: term.height().into(),
        columns: term.width().into(),
    }
}

impl Drawn {
    pub(super) fn on_stderr(ink: Ink) -> Self {
        Self::on(Box::new(Term::buffered_stderr()), ink)
    }

    pub(super) fn on(screen: Box<dyn Screen>, ink: Ink) -> Self {
        Self {
            lines: Lines::default(),
            screen,
            ink,
            bar: None,
            painted: None,
            ticks: false,
        }
    }

    pub(super) fn load(&mut self, history: &History) {
        self.lines.board.load(history);
    }

    pub(super) fn tell(&mut self, event: &Event, now: Instant) {
        let lines = self.lines.tell(event, now);
        if !lines.is_empty() || !self.lines.board.is_empty() {
            self.open();
        }
        for line in lines {
            if let Some(line) = stays(&line, self.ink) {
                self.keep(&line);
            }
        }
        let is_due = self
            .painted
            .is_none_or(|last| now.duration_since(last) >= PAUSE);
        if is_due || self.is_idle() {
            self.paint(now);
        }
    }

    pub(super) fn missed(&mut self, events: u64) {
        self.open();
        self.keep(&self.ink.waiting(texts::missed(events)));
        if self.is_idle() {
            self.close();
        }
    }

    /// Draws what is so now.
    pub(super) fn paint(&mut self, now: Instant) {
        if self.is_idle() {
            self.close();
        } else if let Some(bar) = &self.bar {
            self.painted = Some(now);
            let view = self.lines.board.view(now);
            bar.set_message(block(&view, self.screen.size(), self.ink));
        }
    }

    /// Whether nothing runs.
    pub(super) fn is_idle(&self) -> bool {
        self.lines.board.is_empty()
    }

    /// Whether something must see to it that time moves on.
    pub(super) fn must_tick(&self) -> bool {
        !self.ticks && !self.is_idle()
    }

    pub(super) fn ticks(&mut self, ticks: bool) {
        self.ticks = ticks;
    }

    pub(super) fn bar(&self) -> Option<&ProgressBar> {
        self.bar.as_ref()
    }

    fn open(&mut self) {
        if self.bar.is_none() {
            let bar = ProgressBar::with_draw_target(None, self.screen.target());
            // A template without a mistake: where it had one, the bar would look otherwise.
            if let Ok(style) = ProgressStyle::with_template("{msg}") {
                bar.set_style(style);
            }
            self.bar = Some(bar);
        }
    }

    fn close(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.painted = None;
    }

    /// A line that stays, above the block.
    fn keep(&self, line: &str) {
        if let Some(bar) = &self.bar {
            bar.println(line);
        }
    }
}

/// Whoever drops it in the middle leaves no half a block behind.
impl Drop for Drawn {
    fn drop(&mut self) {
        self.close();
    }
}

/// `✓ Release  finished: 8 steps in 12s`
fn stays(line: &Line, ink: Ink) -> Option<String> {
    let sign = match line.about {
        About::Done => ink.done("✓"),
        About::Failed => ink.failed("✗"),
        About::Excused => ink.waiting("!"),
        // They are seen while the step runs.
        About::Going | About::Tried => return None,
    };
    let text = console::strip_ansi_codes(&line.text).replace(char::is_control, " ");
    Some(format!("{sign} {}  {text}", ink.bold(&line.path)))
}
