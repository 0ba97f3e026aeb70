use orchestrated::workflow;

workflow! {
    workflow Build() {
        tool fn clean() {}
        tool fn fetch() {}
        #[after(clean)]
        #[after(fetch)]
        tool fn build() {}
    }

    #[schedule(batches)]
    #[schedule(batches)]
    workflow Test() {
        tool fn test() {}
    }
}

fn main() {}
