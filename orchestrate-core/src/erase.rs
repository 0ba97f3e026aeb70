//! An error of any type as one of ours, as far as its type allows.
#![allow(missing_docs, reason = "hidden, and called by expansions alone")]
#![allow(
    clippy::unused_self,
    reason = "which of them is called is what the value says"
)]

use std::{any::type_name, error::Error, fmt};

use crate::failure::AnyError;

/// An error whose type says nothing but this text.
#[derive(Debug)]
struct Text(String);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Text {}

/// Makes an error of any type into one of ours, as far as its type allows: looked at through autoref, as
/// [`Probe`](crate::__private::Probe) does, but by value.
#[derive(Debug)]
pub struct Erase<E>(std::marker::PhantomData<E>);

impl<E> Erase<E> {
    /// For the type of this error.
    #[must_use]
    pub fn of(_: &E) -> Self {
        Self(std::marker::PhantomData)
    }
}

/// The error itself.
#[derive(Debug)]
pub struct AsError;
/// Its text.
#[derive(Debug)]
pub struct AsDisplay;
/// Its text for programmers.
#[derive(Debug)]
pub struct AsDebug;
/// The name of its type.
#[derive(Debug)]
pub struct AsType;

pub trait ErasesError {
    fn how(&self) -> AsError {
        AsError
    }
}
impl<E: Into<AnyError>> ErasesError for &&&Erase<E> {}

pub trait ErasesDisplay {
    fn how(&self) -> AsDisplay {
        AsDisplay
    }
}
impl<E: fmt::Display> ErasesDisplay for &&Erase<E> {}

pub trait ErasesDebug {
    fn how(&self) -> AsDebug {
        AsDebug
    }
}
impl<E: fmt::Debug> ErasesDebug for &Erase<E> {}

pub trait ErasesType {
    fn how(&self) -> AsType {
        AsType
    }
}
impl<E> ErasesType for Erase<E> {}

impl AsError {
    pub fn erase<E: Into<AnyError>>(self, error: E) -> AnyError {
        error.into()
    }
}
impl AsDisplay {
    pub fn erase<E: fmt::Display>(self, error: E) -> AnyError {
        Box::new(Text(error.to_string()))
    }
}
impl AsDebug {
    pub fn erase<E: fmt::Debug>(self, error: E) -> AnyError {
        Box::new(Text(format!("{error:?}")))
    }
}
impl AsType {
    pub fn erase<E>(self, _: E) -> AnyError {
        Box::new(Text(type_name::<E>().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_kept_as_far_as_its_type_allows() {
        macro_rules! erased {
            ($error:expr) => {{
                let error = $error;
                let how = (&&&&Erase::of(&error)).how();
                how.erase(error)
            }};
        }
        struct Mute;
        #[derive(Debug)]
        struct Shown;
        let number = erased!("x".parse::<u8>().unwrap_err());
        assert!(number.is::<std::num::ParseIntError>());
        assert_eq!(erased!("text".to_owned()).to_string(), "text");
        assert_eq!(erased!(7).to_string(), "7");
        assert_eq!(erased!(Shown).to_string(), "Shown");
        assert!(erased!(Mute).to_string().ends_with("Mute"));
    }
}
