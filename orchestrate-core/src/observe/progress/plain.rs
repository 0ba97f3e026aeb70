//! Plain lines, for where no terminal is.

use std::io::Write;

use tokio::time::Instant;

use super::{
    lines::{Line, Lines},
    texts,
};
use crate::{Event, History};

/// Writes a line for what is worth one: `[4] Release/review/files: finished in 1.2s`.
pub(super) struct Plain {
    lines: Lines,
    to: Box<dyn Write + Send>,
}

impl Plain {
    pub(super) fn new(to: Box<dyn Write + Send>) -> Self {
        let lines = Lines::default();
        Self { lines, to }
    }

    pub(super) fn load(&mut self, history: &History) {
        self.lines.board.load(history);
    }

    pub(super) fn tell(&mut self, event: &Event, now: Instant) {
        for line in self.lines.tell(event, now) {
            let Line {
                root, path, text, ..
            } = line;
            self.write(&format!("[{root}] {path}: {text}\n"));
        }
    }

    pub(super) fn missed(&mut self, events: u64) {
        self.write(&format!("{}\n", texts::missed(events)));
    }

    /// At once, so that lines of others do not come in between.
    fn write(&mut self, line: &str) {
        // A message may hold what would move the cursor.
        let line = console::strip_ansi_codes(line);
        let line: String = line
            .chars()
            .filter(|&c| c == '\n' || !c.is_control())
            .collect();
        let _ = self.to.write_all(line.as_bytes());
        let _ = self.to.flush();
    }
}
