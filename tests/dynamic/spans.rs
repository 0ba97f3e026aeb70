//! The spans of graphs in graphs, with faults, and of runs that are dropped.

use std::time::Duration;

use orchestrated::dynamic::{
    AgentError, AgentInput, AgentTask, HierarchicalOrchestrator, Retries, SkillCall, SkillChain,
    SkillRegistry, agent_fn, skill_fn,
};
use tracing_subscriber::filter::LevelFilter;

use crate::collect::collect;

const MS: Duration = Duration::from_millis(1);

fn takes(name: &'static str, ms: u32, fails: bool) -> AgentTask {
    let does = agent_fn(name, move |_: AgentInput| async move {
        tracing::info!("here");
        tokio::time::sleep(MS * ms).await;
        if fails {
            return Err(AgentError::msg("told to fail"));
        }
        Ok(name.into())
    });
    AgentTask::new(name, does, ())
}

fn undone(task: AgentTask) -> AgentTask {
    task.with_rollback(|_| async {
        tokio::time::sleep(MS).await;
        Ok(())
    })
}

/// Every span is closed once all is over.
#[tokio::test(start_paused = true)]
async fn spans_end() {
    // While there is only one subscriber, what the others of these tests see of a span first, who have none, counts for all.
    let _another = tracing::Dispatch::new(tracing_subscriber::registry());
    for fails in [false, true] {
        for stops in [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)] {
            let (collected, guard) = collect(LevelFilter::TRACE);
            let broken = skill_fn("broken", |_: SkillCall| async {
                Err(AgentError::msg("not now"))
            });
            let skills = SkillRegistry::new().with(broken).unwrap();
            let chain = SkillChain::new(&skills).then("broken");
            let chain = chain.into_task("chain", ()).unwrap();
            let mut inner = HierarchicalOrchestrator::new();
            let tasks = vec![
                undone(takes("a", 1, false)),
                takes("b", 2, fails).after(["a"]),
                takes("left out", 1, false).after(["b"]),
                chain
                    .idempotent()
                    .with_retry(Retries::new(2).with_backoff(MS))
                    .with_default("none"),
            ];
            inner.add_node("inside", tasks).unwrap();
            let mut outer = HierarchicalOrchestrator::new();
            outer
                .add_node(
                    "tasks",
                    vec![undone(takes("c", 4, false)), takes("d", 2, fails)],
                )
                .unwrap()
                .add_node("beside", vec![undone(takes("e", 3, false))])
                .unwrap();
            let both = async { futures::join!(outer.execute(()), inner.execute(())) };
            match stops {
                None => {
                    let (one, other) = both.await;
                    assert_eq!(one.is_err(), fails);
                    assert_eq!(other.is_err(), fails);
                }
                // Dropped.
                Some(ms) => drop(tokio::time::timeout(MS * ms, both).await),
            }
            drop(guard);
            let spans = collected.spans();
            assert!(spans.len() > 3);
            for span in spans {
                assert!(span.closed && span.inside == 0, "{stops:?}: {span:?}");
            }
            for event in collected.events() {
                assert!(!event.path.is_empty(), "{event:?}");
            }
        }
    }
}
