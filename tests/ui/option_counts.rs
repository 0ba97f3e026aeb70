use orchestrated::workflow;

workflow! {
    workflow Build(files: Vec<String>) -> Result<(), String> {
        #[retry(0)]
        fn fetch() -> Result<(), String> { Ok(()) }
        #[retry(attempts = "three")]
        fn unpack() -> Result<(), String> { Ok(()) }
        #[cache(capacity = 0)]
        fn read() {}
        #[each(file in files, concurrency = 0)]
        #[batch(size = 0)]
        tool fn check(files) { println!("{files:?}") }
        #[repeat(max = 0, until = true)]
        tool fn refine() {}
        #[breaker(failures = 1.5)]
        tool fn store() {}
        #[quorum(0)]
        tool fn report() {}
        #[uses(gpu = 0, disk = many)]
        tool fn train() {}
        Ok(())
    }
}

fn main() {}
