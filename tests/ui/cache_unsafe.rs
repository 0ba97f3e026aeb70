use orchestrated::workflow;

workflow! {
    workflow Buy(price: u32) -> u32 {
        #[cache(ttl = 1h)]
        tool fn charge(price) -> u32 { *price }
        charge
    }
}

fn main() {}
