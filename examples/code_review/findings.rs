//! What a review can find in a source.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::practices::Topic;

/// One place that deserves a look.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// The line that it is on, from 1.
    pub(crate) line: usize,
    /// What was found.
    pub(crate) what: Found,
    /// The bytes of the source that it is about.
    pub(crate) site: Range<usize>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// `.unwrap()`. `carries` says that `?` may stand there: the function returns a `Result`.
    Unwrap { carries: bool },
    /// A parameter that asks for more than it needs.
    OwnedParameter { given: String, better: String },
    /// A function with more lines of code than asked for.
    LongFunction { name: String, lines: usize },
    /// A public item without documentation.
    MissingDocs { item: String },
    /// A comment that leaves something open.
    Marker { text: String },
}

impl Found {
    /// The practice that it goes against.
    pub(crate) fn topic(&self) -> Topic {
        match self {
            Self::Unwrap { .. } => Topic::Unwrap,
            Self::OwnedParameter { .. } => Topic::OwnedParameter,
            Self::LongFunction { .. } => Topic::LongFunction,
            Self::MissingDocs { .. } => Topic::MissingDocs,
            Self::Marker { .. } => Topic::Marker,
        }
    }
}

/// What was found in one file.
#[derive(Debug, Clone)]
pub(crate) struct FileFindings {
    /// The path of the file, relative to the folder under review.
    pub(crate) path: PathBuf,
    /// Its text, into which the sites point.
    pub(crate) text: Arc<str>,
    /// What was found, in the order of the lines.
    pub(crate) findings: Vec<Finding>,
}

/// What a source is for, which decides what is expected of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Others use it: what is public must be documented.
    Library,
    /// It is run: nothing in it can be named from outside.
    Program,
    /// It tests, and may fail loudly.
    Test,
}

impl Role {
    /// The role of the source at `path`, which its place in a package gives away.
    pub(crate) fn of(path: &Path) -> Self {
        let has = |names: &[&str]| {
            path.iter()
                .any(|part| names.iter().any(|name| part == *name))
        };
        if has(&["tests", "benches", "tests.rs"]) {
            Self::Test
        } else if has(&["examples", "bin", "main.rs", "build.rs"]) {
            Self::Program
        } else {
            Self::Library
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_role_of_a_source_by_its_path() {
        for (path, role) in [
            ("src/lib.rs", Role::Library),
            ("core/src/main.rs", Role::Program),
            ("examples/a/b.rs", Role::Program),
            ("src/bin/c.rs", Role::Program),
            ("tests/it.rs", Role::Test),
            ("src/graph/tests.rs", Role::Test),
        ] {
            assert_eq!(Role::of(Path::new(path)), role, "{path}");
        }
    }
}
