//! What a failure says, and what becomes of the error in it, of whatever type.

use std::{error::Error, fmt};

use orchestrated::{Failure, Orchestrator, Reason, workflow};

async fn turn() {
    tokio::task::yield_now().await;
}

#[derive(Debug, PartialEq)]
struct Top(Middle);
#[derive(Debug, PartialEq)]
struct Middle(Bottom);
#[derive(Debug, PartialEq)]
struct Bottom;

impl fmt::Display for Top {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no report")
    }
}
impl fmt::Display for Middle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no answer")
    }
}
impl fmt::Display for Bottom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no network")
    }
}
impl Error for Top {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
impl Error for Middle {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
impl Error for Bottom {}
impl From<Middle> for Top {
    fn from(middle: Middle) -> Self {
        Self(middle)
    }
}
impl From<std::convert::Infallible> for Top {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// An error that borrows.
#[derive(Debug, PartialEq)]
struct Unknown<'a>(&'a str);
impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not known", self.0)
    }
}
impl Error for Unknown<'_> {}

/// An error that can be shown to nobody.
struct Mute;

workflow! {
    workflow Converts() -> Result<u32, Top> {
        mcp fn asked() -> Result<u32, Middle> { turn().await; Err(Middle(Bottom)) }
        Ok(asked)
    }
    workflow FlowConverts() -> Result<u32, Box<dyn Error + Send + Sync>> {
        tool fn before() -> u32 { 1 }
        #[after(before)]
        flow inner = Converts {};
        Ok(inner + before)
    }
    workflow CannotFail(n: u32) -> u32 { tool fn m(n) -> u32 { *n } m }
    workflow InfallibleFlow(n: u32) -> Result<u32, Top> {
        flow inner = CannotFail { n };
        Ok(inner)
    }
    /// A flow that cannot fail, in a workflow whose error nothing converts into.
    workflow InfallibleFlowInMute(n: u32) -> Result<u32, Mute> {
        flow inner = CannotFail { n };
        fn odd(inner) -> Result<u32, Mute> { if inner % 2 == 1 { Ok(*inner) } else { Err(Mute) } }
        Ok(odd)
    }
    workflow InfallibleInInfallible(n: u32) -> u32 {
        flow inner = CannotFail { n };
        flow other = CannotFail { n };
        inner + other
    }
    workflow Boxed(n: u32) -> Result<u32, Box<dyn Error>> {
        tool fn parsed(n) -> Result<u32, std::num::ParseIntError> { if *n == 0 { "zero".parse() } else { Ok(*n) } }
        fn said(n) -> Result<u32, &'static str> { if *n == 1 { Err("one") } else { Ok(*n) } }
        fn top(n) -> Result<u32, Box<dyn Error>> { if *n == 2 { Err(Box::new(Top(Middle(Bottom)))) } else { Ok(*n) } }
        Ok(parsed + said + top)
    }
    workflow Anyhow(n: u32) -> anyhow::Result<u32> {
        tool fn asked(n) -> Result<u32, Top> { if *n == 0 { Err(Top(Middle(Bottom))) } else { Ok(*n) } }
        fn other(n) -> anyhow::Result<u32> { if *n == 1 { anyhow::bail!("one") } Ok(*n) }
        Ok(asked + other)
    }
    workflow Borrowed<'a>(name: &'a str) -> Result<u32, Unknown<'a>> {
        tool fn known(name) -> Result<u32, Unknown<'a>> { Err(Unknown(name)) }
        Ok(known)
    }
    workflow Generic<E: Clone>(error: E) -> Result<u32, E> {
        tool fn fails(error) -> Result<u32, E> { turn().await; Err(error.clone()) }
        Ok(fails)
    }
}

