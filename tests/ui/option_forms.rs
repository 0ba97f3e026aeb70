use orchestrated::workflow;

workflow! {
    #[schedule(stages)]
    #[deadline]
    #[saga(all)]
    workflow Build() {
        #[after]
        tool fn fetch() {}
        #[after()]
        tool fn unpack() {}
        #[after("fetch")]
        tool fn build() {}
    }

    #[crate("orchestrated")]
    workflow Test() {
        tool fn test() {}
    }

    workflow Again(files: Vec<String>) -> Result<(), String> {
        #[retry]
        fn tried() -> Result<(), String> { Ok(()) }
        #[retry(3, 5)]
        fn tried_for_long() -> Result<(), String> { Ok(()) }
        #[timeout]
        tool fn slow() {}
        #[timeout(10s, start = 30s)]
        tool fn slow_at_first() {}
        #[cache(1h)]
        fn kept() {}
        #[breaker("server")]
        tool fn fragile() {}
        #[each(file of files)]
        tool fn each_of(files) { println!("{files:?}") }
        #[each(file in files.iter())]
        tool fn each_in(files) { println!("{files:?}") }
        #[batch(50)]
        tool fn gathered(files) { println!("{files:?}") }
        #[repeat(max = 3)]
        tool fn repeated() {}
        Ok(())
    }

    workflow Failing() -> Result<(), String> {
        #[fallback]
        tool fn first() -> Result<(), String> { Ok(()) }
        #[default()]
        tool fn second() {}
        #[rollback = undo]
        tool fn third() {}
        #[irreversible("it is sent")]
        tool fn fourth() {}
        #[when]
        tool fn fifth() {}
        #[quorum]
        tool fn sixth() {}
        #[optional(true)]
        tool fn seventh() {}
        #[idempotent = "yes"]
        tool fn eighth() {}
        #[critical()]
        tool fn ninth() {}
        Ok(())
    }

    workflow Waiting() {
        #[priority]
        tool fn first() {}
        #[priority(hihg)]
        tool fn second() {}
        #[uses(gpu)]
        tool fn third() {}
        #[requires(write)]
        tool fn fourth() {}
        #[estimate]
        tool fn fifth() {}
    }
}

fn main() {}
