use std::rc::Rc;

use orchestrated::workflow;

workflow! {
    /// The body holds what must not leave its thread.
    workflow Holds(n: u32) -> u32 {
        #[spawn]
        tool fn shared(n) -> u32 {
            let shared = Rc::new(*n);
            std::future::ready(()).await;
            *shared
        }
        shared
    }

    /// The output must not.
    workflow Returns(n: u32) -> u32 {
        #[spawn]
        fn shared(n) -> Rc<u32> { Rc::new(*n) }
        *shared
    }

    /// What it reads must not.
    workflow Reads(shared: Rc<u32>) -> u32 {
        #[spawn]
        fn read(shared) -> u32 { **shared }
        read
    }

    /// What is moved into it must not.
    workflow Moves(shared: Rc<u32>) -> u32 {
        #[blocking]
        fn read(move shared) -> u32 { *shared }
        read
    }
}

fn main() {}
