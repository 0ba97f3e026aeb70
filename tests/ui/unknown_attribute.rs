use orchestrated::workflow;

workflow! {
    workflow Build() {
        #[sparkling]
        tool fn fetch() {}
    }

    #[sparkling]
    workflow Test() {
        tool fn test() {}
    }
}

fn main() {}
