orchestrated::workflow! {
    workflow X(n: u32) -> u32 {
        #[rollback(println!("{} {made}", cx.attempt()))]
        tool fn made(n, cx) -> u32 { *n + cx.attempt() }

        #[repeat(max = 3, until = *grown > 2)]
        #[rollback(drop(last))]
        tool fn grown(made, last) -> u32 { last.copied().unwrap_or_default() + made }

        grown
    }
}

fn main() {}
