//! What steps and workflows return: named tuples, and everything that is called a `Result`.

use std::{fmt, io};

use orchestrated::{Orchestrator, workflow};

/// Neither `Clone` nor `Default` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Token(u32);

#[derive(Debug, PartialEq)]
struct AppError(String);
impl From<io::Error> for AppError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}
impl From<fmt::Error> for AppError {
    fn from(_: fmt::Error) -> Self {
        Self("formatting".to_owned())
    }
}
impl From<std::num::ParseIntError> for AppError {
    fn from(error: std::num::ParseIntError) -> Self {
        Self(error.to_string())
    }
}

workflow! {
    workflow Named(n: u32) -> Result<(u32, Token, String), AppError> {
        fn pair(n) -> (low: u32, high: Token) { (*n, Token(*n + 1)) }
        tool fn tried(low, high) -> Result<(left: u32, right: Token), AppError> {
            tokio::task::yield_now().await;
            if *low == 0 { return Err(AppError("zero".to_owned())); }
            Ok((low + 1, Token(high.0 + 1)))
        }
        tool fn read(low) -> io::Result<(text: String)> { Ok((low.to_string(),)) }
        fn single(left) -> (alone: u32) { (*left,) }
        Ok((alone, right, text))
    }

    workflow Results(n: u32) -> Result<String, AppError> {
        fn io(n) -> io::Result<u32> { if *n == 1 { Err(io::Error::other("io")) } else { Ok(*n) } }
        fn formatted(n) -> fmt::Result { if *n == 2 { Err(fmt::Error) } else { Ok(()) } }
        tool fn parsed(n) -> Result<u32, std::num::ParseIntError> {
            let text = if *n == 3 { "x" } else { "4" };
            let parsed: u32 = text.parse()?;
            Ok(parsed)
        }
        fn early(io, parsed, formatted) -> Result<u32, AppError> {
            let () = formatted;
            if *io == 4 { return Err(AppError("early".to_owned())); }
            Ok(io + parsed)
        }
        if early == 4 { return Ok("four".to_owned()); }
        Ok(format!("{}", String::from_utf8(vec![b'0' + u8::try_from(early).map_err(|_| AppError("tail".to_owned()))?]).unwrap()))
    }

    workflow IoWorkflow(n: u32) -> io::Result<u32> {
        tool fn first(n) -> io::Result<u32> { Ok(*n) }
        if first == 9 { Err(io::Error::other("nine"))?; }
        Ok(first)
    }

    workflow FmtWorkflow(fail: bool) -> fmt::Result {
        tool fn first(fail) -> fmt::Result { if *fail { Err(fmt::Error) } else { Ok(()) } }
        Ok(first)
    }

    workflow Option_(n: u32) -> Option<u32> {
        fn half(n) -> Option<u32> { n.is_multiple_of(2).then_some(n / 2) }
        fn more(half) -> Option<u32> { let half = (*half)?; Some(half + 1) }
        Some(more? + half?)
    }
}

#[tokio::test]
async fn named_outputs() {
    let o = Orchestrator::new();
    let run = Named { n: 1 }.run(&o).await;
    assert_eq!(run.unwrap(), (2, Token(3), "1".to_owned()));
    let failure = Named { n: 0 }.run(&o).await.unwrap_err();
    assert_eq!(failure.step(), Some("tried"));
    let steps = Named::PLAN.steps();
    assert_eq!(steps[0].outputs().collect::<Vec<_>>(), ["low", "high"]);
    assert!(!steps[0].is_fallible() && steps[1].is_fallible());
}

#[tokio::test]
async fn every_kind_of_result() {
    let o = Orchestrator::new();
    assert_eq!(Results { n: 0 }.run(&o).await.unwrap(), "four");
    assert_eq!(Results { n: 5 }.run(&o).await.unwrap(), "9");
    let cases = [
        (1, Some("io"), "io"),
        (2, Some("formatted"), "formatting"),
        (3, Some("parsed"), "invalid digit found in string"),
        (4, Some("early"), "early"),
        (300, None, "tail"),
    ];
    for (n, step, text) in cases {
        let failure = Results { n }.run(&o).await.unwrap_err();
        assert_eq!(
            (failure.step(), failure.error()),
            (step, Some(&AppError(text.to_owned())))
        );
    }
    assert_eq!(IoWorkflow { n: 1 }.run(&o).await.unwrap(), 1);
    assert!(IoWorkflow { n: 9 }.run(&o).await.is_err());
    FmtWorkflow { fail: false }.run(&o).await.unwrap();
    let failure = FmtWorkflow { fail: true }.run(&o).await.unwrap_err();
    assert_eq!(failure.error(), Some(&fmt::Error));
    assert_eq!(Option_ { n: 4 }.run(&o).await.unwrap(), Some(5));
    assert_eq!(Option_ { n: 3 }.run(&o).await.unwrap(), None);
}
