use orchestrated::workflow;

workflow! {
    #[saga]
    workflow Buy(price: u32) -> Result<u32, String> {
        tool fn charge(price) -> u32 { *price }
        #[rollback(drop(paid))]
        tool fn notify(charge) -> Result<u32, String> { Ok(*charge) }
        Ok(notify)
    }

    #[saga]
    workflow Ship(price: u32) -> Result<u32, String> {
        tool fn pack(price) -> u32 { *price }
        flow bought = Buy { price };
        Ok(pack + bought)
    }
}

fn main() {}
