//! What a step asks for, in the few words that a plan shows.

use super::{Options, Undo};
use crate::{kind::Kind, priority::Priority, time::Time};

/// The words for what a step of this kind asks for. `name` writes a name of the user's.
///
/// They stand in the order in which the options wrap the step, from the outside in; then comes what
/// is about the run and not about an attempt. A step that asks for nothing has no words, and what
/// its kind says already is not said again.
pub(crate) fn words(options: &Options, kind: Kind, name: impl Fn(&str) -> String) -> Vec<String> {
    let flag = |is_asked: bool, word: &str| is_asked.then(|| word.to_owned());
    let approval = if options.needs_approval() && kind != Kind::Human {
        Some("approval".to_owned())
    } else {
        flag(options.is_critical(), "critical")
    };
    let timeout = match (options.is_adaptive(), options.timeout()) {
        (false, None) => flag(options.has_timeout(), "timeout"),
        (false, Some(limit)) => Some(format!("timeout {}", Time(limit))),
        (true, None) => Some("timeout adaptive".to_owned()),
        (true, Some(start)) => Some(format!("timeout adaptive from {}", Time(start))),
    };
    let undo = match options.undo() {
        Undo::Nothing => None,
        Undo::Rollback => Some("undo".to_owned()),
        Undo::Irreversible(_) => Some("irreversible".to_owned()),
    };
    let priority = options.priority();
    let quorum = options.quorum();
    let quorum = quorum.map_or("quorum".to_owned(), |needed| format!("quorum {needed}"));
    let concurrency = options.concurrency();
    let each = concurrency.map_or("each".to_owned(), |items| format!("each {items} at once"));
    let fallback = match options.fallbacks() {
        0 | 1 => "fallback".to_owned(),
        several => format!("{several} fallbacks"),
    };
    let apart = if options.is_blocking() {
        Some("blocking".to_owned())
    } else {
        flag(options.is_spawned(), "spawn")
    };
    let before_uses = [
        flag(options.is_conditional(), "when"),
        flag(options.has_quorum(), &quorum),
        approval,
        flag(options.is_per_item(), &each),
        flag(options.is_optional(), "optional"),
        flag(options.has_default(), "default"),
        flag(options.is_cached(), "cache"),
        flag(options.has_breaker(), "breaker"),
        flag(options.fallbacks() > 0, &fallback),
        counted("repeat", options.max_rounds()),
        counted("retry", options.max_attempts()),
        flag(options.is_batched(), "batch"),
        flag(
            priority != Priority::default(),
            &format!("priority {priority}"),
        ),
    ];
    let uses = options
        .uses()
        .map(|(resource, count)| format!("uses {}={count}", name(resource)));
    let requires = options
        .requires()
        .map(|permission| format!("requires {}", name(permission)));
    let estimate = options.estimate();
    (before_uses.into_iter().flatten())
        .chain(uses)
        .chain([timeout, apart, undo].into_iter().flatten())
        .chain(requires)
        .chain(estimate.map(|time| format!("estimate {}", Time(time))))
        .collect()
}

/// How many times at most; without a number where an expression says it, and not at all for once.
fn counted(word: &str, times: Option<u32>) -> Option<String> {
    match times {
        None => Some(word.to_owned()),
        Some(1) => None,
        Some(times) => Some(format!("{word} {times}")),
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::words;
    use crate::{Kind, Node, Priority};

    fn check(node: Node, expected: &[&str]) {
        let name = |name: &str| format!("<{name}>");
        let options = node.options.of_kind(node.kind);
        assert_eq!(words(&options, node.kind, name), expected);
    }

    #[test]
    fn every_option_has_its_word_and_its_place() {
        let second = Duration::from_secs(1);
        let node = Node::new("all", Kind::Tool)
            .estimate(second)
            .requires(["read", "write"])
            .rollback()
            .timeout(second)
            .spawn()
            .uses([("gpu", 2), ("disk", 1)])
            .priority(Priority::Low)
            .batch()
            .retry(3)
            .repeat(4)
            .fallback()
            .fallback()
            .breaker()
            .cache()
            .default_value()
            .optional()
            .each()
            .concurrency(8)
            .critical()
            .quorum(2)
            .when();
        check(
            node,
            &[
                "when",
                "quorum 2",
                "approval",
                "each 8 at once",
                "optional",
                "default",
                "cache",
                "breaker",
                "2 fallbacks",
                "repeat 4",
                "retry 3",
                "batch",
                "priority low",
                "uses <gpu>=2",
                "uses <disk>=1",
                "timeout 1s",
                "spawn",
                "undo",
                "requires <read>",
                "requires <write>",
                "estimate 1s",
            ],
        );
    }

    #[test]
    fn what_is_plain_has_no_words() {
        for kind in Kind::ALL {
            check(Node::new("x", kind), &[]);
        }
        check(
            Node::new("x", Kind::Tool)
                .idempotent()
                .retry(1)
                .priority(Priority::Normal),
            &[],
        );
    }

    #[test]
    fn an_adaptive_timeout_may_have_a_start_that_is_known() {
        let node = Node::new("x", Kind::Mcp).adaptive_timeout(Duration::from_millis(1_500));
        let mut unknown = node.clone();
        unknown.options.timeout = None;
        check(node, &["timeout adaptive from 1.5s"]);
        check(unknown, &["timeout adaptive"]);
    }

    #[test]
    fn what_an_expression_says_has_no_number() {
        let node = Node::new("x", Kind::Mcp)
            .retry_at_run_time()
            .repeat_at_run_time()
            .timeout_at_run_time()
            .quorum_at_run_time()
            .each()
            .fallback();
        check(
            node,
            &["quorum", "each", "fallback", "repeat", "retry", "timeout"],
        );
        check(
            Node::new("x", Kind::Mcp).repeat(1).timeout_at_run_time(),
            &["timeout"],
        );
    }

    #[test]
    fn critical_says_so_where_nobody_is_asked() {
        let node = Node::new("x", Kind::Tool)
            .critical()
            .irreversible("it is gone");
        check(node.clone(), &["approval", "irreversible"]);
        check(node.idempotent(), &["critical", "irreversible"]);
        check(Node::new("x", Kind::Human).rollback(), &["undo"]);
    }
}
