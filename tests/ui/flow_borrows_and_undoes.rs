use orchestrated::workflow;

workflow! {
    workflow Pay(order: &String) -> Result<u32, String> {
        #[rollback(println!("{paid} is paid back"))]
        tool fn paid(order) -> Result<u32, String> { order.parse().map_err(|_| order.clone()) }
        Ok(paid)
    }

    workflow Buy(price: u32) -> Result<u32, String> {
        tool fn order(price) -> String { price.to_string() }
        flow paid = Pay { order: &order };
        Ok(paid)
    }
}

fn main() {}
