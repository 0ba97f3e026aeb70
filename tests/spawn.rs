//! Steps that run apart from the future of their run: `#[spawn]` and `#[blocking]`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::identity_op,
    reason = "the numbers are small, and the steps are written in a row"
)]

#[path = "spawn/large.rs"]
mod large;
#[path = "spawn/smol.rs"]
mod on_smol;
#[path = "spawn/options.rs"]
mod options;
#[path = "spawn/values.rs"]
mod values;
