orchestrated::workflow! {
    #[deadline(0s)]
    workflow X(n: u32) -> u32 {
        #[timeout(0ms)]
        tool fn made(n) -> u32 { *n }
        made
    }
}

fn main() {}
