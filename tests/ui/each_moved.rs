use orchestrated::workflow;

workflow! {
    workflow Check(files: Vec<String>) -> usize {
        #[each(file in files)]
        tool fn checked(move files) -> usize { files.len() }
        checked.len()
    }
}

fn main() {}
