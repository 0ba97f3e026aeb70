//! What is known while a text is read: where it stands, how much there was, and what is wrong so far.

use serde::de::Error;

use super::super::{OperationPlace, PlanError, PlanErrors, PlanLimits};
use crate::dynamic::value::Count;

/// After so many mistakes nobody reads on.
const MISTAKES: usize = 100;

pub(super) struct Reading<'l> {
    pub(super) limits: &'l PlanLimits,
    /// How many operations have been begun.
    operations: usize,
    /// How many values there were in parameters.
    values: usize,
    /// How many bytes of text are kept: more than were written where aliases stand for them.
    text: usize,
    /// The operation that is being read.
    place: Option<OperationPlace>,
    /// What is wrong, without keeping anybody from reading on.
    mistakes: Vec<PlanError>,
    /// Why reading was stopped, when it was we who stopped it.
    stopped: bool,
}

impl<'l> Reading<'l> {
    pub(super) fn new(limits: &'l PlanLimits) -> Self {
        Self {
            limits,
            operations: 0,
            values: 0,
            text: 0,
            place: None,
            mistakes: Vec::new(),
            stopped: false,
        }
    }

    /// Another operation begins: how many mistakes there were before.
    pub(super) fn begin<E: Error>(&mut self) -> Result<usize, E> {
        if self.operations == self.limits.operations {
            let limit = self.limits.operations;
            return Err(self.stop(PlanError::TooManyOperations { limit }));
        }
        self.place = Some(OperationPlace {
            index: self.operations,
            id: None,
        });
        self.operations += 1;
        Ok(self.mistakes.len())
    }

    /// The operation has a name: it is that of its mistakes, too, which are those since it was begun.
    pub(super) fn is_named(&mut self, id: &str, begun: usize) {
        let Some(place) = &mut self.place else { return };
        place.id = Some(id.to_owned());
        for mistake in &mut self.mistakes[begun..] {
            match mistake {
                PlanError::UnknownField {
                    operation: Some(operation),
                    ..
                }
                | PlanError::RepeatedField {
                    operation: Some(operation),
                    ..
                }
                | PlanError::UnknownKind { operation, .. } => operation.clone_from(place),
                _ => {}
            }
        }
    }

    /// The operation ends.
    pub(super) fn finish(&mut self) {
        self.place = None;
    }

    pub(super) fn place(&self) -> Option<OperationPlace> {
        self.place.clone()
    }

    /// Another text is kept.
    pub(super) fn count_text<E: Error>(&mut self, text: &str) -> Result<(), E> {
        self.text = self.text.saturating_add(text.len());
        if self.text > self.limits.bytes {
            return Err(self.stop(PlanError::TooLarge {
                bytes: self.text,
                limit: self.limits.bytes,
            }));
        }
        Ok(())
    }

    /// Something is wrong, and reading goes on.
    pub(super) fn note<E: Error>(&mut self, mistake: PlanError) -> Result<(), E> {
        self.mistakes.push(mistake);
        if self.mistakes.len() == MISTAKES {
            self.stopped = true;
            return Err(E::custom("too many mistakes"));
        }
        Ok(())
    }

    /// Something is wrong, and reading ends.
    pub(super) fn stop<E: Error>(&mut self, mistake: PlanError) -> E {
        let error = E::custom(&mistake);
        self.mistakes.push(mistake);
        self.stopped = true;
        error
    }

    /// What is wrong with what could be read.
    pub(super) fn check(self) -> Result<(), PlanErrors> {
        PlanErrors::unless_empty(self.mistakes)
    }

    /// What was read, if nothing is wrong.
    pub(super) fn end<T>(mut self, read: Result<T, Unread>) -> Result<T, PlanErrors> {
        match read {
            Ok(read) => {
                self.check()?;
                Ok(read)
            }
            Err(unread) => {
                if !self.stopped {
                    let error = unread.at(self.place());
                    self.mistakes.push(error);
                }
                Err(PlanErrors::new(self.mistakes))
            }
        }
    }
}

/// Why a text could not be read, and where.
pub(super) struct Unread {
    pub(super) message: String,
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
}

impl Unread {
    /// The same with the operation that was being read.
    pub(super) fn at(self, operation: Option<OperationPlace>) -> PlanError {
        PlanError::Unreadable {
            message: self.message,
            line: self.line,
            column: self.column,
            operation,
        }
    }
}

impl From<&serde_json::Error> for Unread {
    fn from(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        // The place is told apart, where there is one.
        let place = format!(" at line {} column {}", error.line(), error.column());
        let is_known = error.line() > 0;
        Self {
            message: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
            line: is_known.then_some(error.line()),
            column: is_known.then_some(error.column()),
        }
    }
}

/// The values of parameters.
impl Count for Reading<'_> {
    fn value<E: Error>(&mut self, depth: usize) -> Result<(), E> {
        if self.values == self.limits.values {
            return Err(self.stop(PlanError::TooManyValues {
                operation: self.place(),
                limit: self.limits.values,
            }));
        }
        if depth > self.limits.nesting {
            return Err(self.stop(PlanError::TooNested {
                operation: self.place(),
                limit: self.limits.nesting,
            }));
        }
        self.values += 1;
        Ok(())
    }

    fn text<E: Error>(&mut self, text: &str) -> Result<(), E> {
        self.count_text(text)
    }
}
