use orchestrated::workflow;

struct Lease(u32);

workflow! {
    workflow X(n: u32) -> Lease {
        #[rollback(drop(lease.0))]
        tool fn lease(n) -> Lease { Lease(*n) }

        lease
    }
}

fn main() {}
