orchestrated::workflow! {
    workflow X(n: u32) -> bool {
        human fn allowed(n) -> bool { *n > 3 }
        human fn other(n) -> u32 { format!("{n}?") }
        allowed && other == 1
    }
}

fn main() {}
