use std::rc::Rc;

use orchestrated::{Orchestrator, workflow};

fn spawn<F: Future + Send>(future: F) {
    drop(future);
}

workflow! {
    /// What one step hands on to a later one must stay on its thread, while others run beside them.
    workflow Count(n: u32) -> u32 {
        tool fn counted(n) -> Rc<u32> { Rc::new(*n) }
        tool fn other(n) -> u32 { *n }
        tool fn more(other) -> u32 { *other }
        tool fn next(counted) -> u32 { **counted }
        fn sum(more, next) -> u32 { more + next }
        sum
    }
}

fn main() {
    let orchestrator = Orchestrator::new();
    spawn(Count { n: 1 }.run(&orchestrator));
}
