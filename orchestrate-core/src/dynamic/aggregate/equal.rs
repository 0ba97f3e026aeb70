//! When two values are the same answer.

use serde_json::{Number, Value};

/// A value in a form in which equal answers are equal: the order of an object's keys does not count, nor how a number is
/// written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Answer<'v> {
    Nothing,
    Truth(bool),
    Whole(i128),
    /// The bits of one that is not whole, or too large to be told exactly.
    Fraction(u64),
    /// A number that fits none of these: as it is written.
    Written(String),
    Text(&'v str),
    List(Vec<Self>),
    /// By the order of the names.
    Object(Vec<(&'v str, Self)>),
}

impl<'v> From<&'v Value> for Answer<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(truth) => Self::Truth(*truth),
            Value::Number(number) => of_number(number),
            Value::String(text) => Self::Text(text),
            Value::Array(values) => Self::List(values.iter().map(Self::from).collect()),
            Value::Object(object) => {
                let named = object.iter();
                let mut named: Vec<_> = named.map(|(name, v)| (name.as_str(), v.into())).collect();
                named.sort_unstable_by_key(|&(name, _): &(&str, Self)| name);
                Self::Object(named)
            }
        }
    }
}

/// Beyond this a whole `f64` does not fit: 2 to the power of 127.
const BEYOND: f64 = 1.701_411_834_604_692_3e38;

fn of_number<'v>(number: &Number) -> Answer<'v> {
    if let Some(whole) = number.as_i128() {
        return Answer::Whole(whole);
    }
    match number.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and fits")]
        Some(float) if float.fract() == 0.0 && float.abs() < BEYOND => Answer::Whole(float as i128),
        Some(float) => Answer::Fraction(float.to_bits()),
        None => Answer::Written(number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(one: &Value, other: &Value, are_same: bool) {
        let (left, right) = (Answer::from(one), Answer::from(other));
        assert_eq!(left == right, are_same, "{one} and {other}");
    }

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        check(&json!(1), &json!(1.0), true);
        check(&json!(0), &json!(-0.0), true);
        check(
            &json!(1_u64 << 63),
            &json!(9_223_372_036_854_775_808.0),
            true,
        );
        check(
            &json!(u64::MAX),
            &json!(18_446_744_073_709_551_616.0),
            false,
        );
        check(
            &json!(9_007_199_254_740_993_u64),
            &json!(9_007_199_254_740_992.0),
            false,
        );
        check(&json!(0.5), &json!(0.5), true);
        check(&json!(1e300), &json!(1e300), true);
        check(&json!(1e300), &json!(-1e300), false);
        check(&json!(0.1 + 0.2), &json!(0.3), false);
    }

    #[test]
    fn values_of_two_kinds_are_not_the_same() {
        let kinds = [
            json!(null),
            json!(false),
            json!(0),
            json!("0"),
            json!(""),
            json!([]),
            json!([0]),
            json!({}),
            json!({ "0": 0 }),
        ];
        for (i, one) in kinds.iter().enumerate() {
            for (k, other) in kinds.iter().enumerate() {
                check(one, other, i == k);
            }
        }
    }

    #[test]
    fn the_order_counts_in_a_list_and_not_in_an_object() {
        check(&json!([1, 2]), &json!([2, 1]), false);
        let backwards: Value = serde_json::from_str(r#"{ "b": [1.0], "a": 1 }"#).unwrap();
        check(&json!({ "a": 1.0, "b": [1] }), &backwards, true);
    }
}
