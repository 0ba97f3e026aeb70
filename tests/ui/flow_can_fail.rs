use orchestrated::workflow;

workflow! {
    workflow Parse(text: String) -> Result<u32, std::num::ParseIntError> {
        tool fn number(text) -> Result<u32, std::num::ParseIntError> { text.parse() }
        Ok(number)
    }

    workflow Double(text: String) -> u32 {
        flow number = Parse { text };
        number * 2
    }
}

fn main() {}
