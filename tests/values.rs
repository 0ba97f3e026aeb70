//! Values on their way from step to step: shared by reference, borrowed from one another, and moved, in every shape of
//! graph.

use std::sync::atomic::{AtomicIsize, Ordering};

use orchestrated::{Orchestrator, workflow};

async fn turn() {
    tokio::task::yield_now().await;
}

/// How many outputs are alive.
type Alive = AtomicIsize;

/// An output that is neither `Clone` nor `Copy`, `Default` nor `'static`.
#[derive(Debug)]
struct Page<'a> {
    text: &'a str,
    alive: &'a Alive,
}

impl<'a> Page<'a> {
    fn new(text: &'a str, alive: &'a Alive) -> Self {
        alive.fetch_add(1, Ordering::Relaxed);
        Self { text, alive }
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The same, and nothing to be dropped: what borrows from it may be as old as it is.
#[derive(Debug)]
struct Word<'a>(&'a str);

workflow! {
    workflow Straight<'a>(text: &'a str, alive: &'a Alive) -> String {
        tool fn page(text, alive) -> Page<'a> { turn().await; Page::new(text, alive) }
        fn len(page) -> usize { page.text.len() }
        tool fn again(page, len) -> usize { turn().await; page.text.len() + len }
        fn taken(move page, again) -> String { format!("{}{again}", page.text) }
        taken
    }

    workflow Joined<'a>(text: &'a str, alive: &'a Alive) -> (Page<'a>, usize) {
        tool fn left(text, alive) -> Page<'a> { turn().await; Page::new(text, alive) }
        fn right(text, alive) -> Page<'a> { Page::new(&text[1..], alive) }
        tool fn one(left, right) -> usize { turn().await; left.text.len() * right.text.len() }
        fn two(left, right) -> usize { left.text.len() + right.text.len() }
        tool fn three(right, left) -> usize { turn().await; turn().await; left.text.len() - right.text.len() }
        fn sum(one, two, three, move right) -> usize { one + two + three + right.text.len() }
        (left, sum)
    }

    workflow Skewed<'a>(text: &'a str, alive: &'a Alive) -> (Page<'a>, usize) {
        tool fn page(text, alive) -> Page<'a> { turn().await; Page::new(text, alive) }
        tool fn one(page) -> usize { turn().await; page.text.len() }
        tool fn slow(text) -> usize { turn().await; turn().await; turn().await; text.len() }
        fn two(page, one) -> usize { page.text.len() + one }
        tool fn three(two, page, alive) -> (count: usize, other: Page<'a>) { turn().await; (*two, Page::new(&page.text[1..], alive)) }
        fn four(slow, other) -> usize { slow + other.text.len() }
        tool fn five(four, count, page) -> usize { turn().await; four + count + page.text.len() }
        (page, five)
    }
}

#[tokio::test]
async fn an_output_is_read_by_many() {
    let o = Orchestrator::new();
    let text = String::from("text");
    let alive = Alive::new(0);
    assert_eq!(
        Straight {
            text: &text,
            alive: &alive
        }
        .run(&o)
        .await
        .unwrap(),
        "text8"
    );
    let (page, sum) = Joined {
        text: &text,
        alive: &alive,
    }
    .run(&o)
    .await
    .unwrap();
    assert_eq!((page.text, sum), ("text", 12 + 7 + 1 + 3));
    let (other, five) = Skewed {
        text: &text,
        alive: &alive,
    }
    .run(&o)
    .await
    .unwrap();
    assert_eq!((other.text, five), ("text", (4 + 3) + 8 + 4));
    assert_eq!(alive.load(Ordering::Relaxed), 2);
    drop((page, other));
    assert_eq!(alive.into_inner(), 0);
}

