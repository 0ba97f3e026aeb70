use orchestrated::workflow;

workflow! {
    workflow Build() -> Result<(), String> {
        #[retry(3, backof = 1s, jiter)]
        fn fetch() -> Result<(), String> { Ok(()) }
        #[timeout(adaptive, begin = 30s)]
        tool fn unpack() {}
        #[cache(ttl = 1h, ttl = 2h)]
        fn read() {}
        #[retry(3, attempts = 4)]
        fn check() -> Result<(), String> { Ok(()) }
        #[retry(3, jitter = true)]
        fn test() -> Result<(), String> { Ok(()) }
        #[breaker(name = server)]
        tool fn store() {}
        #[uses(gpu = 1, gpu = 2)]
        tool fn train() {}
        #[quorum(1, of = 3)]
        tool fn report() {}
        Ok(())
    }
}

fn main() {}
