use orchestrated::workflow;

workflow! {
    workflow Build() {
        #[retry(3)]
        tool fn fetch() -> u32 { 1 }
        #[timeout(10s)]
        tool fn build(fetch) { println!("{fetch}") }
    }
}

fn main() {}
