//! Only an orchestrator launches agents: the last of the four nets, at run time, where no type says who asks.

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::Poll,
};

use orchestrated::{Failure, Orchestrator, Reason, Refusal, WithAgents, Workflow, workflow};

/// Gives the thread up once, whoever polls: what blocks on it inside a runtime must not wait for that runtime's next turn.
async fn turn() {
    let mut given = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// How many agents have started.
type Started = AtomicUsize;

workflow! {
    workflow Think(started: &Started) -> usize {
        agent fn thought(started) -> usize { turn().await; started.fetch_add(1, Ordering::Relaxed) + 1 }
        thought
    }
    /// Agents, through a flow.
    workflow ThinkTwice(started: &Started) -> usize {
        flow first = Think { started };
        #[after(first)]
        flow second = Think { started };
        first + second
    }
    workflow LookUp(n: u32) -> u32 {
        mcp fn found(n) -> u32 { tokio::task::yield_now().await; *n + 1 }
        tool fn counted(found) -> u32 { *found + 1 }
        counted
    }
}

/// What an agent does that the macro cannot see: it makes an orchestrator of its own.
async fn own_think(started: &Started) -> Result<usize, String> {
    Think { started }
        .run(&Orchestrator::new())
        .await
        .map_err(|failure| told(&failure))
}

fn own_think_twice(
    started: &Started,
) -> Pin<Box<dyn Future<Output = Result<usize, String>> + Send + '_>> {
    Box::pin(async {
        ThinkTwice { started }
            .run(&Orchestrator::new())
            .await
            .map_err(|failure| told(&failure))
    })
}

async fn own_look_up(n: u32) -> u32 {
    LookUp { n }.run(&Orchestrator::new()).await.unwrap()
}

fn told(failure: &Failure<std::convert::Infallible>) -> String {
    if matches!(failure.reason(), Reason::NestedAgent) {
        assert!(failure.step().is_none());
        return "nested agent".to_owned();
    }
    failure.to_string()
}

workflow! {
    workflow InAgent(started: &Started) -> Result<usize, String> {
        agent fn asked(started) -> Result<usize, String> { own_think(started).await }
        Ok(asked)
    }
    workflow InTool(started: &Started) -> Result<usize, String> {
        tool fn asked(started) -> Result<usize, String> { own_think_twice(started).await }
        Ok(asked)
    }
    workflow InMcp(started: &Started) -> Result<usize, String> {
        mcp fn asked(started) -> Result<usize, String> { tokio::task::yield_now().await; own_think(started).await }
        fn beside() -> u32 { 1 }
        let _ = beside;
        Ok(asked)
    }
    /// A skewed graph, in which the agent waits for its inputs.
    workflow InSkewed(started: &Started) -> Result<usize, String> {
        tool fn a() -> usize { tokio::task::yield_now().await; 1 }
        tool fn b(a) -> usize { tokio::task::yield_now().await; *a }
        tool fn c() -> usize { 1 }
        agent fn asked(c, started) -> Result<usize, String> { tokio::task::yield_now().await; Ok(c + own_think(started).await?) }
        Ok(b + asked)
    }
    /// A plain step blocks on what an agent awaits.
    workflow Inner(started: &Started) -> Result<usize, String> {
        fn asked(started) -> Result<usize, String> { futures::executor::block_on(own_think(started)) }
        Ok(asked)
    }
    workflow InnerTool(started: &Started) -> Result<usize, String> {
        tool fn asked(started) -> Result<usize, String> { own_think(started).await }
        Ok(asked)
    }
    /// An agent, an orchestrator of its own, a workflow without agents, a step, an orchestrator, a workflow with agents.
    workflow Deeper(started: &Started) -> Result<usize, String> {
        agent fn asked(started) -> Result<usize, String> {
            let plain = own_inner(started).await.unwrap_err();
            let tool = own_inner_tool(started).await.unwrap_err();
            assert_eq!((&*plain, &*tool), ("nested agent", "nested agent"));
            Err(plain)
        }
        Ok(asked)
    }
    /// What is allowed: a workflow without agents, anywhere.
    workflow Allowed(n: u32) -> u32 {
        agent fn looked(n) -> u32 { own_look_up(*n).await }
        tool fn again(looked) -> u32 { own_look_up(*looked).await }
        mcp fn launched(again, cx) -> u32 { LookUp { n: *again }.run(cx).await.unwrap() }
        launched
    }
    workflow Launches(started: &Started) -> usize {
        flow twice = ThinkTwice { started };
        flow once = Think { started };
        twice + once
    }
}

async fn own_inner(started: &Started) -> Result<usize, String> {
    Inner { started }
        .run(&Orchestrator::new())
        .await
        .map_err(inner_told)
}

async fn own_inner_tool(started: &Started) -> Result<usize, String> {
    InnerTool { started }
        .run(&Orchestrator::new())
        .await
        .map_err(inner_told)
}

