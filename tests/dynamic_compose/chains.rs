//! Agents one after the other.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use orchestrated::{
    Orchestrator, Reason,
    dynamic::{
        AgentChain, AgentError, AgentInput, AgentOutput, AgentTask, ChainError, DependencyFailed,
        DynamicWorkflow, OrchestrationError, PlanError, Retries, SequentialOrchestrator, TaskGraph,
        agent_fn,
    },
    workflow,
};

use crate::agents::{adds, fails, same, undone};

async fn text(by: &SequentialOrchestrator, chain: AgentChain) -> String {
    match by.execute(chain, "in").await {
        Ok(output) => output.to::<String>().unwrap(),
        Err(error) => format!("error: {error}"),
    }
}

fn strict() -> SequentialOrchestrator {
    SequentialOrchestrator::new()
}

fn half_way() -> SequentialOrchestrator {
    strict().stop_on_error(false)
}

fn all_the_way() -> SequentialOrchestrator {
    half_way().continue_on_failure(true)
}

#[tokio::test(start_paused = true)]
async fn each_link_is_given_the_output_of_the_one_before() {
    let chain = AgentChain::new()
        .then(adds("a"))
        .then_with_transform(adds("b"), |output| {
            format!("({})", output.to::<&str>().unwrap()).into()
        })
        .then(adds("c"));
    assert_eq!(text(&strict(), chain).await, "(in a) b c");
    let first = AgentChain::new().then_with_transform(adds("a"), |input| {
        assert!((input.confidence() - 1.0).abs() < f64::EPSILON);
        format!("<{}>", input.to::<&str>().unwrap()).into()
    });
    assert_eq!(text(&strict(), first).await, "<in> a");
}

