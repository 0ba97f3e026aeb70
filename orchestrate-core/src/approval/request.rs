use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use orchestrate_plan::Kind;

use super::{IntoQuestion, Question, indent::Indented};
use crate::{Context, RunId};

/// A question, and who asks it: what an [`Approver`](crate::Approver) gets.
///
/// It prints as people should read it. With the feature `serde` it serializes, for those who ask elsewhere.
///
/// ```
/// use orchestrated::{Question, Request};
///
/// let request = Request::new("Release", "approve", Question::new("Deploy?").detail("version", "1.4.0"));
/// assert_eq!(
///     request.to_string(),
///     format!("workflow `Release`, step `approve` (run {}) asks:\n  Deploy?\n    version: 1.4.0", request.run),
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Request {
    /// The run that waits for the answer.
    #[cfg_attr(feature = "serde", serde(serialize_with = "number"))]
    pub run: RunId,
    /// The name of its workflow.
    pub workflow: Cow<'static, str>,
    /// The name of the step that asks; empty where somebody is asked whether the workflow may run at all.
    pub step: Cow<'static, str>,
    /// The kind of that step. A [`Kind::Human`] step has built the question itself; one of another kind is `#[critical]`,
    /// and asks whether it may start. [`Kind::Flow`] where it is asked for a whole workflow.
    pub kind: Kind,
    /// What it asks.
    pub question: Question,
}

impl Request {
    /// What a human step would ask, from outside of every run: to try an approver alone.
    ///
    /// A run makes its requests itself.
    #[must_use]
    pub fn new(
        workflow: impl Into<Cow<'static, str>>,
        step: impl Into<Cow<'static, str>>,
        question: impl IntoQuestion,
    ) -> Self {
        Self {
            run: RunId::next(),
            workflow: workflow.into(),
            step: step.into(),
            kind: Kind::Human,
            question: question.into_question(),
        }
    }

    /// Whether a workflow may run, before anything of it does.
    pub(crate) fn of_workflow(name: &'static str, question: Question) -> Self {
        Self {
            run: RunId::next(),
            workflow: Cow::Borrowed(name),
            step: Cow::Borrowed(""),
            kind: Kind::Flow,
            question,
        }
    }

    /// What this human step asks.
    pub(crate) fn of(cx: &Context<'_>, question: impl IntoQuestion) -> Self {
        let (workflow, step) = cx.names();
        Self {
            run: cx.run_id(),
            workflow,
            step,
            kind: cx.kind(),
            question: question.into_question(),
        }
    }

    /// Whether this critical step may start, with its inputs.
    pub(crate) fn critical<N: Into<String>, V: fmt::Display>(
        cx: &Context<'_>,
        inputs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let (workflow, step) = (cx.workflow(), cx.step());
        let question = Question::new(format!("run step `{step}` of workflow `{workflow}`?"));
        let question = inputs
            .into_iter()
            .fold(question, |question, (name, value)| {
                question.detail(name, value)
            });
        Self::of(cx, question)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            run,
            workflow,
            step,
            question,
            ..
        } = self;
        write!(f, "workflow `{workflow}`")?;
        if !step.is_empty() {
            write!(f, ", step `{step}`")?;
        }
        writeln!(f, " (run {run}) asks:")?;
        write!(Indented::lines(f, "  "), "{question}")
    }
}

#[cfg(feature = "serde")]
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is that of serde"
)]
fn number<S: serde::Serializer>(run: &RunId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(run.get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Orchestrator, Workflow as _,
        testing::{AGENT, PLAIN, script},
    };

    #[test]
    fn a_run_says_who_asks() {
        let (to, from) = std::sync::mpsc::channel();
        let asks = script(move |run| {
            Box::pin(async move {
                let (agent, plain) = (run.context(AGENT), run.context(PLAIN));
                let _ = to.send((
                    agent.run_id(),
                    Request::of(&agent, "Think?"),
                    Request::critical(&plain, [("n", 1), ("m", 2)]),
                ));
                Ok(1)
            })
        });
        futures::executor::block_on(asks.run(&Orchestrator::new())).unwrap();
        let (run, asked, critical) = from.recv().unwrap();
        assert_eq!((asked.run, critical.run), (run, run));
        assert_eq!((asked.kind, critical.kind), (Kind::Agent, Kind::Plain));
        assert_eq!(
            asked.to_string(),
            format!("workflow `Script`, step `thinks` (run {run}) asks:\n  Think?")
        );
        assert_eq!(
            critical.to_string(),
            format!(
                "workflow `Script`, step `counts` (run {run}) asks:\n  run step `counts` of workflow `Script`?\n    n: 1\n    m: 2"
            )
        );
    }

    #[test]
    fn requests_from_outside_are_of_runs_of_their_own() {
        let [first, second] = [(); 2].map(|()| Request::new("Release", "approve", "Deploy?"));
        assert!(first.run < second.run);
        assert_eq!(first.kind, Kind::Human);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_request_goes_out_as_json() {
        let request = Request::new("Release", "approve", "Deploy?");
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            format!(
                r#"{{"run":{},"workflow":"Release","step":"approve","kind":"human","question":{{"text":"Deploy?","details":[]}}}}"#,
                request.run
            )
        );
    }
}
