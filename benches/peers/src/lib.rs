//! Ways to run a graph of steps, each put to the same work: `workflow!` and graphs at run time of this crate, code by hand,
//! and other crates. `compare` holds them against each other, `load` puts many small runs on them.
//!
//! A step reads the numbers of the steps that it depends on, and gives one: an owned, small value. What is in it is nothing,
//! or one turn to others, so that what is left is what running the graph costs.
//!
//! Each contender is used as its own documentation does, in the fastest way that this allows; its module says which, and
//! what it cannot do.

mod bench;
mod contender;
mod contenders;
mod graph;
mod job;
mod versions;

pub use bench::{Bench, Driver, How, Look, Measured, Number};
pub use contender::{By, Contender, Steps};
pub use contenders::all;
pub use graph::{Graph, Shape};
pub use job::{Job, Known, Work};
pub use versions::version;
