#![expect(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    reason = "this is how snapshots are updated, and where they read best"
)]

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::{Count, Expression, Options, Time};
use crate::testing::{lines, parsed};

/// The options of a step, one a line, and what is wrong with them.
fn check(options: &str, expected: Expect) {
    let (call, report) = parsed(&format!("workflow X() {{\n{options}\ntool fn a() {{}} }}"));
    let options = &call.workflows[0].steps[0].options;
    expected.assert_eq(&format!("{}{}", show(options), lines(&report)));
}

fn count(count: &Count) -> String {
    match count {
        Count::Literal(number, _) => number.to_string(),
        Count::Expression(expression) => expr(expression),
    }
}

fn time(time: &Time) -> String {
    match time {
        Time::Literal(time, _) => format!("{time:?}"),
        Time::Expression(expression) => expr(expression),
    }
}

fn expr(expression: &Expression) -> String {
    format!("{}: {{{}}}", expression.word, expression.tokens)
}

fn counted(what: Option<&Count>) -> String {
    what.map_or_else(|| "-".to_owned(), count)
}

fn timed(what: Option<&Time>) -> String {
    what.map_or_else(|| "-".to_owned(), time)
}

fn expressed(what: Option<&Expression>) -> String {
    what.map_or_else(|| "-".to_owned(), expr)
}

/// Those that say what happens when a step fails.
fn show_failing(options: &Options, lines: &mut Vec<String>) {
    if let Some(after) = &options.after {
        let names: Vec<String> = after.steps.iter().map(ToString::to_string).collect();
        lines.push(format!("after {}", names.join(" ")));
    }
    for flag in [&options.idempotent, &options.optional, &options.critical] {
        lines.extend(flag.iter().map(ToString::to_string));
    }
    if let Some(retry) = &options.retry {
        lines.push(format!(
            "{} {} from {} to {} jitter {} when {}",
            retry.word,
            count(&retry.attempts),
            timed(retry.backoff.as_ref()),
            timed(retry.max_backoff.as_ref()),
            retry.jitter,
            expressed(retry.when.as_ref())
        ));
    }
    if let Some(timeout) = &options.timeout {
        let adaptive = if timeout.adaptive { "adaptive " } else { "" };
        lines.push(format!("timeout {adaptive}{}", time(&timeout.limit)));
    }
    if let Some(cache) = &options.cache {
        lines.push(format!(
            "{} {} {} {}",
            cache.word,
            timed(cache.ttl.as_ref()),
            counted(cache.capacity.as_ref()),
            expressed(cache.key.as_ref())
        ));
    }
    let expressions = options.fallback.iter();
    let expressions = expressions.chain(
        [&options.default, &options.rollback, &options.when]
            .into_iter()
            .flatten(),
    );
    lines.extend(expressions.map(expr));
}

/// The others.
fn show_others(options: &Options, lines: &mut Vec<String>) {
    if let Some(quorum) = &options.quorum {
        lines.push(format!("{} {}", quorum.word, count(&quorum.count)));
    }
    if let Some(irreversible) = &options.irreversible {
        lines.push(format!(
            "{} {:?}",
            irreversible.word,
            irreversible.reason.value()
        ));
    }
    if let Some(each) = &options.each {
        let at_once = counted(each.concurrency.as_ref());
        lines.push(format!(
            "{} {} in {} by {at_once}",
            each.word, each.item, each.items
        ));
    }
    if let Some(batch) = &options.batch {
        lines.push(format!(
            "{} {} {}",
            batch.word,
            count(&batch.size),
            timed(batch.wait.as_ref())
        ));
    }
    if let Some(repeat) = &options.repeat {
        lines.push(format!(
            "{} {} {}",
            repeat.word,
            count(&repeat.max),
            expr(&repeat.until)
        ));
    }
    if let Some(breaker) = &options.breaker {
        let name = breaker.name.as_ref().map(syn::LitStr::value);
        lines.push(format!(
            "{} {name:?} {} {}",
            breaker.word,
            counted(breaker.failures.as_ref()),
            timed(breaker.cooldown.as_ref())
        ));
    }
    if let Some((word, priority)) = &options.priority {
        lines.push(format!("{word} {priority}"));
    }
    if let Some(uses) = &options.uses {
        let resources = uses.resources.iter();
        let resources: Vec<String> = resources
            .map(|(name, count)| format!("{name}:{count}"))
            .collect();
        lines.push(format!("{} {}", uses.word, resources.join(" ")));
    }
    if let Some(requires) = &options.requires {
        let permissions = requires.permissions.iter().map(syn::LitStr::value);
        lines.push(format!("requires {:?}", permissions.collect::<Vec<_>>()));
    }
    lines.extend(
        options
            .estimate
            .iter()
            .map(|it| format!("estimate {}", time(it))),
    );
}

