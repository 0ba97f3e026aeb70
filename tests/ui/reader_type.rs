use orchestrated::workflow;

struct File;
struct Other;

workflow! {
    workflow Read(path: String) -> usize {
        tool fn files(path) -> Vec<File> { drop(path.len()); vec![File] }
        tool fn count(files: &[Other]) -> usize { files.len() }
        fn fine(files: &[File]) -> usize { files.len() }
        tool fn late(count, fine, files: &[Other]) -> usize { files.len() + count + fine }
        late
    }
}

fn main() {}