#[tokio::test(start_paused = true)]
async fn what_a_failure_does_is_as_the_table_says() {
    let chain = || {
        AgentChain::new()
            .then(adds("a"))
            .then(fails("b"))
            .then(fails("c"))
            .then_with_transform(adds("d"), |output| {
                format!("({})", output.to::<&str>().unwrap()).into()
            })
    };
    let failure = "error: workflow `Sequential`: step `b` failed: b given \"in a\"";
    assert_eq!(text(&strict(), chain()).await, failure);
    let both = strict().continue_on_failure(true);
    assert_eq!(text(&both, chain()).await, failure);
    assert_eq!(text(&half_way(), chain()).await, "in a");
    assert_eq!(text(&all_the_way(), chain()).await, "(in a) d");

    let results = half_way().execute_detailed(chain(), "in").await.unwrap();
    let told: Vec<_> = results
        .links()
        .failures()
        .map(|(_, failure)| failure.to_string())
        .collect();
    assert_eq!(
        told,
        [
            "step `b` failed: b given \"in a\"",
            "step `c` failed: not run, because `b` has failed, which it comes after",
            "step `d` failed: not run, because `c` has failed, which it comes after",
        ]
    );
    let results = all_the_way().execute_detailed(chain(), "in").await.unwrap();
    let told: Vec<_> = results
        .links()
        .failures()
        .map(|(_, failure)| failure.to_string())
        .collect();
    assert_eq!(
        told,
        [
            "step `b` failed: b given \"in a\"",
            "step `c` failed: c given \"in a\"",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn without_any_output_the_first_failure_is_told() {
    let chain = || AgentChain::new().then(fails("a")).then(fails("b"));
    for by in [half_way(), all_the_way()] {
        let error = by.execute(chain(), "in").await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "no link of the chain has an output: step `a` failed: a given \"in\""
        );
        let OrchestrationError::Chain(ChainError::NoOutput { failure }) = error else {
            panic!("another error");
        };
        assert!(failure.downcast_ref::<DependencyFailed>().is_none());
        let results = by.execute_detailed(chain(), "in").await.unwrap();
        assert!(results.output().is_none());
        assert_eq!(results.links().failures().count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn fallbacks_stand_in_for_the_link_before_in_order() {
    let told = |name| agent_fn(name, |why: AgentInput| async move { Ok(why.into()) });
    let why = |failure: &orchestrated::StepFailure| AgentInput::new(failure.to_string());
    let chain = AgentChain::new()
        .then(fails("a"))
        .then_with_fallback(fails("b"), |_| "second".into())
        .then_with_fallback(told("c"), why)
        .then_with_fallback(told("never"), |_| "never".into())
        .then(adds("d"))
        .then_with_fallback(told("never"), |_| "never".into());
    assert_eq!(chain.names(), ["a".into(), "d".into()]);
    assert_eq!(
        text(&strict(), chain).await,
        "step `a` failed: b given \"second\" d"
    );
}

#[tokio::test(start_paused = true)]
async fn a_chain_that_can_never_work_is_refused_before_it_runs() {
    let error = strict().execute(AgentChain::new(), "in").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the chain has no links: add one with `then`"
    );
    let chain = AgentChain::new()
        .then_with_fallback(adds("backup"), |_| AgentInput::default())
        .then(adds("a"));
    let error = strict().plan(&chain, ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "agent `backup` is a fallback of no link: add the link that it stands in for before it, with `then`"
    );
    let unsafely = AgentTask::new("charge", adds("a"), ()).with_retry(Retries::new(2));
    let twice = AgentTask::new("charge", adds("b"), ()).after(["chrage"]);
    let chain = AgentChain::new().then_task(unsafely).then_task(twice);
    let Err(OrchestrationError::Plan(errors)) = strict().plan(&chain, ()) else {
        panic!("it must not be planned");
    };
    assert!(
        errors.iter().any(|error| matches!(
            error,
            PlanError::UnsafeRetry { task } if task == "charge"
        )),
        "{errors}"
    );
    assert!(
        errors
            .iter()
            .any(|error| matches!(error, PlanError::DuplicateOperation { .. })),
        "{errors}"
    );
}

#[test]
fn names_are_made_unique_and_given_ones_stay() {
    let chain = AgentChain::new()
        .then(same("value"))
        .then(same("value"))
        .then_task(AgentTask::new("value 2", same("other"), ()))
        .then(same("value"));
    let names = ["value", "value 3", "value 2", "value 4"].map(Into::into);
    assert_eq!(chain.names(), names);
    let given = AgentChain::new()
        .then(same("value"))
        .then_task(AgentTask::new("value", same("value"), ()));
    assert_eq!(given.names(), ["value 2".into(), "value".into()]);
    assert_eq!(
        strict().plan(&chain, ()).unwrap().plan().to_string(),
        "\
Sequential: 4 steps in 4 batches, one at a time
  batch 1  value    agent
  batch 2  value 3  agent  <- value
  batch 3  value 2  agent  <- value 3
  batch 4  value 4  agent  <- value 2"
    );
}

#[tokio::test(start_paused = true)]
async fn a_link_has_options() {
    let attempts = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&attempts);
    let third = agent_fn("third", move |input: AgentInput| {
        *counted.lock().unwrap() += 1;
        let attempt = *counted.lock().unwrap();
        async move {
            match attempt {
                3 => Ok(input.into()),
                _ => Err(AgentError::msg("not yet")),
            }
        }
    });
    let task = AgentTask::new("try", third, "its own")
        .idempotent()
        .with_retry(Retries::new(3));
    let lookup = agent_fn("look", |_| async { Ok(AgentOutput::default()) });
    let chain = AgentChain::new()
        .then(adds("a"))
        .then_task(task)
        .then_task(AgentTask::new("maybe", fails("maybe"), ()).optional())
        .then(adds("b"))
        .then_task(AgentTask::new("look", lookup, ()).after(["a"]));
    let results = strict().execute_detailed(chain, "in").await.unwrap();
    let told = |link| results.links().output(link).unwrap().to::<&str>().unwrap();
    assert_eq!(told("try"), "in a");
    // What `maybe` was given.
    assert_eq!(told("b"), "in a b");
    assert_eq!(*attempts.lock().unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_takes_too_long_fails() {
    let hangs = || agent_fn("hangs", |_| std::future::pending());
    let by = strict().with_timeout(Duration::from_secs(1));
    let chain = AgentChain::new().then(adds("a")).then(hangs());
    assert_eq!(
        text(&by, chain).await,
        "error: workflow `Sequential`: step `hangs` timed out after 1s"
    );
    let own = AgentTask::new("own", hangs(), ()).with_timeout(Duration::from_millis(5));
    let chain = AgentChain::new().then(adds("a")).then_task(own);
    assert_eq!(
        text(&by, chain).await,
        "error: workflow `Sequential`: step `own` timed out after 5ms"
    );
    let slow = Orchestrator::new().deadline(Duration::from_secs(2));
    let error = strict()
        .on(&slow)
        .execute(AgentChain::new().then(hangs()), ())
        .await
        .unwrap_err();
    let OrchestrationError::Run(failure) = error else {
        panic!("the run must fail")
    };
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_a_closure_is_a_failure_of_its_link() {
    let panics = || {
        AgentChain::new()
            .then(adds("a"))
            .then_with_transform(adds("b"), |_| panic!("no idea"))
    };
    assert_eq!(
        text(&strict(), panics()).await,
        "error: workflow `Sequential`: step `b` panicked: no idea"
    );
    assert_eq!(text(&half_way(), panics().then(adds("c"))).await, "in a");
    // Nothing was made for `b`: what was passed to it goes on.
    assert_eq!(
        text(&all_the_way(), panics().then(adds("c"))).await,
        "in a c"
    );
    let helped = panics()
        .then_with_fallback(adds("never"), |_| panic!("not either"))
        .then_with_fallback(adds("c"), |failure| failure.to_string().into());
    assert_eq!(
        text(&strict(), helped).await,
        "step `b` panicked: not either c"
    );
    let default = AgentTask::new("default", adds("a"), ())
        .with_default("well")
        .with_fallback(adds("b"), |_| panic!("no"));
    let chain = AgentChain::new()
        .then_with_transform(fails("x"), |input| input.to::<String>().unwrap().into());
    let chain = chain
        .then_with_fallback(same("y"), |_| 3.into())
        .then_task(default);
    // The text that `a` asks for is none.
    assert_eq!(text(&strict(), chain).await, "well");
}

#[tokio::test(start_paused = true)]
async fn one_graph_is_run_many_times_at_once() {
    let chain = AgentChain::new()
        .then(same("a"))
        .then_with_transform(fails("b"), {
            let count = Mutex::new(0);
            move |_| {
                let mut count = count.lock().unwrap();
                *count += 1;
                count.to_string().into()
            }
        })
        .then(adds("c"));
    let graph = all_the_way().plan(&chain, "in").unwrap();
    let orchestrator = Orchestrator::new();
    let (one, two) = tokio::join!(graph.run(&orchestrator), graph.run(&orchestrator));
    let mut told = [one, two].map(|results| {
        let results = results.unwrap();
        results.output("c").unwrap().to::<String>().unwrap()
    });
    told.sort();
    // Each goes on with what its own `b` was given.
    assert_eq!(told, ["1 c", "2 c"]);
}

#[tokio::test(start_paused = true)]
async fn a_long_chain_ends() {
    let one = agent_fn("one", |n: AgentInput| async move {
        Ok((n.to::<u64>()? + 1).into())
    });
    let one = Arc::new(one);
    let chain = (0..10_000).fold(AgentChain::new(), |chain, _| chain.then(Arc::clone(&one)));
    let output = strict().execute(chain, 0).await.unwrap();
    assert_eq!(output.to::<u64>().unwrap(), 10_000);
}

workflow! {
    /// Its chain is decided by its first step.
    workflow Spell(words: Vec<&'static str>, log: Arc<Mutex<Vec<String>>>, fails: bool) -> Result<String, AgentError> {
        fn graph(words, log) -> Result<TaskGraph, OrchestrationError> {
            let chain = words.iter().fold(AgentChain::new(), |chain, word| {
                chain.then_task(undone(AgentTask::new(*word, adds(word), ()), log))
            });
            SequentialOrchestrator::new().named("Spelling").plan(&chain, "in")
        }

        flow spelled = DynamicWorkflow { graph: move graph };

        tool fn told(spelled, fails) -> Result<String, AgentError> {
            if *fails { return Err(AgentError::msg("no paper")) }
            Ok(spelled.outputs().next_back().map(|(_, text)| text.to()).transpose()?.unwrap_or_default())
        }

        Ok(told)
    }
}

#[tokio::test(start_paused = true)]
async fn a_chain_is_a_flow_of_a_workflow_and_is_undone_with_it() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let spell = |fails| Spell {
        words: vec!["a", "b"],
        log: Arc::clone(&log),
        fails,
    };
    assert_eq!(
        spell(false).run(&Orchestrator::new()).await.unwrap(),
        "in a b"
    );
    spell(true).run(&Orchestrator::new()).await.unwrap_err();
    assert_eq!(*log.lock().unwrap(), ["in a b", "in a"]);
}
