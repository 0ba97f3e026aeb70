use orchestrated::workflow;

workflow! {
    workflow Read(path: Pahtbuf, name: &String) -> Result<usize, String> {
        tool fn files(path) -> Vec<File> { path.read() }
        tool fn first(files) -> usize { files.len() }
        tool fn second(files, name: &Named) -> usize { files.len() + name.len() }
        Ok(first + second)
    }

    workflow Write(path: String) -> Result<Reprot, String> {
        tool fn written(path) -> Result<String, IoError> { Ok(path.clone()) }
        Ok(written)
    }
}

fn main() {}
