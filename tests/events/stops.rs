//! Runs that undo what they have done.

use expect_test::expect;
use orchestrated::workflow;

use crate::lines::{lines, ms, observed};

workflow! {
    workflow Inner() -> u32 {
        #[rollback(ms(3).await)]
        tool fn booked() -> u32 { ms(1).await; 1 }
        booked
    }

    workflow Trip() -> Result<u32, String> {
        #[rollback(ms(5).await)]
        tool fn room() -> u32 { ms(10).await; 1 }

        #[irreversible = "it is sent"]
        tool fn mail() -> u32 { ms(5).await; 1 }

        #[rollback({ ms(2).await; Err::<(), _>("they do not answer") })]
        tool fn table() -> u32 { ms(40).await; 1 }

        flow inner = Inner {};

        /// Dropped: nothing would have to be undone.
        tool fn looks() -> u32 { ms(100).await; 1 }

        tool fn flight(room, inner) -> Result<u32, String> { ms(10).await; Err(format!("no seat for {room}, {inner}")) }

        fn all(flight, looks, mail, table) -> u32 { flight + looks + mail + table }

        Ok(all)
    }

    workflow Two() -> Result<u32, String> {
        #[rollback(())]
        tool fn one() -> Result<u32, String> { ms(10).await; Err("first".to_owned()) }
        #[rollback(())]
        tool fn two() -> Result<u32, String> { ms(20).await; Err("second".to_owned()) }
        #[rollback(())]
        tool fn three() -> u32 { ms(30).await; panic!("third") }
        Ok(one + two + three)
    }

    workflow Items(numbers: &[u64]) -> Result<u64, String> {
        #[rollback(())]
        tool fn one() -> Result<u64, String> { ms(1).await; Err("first".to_owned()) }
        #[rollback(())]
        #[each(number in numbers)]
        tool fn items(numbers) -> Result<u64, String> {
            ms(*number).await;
            if *number == 2 { Err("second".to_owned()) } else { Ok(*number) }
        }
        Ok(one + items.len() as u64)
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_undone_is_told() {
    let (orchestrator, mut events) = observed();
    Trip {}.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Trip starts
        0    Trip batch 1 starts
        0    Trip room starts
        0    Trip room attempt 1
        0    Trip mail starts
        0    Trip mail attempt 1
        0    Trip table starts
        0    Trip table attempt 1
        0    Trip inner starts
        0    Trip inner attempt 1
        0    Inner starts within Trip.inner
        0    Inner batch 1 starts
        0    Inner booked starts
        0    Inner booked attempt 1
        0    Trip looks starts
        1    Inner booked attempt 1 is done
        1    Inner booked finished
        1    Inner batch 1 ends
        1    Inner finished
        1    Trip inner attempt 1 is done
        1    Trip inner finished
        5    Trip mail attempt 1 is done
        5    Trip mail finished
        10   Trip room attempt 1 is done
        10   Trip room finished
        10   Trip batch 2 starts
        10   Trip flight starts
        20   Trip flight failed: no seat for 1, 1 (error)
        20   Trip batch 2 ends
        20   Trip looks stopped
        40   Trip table attempt 1 is done
        40   Trip table finished
        40   Trip batch 1 ends
        42   Trip table undo failed: they do not answer
        47   Trip room undone
        47   Trip mail undo irreversible: it is sent
        50   Inner booked undone
        50   Trip failed at flight: no seat for 1, 1
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn those_that_fail_after_the_first_have_failed_too() {
    let (orchestrator, mut events) = observed();
    Two {}.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Two starts
        0    Two batch 1 starts
        0    Two one starts
        0    Two one attempt 1
        0    Two two starts
        0    Two two attempt 1
        0    Two three starts
        0    Two three attempt 1
        10   Two one attempt 1 fails: first (error)
        10   Two one failed: first (error)
        20   Two two attempt 1 fails: second (error)
        20   Two two failed: second (error)
        30   Two three attempt 1 fails: panicked: third (panicked)
        30   Two three failed: panicked: third (panicked)
        30   Two batch 1 ends
        30   Two failed at one: first
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn why_an_item_failed_is_told_where_another_one_succeeds_after_it() {
    let (orchestrator, mut events) = observed();
    let items = Items { numbers: &[2, 3] };
    items.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Items starts
        0    Items batch 1 starts
        0    Items one starts
        0    Items one attempt 1
        0    Items items starts
        0    Items items[0] attempt 1
        0    Items items[1] attempt 1
        1    Items one attempt 1 fails: first (error)
        1    Items one failed: first (error)
        2    Items items[0] attempt 1 fails: second (error)
        2    Items items[0] ends
        3    Items items[1] attempt 1 is done
        3    Items items[1] ends
        3    Items items 1/2
        3    Items items failed: second (error)
        3    Items batch 1 ends
        3    Items items undone
        3    Items failed at one: first
    "#]]
    .assert_eq(&lines(&mut events));
}
