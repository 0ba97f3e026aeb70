use orchestrated::workflow;

workflow! {
    workflow Read() -> u32 {
        #[optional]
        #[default(0)]
        tool fn length() -> Result<u32, String> { Ok(1) }
        let _ = length;
        1
    }
}

fn main() {}
