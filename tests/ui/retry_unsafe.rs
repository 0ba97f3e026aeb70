use orchestrated::workflow;

workflow! {
    workflow Buy(price: u32) -> Result<u32, String> {
        #[retry(3)]
        tool fn charge(price) -> Result<u32, String> { Ok(*price) }
        Ok(charge)
    }
}

fn main() {}
