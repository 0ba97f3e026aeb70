use orchestrated::workflow;

workflow! {
    workflow Parse<T: AsRef<str> + Sync>(text: T) -> Result<u32, std::num::ParseIntError> {
        tool fn number(text) -> Result<u32, std::num::ParseIntError> { text.as_ref().parse() }
        Ok(number)
    }

    workflow Double<T: AsRef<str> + Sync>(text: T) -> u32 {
        flow number = Parse::<T> { text };
        number * 2
    }
}

fn main() {}
