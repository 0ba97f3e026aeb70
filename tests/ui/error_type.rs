use orchestrated::workflow;

#[derive(Debug)]
struct ReadError;
#[derive(Debug)]
struct OtherError;

workflow! {
    workflow Read(path: String) -> Result<usize, OtherError> {
        tool fn files(path) -> Result<Vec<u8>, ReadError> { std::fs::read(path).map_err(|_| ReadError) }
        Ok(files.len())
    }

    workflow Run(path: String) -> Result<usize, ReadError> {
        flow read = Read { path };
        Ok(read)
    }
}

fn main() {}
