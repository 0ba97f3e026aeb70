//! A look at the text of a plan, before it is read: how much is in it. Nothing of it is kept.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    super::PlanError,
    names::{Name, Names, Optional, Word},
    reading::Reading,
};

/// How many levels of workflows may run: deeper ones are of no use.
const LEVELS: usize = 3;

pub(super) struct LookAtPlan<'r, 'l> {
    reading: &'r mut Reading<'l>,
    level: usize,
}

impl<'r, 'l> LookAtPlan<'r, 'l> {
    /// The whole of a plan.
    pub(super) fn of_all(reading: &'r mut Reading<'l>) -> Self {
        Self { reading, level: 1 }
    }
}

impl<'de> DeserializeSeed<'de> for LookAtPlan<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.level > LEVELS {
            return Err(self
                .reading
                .stop(PlanError::TooManyWorkflows { limit: LEVELS }));
        }
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LookAtPlan<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plan")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let Self { reading, level } = self;
        while let Some(key) = fields.next_key_seed(Word)? {
            match &*key {
                "name" => drop(fields.next_value_seed(Name(reading))?),
                "inputs" => drop(fields.next_value_seed(Names(reading, "inputs"))?),
                "steps" => fields.next_value_seed(Items {
                    reading: &mut *reading,
                    of: Of::Steps(level),
                })?,
                "batches" => fields.next_value_seed(Items {
                    reading: &mut *reading,
                    of: Of::Batches,
                })?,
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// What a list is of.
#[derive(Clone, Copy)]
enum Of {
    /// Steps of a plan on this level.
    Steps(usize),
    Batches,
    /// The steps of this batch.
    Batch(usize),
    Dependencies,
}

struct Items<'r, 'l> {
    reading: &'r mut Reading<'l>,
    of: Of,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.of {
            Of::Steps(_) => "a list of steps",
            Of::Batches => "a list of batches",
            Of::Batch(_) | Of::Dependencies => "a list of steps, by their indices",
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { reading, of } = self;
        let mut count = 0;
        loop {
            let item = match of {
                Of::Steps(level) => items.next_element_seed(LookAtStep {
                    reading: &mut *reading,
                    level,
                })?,
                Of::Batches => items.next_element_seed(Items {
                    reading: &mut *reading,
                    of: Of::Batch(count),
                })?,
                Of::Batch(_) | Of::Dependencies => items.next_element::<IgnoredAny>()?.map(drop),
            };
            if item.is_none() {
                return Ok(());
            }
            count += 1;
            if let Some(error) = exceeded(of, count, reading) {
                return Err(reading.stop(error));
            }
        }
    }
}

/// What so many items exceed. Steps count themselves.
fn exceeded(of: Of, count: usize, reading: &Reading<'_>) -> Option<PlanError> {
    let limits = reading.limits;
    match of {
        Of::Batches if count > limits.depth => Some(PlanError::TooDeep {
            batches: count,
            limit: limits.depth,
        }),
        Of::Batch(batch) if count > limits.width => Some(PlanError::TooWide {
            batch,
            operations: count,
            limit: limits.width,
        }),
        Of::Dependencies if count > limits.names => Some(PlanError::TooManyNames {
            operation: reading.place(),
            field: "dependencies",
            limit: limits.names,
        }),
        _ => None,
    }
}

struct LookAtStep<'r, 'l> {
    reading: &'r mut Reading<'l>,
    level: usize,
}

impl<'de> DeserializeSeed<'de> for LookAtStep<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.reading.begin()?;
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LookAtStep<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let Self { reading, level } = self;
        while let Some(key) = fields.next_key_seed(Word)? {
            match &*key {
                "name" => drop(fields.next_value_seed(Name(reading))?),
                "inputs" => drop(fields.next_value_seed(Names(reading, "inputs"))?),
                "outputs" => drop(fields.next_value_seed(Names(reading, "outputs"))?),
                "dependencies" => fields.next_value_seed(Items {
                    reading: &mut *reading,
                    of: Of::Dependencies,
                })?,
                "flow" => {
                    let inside = LookAtPlan {
                        reading: &mut *reading,
                        level: level + 1,
                    };
                    fields.next_value_seed(Optional(inside))?;
                }
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        reading.finish();
        Ok(())
    }
}
