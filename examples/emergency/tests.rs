//! Evenings as a whole, under a clock that is paused.

use std::time::Duration;

use orchestrated::{Orchestrator, plan::Priority};
use tokio::time::Instant;

use crate::{
    Clock, Take,
    calls::{self, Call, Time},
    evening,
    options::Request,
    report::{Evening, compared},
};

/// A call so many seconds after midnight, which takes a minute.
fn call(came: u64, priority: Priority) -> Call {
    Call {
        came: Time::MIDNIGHT.after(Duration::from_secs(came)),
        priority,
        what: format!("{priority} {came}"),
        takes: Duration::from_mins(1),
    }
}

async fn at_desks(desks: usize, calls: &[Call]) -> Evening<'_> {
    evening(calls, desks, |call| call.priority).await.unwrap()
}

/// What is told of each call but the first, in the order in which they were taken.
fn order(evening: &Evening<'_>) -> Vec<String> {
    let served = evening.served.iter().skip(1);
    served.map(|served| served.call.what.clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_urgent_ones_are_first_and_equals_as_they_come() {
    use Priority::{Critical, High, Low, Normal};
    let calls = [
        call(0, Low),
        call(1, Low),
        call(2, Normal),
        call(3, High),
        call(4, Critical),
        call(5, High),
        call(6, Critical),
    ];
    let evening = at_desks(1, &calls).await;
    assert_eq!(
        order(&evening),
        [
            "critical 4",
            "critical 6",
            "high 3",
            "high 5",
            "normal 2",
            "low 1"
        ]
    );
    assert_eq!(evening.passed_over(Low), 5);
    assert_eq!(evening.longest_wait(Low), Duration::from_secs(359));
    assert_eq!(evening.mean_wait(Critical), Duration::from_secs(85));
}

#[tokio::test(start_paused = true)]
async fn a_low_one_does_not_wait_for_the_end_of_a_flood() {
    let flood = (0..100).map(|n| call(2 + 40 * n, Priority::High));
    let low = call(1, Priority::Low);
    let calls: Vec<Call> = [call(0, Priority::High), low]
        .into_iter()
        .chain(flood)
        .collect();
    let evening = at_desks(1, &calls).await;
    assert_eq!(evening.passed_over(Priority::Low), 16);
    assert_eq!(order(&evening)[16], "low 1");
}

#[tokio::test(start_paused = true)]
async fn the_evening_that_ships_is_taken_whole_and_nobody_starves() {
    let calls = calls::read(&Request::default().calls).unwrap();
    let one = at_desks(1, &calls).await;
    assert_eq!(one.served.len(), calls.len());
    // Nobody is taken while another one is at the desk.
    for pair in one.served.windows(2) {
        let ended = pair[0].began.after(pair[0].call.takes);
        assert!(
            pair[1].began >= ended,
            "{} and {}",
            pair[0].call.what,
            pair[1].call.what
        );
    }
    // 8 times for each level that a call can go up.
    for (priority, bound) in Priority::ALL.into_iter().zip([32, 24, 16, 8]) {
        assert!(one.passed_over(priority) <= bound, "{priority}");
    }
    // The same calls are taken in the same order.
    assert_eq!(at_desks(1, &calls).await.to_string(), one.to_string());

    let equal = evening(&calls, 1, |_| Priority::Normal).await.unwrap();
    assert!(
        equal
            .served
            .iter()
            .map(|served| served.call.came)
            .is_sorted()
    );
    assert!(one.mean_wait(Priority::Critical) < equal.mean_wait(Priority::Critical));
    assert_eq!(compared(&one, &equal).lines().count(), 6);

    let two = at_desks(2, &calls).await;
    assert!(two.longest_wait(Priority::Low) < one.longest_wait(Priority::Low));
}

#[tokio::test(start_paused = true)]
async fn an_evening_without_calls_is_quiet() {
    assert_eq!(at_desks(1, &[]).await.served, []);
}

#[test]
fn every_priority_stands_in_the_plan() {
    let priorities = Take::PLAN
        .steps()
        .iter()
        .map(|step| step.options().priority());
    assert!(priorities.eq(Priority::ALL.into_iter().rev()));
}

/// A run may go to a task of its own, as all its parts may.
#[tokio::test]
async fn a_run_can_be_spawned() {
    fn spawns<T: Send>(_: &T) {}
    let call = call(0, Priority::Low);
    let clock = Clock {
        first: call.came,
        began: Instant::now(),
    };
    let take = Take {
        clock,
        call: &call,
        priority: call.priority,
    };
    spawns(&take.run(&Orchestrator::new()));
}
