use super::*;

#[test]
fn a_kind_brings_what_is_not_said() {
    let of = |kind, parts| Options::from_static(parts).of_kind(kind);
    let none = StaticOptions::NONE;
    assert!(of(Kind::Human, none).needs_approval());
    assert!(of(Kind::Plain, none).is_idempotent());
    for kind in [Kind::Agent, Kind::Tool, Kind::Mcp, Kind::Flow] {
        assert_eq!(of(kind, none), Options::default());
    }
    let critical = StaticOptions {
        critical: true,
        ..none
    };
    assert!(of(Kind::Tool, critical).needs_approval());
    assert!(!of(Kind::Plain, critical).needs_approval());
}

#[test]
fn constant_ones_know_as_well_what_is_checked() {
    let none = StaticOptions::NONE;
    let timeout = Some(Duration::from_secs(1));
    let check = |parts: StaticOptions, expected: bool| {
        assert_eq!(parts.is_checked(), expected, "{parts:?}");
        let options = Options::from_static(parts).of_kind(Kind::Tool);
        assert_eq!(options.is_checked(), expected, "{parts:?}");
    };
    check(none, false);
    check(
        StaticOptions {
            idempotent: true,
            optional: true,
            attempts: 3,
            adaptive: true,
            timeout,
            estimate: timeout,
            priority: Priority::Critical,
            undo: Undo::Rollback,
            condition: true,
            each: true,
            ..none
        },
        false,
    );
    check(StaticOptions { timeout, ..none }, true);
    let uses: &[_] = &[("gpu", 1)];
    check(StaticOptions { uses, ..none }, true);
    let requires: &[_] = &["db:write"];
    check(StaticOptions { requires, ..none }, true);
    let approval = true;
    check(StaticOptions { approval, ..none }, true);
    let critical = StaticOptions {
        critical: true,
        ..none
    };
    check(critical, true);
    let idempotent = true;
    check(
        StaticOptions {
            idempotent,
            ..critical
        },
        true,
    );
    let undo = Undo::Irreversible("it is gone");
    check(StaticOptions { undo, ..critical }, true);
    check(
        StaticOptions {
            idempotent,
            undo,
            ..critical
        },
        false,
    );
}
