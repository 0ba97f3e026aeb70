use orchestrated::workflow;

workflow! {
    workflow Endless(n: u32) -> u32 {
        flow again = Endless { n };
        again
    }
}

fn main() {}
