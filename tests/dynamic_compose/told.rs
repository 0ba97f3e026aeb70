//! What observers are told of chains and hierarchies.

use std::sync::{Arc, Mutex};

use expect_test::expect;
use orchestrated::dynamic::{
    AgentChain, AgentInput, AgentTask, HierarchicalOrchestrator, SequentialOrchestrator,
};

use crate::{
    agents::{adds, fails, undone},
    lines::{lines, observed},
};

#[tokio::test(start_paused = true)]
async fn a_chain() {
    let (orchestrator, mut events) = observed();
    let chain = AgentChain::new()
        .then(adds("a"))
        .then(fails("b"))
        .then_with_fallback(adds("c"), |_| "second".into())
        .then(fails("d"))
        .then(adds("e"));
    let by = SequentialOrchestrator::new()
        .on(&orchestrator)
        .named("Chain");
    by.clone()
        .stop_on_error(false)
        .execute(chain.clone(), "in")
        .await
        .unwrap();
    expect![[r#"
        0    Chain starts
        0    Chain batch 1 starts
        0    Chain a starts
        0    Chain a attempt 1
        1    Chain a attempt 1 is done
        1    Chain a finished
        1    Chain batch 1 ends
        1    Chain batch 2 starts
        1    Chain b starts
        1    Chain b attempt 1
        2    Chain b attempt 1 fails: b given "in a" (error)
        2    Chain b attempt 2
        3    Chain b attempt 2 is done
        3    Chain b excused: b given "in a" (error)
        3    Chain batch 2 ends
        3    Chain batch 3 starts
        3    Chain d starts
        3    Chain d attempt 1
        4    Chain d attempt 1 fails: d given "second c" (error)
        4    Chain d excused: d given "second c" (error)
        4    Chain batch 3 ends
        4    Chain batch 4 starts
        4    Chain e starts
        4    Chain e skipped
        4    Chain batch 4 ends
        4    Chain finished
    "#]]
    .assert_eq(&lines(&mut events));
    by.stop_on_error(false)
        .continue_on_failure(true)
        .execute(chain, "in")
        .await
        .unwrap();
    expect![[r#"
        4    Chain starts
        4    Chain batch 1 starts
        4    Chain a starts
        4    Chain a attempt 1
        5    Chain a attempt 1 is done
        5    Chain a finished
        5    Chain batch 1 ends
        5    Chain batch 2 starts
        5    Chain b starts
        5    Chain b attempt 1
        6    Chain b attempt 1 fails: b given "in a" (error)
        6    Chain b attempt 2
        7    Chain b attempt 2 is done
        7    Chain b excused: b given "in a" (error)
        7    Chain batch 2 ends
        7    Chain batch 3 starts
        7    Chain d starts
        7    Chain d attempt 1
        8    Chain d attempt 1 fails: d given "second c" (error)
        8    Chain d excused: d given "second c" (error)
        8    Chain batch 3 ends
        8    Chain batch 4 starts
        8    Chain e starts
        8    Chain e attempt 1
        9    Chain e attempt 1 is done
        9    Chain e finished
        9    Chain batch 4 ends
        9    Chain finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn a_hierarchy_that_fails_late() {
    let (observed, mut events) = observed();
    let log = Arc::new(Mutex::new(Vec::new()));
    let book = undone(AgentTask::new("book", adds("book"), ()), &log);
    let mut inner = HierarchicalOrchestrator::new();
    inner
        .add_node("booking", AgentChain::new().then_task(book))
        .unwrap();
    let mut orchestrator = HierarchicalOrchestrator::new().on(&observed).named("Trip");
    orchestrator
        .add_node("inner", inner)
        .unwrap()
        .add_node(
            "pay",
            vec![AgentTask::new("pay", fails("pay"), AgentInput::default())],
        )
        .unwrap()
        .add_dependency("pay", "inner")
        .unwrap();
    orchestrator.execute("in").await.unwrap_err();
    expect![[r#"
        0    Trip starts
        0    Trip batch 1 starts
        0    Trip inner starts
        0    Trip inner attempt 1
        0    inner starts within Trip.inner
        0    inner batch 1 starts
        0    inner booking starts
        0    inner booking attempt 1
        0    booking starts within inner.booking
        0    booking batch 1 starts
        0    booking book starts
        0    booking book attempt 1
        1    booking book attempt 1 is done
        1    booking book finished
        1    booking batch 1 ends
        1    booking finished
        1    inner booking attempt 1 is done
        1    inner booking finished
        1    inner batch 1 ends
        1    inner finished
        1    Trip inner attempt 1 is done
        1    Trip inner finished
        1    Trip batch 1 ends
        1    Trip batch 2 starts
        1    Trip pay starts
        1    Trip pay attempt 1
        1    pay starts within Trip.pay
        1    pay batch 1 starts
        1    pay pay starts
        1    pay pay attempt 1
        2    pay pay attempt 1 fails: pay given {"booking":"in book"} (error)
        2    pay pay failed: pay given {"booking":"in book"} (error)
        2    pay batch 1 ends
        2    pay failed at pay: pay given {"booking":"in book"}
        2    Trip pay attempt 1 fails: error (error)
        2    Trip pay failed: pay given {"booking":"in book"} (error)
        2    Trip batch 2 ends
        2    booking book undone
        2    Trip failed at pay: pay given {"booking":"in book"}
    "#]]
    .assert_eq(&lines(&mut events));
}