fn show(options: &Options) -> String {
    let mut lines = Vec::new();
    show_failing(options, &mut lines);
    show_others(options, &mut lines);
    if options.incomplete {
        lines.push("incomplete".to_owned());
    }
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    text
}

#[test]
fn all_of_them() {
    check(
        r#"#[after(b, c)] #[idempotent] #[optional] #[critical]
        #[retry(attempts = 3, backoff = 100ms, max_backoff = 5s, jitter, when = error.is_transient())]
        #[timeout(adaptive, start = 30s)]
        #[cache(ttl = 1h, capacity = 256, key = (name, other))]
        #[fallback(first)] #[fallback(second(error).await)] #[default(Vec::new())]
        #[quorum(2)] #[rollback(undo(a))] #[irreversible = "it is sent"] #[when(name == "x")]
        #[each(item in items, concurrency = 8)] #[batch(size = 50, wait = 2ms)]
        #[repeat(max = 3, until = a.is_good())]
        #[breaker(name = "server", failures = 5, cooldown = 60s)]
        #[priority(high)] #[uses(gpu = 1, disk = 2)] #[requires("db:write", "db:read")] #[estimate(400ms)]"#,
        expect![[r#"
            after b c
            idempotent
            optional
            critical
            retry 3 from 100ms to 5s jitter true when when: {error . is_transient ()}
            timeout adaptive 30s
            cache 3600s 256 key: {(name , other)}
            fallback: {first}
            fallback: {second (error) . await}
            default: {Vec :: new ()}
            rollback: {undo (a)}
            when: {name == "x"}
            quorum 2
            irreversible "it is sent"
            each item in items by 8
            batch 50 2ms
            repeat 3 until: {a . is_good ()}
            breaker Some("server") 5 60s
            priority high
            uses gpu:1 disk:2
            requires ["db:write", "db:read"]
            estimate 400ms
        "#]],
    );
}

#[test]
fn the_short_forms() {
    check(
        "#[retry(3)] #[timeout(1.5s)] #[cache] #[breaker] #[each(item in items)] #[batch(size = 2)] #[estimate(5m)]",
        expect![[r#"
            retry 3 from - to - jitter false when -
            timeout 1.5s
            cache - - -
            each item in items by -
            batch 2 -
            breaker None - -
            estimate 300s
        "#]],
    );
    check(
        "#[retry(3, jitter,)] #[timeout(limit.max(Duration::from_secs(1)))] #[cache()] #[quorum(items.len() / 2)]",
        expect![[r#"
            retry 3 from - to - jitter true when -
            timeout timeout: {limit . max (Duration :: from_secs (1))}
            cache - - -
            quorum quorum: {items . len () / 2}
        "#]],
    );
}

#[test]
fn commas_of_expressions() {
    check(
        "#[retry(attempts = f::<A, B>(1, 2), when = |a, b| a == b, backoff = g(|x, y| x + y))]
        #[cache(key = keys::<u32, Vec<u8>>, ttl = 1_000ms)]
        #[fallback(|a, b| a)]
        #[repeat(until = a > b && c => d, max = 0x10)]",
        expect![[r#"
            retry attempts: {f ::< A , B > (1 , 2)} from backoff: {g (| x , y | x + y)} to - jitter false when when: {| a , b | a == b}
            cache 1s - key: {keys ::< u32 , Vec < u8 >>}
            fallback: {| a , b | a}
            repeat 16 until: {a > b && c => d}
        "#]],
    );
}

#[test]
fn what_a_macro_hands_over() {
    let number = proc_macro2::Group::new(proc_macro2::Delimiter::None, quote::quote!(3s));
    assert!(super::value::literal(&quote::quote!(#number)).is_some());
}

#[test]
fn values_that_are_none() {
    check(
        r#"#[retry(0)] #[timeout(10)] #[cache(ttl = 3sec, capacity = "many")] #[quorum(3s)] #[estimate("long")]
        #[each(item in items, concurrency = 0)] #[batch(size = 0, wait = 2us)]
        #[breaker(name = server, failures = 99999999999999999999, cooldown = 99999999999999999h)]
        #[repeat(max = 0, until = x)] #[uses(gpu = 0, gpu = 2, disk = n, cpu = "x")] #[priority(hihg)]"#,
        expect![[r#"
            incomplete
            2:9 `0` error: `attempts` is 0, but must be at least 1
            2:23 `10` error: `10` is a time without a unit
                help: write `10ms`, `10s`, `10m` or `10h`
            2:42 `3sec` error: unknown unit of time `sec`; did you mean `3s`?
                help: the units of time: `ms`, `s`, `m`, `h`
                help: any other time is an expression of the type `Duration`
            2:59 `"many"` error: `capacity` is a whole number
                help: such as `3`, or an expression for one
            2:77 `3s` error: `quorum` is a whole number
                help: such as `3`, or an expression for one
            2:93 `"long"` error: `estimate` is a time: `250ms`, `10s`, `5m` or `1h`
                help: or an expression of the type `Duration`
            3:45 `0` error: `concurrency` is 0, but must be at least 1
            3:64 `0` error: `size` is 0, but must be at least 1
            3:74 `2us` error: unknown unit of time `us`
                help: the units of time: `ms`, `s`, `m`, `h`
                help: any other time is an expression of the type `Duration`
            4:26 `server` error: the name of a breaker is a string: `name = "server"`
                help: all steps whose breaker has this name share it
            4:45 `99999999999999999999` error: `failures` is a whole number
                help: such as `3`, or an expression for one
            4:78 `99999999999999999h` error: `99999999999999999h` is longer than any `Duration`
            5:24 `0` error: `max` is 0, but must be at least 1
            5:52 `0` error: `gpu` is 0, but must be at least 1
            5:71 `n` error: how much of `disk` is a number, not an expression
                help: what a step uses is checked before anything runs
            5:80 `"x"` error: `cpu` is a whole number
                help: such as `3`, or an expression for one
            5:97 `hihg` error: unknown priority `hihg`; did you mean `high`?
                help: the priorities: `low`, `normal`, `high`, `critical`
        "#]],
    );
}

#[test]
fn forms_that_are_none() {
    check(
        r#"#[retry] #[timeout()] #[cache(256)] #[fallback] #[default()] #[quorum()] #[rollback = 3] #[when]
        #[irreversible] #[each(item of items)] #[batch(50)] #[repeat(until = x)] #[breaker = "x"]
        #[priority] #[uses(gpu)] #[requires(write)] #[estimate] #[idempotent(3)] #[optional = true] #[critical()] #[after]"#,
        expect![[r#"
            incomplete
            2:3 `retry` error: expected how many times it is tried: `#[retry(3)]`
                help: with all its settings: `#[retry(attempts = 3, backoff = 100ms, max_backoff = 5s, jitter, when = expr)]`
            2:12 `timeout` error: expected how long an attempt may take: `#[timeout(10s)]`
                help: or by how long its runs have taken so far: `#[timeout(adaptive, start = 30s)]`
            2:31 `256` error: expected `#[cache]`, or settings of it: `#[cache(ttl = 1h, capacity = 256, key = expr)]`
            2:37 `#[fallback]` error: expected what is tried when the step has failed: `#[fallback(expr)]`
            2:49 `#[default()]` error: expected the value to go on with: `#[default(expr)]`
            2:64 `quorum` error: expected how many of the optional inputs must have succeeded: `#[quorum(2)]`
            2:74 `#[rollback = 3]` error: expected what undoes the step: `#[rollback(expr)]`
            2:90 `#[when]` error: expected a condition: `#[when(expr)]`
            3:9 `#[irreversible]` error: expected why the step cannot be undone: `#[irreversible = "reason"]`
            3:32 `item of items` error: expected the name of an item, and the input that they are in: `#[each(item in items)]`
                help: with a bound: `#[each(item in items, concurrency = 8)]`
            3:56 `50` error: expected how many items the body gets at most: `#[batch(size = 50)]`
                help: with all its settings: `#[batch(size = 50, wait = 2ms)]`
            3:63 `repeat` error: `repeat` has no bound: it could go on for ever
                help: say how many times at most: `#[repeat(max = 3, until = expr)]`
            3:82 `#[breaker = "x"]` error: expected `#[breaker]`, or settings of it: `#[breaker(name = "server", failures = 5, cooldown = 60s)]`
            4:11 `priority` error: expected `#[priority(high)]`
                help: the priorities: `low`, `normal`, `high`, `critical`
            4:21 `#[uses(gpu)]` error: expected resources, and how much of each: `#[uses(gpu = 1, disk = 2)]`
            4:34 `#[requires(write)]` error: expected permissions: `#[requires("db:write", "db:read")]`
            4:55 `estimate` error: expected how long the step takes: `#[estimate(400ms)]`
            4:65 `#[idempotent(3)]` error: expected `#[idempotent]`: it has no settings
            4:82 `#[optional = true]` error: expected `#[optional]`: it has no settings
            4:101 `#[critical()]` error: expected `#[critical]`: it has no settings
            4:115 `#[after]` error: expected names of steps: `#[after(first, second)]`
        "#]],
    );
    check(
        r#"#[retry(jitter)] #[timeout(10s, start = 30s)] #[cache(3, ttl)] #[quorum(1, 2)] #[irreversible("x")]
        #[each(item in self.items)] #[batch(wait = 1s)] #[repeat(max = 3)] #[breaker(failures)]
        #[priority(3)] #[uses(gpu = )] #[requires()] #[requires("")]"#,
        expect![[r#"
            incomplete
            2:3 `retry` error: expected how many times it is tried: `#[retry(3)]`
                help: with all its settings: `#[retry(attempts = 3, backoff = 100ms, max_backoff = 5s, jitter, when = expr)]`
            2:28 `10s` error: expected how long an attempt may take: `#[timeout(10s)]`
                help: or by how long its runs have taken so far: `#[timeout(adaptive, start = 30s)]`
            2:55 `3` error: expected `#[cache]`, or settings of it: `#[cache(ttl = 1h, capacity = 256, key = expr)]`
            2:58 `ttl` error: `ttl` has no value
                help: write `ttl = value`
            2:74 `, 2` error: expected how many of the optional inputs must have succeeded: `#[quorum(2)]`
            2:80 `#[irreversible("x")]` error: expected why the step cannot be undone: `#[irreversible = "reason"]`
            3:16 `item in self.items` error: expected the name of an item, and the input that they are in: `#[each(item in items)]`
                help: with a bound: `#[each(item in items, concurrency = 8)]`
            3:39 `batch` error: expected how many items the body gets at most: `#[batch(size = 50)]`
                help: with all its settings: `#[batch(size = 50, wait = 2ms)]`
            3:59 `repeat` error: expected a bound and a condition: `#[repeat(max = 3, until = expr)]`
            3:86 `failures` error: expected `#[breaker]`, or settings of it: `#[breaker(name = "server", failures = 5, cooldown = 60s)]`
            4:20 `3` error: unknown priority `3`
                help: the priorities: `low`, `normal`, `high`, `critical`
            4:24 `#[uses(gpu = )]` error: expected resources, and how much of each: `#[uses(gpu = 1, disk = 2)]`
            4:40 `#[requires()]` error: expected permissions: `#[requires("db:write", "db:read")]`
            4:56 `requires` error: `requires` is given more than once on step `a`
                help: keep one of them
        "#]],
    );
    check(
        r#"#[timeout(adaptive)] #[irreversible = ""] #[each(items)] #[requires("")] #[priority(high, low)] #[retry = ] #[3]"#,
        expect![[r#"
            incomplete
            2:97 `#[retry = ]` error: expected how many times it is tried: `#[retry(3)]`
                help: with all its settings: `#[retry(attempts = 3, backoff = 100ms, max_backoff = 5s, jitter, when = expr)]`
            2:109 `#[3]` error: expected an option or an attribute: `#[name]`, `#[name(..)]` or `#[name = "text"]`
            2:3 `timeout` error: expected how long an attempt may take: `#[timeout(10s)]`
                help: or by how long its runs have taken so far: `#[timeout(adaptive, start = 30s)]`
            2:22 `#[irreversible = ""]` error: expected why the step cannot be undone: `#[irreversible = "reason"]`
            2:50 `items` error: expected the name of an item, and the input that they are in: `#[each(item in items)]`
                help: with a bound: `#[each(item in items, concurrency = 8)]`
            2:69 `""` error: expected permissions: `#[requires("db:write", "db:read")]`
            2:91 `low` error: unknown setting `low` of `priority`
                help: expected `#[priority(high)]`
        "#]],
    );
    check(
        "#[timeout(start = 3s)] #[irreversible = 3]",
        expect![[r#"
        incomplete
        2:11 `start` error: expected how long an attempt may take: `#[timeout(10s)]`
            help: or by how long its runs have taken so far: `#[timeout(adaptive, start = 30s)]`
        2:24 `#[irreversible = 3]` error: expected why the step cannot be undone: `#[irreversible = "reason"]`
    "#]],
    );
    check(
        "#[timeout(adaptive, 3s)] #[retry(,)]",
        expect![[r#"
        incomplete
        2:19 `, 3s` error: expected how long an attempt may take: `#[timeout(10s)]`
            help: or by how long its runs have taken so far: `#[timeout(adaptive, start = 30s)]`
        2:28 `retry` error: expected how many times it is tried: `#[retry(3)]`
            help: with all its settings: `#[retry(attempts = 3, backoff = 100ms, max_backoff = 5s, jitter, when = expr)]`
    "#]],
    );
}

#[test]
fn settings_that_nobody_knows() {
    check(
        "#[retry(3, backof = 1s, jiter)] #[timeout(10s, limit = 3)] #[cache(tll = 1h)] #[quorum(1, of = 3)]
        #[each(item in items, at_once = 3)] #[batch(size = 3, max = 4)] #[breaker(jitter)]",
        expect![[r#"
            incomplete
            2:12 `backof` error: unknown setting `backof` of `retry`; did you mean `backoff`?
                help: the settings of `retry`: `attempts`, `backoff`, `max_backoff`, `when`, `jitter`
            2:25 `jiter` error: unknown setting `jiter` of `retry`; did you mean `jitter`?
                help: the settings of `retry`: `attempts`, `backoff`, `max_backoff`, `when`, `jitter`
            2:48 `limit` error: unknown setting `limit` of `timeout`
                help: the settings of `timeout`: `start`, `adaptive`
            2:68 `tll` error: unknown setting `tll` of `cache`; did you mean `ttl`?
                help: the settings of `cache`: `ttl`, `capacity`, `key`
            2:91 `of` error: unknown setting `of` of `quorum`
                help: expected how many of the optional inputs must have succeeded: `#[quorum(2)]`
            3:31 `at_once` error: unknown setting `at_once` of `each`
                help: the settings of `each`: `concurrency`
            3:63 `max` error: unknown setting `max` of `batch`
                help: the settings of `batch`: `size`, `wait`
            3:83 `jitter` error: expected `#[breaker]`, or settings of it: `#[breaker(name = "server", failures = 5, cooldown = 60s)]`
        "#]],
    );
}

#[test]
fn what_is_given_twice() {
    check(
        "#[retry(3, attempts = 3)] #[cache(ttl = 1s, ttl = 2s)] #[timeout(adaptive, adaptive, start = 1s)]
        #[optional] #[optional] #[quorum(0)] #[quorum(1)]",
        expect![[r#"
            optional
            incomplete
            2:12 `attempts` error: `attempts` is given more than once on `retry` of step `a`
                help: keep one of them
            2:45 `ttl` error: `ttl` is given more than once on `cache` of step `a`
                help: keep one of them
            2:76 `adaptive` error: `adaptive` is given more than once on `timeout` of step `a`
                help: keep one of them
            3:23 `optional` error: `optional` is given more than once on step `a`
                help: keep one of them
            3:42 `0` error: `quorum` is 0, but must be at least 1
            3:48 `quorum` error: `quorum` is given more than once on step `a`
                help: keep one of them
        "#]],
    );
}
