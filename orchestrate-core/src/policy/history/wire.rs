//! A history outside the program. What comes in is checked: it has at most as much in it as what goes out.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{History, LATEST, STEPS};

/// In milliseconds with a fraction, because that is what people read. To the nanosecond for what takes days.
#[derive(Serialize, Deserialize)]
#[serde(rename = "History", deny_unknown_fields)]
struct HistoryWire<'h> {
    milliseconds: BTreeMap<Cow<'h, str>, Vec<f64>>,
}

const MILLISECOND: Duration = Duration::from_millis(1);

impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let steps = self.latest.iter().map(|(name, latest)| {
            let latest = latest.iter().map(|took| took.div_duration_f64(MILLISECOND));
            (Cow::Borrowed(&**name), latest.collect())
        });
        HistoryWire {
            milliseconds: steps.collect(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for History {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = HistoryWire::deserialize(deserializer)?;
        read(wire).map_err(D::Error::custom)
    }
}

fn read(wire: HistoryWire<'_>) -> Result<History, String> {
    let steps = wire.milliseconds.len();
    if steps > STEPS {
        return Err(format!(
            "a history holds at most {STEPS} steps, not {steps}"
        ));
    }
    let mut latest = BTreeMap::new();
    for (name, durations) in wire.milliseconds {
        if !name
            .rsplit_once('/')
            .is_some_and(|(workflow, step)| !workflow.is_empty() && !step.is_empty())
        {
            return Err(format!(
                "{name:?} names no step: that is the path of a workflow, `/`, and the name of a step"
            ));
        }
        let newest = &durations[durations.len().saturating_sub(LATEST)..];
        let newest = newest.iter().map(|&ms| {
            Duration::try_from_secs_f64(ms / 1e3)
                .map_err(|_| format!("step {name:?} cannot have taken {ms} milliseconds"))
        });
        let newest = newest.collect::<Result<Vec<_>, _>>()?;
        if !newest.is_empty() {
            latest.insert(name.into_owned(), newest);
        }
    }
    Ok(History { latest })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(json: &str) -> Result<History, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    fn history(durations: Vec<Duration>) -> History {
        History {
            latest: BTreeMap::from([("app::Review/files".to_owned(), durations)]),
        }
    }

    #[test]
    fn the_form_of_a_history() {
        let micros = [12_500, 11_875, 100, 8_412_000, 1].map(Duration::from_micros);
        let json = serde_json::to_string(&history(micros.to_vec())).unwrap();
        assert_eq!(
            json,
            r#"{"milliseconds":{"app::Review/files":[12.5,11.875,0.1,8412.0,0.001]}}"#
        );
        assert_eq!(parse(&json), Ok(history(micros.to_vec())));
        assert_eq!(parse(r#"{"milliseconds":{}}"#), Ok(History::default()));
        // A whole number is a number, too.
        let whole = history(vec![Duration::from_millis(7)]);
        assert_eq!(
            parse(r#"{"milliseconds":{"app::Review/files":[7]}}"#),
            Ok(whole)
        );
    }

    proptest! {
        #[test]
        fn a_history_comes_back_as_it_was(nanos in prop::collection::vec(0..1_u64 << 49, 1..=LATEST)) {
            let history = history(nanos.into_iter().map(Duration::from_nanos).collect());
            let json = serde_json::to_string(&history).unwrap();
            prop_assert_eq!(parse(&json), Ok(history));
        }

        #[test]
        fn nothing_that_comes_in_panics(ms in any::<f64>(), name in ".{0,4}/?.{0,4}") {
            let wire = HistoryWire { milliseconds: BTreeMap::from([(name.into(), vec![ms])]) };
            if let Ok(history) = read(wire) {
                let histories = super::super::Histories::default();
                histories.load(history.clone());
                prop_assert_eq!(histories.snapshot(), history);
            }
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let cases = [
            (
                r#"{"milliseconds":{"app::Review/files":[-1]}}"#,
                "step \"app::Review/files\" cannot have taken -1 milliseconds",
            ),
            (
                r#"{"milliseconds":{"app::Review/files":[1e300]}}"#,
                "cannot have taken 1",
            ),
            (
                r#"{"milliseconds":{"files":[1]}}"#,
                "\"files\" names no step",
            ),
            (
                r#"{"milliseconds":{"app::Review/":[1]}}"#,
                "\"app::Review/\" names no step",
            ),
            (
                r#"{"milliseconds":{"/files":[1]}}"#,
                "\"/files\" names no step",
            ),
            (r#"{"seconds":{}}"#, "unknown field `seconds`"),
        ];
        for (json, expected) in cases {
            let error = parse(json).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let wire = HistoryWire {
                milliseconds: BTreeMap::from([("w/s".into(), vec![odd])]),
            };
            assert!(read(wire).is_err(), "{odd}");
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "too large for an interpreter")]
    fn too_many_steps_are_refused() {
        let names = (0..=STEPS).map(|i| (format!("w/{i}").into(), vec![1.0]));
        let wire = HistoryWire {
            milliseconds: names.collect(),
        };
        assert_eq!(
            read(wire).unwrap_err(),
            "a history holds at most 4096 steps, not 4097"
        );
    }

    #[test]
    fn the_latest_are_taken() {
        let many: Vec<String> = (1..=250).map(|ms| ms.to_string()).collect();
        let json = format!(
            r#"{{"milliseconds":{{"w/s":[{}],"w/none":[]}}}}"#,
            many.join(",")
        );
        let history = parse(&json).unwrap();
        assert_eq!(history.steps().len(), 1);
        let kept = history.step("w/s").unwrap();
        assert_eq!(
            (kept.runs(), kept.durations()[0]),
            (LATEST, Duration::from_millis(151))
        );
    }
}
