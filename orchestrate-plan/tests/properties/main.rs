//! The planner against the definitions of its words, computed without any cleverness on random
//! graphs.

mod acyclic;
mod cyclic;
mod graphs;
mod naive;
mod names;
mod options;
