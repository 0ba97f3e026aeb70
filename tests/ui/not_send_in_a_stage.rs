use std::rc::Rc;

use orchestrated::{Orchestrator, workflow};

fn spawn<F: Future + Send>(future: F) {
    drop(future);
}

workflow! {
    /// Only while its stage runs is there something that must stay on its thread.
    workflow Count(n: u32) -> u32 {
        tool fn counted(n) -> Rc<u32> { Rc::new(*n) }
        tool fn other(n) -> u32 { *n }
        fn sum(counted, other) -> u32 { **counted + *other }
        sum
    }
}

fn main() {
    let orchestrator = Orchestrator::new();
    spawn(Count { n: 1 }.run(&orchestrator));
}