workflow! {
    /// Outputs that borrow from an input, whose lifetime has a name.
    workflow BorrowsInput<'t>(text: &'t str) -> (Word<'t>, usize) {
        fn words(text) -> Vec<&'t str> { text.split(' ').collect() }
        tool fn first(words) -> Word<'t> { turn().await; Word(words[0]) }
        tool fn last(words) -> Word<'t> { Word(words[words.len() - 1]) }
        fn len(last, first) -> usize { last.0.len() + first.0.len() }
        (first, len)
    }

    /// The same, with an output that borrows from one that others move on.
    workflow BorrowsInputSkewed<'t>(text: &'t str, n: u32) -> (Word<'t>, Vec<&'t str>, String) {
        tool fn words(text) -> Vec<&'t str> { turn().await; text.split(' ').collect() }
        tool fn first(words) -> Word<'t> { turn().await; Word(words[0]) }
        tool fn slow(n) -> u32 { turn().await; turn().await; turn().await; turn().await; *n }
        fn slower(slow) -> u32 { *slow }
        tool fn moved(move first, slower) -> Word<'t> { turn().await; let _ = slower; first }
        fn sorted(move words, moved) -> Vec<&'t str> { let _ = moved; let mut words = words; words.sort_unstable(); words }
        fn shown(sorted, moved) -> String { format!("{sorted:?} {}", moved.0) }
        (moved, sorted, shown)
    }
}

#[tokio::test]
async fn outputs_borrow_from_inputs() {
    let o = Orchestrator::new();
    let text = String::from("three two one");
    let (first, len) = BorrowsInput { text: &text }.run(&o).await.unwrap();
    assert_eq!((first.0, len), ("three", 8));
    let (moved, sorted, shown) = BorrowsInputSkewed { text: &text, n: 1 }
        .run(&o)
        .await
        .unwrap();
    assert_eq!(
        (moved.0, &sorted[..]),
        ("three", &["one", "three", "two"][..])
    );
    assert_eq!(shown, "[\"one\", \"three\", \"two\"] three");
}

workflow! {
    workflow MovesStraight<'a>(text: &'a str, alive: &'a Alive) -> Page<'a> {
        fn one(text, alive) -> Page<'a> { Page::new(text, alive) }
        tool fn two(move one) -> Page<'a> { turn().await; one }
        fn three(move two) -> (page: Page<'a>, other: usize) { let len = two.text.len(); (two, len) }
        tool fn four(move page, move other) -> Page<'a> { assert_eq!(page.text.len(), other); page }
        four
    }

    /// Read and moved within one stage, by plain steps and by those that wait.
    workflow MovesSkewed<'a>(text: &'a str, alive: &'a Alive, n: u32) -> (String, Page<'a>) {
        tool fn page(text, alive) -> Page<'a> { turn().await; Page::new(text, alive) }
        tool fn side(n) -> u32 { turn().await; *n }
        tool fn side2(side) -> u32 { turn().await; side + 1 }
        tool fn side3(side2) -> u32 { turn().await; turn().await; side2 + 1 }
        tool fn read(page) -> usize { turn().await; page.text.len() }
        fn read2(page, n) -> usize { page.text.len() + *n as usize }
        tool fn taken(move page, read, read2) -> Page<'a> { turn().await; assert_eq!((*read, *read2), (4, 5)); page }
        fn last(side3, taken) -> String { format!("{side3}{}", taken.text) }
        (last, taken)
    }

    /// Moved within the stage: an input, and an output of an earlier stage.
    workflow MovesFromOutside<'a>(text: &'a str, alive: &'a Alive, input: Page<'a>) -> usize {
        tool fn first(text, alive) -> Page<'a> { turn().await; Page::new(text, alive) }
        tool fn second(first) -> usize { turn().await; first.text.len() }
        tool fn read(second, input, first) -> usize { turn().await; input.text.len() + first.text.len() + second }
        tool fn read2(second, input) -> usize { input.text.len() + second }
        tool fn long(second) -> usize { turn().await; *second }
        tool fn longer(long) -> usize { turn().await; turn().await; *long }
        fn take(move input, read, move first, read2) -> usize { input.text.len() + first.text.len() + read + read2 }
        tool fn end(take, longer) -> usize { take + longer }
        end
    }

    /// One of several names is moved, one is read, and one is left.
    workflow MovesOneOfMany<'a>(text: &'a str, alive: &'a Alive) -> Result<(Page<'a>, usize), String> {
        tool fn pages(text, alive) -> Result<(a: Page<'a>, b: Page<'a>, c: Page<'a>), String> {
            turn().await;
            Ok((Page::new(text, alive), Page::new(&text[1..], alive), Page::new(&text[2..], alive)))
        }
        fn beside() -> usize { 1 }
        tool fn on(beside) -> usize { turn().await; turn().await; *beside }
        tool fn reads(b) -> usize { turn().await; b.text.len() }
        fn moves(move a, reads) -> usize { a.text.len() + reads }
        tool fn end(on, moves, b) -> usize { on + moves + b.text.len() }
        Ok((c, end))
    }

    /// Moved in a batch, beside those that read other things.
    workflow MovesJoined<'a>(text: &'a str, alive: &'a Alive) -> usize {
        fn a(text, alive) -> Page<'a> { Page::new(text, alive) }
        fn b(text, alive) -> Page<'a> { Page::new(text, alive) }
        tool fn c(move a, b) -> Page<'a> { turn().await; assert_eq!(a.text, b.text); a }
        fn d(a_len) -> usize { *a_len }
        fn a_len(b) -> usize { b.text.len() }
        tool fn e(move b, move c, d) -> usize { turn().await; b.text.len() + c.text.len() + d }
        e
    }
}

