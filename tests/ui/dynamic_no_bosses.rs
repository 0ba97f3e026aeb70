//! Coordinators and supervisors are told how by a type with a trait.

use orchestrated::dynamic::{Coordinator, Supervisor};

struct Boss;

fn main() {
    let _ = Coordinator::new(Boss);
    let _ = Supervisor::new(Boss);
}
