use orchestrated::workflow;

use std::io;

workflow! {
    workflow ReadAll(path: String) -> String {
        tool fn files(path) -> Result<String, io::Error> { std::fs::read_to_string(path) }
        tool fn lines(path) -> io::Result<(first: String, last: String)> {
            std::fs::read_to_string(path).map(|text| (text.clone(), text))
        }
        format!("{files}{first}{last}")
    }
}

fn main() {}