fn inner_told(failure: Failure<String>) -> String {
    match failure.into_reason() {
        Reason::Error(error) => error,
        reason => panic!("{reason:?}"),
    }
}

/// Runs agents as anybody may who is no step: what was launched before must leave no trace.
async fn launches_still() {
    let started = Started::default();
    let run = Launches { started: &started }
        .run(&Orchestrator::new())
        .await;
    assert!(run.is_ok(), "{run:?}");
    assert_eq!(started.into_inner(), 3);
}

async fn refused<W: Workflow<Error = String, Agents: 'static>>(workflow: W, started: &Started)
where
    Orchestrator: orchestrated::Launcher<W::Agents>,
{
    let Err(failure) = workflow.run(&Orchestrator::new()).await else {
        panic!("an agent launched an agent");
    };
    assert_eq!(failure.error().map(String::as_str), Some("nested agent"));
    assert_eq!(failure.step(), Some("asked"));
    assert_eq!(started.load(Ordering::Relaxed), 0, "an agent has started");
    launches_still().await;
}

#[tokio::test]
async fn an_agent_that_makes_an_orchestrator_launches_no_agent() {
    let started = Started::default();
    refused(InAgent { started: &started }, &started).await;
    refused(InTool { started: &started }, &started).await;
    refused(InMcp { started: &started }, &started).await;
    refused(InSkewed { started: &started }, &started).await;
}

#[tokio::test]
async fn nor_does_what_it_runs_however_deep() {
    let started = Started::default();
    refused(Deeper { started: &started }, &started).await;
}

#[tokio::test]
async fn the_text_says_the_rule() {
    let started = Started::default();
    let failure = AgentTold { started: &started }
        .run(&Orchestrator::new())
        .await
        .unwrap_err();
    assert_eq!(
        failure.error().map(String::as_str),
        Some(
            "workflow `Think` was not started: a sub-agent cannot launch other sub-agents, and this run was asked for inside \
             a step"
        )
    );
}

workflow! {
    workflow AgentTold(started: &Started) -> Result<usize, String> {
        agent fn asked(started) -> Result<usize, String> {
            own_think_told(started).await
        }
        Ok(asked)
    }
}

async fn own_think_told(started: &Started) -> Result<usize, String> {
    Think { started }
        .run(&Orchestrator::new())
        .await
        .map_err(|failure| failure.to_string())
}

#[tokio::test]
async fn what_launches_no_agent_runs_anywhere() {
    assert_eq!(Allowed { n: 0 }.run(&Orchestrator::new()).await.unwrap(), 6);
    launches_still().await;
}

workflow! {
    workflow PanicsInAgent(n: u32) -> u32 {
        agent fn thought(n) -> u32 { tokio::task::yield_now().await; assert_ne!(*n, 1); *n }
        thought
    }
    workflow PanicsPlain(n: u32) -> u32 {
        fn a(n) -> u32 { assert_ne!(*n, 1); *n }
        tool fn b(n) -> u32 { *n }
        a + b
    }
    workflow NeverEnds() -> u32 {
        agent fn thought() -> u32 { std::future::pending().await }
        thought
    }
}

#[tokio::test]
async fn a_panic_and_a_cancellation_leave_no_trace() {
    let o = Orchestrator::new();
    PanicsInAgent { n: 1 }.run(&o).await.unwrap_err();
    launches_still().await;
    PanicsPlain { n: 1 }.run(&o).await.unwrap_err();
    launches_still().await;
    {
        let run = std::pin::pin!(NeverEnds {}.run(&o));
        assert!(futures::poll!(run).is_pending());
        launches_still().await;
    }
    launches_still().await;
}

workflow! {
    /// Says which step panicked, and where: each run differs.
    workflow Blamed(turns: usize, culprit: usize) -> usize {
        agent fn zero(turns, culprit) -> usize { late(*turns, *culprit == 0).await }
        tool fn one(turns, culprit) -> usize { late(*turns + 1, *culprit == 1).await }
        mcp fn two(turns, culprit) -> usize { late(*turns + 2, *culprit == 2).await }
        tool fn three(zero, culprit) -> usize { late(*zero, *culprit == 3).await }
        fn four(three, culprit) -> usize { assert_ne!(*culprit, 4, "culprit"); *three }
        flow five = Blame { turns, panics: culprit };
        one + two + four + five
    }
    workflow Blame(turns: usize, panics: usize) -> usize {
        tool fn waited(turns) -> usize { late(*turns, false).await }
        agent fn blamed(waited, panics) -> usize { late(*waited, *panics == 5).await }
        blamed
    }
}

async fn late(turns: usize, panics: bool) -> usize {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
    assert!(!panics, "culprit");
    turns
}

const STEPS: [&str; 6] = ["zero", "one", "two", "three", "four", "five"];

