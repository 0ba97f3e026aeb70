//! Agents one after the other, and orchestrators inside an orchestrator, in virtual time.

#![cfg(feature = "dynamic")]

#[path = "dynamic_compose/agents.rs"]
mod agents;
#[path = "dynamic_compose/chains.rs"]
mod chains;
#[path = "dynamic_compose/hierarchies.rs"]
mod hierarchies;
#[allow(dead_code, reason = "the tests of events use all of it")]
#[path = "events/lines.rs"]
mod lines;
#[path = "dynamic_compose/told.rs"]
mod told;
#[path = "events/well_formed.rs"]
mod well_formed;
