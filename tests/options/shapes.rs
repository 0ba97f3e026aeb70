//! Options on steps of every shape: borrows, generics, `&mut`, named outputs, readers of a flow; and what a run with them
//! can be sent to.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    fmt::Display,
    rc::Rc,
    sync::LazyLock,
};

use orchestrated::{Orchestrator, StepFailure, workflow};

use crate::log::{Fault, pass};

workflow! {
    workflow Borrowed(text: &str, n: usize) -> Result<&'text str, Fault> {
        #[idempotent]
        #[retry(attempts = 2, backoff = 1ms, when = error.is_busy() && !text.is_empty())]
        #[timeout(10ms)]
        #[fallback(if *n == 9 { Ok(text.trim()) } else { Err(Fault::Broken(u32::try_from(*n).unwrap())) })]
        #[breaker]
        tool fn word(text, n) -> Result<&'text str, Fault> {
            text.split(' ').nth(*n).ok_or(Fault::Busy)
        }
        #[default({ let _ = error; word })]
        #[repeat(max = 2, until = !letters.is_empty())]
        fn letters(word) -> Result<&'text str, Fault> { word.get(..3).ok_or(Fault::Busy) }
        Ok(letters)
    }

    /// The lifetimes that a function may leave out.
    workflow Elided(text: &str) -> Result<String, Fault> {
        #[fallback({ let _ = error; Ok("") })]
        #[fallback(Ok(text))]
        fn first(text) -> Result<&str, Fault> { text.split_once(' ').map(|(first, _)| first).ok_or(Fault::Busy) }
        #[default(text.len().to_string().into())]
        tool fn second(text) -> Result<Cow<'_, str>, Fault> { Ok(text.split_once(' ').ok_or(Fault::Busy)?.1.into()) }
        #[optional]
        fn third(text) -> Result<&str, Fault> { text.split(' ').nth(2).ok_or(Fault::Busy) }
        fn all(first, second, third) -> String { format!("{first}/{second}/{}", third.map_or("-", |third| third)) }
        Ok(all)
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_may_give_what_it_was_lent() {
    let o = Orchestrator::new();
    let text = String::from(" to be or not");
    let run = async |n| Borrowed { text: &text, n }.run(&o).await;
    assert_eq!(run(4).await.unwrap(), "not");
    assert_eq!(run(1).await.unwrap(), "to");
    assert_eq!(run(9).await.unwrap(), "to ");
    assert_eq!(run(8).await.unwrap_err().error(), Some(&Fault::Broken(8)));

    let run = async |text| Elided { text }.run(&o).await.unwrap();
    assert_eq!(run("to be or").await, "to/be or/or");
    assert_eq!(run("or").await, "/2/-");
}

workflow! {
    workflow Generic<'s, T: Display + Clone + Send + Sync + 'static, F: Fn(&T) -> Result<T, Fault>>(item: T, f: &'s F) -> Result<(T, String), Fault>
    where T: std::hash::Hash + Eq
    {
        #[idempotent]
        #[cache(key = item.clone())]
        #[retry(attempts = 2, backoff = 1ms)]
        #[timeout(10ms)]
        #[fallback(if error.attempts() == 2 { Ok(item.clone()) } else { unreachable!() })]
        tool fn made(item, f) -> Result<T, Fault> { f(item) }
        #[when(made == item)]
        #[default(format!("{made}?"))]
        #[rollback({ let _: (&T, &String) = (made, shown); })]
        tool fn shown(made, item) -> String { assert!(made == item); made.to_string() }
        #[repeat(max = 1, until = whole.1.is_empty() == shown.is_none())]
        fn whole(made, shown) -> (T, String) { (made.clone(), shown.cloned().unwrap_or_default()) }
        Ok(whole)
    }
}

#[tokio::test(start_paused = true)]
async fn a_workflow_may_be_generic() {
    let o = Orchestrator::new();
    let fails = |_: &u32| Err(Fault::Busy);
    let ended = Generic { item: 1, f: &fails }.run(&o).await.unwrap();
    assert_eq!(ended, (1, "1".to_owned()));
    let changes = |text: &String| Ok(text.to_uppercase());
    let item = "a".to_owned();
    let ended = Generic { item, f: &changes }.run(&o).await.unwrap();
    assert_eq!(ended, ("A".to_owned(), String::new()));
}

workflow! {
    workflow Unique(log: &mut Vec<String>, fails: usize) -> Result<usize, Fault> {
        #[idempotent]
        #[retry(attempts = 3, backoff = 1ms)]
        #[timeout(10ms)]
        #[fallback({ log.push(error.to_string()); Ok(log.len()) })]
        tool fn noted(log, fails) -> Result<usize, Fault> {
            log.push("noted".to_owned());
            pass(1).await;
            if log.len() <= *fails { Err(Fault::Busy) } else { Ok(log.len()) }
        }
        Ok(noted)
    }

    workflow UniqueRounds(log: &mut Vec<usize>) -> usize {
        #[repeat(max = 4, until = { log.push(*noted * 10); *noted == 5 })]
        #[default({ log.push(99); 0 })]
        tool fn noted(log) -> usize { log.push(1); log.len() }
        noted
    }
}

#[tokio::test(start_paused = true)]
async fn every_attempt_may_change_what_it_was_lent_to_change() {
    let o = Orchestrator::new();
    for (fails, noted) in [(0, 1), (2, 3), (3, 4)] {
        let mut log = Vec::new();
        let ended = Unique {
            log: &mut log,
            fails,
        };
        assert_eq!(ended.run(&o).await.unwrap(), noted);
        assert_eq!(log.len(), noted);
        let last = ["noted", "step `noted` failed: busy"][usize::from(fails == 3)];
        assert_eq!(log[noted - 1], last);
    }
    let mut log = Vec::new();
    assert_eq!(UniqueRounds { log: &mut log }.run(&o).await.unwrap(), 5);
    assert_eq!(log, [1, 10, 1, 30, 1, 50]);
    let mut log = vec![0];
    assert_eq!(UniqueRounds { log: &mut log }.run(&o).await.unwrap(), 0);
    assert_eq!(log, [0, 1, 20, 1, 40, 1, 60, 1, 80, 99]);
}

workflow! {
    workflow Named(n: u32) -> Result<String, Fault> {
        #[idempotent]
        #[retry(attempts = 2, backoff = 1ms)]
        #[repeat(max = 3, until = *half >= 2 && !text.is_empty())]
        #[fallback(Ok((0, error.to_string())))]
        #[cache]
        tool fn pair(n, last) -> Result<(half: u32, text: String), Fault> {
            if *n == 0 { return Err(Fault::Busy); }
            Ok((n / 2 + last.map_or(0, |(half, _)| *half), n.to_string()))
        }
        #[optional]
        #[timeout(10ms)]
        fn parts(half) -> Result<(tenth: u32, rest: u32), Fault> { if *half > 90 { Err(Fault::Broken(*half)) } else { Ok((half / 10, half % 10)) } }
        #[when(*half > 0)]
        #[each(letter in letters)]
        #[default(('?', 0))]
        tool fn counted(half, letters) -> (letter_of: char, at: u32) { let _ = letters; (*letter, 12 / (half - 2)) }
        fn letters(text) -> Vec<char> { text.chars().collect() }
        fn whole(half, text, tenth, rest, letter_of, at) -> String {
            let failed = |failure: &StepFailure| failure.to_string();
            format!("{half} {text} {:?} {:?} {letter_of:?} {at:?}", tenth.map_err(failed), rest.map_err(failed))
        }
        Ok(whole)
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_may_have_several_outputs() {
    let o = Orchestrator::new();
    let run = async |n| Named { n }.run(&o).await.unwrap();
    assert_eq!(
        run(12).await,
        "6 12 Ok(0) Ok(6) Some(['1', '2']) Some([3, 3])"
    );
    assert_eq!(run(2).await, "2 2 Ok(0) Ok(2) Some(['?']) Some([0])");
    assert_eq!(
        run(0).await,
        "0 step `pair` failed: busy Ok(0) Ok(0) None None"
    );
    let failed = "Err(\"step `parts` failed: broken: 100\")";
    assert_eq!(
        run(200).await,
        format!("100 200 {failed} {failed} Some(['2', '0', '0']) Some([0, 0, 0])")
    );
}

workflow! {
    workflow Inner(text: &str, n: u32) -> Result<Vec<u32>, Fault> {
        tool fn made(text, n) -> Result<Vec<u32>, Fault> {
            let len = u32::try_from(text.len()).unwrap();
            if len == 0 { Err(Fault::Broken(*n)) } else { Ok(vec![len, *n]) }
        }
        Ok(made)
    }

    workflow ReadsAFlow(text: &str, n: u32) -> Result<String, Fault> {
        #[idempotent]
        #[retry(attempts = 2, backoff = 1ms)]
        #[timeout(10ms)]
        #[fallback({ let _ = error; Ok(vec![*n; text.len()]) })]
        #[fallback(Ok(vec![*n]))]
        #[repeat(max = 2, until = inner.len() == 2)]
        #[breaker]
        flow inner = Inner { text, n };
        #[optional]
        flow maybe = Inner { text, n };
        #[each(item in inner)]
        #[idempotent]
        #[retry(attempts = 2, backoff = 1ms)]
        #[fallback(Ok(*item + inner[0]))]
        #[when(inner.len() < 9)]
        tool fn doubled(inner) -> Result<u32, Fault> { if *item == 1 { Err(Fault::Busy) } else { Ok(item * 2) } }
        #[default(format!("{error}"))]
        #[cache(key = inner.clone())]
        #[idempotent]
        tool fn told(inner, doubled, maybe) -> String {
            pass(1).await;
            format!("{inner:?} {doubled:?} {}", maybe.is_ok())
        }
        Ok(told)
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_and_its_readers_have_options_too() {
    let o = Orchestrator::new();
    let run = async |text, n| ReadsAFlow { text, n }.run(&o).await.unwrap();
    assert_eq!(run("abc", 1).await, "[3, 1] Some([6, 4]) true");
    assert_eq!(run("", 1).await, "[] Some([]) false");
}

static ORCHESTRATOR: LazyLock<Orchestrator> =
    LazyLock::new(|| Orchestrator::new().resource("gpu", 4));

/// Can be sent, and not shared.
#[derive(Debug, Clone)]
struct Unshared(Cell<u32>);

workflow! {
    workflow Sent(n: u32, items: Vec<u32>) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 2, backoff = 1ms, jitter, when = error.is_busy())]
        #[timeout(adaptive, start = 1s)]
        #[fallback({ pass(1).await; if error.is_timeout() { Ok(0) } else { Err(Fault::Busy) } })]
        #[default({ pass(u64::from(error.attempts())).await; 1 })]
        #[cache(ttl = 1h)]
        #[breaker]
        #[repeat(max = 2, until = { pass(1).await; *one > 0 })]
        #[when({ pass(1).await; *n > 0 })]
        #[uses(gpu = 1)]
        tool fn one(n, last, cx) -> Result<u32, Fault> { let _ = (last, cx); pass(1).await; Ok(*n) }
        #[each(item in items, concurrency = 2)]
        #[optional]
        #[idempotent]
        #[retry(2)]
        #[rollback({ pass(u64::from(*item)).await; })]
        agent fn all(items) -> Result<u32, Fault> { let _ = items; pass(1).await; Ok(*item) }
        #[timeout(1s)]
        #[idempotent]
        #[retry(2)]
        #[fallback(Ok(7))]
        flow inner = SentInner { n };
        #[timeout(1s)]
        tool fn unshared(n) -> Unshared { Unshared(Cell::new(*n)) }
        #[repeat(max = 1, until = *sum > 0)]
        fn sum(one, all, inner) -> u32 { one.unwrap_or(&0) + all.iter().flatten().sum::<u32>() + inner }
        Ok(sum + unshared.0.get())
    }

    workflow SentInner(n: u32) -> Result<u32, Fault> {
        #[rollback({ pass(u64::from(*made)).await; })]
        #[default({ pass(1).await; 3 })]
        tool fn made(n) -> Result<u32, Fault> { pass(1).await; Ok(*n) }
        Ok(made)
    }
}

fn sent<F: Future + Send>(run: F) -> F {
    run
}

#[tokio::test(start_paused = true)]
async fn a_run_with_options_is_sent_where_its_parts_are() {
    let items = vec![1, 2, 3];
    let run = tokio::spawn(Sent { n: 1, items }.run(&*ORCHESTRATOR));
    assert_eq!(run.await.unwrap().unwrap(), 9);
    let run = Generic {
        item: 1,
        f: &|item: &u32| Ok(item + 1),
    };
    let run = sent(run.run(&*ORCHESTRATOR));
    assert_eq!(run.await.unwrap(), (2, String::new()));
}

workflow! {
    workflow Local(log: Rc<RefCell<Vec<u32>>>, n: u32) -> Result<Rc<u32>, Rc<str>> {
        #[idempotent]
        #[retry(attempts = 3, backoff = 1ms, when = error.len() == 4)]
        #[timeout(10ms)]
        #[fallback({ log.borrow_mut().push(100); pass(1).await; if error.is_timeout() { Ok(Rc::new(0)) } else { Err("fell".into()) } })]
        #[breaker]
        #[repeat(max = 2, until = { pass(1).await; **shared > 1 })]
        #[default({ pass(1).await; log.borrow_mut().push(error.attempts()); Rc::new(7) })]
        #[when(log.borrow().is_empty())]
        #[rollback({ pass(1).await; log.borrow_mut().push(**shared); })]
        tool fn shared(log, n, last, cx) -> Result<Rc<u32>, Rc<str>> {
            let log = Rc::clone(log);
            pass(1).await;
            log.borrow_mut().push(cx.attempt());
            if cx.attempt() < *n { return Err("busy".into()); }
            Ok(Rc::new(last.map_or(1, |last| **last + 1)))
        }
        #[optional]
        fn maybe(shared) -> Result<Rc<u32>, Rc<str>> { shared.cloned().ok_or_else(|| "none".into()) }
        fn given(maybe) -> Rc<u32> { maybe.map_or_else(|_| Rc::new(0), Rc::clone) }
        Ok(given)
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_runs_on_one_thread() {
    let o = Orchestrator::new();
    let log = Rc::new(RefCell::new(Vec::new()));
    let run = async |n| {
        let log = Rc::clone(&log);
        *Local { log, n }.run(&o).await.unwrap()
    };
    assert_eq!(run(2).await, 2);
    assert_eq!(*log.borrow(), [1, 2, 1, 2]);
    assert_eq!(run(2).await, 0, "it is left out");
    log.borrow_mut().clear();
    assert_eq!(run(9).await, 7);
    assert_eq!(*log.borrow(), [1, 2, 3, 100, 3]);
}

workflow! {
    workflow Small(n: u32) -> u32 {
        tool fn made(n) -> u32 { let room = [0_u8; 1_000]; pass(1).await; u32::from(room[0]) + n }
        made
    }

    workflow Wrapped(n: u32) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 2, backoff = 1ms)]
        #[timeout(1s)]
        #[breaker]
        #[fallback(Ok(1))]
        #[rollback({ let _ = made; })]
        tool fn made(n) -> Result<u32, Fault> { let room = [0_u8; 1_000]; pass(1).await; Ok(u32::from(room[0]) + n) }
        Ok(made)
    }

    workflow Middle(n: u32) -> Result<u32, Fault> {
        #[timeout(1s)]
        flow made = Wrapped { n };
        Ok(made)
    }

    workflow Deep(n: u32) -> Result<u32, Fault> {
        #[timeout(1s)]
        #[default(1)]
        flow made = Middle { n };
        Ok(made)
    }
}

/// A layer must not take the room of the body once more: three levels of them would overflow a stack.
#[tokio::test(start_paused = true)]
async fn layers_take_little_room() {
    let o = Orchestrator::new();
    let plain = size_of_val(&Small { n: 1 }.run(&o));
    let wrapped = size_of_val(&Wrapped { n: 1 }.run(&o));
    let deep = size_of_val(&Deep { n: 1 }.run(&o));
    assert!(plain < 1_500 && wrapped < 3_000, "{plain} {wrapped}");
    assert!(deep < wrapped + 3_150, "{wrapped} {deep}");
    assert_eq!(Deep { n: 1 }.run(&o).await.unwrap(), 1);
}
