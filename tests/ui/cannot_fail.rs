use orchestrated::workflow;

workflow! {
    workflow Read() -> u32 {
        #[fallback(0)]
        tool fn length() -> u32 { 1 }
        #[retry(attempts = 3, when = true)]
        fn double(length) -> u32 { length * 2 }
        double
    }
}

fn main() {}
