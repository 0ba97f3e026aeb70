use orchestrated::workflow;

workflow! {
    workflow Build() {
        #[retires(3)]
        tool fn fetch() {}
        #[afetr(fetch)]
        tool fn build() {}
    }

    #[shedule(batches)]
    workflow Test() {
        tool fn test() {}
    }
}

fn main() {}
