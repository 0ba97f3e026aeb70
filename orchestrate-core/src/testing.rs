//! A workflow written by hand, as an expansion would write it: what the tests of this crate run.

use std::{fmt, future::Future, pin::Pin};

use orchestrate_plan::{Kind, Plan, StaticPlan, StaticStep, Step};

use crate::{
    Failure, Launcher, WithAgents, Workflow, errors::Errors, place::Place, run::Run,
    run_future::RunFuture,
};

type Body = Box<dyn for<'r> FnOnce(&'r Run<'r, Script>) -> Ended<'r>>;

/// How a body ends, later.
pub(crate) type Ended<'r> = Pin<Box<dyn Future<Output = Result<u32, Failure<String>>> + 'r>>;

/// Does what its body does.
pub(crate) struct Script(Body);

/// The steps of the plan of a [`Script`].
pub(crate) const AGENT: Place = Place::of_step(0, Kind::Agent);
pub(crate) const PLAIN: Place = Place::of_step(1, Kind::Plain);
pub(crate) const FLOW: Place = Place::of_step(2, Kind::Flow);

const fn step(
    name: &'static str,
    kind: Kind,
    batch: usize,
    dependencies: &'static [usize],
) -> StaticStep {
    StaticStep {
        name,
        kind,
        inputs: &[],
        outputs: &[],
        dependencies,
        batch,
        fallible: true,
    }
}

impl Workflow for Script {
    type Output = u32;
    type Error = String;
    type Agents = WithAgents;
    type __Undoes = crate::undo::UndoesNothing;

    const PLAN: &'static Plan = &Plan::__from_static(StaticPlan {
        name: "Script",
        path: concat!(module_path!(), "::Script"),
        inputs: &[],
        steps: const {
            &[
                Step::__from_static(const { &step("thinks", Kind::Agent, 0, &[]) }),
                Step::__from_static(const { &step("counts", Kind::Plain, 1, &[0]) }),
                Step::__from_static(const { &step("goes_on", Kind::Flow, 1, &[0]) }),
            ]
        },
        batches: &[1, 3],
        order: &[0, 1, 2],
        stages: &[1, 2],
    });
    const __CONTEXT: bool = false;
    const __ERRORS: Errors<String> = Errors {
        source: |_| None,
        describe: String::clone,
    };

    fn run(
        self,
        launcher: &dyn Launcher<WithAgents>,
    ) -> impl Future<Output = Result<u32, Failure<String>>> {
        RunFuture::<Self, _>::new(launcher.__scope(), |mut run| async move {
            run.begin()?;
            (self.0)(&run).await
        })
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

/// A workflow that does this.
pub(crate) fn script(
    body: impl for<'r> FnOnce(&'r Run<'r, Script>) -> Ended<'r> + 'static,
) -> Script {
    Script(Box::new(body))
}

/// Gives the thread up once.
pub(crate) async fn turn() {
    let mut given = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut given, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