#[tokio::test]
async fn a_value_is_moved_once_all_others_have_read_it() {
    let o = Orchestrator::new();
    let text = String::from("text");
    let alive = Alive::new(0);
    let (text, alive) = (&*text, &alive);
    let page = MovesStraight { text, alive }.run(&o).await.unwrap();
    assert_eq!(page.text, "text");
    drop(page);
    let (last, taken) = MovesSkewed { text, alive, n: 1 }.run(&o).await.unwrap();
    assert_eq!((&*last, taken.text), ("3text", "text"));
    let input = Page::new("in", alive);
    let end = MovesFromOutside { text, alive, input }
        .run(&o)
        .await
        .unwrap();
    assert_eq!(end, (2 + 4 + 10 + 6) + 4);
    let (c, end) = MovesOneOfMany { text, alive }.run(&o).await.unwrap();
    assert_eq!((c.text, end), ("xt", 1 + (4 + 3) + 3));
    assert_eq!(MovesJoined { text, alive }.run(&o).await.unwrap(), 12);
    assert_eq!(alive.load(Ordering::Relaxed), 2);
    drop((taken, c));
    assert_eq!(alive.load(Ordering::Relaxed), 0);
}

workflow! {
    /// A `&mut` is lent to one step after the other.
    workflow Lends(list: &mut Vec<u32>, start: u32) -> usize {
        fn first(list, start) { list.push(*start); }
        #[after(first)]
        tool fn second(list) -> usize { turn().await; list.push(2); list.len() }
        fn third(second, list) -> usize { list.push(3); *second }
        third + list.len()
    }
}

#[tokio::test]
async fn a_unique_borrow_is_lent() {
    let mut list = Vec::new();
    let run = Lends {
        list: &mut list,
        start: 1,
    }
    .run(&Orchestrator::new())
    .await;
    assert_eq!(run.unwrap(), 5);
    assert_eq!(list, [1, 2, 3]);
}

workflow! {
    /// What a step has moved, and what nobody moves, is dropped when a run fails.
    workflow FailsWithPages<'a>(text: &'a str, alive: &'a Alive, fails: bool) -> Result<usize, String> {
        tool fn a(text, alive) -> Page<'a> { Page::new(text, alive) }
        tool fn b(move a) -> Page<'a> { turn().await; a }
        tool fn c(text, alive) -> Page<'a> { turn().await; Page::new(text, alive) }
        fn d(c) -> usize { c.text.len() }
        tool fn e(d, fails) -> Result<usize, String> { turn().await; if *fails { Err("e".to_owned()) } else { Ok(*d) } }
        tool fn f(move b, e, text) -> usize { let _ = text; b.text.len() + e }
        Ok(f)
    }
}

#[tokio::test]
async fn nothing_is_lost_when_a_run_fails() {
    let o = Orchestrator::new();
    let alive = Alive::new(0);
    assert_eq!(
        FailsWithPages {
            text: "ab",
            alive: &alive,
            fails: false
        }
        .run(&o)
        .await
        .unwrap(),
        4
    );
    assert_eq!(alive.load(Ordering::Relaxed), 0);
    let failure = FailsWithPages {
        text: "ab",
        alive: &alive,
        fails: true,
    }
    .run(&o)
    .await
    .unwrap_err();
    assert_eq!(failure.step(), Some("e"));
    assert_eq!(alive.load(Ordering::Relaxed), 0);
}
