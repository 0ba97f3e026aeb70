use orchestrated::workflow;

workflow! {
    workflow Inner(number: u32) -> u32 {
        #[blocking]
        tool fn doubled(number) -> u32 { number * 2 }
        #[spawn]
        #[blocking]
        fn both(doubled) -> u32 { *doubled }
        #[spawn]
        human fn agreed(both) -> bool { format!("is it {both}?") }
        if agreed { both } else { 0 }
    }

    workflow Outer(number: u32) -> u32 {
        #[spawn]
        flow inner = Inner { number };
        #[spawn(4)]
        #[spwan]
        fn more(inner) -> u32 { inner + 1 }
        more
    }
}

fn main() {}
