//! Random workflows, each in random schedules, against what the same steps do one after the other.
//!
//! The build script writes them, one a seed. `ORCHESTRATED_SEEDS=1000..1200 cargo test -p orchestrated-differential-tests`
//! tests others; a failure names its seed, and `ORCHESTRATED_SEEDS=1007` is that workflow alone.

mod check;
#[path = "../../src/dice.rs"]
mod dice;
mod world;

use std::{future::Future, pin::Pin};

use orchestrated::{Failure, Orchestrator, plan::Plan, workflow};

use crate::world::{Number, Oops, Sure, Value, World};

/// What a run gives.
pub(crate) type Ended = Result<u64, Failure<Oops>>;
type Run =
    for<'w> fn(&'w World, &'w Orchestrator) -> Pin<Box<dyn Future<Output = Ended> + Send + 'w>>;

/// A workflow, and what it should do.
pub(crate) struct Graph {
    pub(crate) seed: u64,
    pub(crate) strict: bool,
    pub(crate) plan: &'static Plan,
    /// In an order in which they could run one after the other.
    pub(crate) steps: &'static [Step],
    /// The values that the last expression uses: the output of which step, and which of them.
    pub(crate) left: &'static [(usize, usize)],
    pub(crate) run: Run,
}

#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) plain: bool,
    pub(crate) fallible: bool,
    pub(crate) outputs: usize,
    pub(crate) optional: bool,
    pub(crate) default: bool,
    pub(crate) when: bool,
    pub(crate) rollback: bool,
    pub(crate) dependencies: &'static [usize],
    pub(crate) reads: &'static [(usize, usize)],
}

workflow! {
    /// What a flow runs that reads its input.
    workflow Reading<'w, 'v, const AT: usize>(world: &'w World, value: &'v Value) -> Result<Value, Oops> {
        tool fn inner(world, value) -> Result<Value, Oops> {
            Ok(world.value(AT, 0, world.step(AT, &[value.number()]).await?))
        }
        Ok(inner)
    }

    /// What a flow runs that takes its input.
    workflow Taking<'w, const AT: usize>(world: &'w World, value: Value) -> Result<Value, Oops> {
        tool fn inner(world, move value) -> Result<Value, Oops> {
            Ok(world.value(AT, 0, world.step(AT, &[value.number()]).await?))
        }
        Ok(inner)
    }
}

#[allow(deprecated, reason = "some orders change nothing")]
mod graphs {
    use super::{
        Graph, Number as _, Oops, Reading, Step, Sure as _, Taking, Value, World, workflow,
    };

    include!(concat!(env!("OUT_DIR"), "/graphs.rs"));
}
