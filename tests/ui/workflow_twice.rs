use orchestrated::workflow;

workflow! {
    workflow Count(n: u32) -> u32 {
        tool fn counted(n) -> u32 { *n }
        counted
    }

    workflow Count(n: u64) -> u64 {
        tool fn counted(n) -> u64 { *n }
        counted
    }
}

fn main() {}
