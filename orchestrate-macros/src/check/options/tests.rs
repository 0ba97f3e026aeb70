#![expect(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    reason = "this is how snapshots are updated, and where they read best"
)]

use expect_test::{Expect, expect};

use crate::testing::reported;

fn check(input: &str, expected: Expect) {
    expected.assert_eq(&reported(input));
}

#[test]
fn nothing_is_wrong() {
    check(
        r#"#[saga] #[deadline(60s)] workflow X(app: &App, files: Vec<File>) -> Result<u32, Error> {
            #[idempotent] #[retry(attempts = 3, when = error.is_transient())] #[timeout(10s)] #[cache] #[fallback(other())]
            mcp fn page(app) -> Result<Page, Error> { todo }
            #[idempotent] #[optional] #[each(file in files, concurrency = 8)] #[batch(size = 50)]
            agent fn reviews(app, file, files) -> Result<Review, Error> { todo }
            #[idempotent] #[optional] agent fn other(page) -> Result<Review, Error> { todo }
            #[idempotent] #[quorum(2)] #[repeat(max = 3, until = draft.is_good())]
            agent fn draft(reviews, other, last) -> Draft { todo }
            #[each(file in files)] flow all = All { app, file };
            human fn approved(draft) -> Decision { todo }
            #[critical] #[rollback(remove(sent))] #[when(approved.is_yes())] #[uses(gpu = 1)] #[priority(high)]
            tool fn sent(approved, draft) -> u32 { todo }
            #[irreversible = "it is on paper"] tool fn printed(sent) {}
            #[retry(3)] #[cache] fn counted(files) -> u32 { todo }
            Ok(counted)
        }"#,
        expect![[r#""#]],
    );
}

#[test]
fn what_must_not_happen_twice() {
    check(
        "workflow X() -> Result<u32, Error> {
            #[retry(3)] tool fn charge() -> Result<u32, Error> { todo }
            #[cache] mcp fn fetch() -> u32 { todo }
            #[retry(3)] flow inner = Inner {};
            #[retry(3)] #[idempotant] tool fn half_typed() -> Result<u32, Error> { todo }
            #[retry(3)] #[cache] fn plain() -> Result<u32, Error> { todo }
            Ok(1)
        }",
        expect![[r#"
            5:27 `idempotant` error: unknown option `idempotant`; did you mean `idempotent`?
                help: the options of a step: `after`, `idempotent`, `retry`, `timeout`, `cache`, `fallback`, `default`, `optional`, `quorum`, `rollback`, `irreversible`, `when`, `each`, `batch`, `repeat`, `breaker`, `priority`, `uses`, `requires`, `estimate`, `critical`, `spawn`, `blocking`
            2:15 `retry` error: `retry` on step `charge`, which is not declared idempotent: a second attempt may repeat its effects
                help: where running it twice does no harm, add `#[idempotent]`; otherwise remove `retry`
            3:15 `cache` error: `cache` on step `fetch`, which is not declared idempotent: a hit would skip its effects
                help: where running it twice, or not at all, does no harm, add `#[idempotent]`; otherwise remove `cache`
            4:15 `retry` error: `retry` on step `inner`, which is not declared idempotent: a second attempt may repeat its effects
                help: where running it twice does no harm, add `#[idempotent]`; otherwise remove `retry`
        "#]],
    );
}

#[test]
fn what_happens_on_failure() {
    check(
        r#"workflow X() -> Result<u32, Error> {
            #[optional] #[default(3)] tool fn a() -> Result<u32, Error> { todo }
            #[fallback(3)] #[fallback(4)] tool fn b() -> u32 { todo }
            #[retry(attempts = 3, when = true)] fn c() -> u32 { todo }
            #[rollback(undo())] #[irreversible = "really"] tool fn d() {}
            #[critical] fn e() {}
            #[critical] #[idempotent] tool fn f() {}
            #[fallback(3)] flow g = G {};
            Ok(1)
        }"#,
        expect![[r#"
            2:27 `default` error: step `a` has both `optional` and `default`, which are two answers to one failure
                help: with `default`, the run goes on with a value; with `optional`, readers get a `Result`; keep one of them
            3:15 `fallback` error: `fallback` on step `b`, which cannot fail
                help: a step fails when it returns an `Err`: let `b` return a `Result`, or remove `fallback`
            4:35 `when` error: `retry(when = ..)` on step `c`, which cannot fail
                help: a step fails when it returns an `Err`: let `c` return a `Result`, or remove `retry(when = ..)`
            5:35 `irreversible` error: step `d` has both `rollback` and `irreversible`
                help: a step is undone by its `rollback`, or says why it cannot be undone; keep one of them
            6:15 `critical` error: `critical` on step `e`, which is idempotent: there is nothing to approve
                help: `critical` asks a person before effects that cannot be repeated
                help: a plain `fn` is idempotent by itself: make it a `tool fn` if it has effects
            7:15 `critical` error: `critical` on step `f`, which is idempotent: there is nothing to approve
                help: `critical` asks a person before effects that cannot be repeated
                help: keep `idempotent` or `critical`
        "#]],
    );
}

#[test]
fn items_and_batches() {
    check(
        "workflow X(files: Vec<File>, app: &App, name: String, file: File) {
            #[each(file in filse)] tool fn a(files, app) {}
            #[each(one in files)] tool fn b() {}
            #[each(one in files)] tool fn c(move files) {}
            #[each(files in files)] tool fn d(files) {}
            #[each(file in files)] tool fn e(files, file) {}
            #[each(last in files)] tool fn f(files) {}
            #[each(one in files)] tool fn g(files, move one) {}
            #[batch(size = 3)] tool fn h(files) {}
            #[each(one in files)] #[batch(size = 3)] tool fn i(files, one, app, name, cx) {}
            #[each(one in files)] #[batch(size = 3)] flow j = J { one };
            #[each(one in filse)] flow k = K { one: move one };
        }",
        expect![[r#"
            8:52 `move` error: `one` cannot be moved
                help: the step is lent it by the run: write `one` without `move`
            12:58 `one` error: `one` cannot be moved
                help: the step is lent it by the run: write `one` without `move`
            12:27 `filse` error: no step or workflow input is named `filse`; did you mean `files`?
                help: a step reads inputs of its workflow and outputs of other steps: here `files`, `app`, `name`, `file`, `j`
            2:28 `filse` error: `filse` is not an input of step `a`
                help: `each` goes over an input: add `filse` to them, or go over one of `files`, `app`
            3:27 `files` error: `files` is not an input of step `b`
                help: `each` goes over an input: `fn b(files) { .. }`
            5:20 `files` error: `files` is already the name of an input of step `d`
                help: the item is an input of the body too; give it a name of its own: `#[each(item in items)]`
            6:20 `file` error: `file` is already the name of an input of step `e`
                help: the item is an input of the body too; give it a name of its own: `#[each(item in items)]`
            7:20 `last` error: an item cannot be called `last`
                help: `last` is reserved for what the run gives to a step; choose another name
            9:15 `batch` error: `batch` on step `h`, which has no `each`
                help: a batch gathers items: say of what with `#[each(item in items)]`
            10:81 `name` error: `name` belongs to one run, but step `i` answers several runs at once
                help: with `batch`, items of other runs come along, and they would be answered with this run's `name`: put it into the items, or let the workflow take it as a reference
            10:87 `cx` error: `cx` belongs to one run, but step `i` answers several runs at once
                help: with `batch`, items of other runs come along: do without `cx`
            11:37 `batch` error: `batch` on step `j`, which is of kind `flow`
                help: only a body can be given many items at once: remove `batch`
            4:50 `files` error: `files` cannot be moved into step `c`, which goes over it
                help: with `each`, the body is lent one item after the other: read `files` without `move`
        "#]],
    );
}

#[test]
fn how_many_inputs_are_optional() {
    check(
        "workflow X(files: Vec<File>) {
            #[optional] tool fn a() -> u32 { todo }
            #[optional] #[each(file in files)] tool fn b(files) -> u32 { todo }
            tool fn c() -> u32 { todo }
            #[quorum(1)] tool fn none(c, files) {}
            #[quorum(2)] tool fn one(a, c) {}
            #[quorum(1)] tool fn enough(a) {}
            #[quorum(n)] tool fn unknown(a) {}
            #[quorum(5)] tool fn many(b) {}
        }",
        expect![[r#"
            5:15 `quorum` error: `quorum` on step `none`, which reads no optional output
                help: a quorum says how many of the optional inputs must have succeeded: declare the steps that may fail `#[optional]`
            6:22 `2` error: a quorum of 2 on step `one`, which reads 1 optional output
                help: it could never be reached: ask for 1 at most
        "#]],
    );
    check(
        "workflow X() {
            #[optinal] tool fn a() -> u32 { todo }
            #[quorum(1)] tool fn b(a) {}
        }",
        expect![[r#"
            2:15 `optinal` error: unknown option `optinal`; did you mean `optional`?
                help: the options of a step: `after`, `idempotent`, `retry`, `timeout`, `cache`, `fallback`, `default`, `optional`, `quorum`, `rollback`, `irreversible`, `when`, `each`, `batch`, `repeat`, `breaker`, `priority`, `uses`, `requires`, `estimate`, `critical`, `spawn`, `blocking`
        "#]],
    );
}

#[test]
fn what_is_moved_and_wanted_again() {
    check(
        "workflow X(a: A, b: B, c: C, d: D) -> Result<(), Error> {
            #[retry(3)] #[idempotent] tool fn one(move a) -> Result<(), Error> { todo }
            #[repeat(max = 2, until = true)] flow two = Two { b: move b };
            #[fallback(other(&c))] #[default(c.len())] #[rollback(undo(c, three))]
            tool fn three(move c) -> Result<u32, Error> { todo }
            #[when(d.is_good())] tool fn four(move d) -> D { todo }
            #[optional] tool fn five() -> D { todo }
            tool fn six(move four, move five) {}
            Ok(())
        }",
        expect![[r#"
            2:56 `a` error: `a` is moved into step `one`, whose body may run more than once
                help: with `retry`, the body needs its inputs again: read `a` without `move`, and clone it in the body if need be
            3:71 `b` error: `b` is moved into step `two`, whose body may run more than once
                help: with `repeat`, the body needs its inputs again: read `b` without `move`, and clone it in the body if need be
            4:31 `c` error: `c` is moved into step `three`, so `fallback` cannot read it afterwards
                help: the expression is made after the body has run: read `c` without `move`
            4:46 `c` error: `c` is moved into step `three`, so `default` cannot read it afterwards
                help: the expression is made after the body has run: read `c` without `move`
            4:72 `c` error: `c` is moved into step `three`, so `rollback` cannot read it afterwards
                help: the expression is made after the body has run: read `c` without `move`
            6:15 `when` error: `four` is moved into step `six`, but step `four` may not run: with `when` there may be nothing to move
                help: let `six` read it without `move`: it gets an `Option`
            7:15 `optional` error: `five` is moved into step `six`, but step `five` may fail: with `optional` there may be nothing to move
                help: let `six` read it without `move`: it gets a `Result`
        "#]],
    );
}

#[test]
fn what_takes_longer_than_a_run_may() {
    check(
        "#[deadline(10s)] workflow X() -> Result<(), Error> {
            #[timeout(1m)] tool fn a() {}
            #[timeout(adaptive, start = 10.5s)] tool fn b() {}
            #[timeout(3s)] #[retry(4)] fn c() -> Result<(), Error> { todo }
            #[timeout(3s)] #[retry(3, backoff = 1s)] fn d() -> Result<(), Error> { todo }
            #[timeout(3s)] #[retry(3)] fn e() -> Result<(), Error> { todo }
            #[timeout(3s)] #[retry(3, backoff = wait)] fn f() -> Result<(), Error> { todo }
            #[timeout(limit)] #[retry(300)] fn g() -> Result<(), Error> { todo }
            #[timeout(1ms)] #[retry(18446744073709551615, backoff = 0ms)] fn h() -> Result<(), Error> { todo }
            #[timeout(10s)] tool fn i() {}
            Ok(())
        }",
        expect![[r#"
            2:23 `1m` error: one attempt of step `a` may take 60s, but workflow `X` has a deadline of 10s
                help: a run ends at its deadline, so this time-out is never reached: make it shorter, or the deadline longer
            3:41 `10.5s` error: one attempt of step `b` may take 10.5s, but workflow `X` has a deadline of 10s
                help: a run ends at its deadline, so this time-out is never reached: make it shorter, or the deadline longer
            4:30 `retry` error: 4 attempts of step `c` may take 12.7s, but workflow `X` has a deadline of 10s
                help: that is every attempt to its time-out, with the waits between them
                help: a run ends at its deadline: allow fewer attempts or less time, or make the deadline longer
            5:30 `retry` error: 3 attempts of step `d` may take 12s, but workflow `X` has a deadline of 10s
                help: that is every attempt to its time-out, with the waits between them
                help: a run ends at its deadline: allow fewer attempts or less time, or make the deadline longer
            9:31 `retry` error: 18446744073709551615 attempts of step `h` may take 4294967.295s, but workflow `X` has a deadline of 10s
                help: that is every attempt to its time-out, with the waits between them
                help: a run ends at its deadline: allow fewer attempts or less time, or make the deadline longer
        "#]],
    );
    check(
        "#[deadline(limit)] workflow X() { #[timeout(1h)] tool fn a() {} }",
        expect![[r#""#]],
    );
}

#[test]
fn what_cannot_be_asked_of_a_person() {
    check(
        "workflow X(items: Vec<u32>) {
            #[idempotent] #[retry(3)] #[cache] #[each(item in items)] #[batch(size = 3)] #[repeat(max = 3, until = true)]
            #[breaker] #[uses(gpu = 1)] #[priority(high)] #[critical]
            human fn a(items) -> Decision { todo }
            #[timeout(1h)] #[default(Decision::No)] #[when(true)] #[requires(\"approve\")] human fn b(items) -> Decision { todo }
        }",
        expect![[r#"
            2:15 `idempotent` error: `idempotent` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
            2:29 `retry` error: `retry` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
            2:41 `cache` error: `cache` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
            2:50 `each` error: `each` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
            2:73 `batch` error: `batch` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
            2:92 `repeat` error: `repeat` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
            3:15 `breaker` error: `breaker` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
            3:26 `uses` error: `uses` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
            3:43 `priority` error: `priority` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
            3:61 `critical` error: `critical` makes no sense on `human` step `a`
                help: a person is asked once, and answers in their own time: remove it
                help: `timeout`, `default` and `optional` say what happens without an answer
        "#]],
    );
}

#[test]
fn what_a_saga_cannot_undo() {
    check(
        r#"#[saga] workflow After() -> Result<(), Error> {
            tool fn charge() -> u32 { todo }
            #[idempotent] tool fn notify(charge) -> Result<(), Error> { todo }
            #[irreversible = "sent"] tool fn send(notify) -> u32 { todo }
            tool fn last_of_all(notify, send) {}
            Ok(())
        }
        #[saga] workflow Beside() -> Result<(), Error> {
            tool fn charge() -> Result<u32, Error> { todo }
            #[rollback(undo())] #[timeout(3s)] tool fn beside() {}
            Ok(())
        }
        #[saga] workflow Absorbed() {
            tool fn charge() -> u32 { todo }
            #[idempotent] #[optional] tool fn a(charge) -> Result<(), Error> { todo }
            #[idempotent] #[default(())] #[timeout(3s)] tool fn b(charge) {}
        }
        #[saga] workflow Reasons() -> Result<(), Error> {
            tool fn a() -> u32 { todo }
            flow inner = Inner {};
            #[after(inner, b)] tool fn c() {}
            human fn b() -> Decision { todo }
            Ok(())
        }
        #[saga] workflow Unread() -> Result<(), Error> {
            #[rolback(undo())] tool fn charge() -> Result<u32, Error> { todo }
            #[idempotent] tool fn b(charge) -> Result<u32, Error> { todo }
            Ok(())
        }
        workflow NoSaga() -> Result<(), Error> {
            tool fn charge() -> Result<u32, Error> { todo }
            tool fn b(charge) -> Result<u32, Error> { todo }
            Ok(())
        }"#,
        expect![[r#"
            26:15 `rolback` error: unknown option `rolback`; did you mean `rollback`?
                help: the options of a step: `after`, `idempotent`, `retry`, `timeout`, `cache`, `fallback`, `default`, `optional`, `quorum`, `rollback`, `irreversible`, `when`, `each`, `batch`, `repeat`, `breaker`, `priority`, `uses`, `requires`, `estimate`, `critical`, `spawn`, `blocking`
            2:21 `charge` error: step `charge` cannot be undone, but `notify` can still fail after it
                help: in a `#[saga]` workflow, a step that has run is undone when another one fails, and `notify` returns a `Result`
                help: add `#[rollback(expr)]`, or `#[idempotent]` where running it twice does no harm, or `#[irreversible = "why"]`
            9:21 `charge` error: step `charge` cannot be undone, but `beside` can fail beside it
                help: in a `#[saga]` workflow, a step that has run is undone when another one fails, and `beside` has a `timeout`
                help: add `#[rollback(expr)]`, or `#[idempotent]` where running it twice does no harm, or `#[irreversible = "why"]`
            19:21 `a` error: step `a` cannot be undone, but `inner` can fail beside it
                help: in a `#[saga]` workflow, a step that has run is undone when another one fails, and `inner` is a workflow of its own
                help: add `#[rollback(expr)]`, or `#[idempotent]` where running it twice does no harm, or `#[irreversible = "why"]`
        "#]],
    );
}

#[test]
fn what_a_step_produced_before() {
    check(
        "workflow X() { tool fn a(last) {} }
         workflow Y(last: u32) -> u32 { tool fn a(last) -> u32 { todo } a }
         workflow Z(last: u32) {
             #[repeat(max = 3, until = true)] tool fn a(move last) -> u32 { todo }
             tool fn b() -> (last: u32) { todo }
             flow c = C { last };
         }
         workflow W() { #[repeat(max = 3, until = true)] flow c = C { last }; }
         workflow V() { #[repaet(max = 3, until = true)] tool fn c(last) {} }",
        expect![[r#"
            9:27 `repaet` error: unknown option `repaet`; did you mean `repeat`?
                help: the options of a step: `after`, `idempotent`, `retry`, `timeout`, `cache`, `fallback`, `default`, `optional`, `quorum`, `rollback`, `irreversible`, `when`, `each`, `batch`, `repeat`, `breaker`, `priority`, `uses`, `requires`, `estimate`, `critical`, `spawn`, `blocking`
            1:26 `last` error: `last` is only there in a step with `repeat`
                help: it is what the step produced when it ran before: add `#[repeat(max = 3, until = expr)]`, or read something else
            3:21 `last` error: `last` is reserved for the feedback of a step with `repeat`
                help: a step with `repeat` that names `last` among its inputs is given what it produced before; choose another name here
            5:30 `last` error: `last` is reserved for the feedback of a step with `repeat`
                help: a step with `repeat` that names `last` among its inputs is given what it produced before; choose another name here
            4:57 `move` error: `last` cannot be moved
                help: the step is lent it by the run: write `last` without `move`
            8:71 `last` error: a flow cannot read `last`
                help: what a flow reads is an input or an output; let an ordinary step make the next attempt
        "#]],
    );
}

#[test]
fn a_type_parameter_of_what_runs_apart_may_not_borrow() {
    check(
        r#"workflow X<T: Clone, U: std::fmt::Debug, V: 'static, W: Any, P>(t: T, u: Vec<Option<U>>, v: V, w: W, p: P) -> u32
        where P: Send, Vec<P>: Any {
            #[spawn] fn a(t) -> u32 { todo }
            #[blocking] fn b(t, u) -> Option<T> { todo }
            #[spawn] fn c(v, w, p) -> Option<V> { todo }
            fn d(t, u) -> Option<T> { todo }
            a
        }
        workflow Y<T, U: Send>(t: Own<T>, u: <U as Made>::Out, n: u32) -> Result<u32, U> {
            #[spawn] fn a(t, u) -> Other<T> { todo }
            #[spawn] fn b(n) -> Result<u32, U> { todo }
            #[spawn] fn c(n) -> Option<U> { todo }
            Ok(b)
        }"#,
        expect![[r#"
            3:27 `t` error: `T` may borrow, but step `a` may outlive what it borrows from
                help: with `spawn`, a body runs apart from its run, which may be dropped meanwhile
                help: add `'static` to the bounds of `T`
            4:33 `u` error: `U` may borrow, but step `b` may outlive what it borrows from
                help: with `blocking`, a body runs apart from its run, which may be dropped meanwhile
                help: add `'static` to the bounds of `U`
            11:33 `Result<u32, U>` error: `U` may borrow, but step `b` may outlive what it borrows from
                help: with `spawn`, a body runs apart from its run, which may be dropped meanwhile
                help: add `'static` to the bounds of `U`
        "#]],
    );
}
