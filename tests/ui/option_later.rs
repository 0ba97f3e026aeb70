use orchestrated::workflow;

workflow! {
    workflow Build() {
        #[spawn]
        tool fn fetch() -> u32 { 1 }
        #[blocking]
        tool fn build(fetch) { println!("{fetch}") }
    }
}

fn main() {}
