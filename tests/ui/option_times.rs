use orchestrated::workflow;

workflow! {
    #[deadline(60)]
    workflow Build() {
        #[timeout(10)]
        tool fn fetch() {}
        #[timeout(10sec)]
        tool fn unpack() {}
        #[timeout("10s")]
        tool fn read() {}
        #[cache(ttl = 2d)]
        fn check() {}
        #[estimate(99999999999999999999h)]
        tool fn train() {}
    }
}

fn main() {}
