#![deny(warnings)]

use orchestrated::workflow;

workflow! {
    workflow Build() -> u32 {
        tool fn a() -> u32 { 1 }
        #[after(a)]
        tool fn b(a) -> u32 { *a }
        b
    }
}

fn main() {}
