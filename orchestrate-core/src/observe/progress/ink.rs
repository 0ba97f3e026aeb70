//! Colours, where they are wanted.

use std::fmt::Display;

use console::Style;

/// Whether what is drawn has colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ink {
    pub(super) colours: bool,
}

impl Ink {
    pub(super) fn bold(self, text: impl Display) -> String {
        self.styled(Style::new().bold(), text)
    }

    pub(super) fn dim(self, text: impl Display) -> String {
        self.styled(Style::new().dim(), text)
    }

    pub(super) fn done(self, text: impl Display) -> String {
        self.styled(Style::new().green(), text)
    }

    pub(super) fn failed(self, text: impl Display) -> String {
        self.styled(Style::new().red(), text)
    }

    pub(super) fn moving(self, text: impl Display) -> String {
        self.styled(Style::new().cyan(), text)
    }

    pub(super) fn waiting(self, text: impl Display) -> String {
        self.styled(Style::new().yellow(), text)
    }

    fn styled(self, style: Style, text: impl Display) -> String {
        style.force_styling(self.colours).apply_to(text).to_string()
    }
}
