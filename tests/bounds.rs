//! What the options of a step do not ask of its types, and of who writes them.

use orchestrated::{Orchestrator, workflow};

/// An error that can do nothing: it has no text, and is neither `Clone` nor `'static`.
struct Bare<'a>(#[expect(dead_code, reason = "it borrows, and that is all")] &'a str);

workflow! {
    workflow Batched<'w>(texts: &'w [String]) -> Result<Vec<usize>, Bare<'w>> {
        #[each(text in texts)]
        #[batch(size = 2)]
        tool fn lengths(texts) -> Result<Vec<usize>, Bare<'w>> {
            if text.is_empty() {
                return Err(Bare("nothing"));
            }
            Ok(text.iter().map(String::len).collect())
        }

        Ok(lengths)
    }

    /// It reads its items, and nothing else.
    workflow Doubled(numbers: Vec<usize>) -> Vec<usize> {
        #[each(number in numbers)]
        #[batch(size = 2)]
        tool fn doubled(numbers) -> Vec<usize> { number.iter().map(|number| number * 2).collect() }

        doubled
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_asks_nothing_of_an_error() {
    let texts = ["a".to_owned(), "bcd".to_owned(), String::new()];
    let lengths = Batched { texts: &texts }.run(&Orchestrator::new()).await;
    assert!(matches!(lengths.as_deref(), Ok([1, 3, 0])));
    let numbers = vec![1, 2];
    let doubled = Doubled { numbers }.run(&Orchestrator::new()).await;
    assert_eq!(doubled.ok(), Some(vec![2, 4]));
}

workflow! {
    workflow Counted(count: &mut u32, limit: std::time::Duration) -> u32 {
        #[idempotent]
        #[timeout(*limit * (*count + 1))]
        #[retry(3)]
        #[cache(key = *count)]
        tool fn counted(count, limit) -> u32 {
            *count += 1;
            u32::from(!limit.is_zero())
        }

        counted
    }
}

/// What an option says of an attempt is worked out before the body has the inputs.
#[tokio::test(start_paused = true)]
async fn options_and_the_body_take_turns_with_what_is_changed() {
    let (mut count, limit) = (0, std::time::Duration::from_secs(1));
    let orchestrator = Orchestrator::new();
    for _ in 0..2 {
        let count = &mut count;
        let counted = Counted { count, limit }.run(&orchestrator).await;
        assert_eq!(counted.ok(), Some(1));
    }
    assert_eq!(count, 2);
}

/// The option comes from where the macro is called, and the names from where it is written.
macro_rules! with_option {
    ($name:ident, $($option:tt)*) => {
        workflow! {
            workflow $name(input: u64) -> u64 {
                $($option)* fn output(input) -> u64 { input + 1 }
                output
            }
        }
    };
}

with_option!(Cached, #[cache]);
with_option!(Tried, #[retry(3)] #[timeout(1s)]);

#[tokio::test(start_paused = true)]
async fn an_option_may_come_from_a_macro() {
    let orchestrator = Orchestrator::new();
    assert_eq!(Cached { input: 1 }.run(&orchestrator).await.ok(), Some(2));
    assert_eq!(Tried { input: 1 }.run(&orchestrator).await.ok(), Some(2));
}
