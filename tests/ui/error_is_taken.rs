orchestrated::workflow! {
    workflow X(error: u32) -> Result<u32, std::fmt::Error> {
        #[default(error.to_string().len() as u32)]
        tool fn made(error) -> Result<u32, std::fmt::Error> { Ok(*error) }

        // An option that does not mean it does not mind.
        #[default(0)]
        tool fn other(error) -> Result<u32, std::fmt::Error> { Ok(*error) }

        Ok(made + other)
    }
}

fn main() {}
