use std::rc::Rc;

use orchestrated::{Orchestrator, workflow};

fn spawn<F: Future + Send>(future: F) {
    drop(future);
}

workflow! {
    workflow Count(n: u32) -> u32 {
        tool fn counted(n) -> Rc<u32> { Rc::new(*n) }
        tool fn other(n) -> u32 { *n }
        tool fn sum(counted, other) -> u32 { **counted + *other }
        sum
    }
}

fn main() {
    let orchestrator = Orchestrator::new();
    spawn(Count { n: 1 }.run(&orchestrator));
}
