use orchestrated::workflow;

workflow! {
    workflow First() -> u32 {
        tool fn one() -> u32 { 1 }
        one
    }
    workflow Second() -> u32 {
        flow first = First {};
        first
    }
    workflow Third() -> u32 {
        flow second = Second {};
        second
    }
    workflow Fourth() -> u32 {
        flow third = Third {};
        third
    }
    workflow Fifth() -> u32 {
        flow fourth = Fourth {};
        fourth
    }
}

fn main() {}
