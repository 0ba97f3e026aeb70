use orchestrated::workflow;
use orchestrated_ui_support::Third;

workflow! {
    workflow Fourth() -> u32 {
        flow third = Third {};
        third
    }
}

fn main() {}
