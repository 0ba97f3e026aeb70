use orchestrated::workflow;

workflow! {
    #[schedule(stages)]
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
}

fn main() {}