#[tokio::test]
async fn runs_that_interleave_on_a_thread_do_not_mix() {
    let o = Orchestrator::new();
    let runs = (0..50).map(|number| {
        let culprit = number % 7;
        let run = Blamed {
            turns: number % 5,
            culprit,
        }
        .run(&o);
        async move { (culprit, run.await) }
    });
    for (culprit, ended) in futures::future::join_all(runs).await {
        match (STEPS.get(culprit), ended) {
            (None, Ok(_)) => {}
            (Some(step), Err(failure)) => {
                assert_eq!(failure.step(), Some(*step));
                assert!(matches!(failure.reason(), Reason::Panicked(_)));
                let blamed = failure.frames().last().unwrap().step.as_ref().unwrap();
                assert_eq!(blamed.name, if culprit == 5 { "blamed" } else { step });
            }
            (_, ended) => panic!("{culprit} ended with {ended:?}"),
        }
    }
    launches_still().await;
}

workflow! {
    workflow Level4(n: u32) -> u32 { tool fn m(n) -> u32 { *n } m }
    workflow Level3(n: u32) -> Result<u32, Refusal> {
        tool fn m(n, cx) -> Result<u32, Refusal> { Level4 { n: *n }.run(cx).await.map_err(refusal) }
        Ok(m)
    }
    workflow Level2(n: u32) -> Result<u32, Refusal> {
        tool fn m(n, cx) -> Result<u32, Refusal> { Level3 { n: *n }.run(cx).await.map_err(refusal) }
        Ok(m)
    }
    workflow Level1(n: u32) -> Result<u32, Refusal> {
        tool fn m(n, cx) -> Result<u32, Refusal> { Level2 { n: *n }.run(cx).await.map_err(refusal) }
        Ok(m)
    }
    /// A flow counts as what is launched through `cx`.
    workflow FlowOfLevel3(n: u32) -> Result<u32, Refusal> {
        flow level = Level3 { n };
        Ok(level)
    }
    workflow FlowOfFlowOfLevel3(n: u32) -> Result<u32, Refusal> {
        flow level = FlowOfLevel3 { n };
        Ok(level)
    }
}

fn refusal<E: Refuses>(failure: Failure<E>) -> Refusal {
    match failure.into_reason() {
        Reason::Refused(refusal) => refusal,
        Reason::Error(error) => error.refusal(),
        _ => panic!("neither refused nor failed"),
    }
}

/// An error that says why a run further down was refused.
trait Refuses {
    fn refusal(self) -> Refusal;
}
impl Refuses for Refusal {
    fn refusal(self) -> Refusal {
        self
    }
}
impl Refuses for std::convert::Infallible {
    fn refusal(self) -> Refusal {
        match self {}
    }
}

#[tokio::test]
async fn a_fourth_level_is_refused() {
    let o = Orchestrator::new();
    assert_eq!(Level2 { n: 1 }.run(&o).await.unwrap(), 1);
    let failure = Level1 { n: 1 }.run(&o).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Refusal::TooDeep(4)));
    assert_eq!(
        Refusal::TooDeep(4).to_string(),
        "workflows nest 4 levels deep here: at most 3 are allowed"
    );
    assert_eq!(FlowOfLevel3 { n: 1 }.run(&o).await.unwrap(), 1);
    let failure = FlowOfFlowOfLevel3 { n: 1 }.run(&o).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Refusal::TooDeep(4)));
    // The same levels with an orchestrator at each of them.
    assert_eq!(own_level(3).await, Ok(0));
    assert_eq!(own_level(4).await, Err(Refusal::TooDeep(4)));
    assert_eq!(Level2 { n: 1 }.run(&o).await.unwrap(), 1);
}

workflow! {
    workflow Descends(left: u32) -> Result<u32, Refusal> {
        tool fn below(left) -> Result<u32, Refusal> { if *left == 1 { Ok(0) } else { own_level(*left - 1).await } }
        Ok(below)
    }
}

fn own_level(left: u32) -> Pin<Box<dyn Future<Output = Result<u32, Refusal>> + Send>> {
    Box::pin(async move {
        Descends { left }
            .run(&Orchestrator::new())
            .await
            .map_err(refusal)
    })
}

#[test]
fn a_workflow_says_whether_it_launches_agents() {
    fn with<W: Workflow<Agents = WithAgents>>() -> bool {
        W::PLAN.launches_agents()
    }
    fn without<W: Workflow<Agents = orchestrated::WithoutAgents>>() -> bool {
        !W::PLAN.launches_agents()
    }
    assert!(
        with::<Think<'_>>()
            && with::<ThinkTwice<'_>>()
            && with::<Launches<'_>>()
            && with::<Allowed>()
    );
    assert!(without::<LookUp>() && without::<Inner<'_>>() && without::<FlowOfLevel3>());
}
