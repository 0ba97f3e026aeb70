use orchestrated::workflow;

workflow! {
    workflow Double(n: u32) -> u32 {
        fn doubled(n) -> u32 { n * 2 }
        doubled
    }

    workflow DoubleAll(numbers: Vec<u32>) -> Vec<u32> {
        #[each(n in numbers)]
        flow doubled = Double { n };
        doubled
    }
}

fn main() {}
