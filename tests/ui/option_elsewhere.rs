use orchestrated::workflow;

workflow! {
    #[timeout(60s)]
    workflow Build() {
        #[deadline(10s)]
        tool fn fetch() {}
        #[saga]
        tool fn build() {}
    }

    #[retry(3)]
    workflow Test() {
        tool fn test() {}
    }
}

fn main() {}
