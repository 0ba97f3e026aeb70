use orchestrated::workflow;

workflow! {
    workflow Check(files: Vec<String>, file: String) {
        #[each(file in files)]
        tool fn checked(files, file) {
            let _ = (file, files);
        }
        #[each(files in files)]
        tool fn read(files) {
            let _ = files;
        }
        #[each(cx in files)]
        tool fn sized(files) {
            let _ = files;
        }
        #[each(one in files)]
        tool fn moved(files, move one) {
            let _ = (files, one);
        }
    }
}

fn main() {}
