use orchestrated::workflow;

workflow! {
    /// Through data one way, through an order the other.
    workflow Deploy() {
        #[after(announce)]
        tool fn build() -> u32 { 1 }
        tool fn announce(build) { println!("{build}") }
    }

    /// Through orders alone.
    workflow Wait() {
        #[after(second)]
        tool fn first() {}
        #[after(first)]
        tool fn second() {}
    }
}

fn main() {}
