//! What observers are told of runs, in virtual time.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "this is how snapshots are updated"
)]

#[path = "events/corners.rs"]
mod corners;
#[path = "events/delivery.rs"]
mod delivery;
#[path = "events/drops.rs"]
mod drops;
#[path = "events/flows.rs"]
mod flows;
#[path = "events/lines.rs"]
mod lines;
#[path = "events/options.rs"]
mod options;
#[path = "events/runs.rs"]
mod runs;
#[path = "events/stops.rs"]
mod stops;
#[path = "events/texts.rs"]
mod texts;
#[path = "events/threads.rs"]
mod threads;
#[path = "events/well_formed.rs"]
mod well_formed;
#[path = "events/wire.rs"]
mod wire;
