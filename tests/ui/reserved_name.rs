use orchestrated::workflow;

workflow! {
    workflow Step() -> u32 {
        tool fn cx() -> u32 { 1 }
        1
    }

    workflow NoOutput() {
        tool fn cx() {}
    }

    workflow Output() -> u32 {
        tool fn halves() -> (cx: u32, other: u32) { (1, 2) }
        other
    }

    workflow Input(cx: u32) -> u32 {
        tool fn half(cx) -> u32 { cx.attempt() }
        half
    }

    workflow Moved() -> u32 {
        tool fn attempt(move cx) -> u32 { cx.attempt() }
        attempt
    }
}

fn main() {}
