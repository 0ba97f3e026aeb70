use orchestrated::workflow;

#[derive(Debug)]
struct ReadError;
#[derive(Debug)]
struct OtherError;

workflow! {
    workflow Read(path: String) -> Result<usize, OtherError> {
        tool fn one(path) -> Result<usize, ReadError> { Ok(path.len()) }
        tool fn two(path) -> Result<(x: usize, y: usize), ReadError> { Ok((path.len(), 1)) }
        tool fn three(one) -> Result<usize, ReadError> { Ok(*one) }
        tool fn four(x, y) -> std::io::Result<usize> { Ok(x + y) }
        Ok(three + four)
    }
}

fn main() {}