#[tokio::test]
async fn the_alternate_form_tells_all() {
    let o = Orchestrator::new();
    let failure = Converts {}.run(&o).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Converts`: step `asked` failed: no report"
    );
    assert_eq!(
        format!("{failure:#}"),
        "workflow `Converts`: step `asked` (mcp, batch 1, attempt 1) failed: no report\n  caused by: no answer\n  caused by: \
         no network"
    );
    assert_eq!(failure.attempts(), 1);
    let failure = FlowConverts {}.run(&o).await.unwrap_err();
    assert_eq!(
        format!("{failure:#}"),
        "workflow `FlowConverts`: step `inner`: workflow `Converts`: step `asked` (mcp, batch 1, attempt 1) failed: no report\n  \
         caused by: no answer\n  caused by: no network"
    );
    assert_eq!(failure.batch(), Some(2));
    let debug = format!("{failure:#?}");
    assert!(
        debug.starts_with("Failure") && debug.contains("asked") && debug.contains("Bottom"),
        "{debug}"
    );
}

#[tokio::test]
async fn the_source_is_the_error_of_the_step() {
    let o = Orchestrator::new();
    let failure = Converts {}.run(&o).await.unwrap_err();
    assert_eq!(
        failure.source().and_then(<dyn Error>::downcast_ref),
        Some(&Top(Middle(Bottom)))
    );
    assert_eq!(failure.error(), Some(&Top(Middle(Bottom))));

    let failure = FlowConverts {}.run(&o).await.unwrap_err();
    assert_eq!(
        failure.source().and_then(<dyn Error>::downcast_ref),
        Some(&Top(Middle(Bottom)))
    );

    let failure = Boxed { n: 0 }.run(&o).await.unwrap_err();
    assert!(
        failure
            .source()
            .is_some_and(<dyn Error>::is::<std::num::ParseIntError>)
    );
    let failure = Boxed { n: 1 }.run(&o).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Boxed`: step `said` failed: one"
    );
    let failure = Boxed { n: 2 }.run(&o).await.unwrap_err();
    assert!(
        format!("{failure:#}").ends_with("caused by: no network"),
        "{failure:#}"
    );

    let failure = Anyhow { n: 0 }.run(&o).await.unwrap_err();
    assert_eq!(
        failure.source().and_then(<dyn Error>::downcast_ref),
        Some(&Top(Middle(Bottom)))
    );
    assert!(
        format!("{failure:#}")
            .ends_with("no report\n  caused by: no answer\n  caused by: no network"),
        "{failure:#}"
    );
    let failure = Anyhow { n: 1 }.run(&o).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Anyhow`: step `other` failed: one"
    );
    assert!(matches!(failure.into_reason(), Reason::Error(error) if error.to_string() == "one"));

    // A text, and what borrows, cannot be a source.
    let failure = Wordy { n: 1 }.run(&o).await.unwrap_err();
    assert!(failure.source().is_none());
    let name = String::from("nobody");
    let failure = Borrowed { name: &name }.run(&o).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Unknown("nobody")));
    assert!(failure.source().is_none());
    assert_eq!(
        failure.to_string(),
        "workflow `Borrowed`: step `known` failed: `nobody` is not known"
    );
}

#[tokio::test]
async fn an_error_may_be_of_any_type() {
    let o = Orchestrator::new();
    assert_eq!(
        Generic { error: 7 }.run(&o).await.unwrap_err().error(),
        Some(&7)
    );
    assert_eq!(InfallibleFlow { n: 1 }.run(&o).await.unwrap(), 1);
    let Ok(odd) = InfallibleFlowInMute { n: 1 }.run(&o).await else {
        panic!("odd is fine");
    };
    assert_eq!(odd, 1);
    let Err(failure) = InfallibleFlowInMute { n: 2 }.run(&o).await else {
        panic!("even is not");
    };
    assert_eq!(failure.step(), Some("odd"));
    assert!(matches!(failure.into_reason(), Reason::Error(Mute)));
    assert_eq!(InfallibleInInfallible { n: 1 }.run(&o).await.unwrap(), 2);
}

#[tokio::test]
async fn a_failure_goes_on_by_question_mark() {
    async fn boxed() -> Result<u32, Box<dyn Error>> {
        Ok(Converts {}.run(&Orchestrator::new()).await?)
    }
    async fn sent() -> Result<u32, Box<dyn Error + Send + Sync>> {
        Ok(Converts {}.run(&Orchestrator::new()).await?)
    }
    async fn anyhow() -> anyhow::Result<u32> {
        use anyhow::Context as _;
        Converts {}
            .run(&Orchestrator::new())
            .await
            .context("the report")
    }
    async fn of_anyhow() -> anyhow::Result<u32> {
        Ok(Anyhow { n: 1 }.run(&Orchestrator::new()).await?)
    }
    assert!(boxed().await.unwrap_err().is::<Failure<Top>>());
    assert!(sent().await.unwrap_err().is::<Failure<Top>>());
    let error = anyhow().await.unwrap_err();
    assert!(error.is::<Failure<Top>>());
    assert_eq!(error.root_cause().to_string(), "no network");
    assert!(
        of_anyhow()
            .await
            .unwrap_err()
            .is::<Failure<anyhow::Error>>()
    );
}

#[tokio::test]
async fn a_failure_is_sent_and_shared_where_its_error_is() {
    fn sent_and_shared<T: Send + Sync + 'static>(_: &T) {}
    sent_and_shared(&Converts {}.run(&Orchestrator::new()).await.unwrap_err());
}

workflow! {
    workflow Wordy(n: u32) -> Result<u32, String> {
        fn asserted(n) -> Result<u32, String> {
            assert_eq!(*n, 1);
            Err("two\n  lines\n".to_owned())
        }
        Ok(asserted)
    }
}

#[tokio::test]
async fn a_text_of_several_lines_is_told_in_one() {
    let o = Orchestrator::new();
    let failure = Wordy { n: 2 }.run(&o).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Wordy`: step `asserted` panicked: assertion `left == right` failed left: 2 right: 1"
    );
    let failure = Wordy { n: 1 }.run(&o).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Wordy`: step `asserted` failed: two lines"
    );
    assert!(format!("{failure:#}").ends_with("failed: two\n  lines\n"));
}
