//! A packed plan as a [`Plan`]: its steps, which know where they stand in it.

#[cfg(test)]
mod tests;

use core::{mem, time::Duration};
use std::borrow::Cow;

use super::{
    Plan, Step,
    batch::{Batches, Numbers},
    step::Kept,
};
use crate::{
    kind::Kind,
    names::{Names, View},
    options::Options,
    packed::{Count, Packed, RECORD, Run},
};

/// What most steps have not: a flow, or options.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Unusual {
    pub step: usize,
    pub flow: Option<&'static Plan>,
    /// None where it asks for nothing.
    pub options: Option<&'static Options>,
}

/// What a plan has besides what is packed.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Whole {
    pub name: &'static str,
    pub path: &'static str,
    pub deadline: Option<Duration>,
    pub strict: bool,
    /// Of [`Packed::steps`], in an inline constant: a [`Step`] has a destructor, and a constant may hold it only there.
    pub steps: &'static [Step],
}

impl Packed {
    /// The steps. Those that are unusual are told in their order.
    #[must_use]
    pub const fn steps<const STEPS: usize>(
        &'static self,
        unusual: &'static [Unusual],
    ) -> [Step; STEPS] {
        let mut steps = [const { Step(Kept::Packed(PackedStep::NONE)) }; STEPS];
        let (mut index, mut next) = (0, 0);
        while index < STEPS {
            let is_unusual = next < unusual.len() && unusual[next].step == index;
            let step = Step(Kept::Packed(PackedStep {
                packed: self,
                index,
                unusual: if is_unusual {
                    Some(&unusual[next])
                } else {
                    None
                },
            }));
            next += is_unusual as usize;
            // A constant drops nothing.
            mem::forget(mem::replace(&mut steps[index], step));
            index += 1;
        }
        steps
    }

    /// The plan of these steps.
    #[must_use]
    pub const fn plan(&'static self, whole: Whole) -> Plan {
        let Whole { steps, .. } = whole;
        let batches = self.count.names;
        Plan {
            name: Cow::Borrowed(whole.name),
            path: Cow::Borrowed(whole.path),
            deadline: whole.deadline,
            strict: whole.strict,
            inputs: Names::Packed(Run {
                packed: self,
                start: 0,
                length: self.count.inputs,
                is_picked: false,
            }),
            steps: Cow::Borrowed(steps),
            batches: Batches {
                ends: Numbers::Packed {
                    packed: self,
                    start: batches,
                    length: self.count.batches,
                },
                steps: Cow::Borrowed(self.steps.split_at(steps.len()).0),
            },
            stages: Numbers::Packed {
                packed: self,
                start: batches + self.count.batches,
                length: self.count.stages,
            },
        }
    }
}

/// A step of a packed plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct PackedStep {
    packed: &'static Packed,
    index: usize,
    unusual: Option<&'static Unusual>,
}

impl PackedStep {
    /// What stands where a step will be.
    const NONE: Self = Self {
        packed: &Packed {
            names: "",
            steps: &[],
            numbers: &[],
            count: Count {
                inputs: 0,
                names: 0,
                steps: 0,
                batches: 0,
                stages: 0,
            },
        },
        index: 0,
        unusual: None,
    };

    const fn number(self, field: usize) -> usize {
        let Count {
            names,
            batches,
            stages,
            ..
        } = self.packed.count;
        let records = names + batches + stages;
        self.packed.number(records + self.index * RECORD + field)
    }

    pub(super) const fn name(self) -> &'static str {
        self.packed.name(self.number(0))
    }

    pub(super) const fn kind(self) -> Kind {
        Kind::ALL[self.number(3) / 2]
    }

    pub(super) const fn is_fallible(self) -> bool {
        self.number(3) % 2 == 1
    }

    pub(super) const fn batch(self) -> usize {
        self.number(4)
    }

    pub(super) const fn outputs(self) -> View<'static> {
        View::Packed(Run {
            packed: self.packed,
            start: self.number(1),
            length: self.number(2),
            is_picked: false,
        })
    }

    pub(super) const fn inputs(self) -> View<'static> {
        View::Packed(Run {
            packed: self.packed,
            start: self.number(5),
            length: self.number(6),
            is_picked: true,
        })
    }

    pub(super) const fn dependencies(self) -> &'static [usize] {
        let (_, from) = self.packed.steps.split_at(self.number(7));
        from.split_at(self.number(8)).0
    }

    pub(super) const fn flow(self) -> Option<&'static Plan> {
        match self.unusual {
            Some(unusual) => unusual.flow,
            None => None,
        }
    }

    pub(super) const fn options(self) -> &'static Options {
        match self.unusual {
            Some(Unusual {
                options: Some(options),
                ..
            }) => options,
            _ => Options::plain(self.kind()),
        }
    }
}
