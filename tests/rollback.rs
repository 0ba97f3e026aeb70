//! What is undone when a run fails: every step that has completed and says how, once, the last first; and nothing starts
//! after the fault.

#[path = "rollback/world.rs"]
mod world;

#[path = "events/well_formed.rs"]
mod well_formed;

#[path = "rollback/cancel.rs"]
mod cancel;
#[path = "rollback/check.rs"]
mod check;
#[path = "rollback/expressions.rs"]
mod expressions;
#[path = "rollback/flow_options.rs"]
mod flow_options;
#[path = "rollback/flows.rs"]
mod flows;
#[path = "rollback/generic.rs"]
mod generic;
#[path = "rollback/items.rs"]
mod items;
#[path = "rollback/order.rs"]
mod order;
#[path = "rollback/random.rs"]
mod random;
#[path = "rollback/siblings.rs"]
mod siblings;
