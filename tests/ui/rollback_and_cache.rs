orchestrated::workflow! {
    workflow X(n: u32) -> u32 {
        #[idempotent]
        #[cache]
        #[rollback(drop(made))]
        tool fn made(n) -> u32 { *n }
        made
    }
}

fn main() {}
