//! Crates that run graphs put together at run time, each put to the same work; `load` measures them.
//!
//! An orchestration is ten tasks in one of three [`Shape`]s. A task reads a number, or the numbers of the tasks that it
//! depends on, and gives one: an owned, small value. What is in a task is nothing, or one turn to others, so that what is
//! left is what the orchestration costs.
//!
//! Each contender is used as its own documentation does, in the fastest way that this allows; its module says which, and
//! what it cannot do. Two are not crates but code by hand: a `JoinSet`, to which all are compared, and `join_all`, below
//! which boxed tasks cannot come.

mod contender;
mod contenders;
mod job;

pub use contender::{Again, Contender, Load, Running, Tasks};
pub use contenders::all;
pub use job::{Job, Shape, TASKS, WIDTH, Work};
