orchestrated::workflow! {
    workflow Charge(card: u32) -> Result<u32, String> {
        tool fn charged(card) -> Result<u32, String> { Ok(*card) }
        Ok(charged)
    }

    workflow Price(card: u32) -> Result<u32, String> {
        #[idempotent]
        tool fn price(card) -> Result<u32, String> { Ok(*card) }
        Ok(price)
    }

    #[saga]
    workflow Order(card: u32) -> Result<u32, String> {
        // Nothing in it has effects, though it is no saga.
        flow price = Price { card };
        flow charged = Charge { card };
        Ok(price + charged)
    }
}

fn main() {}
