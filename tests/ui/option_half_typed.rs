use orchestrated::workflow;

workflow! {
    workflow Build() -> Result<(), String> {
        #[retry = ]
        fn fetch() -> Result<(), String> { Ok(()) }
        #[]
        tool fn unpack() {}
        #[cache(ttl = )]
        fn read() {}
        #[retry(attempts = 3, backoff)]
        fn build() -> Result<(), String> { Ok(()) }
        Ok(())
    }
}

fn main() {}
