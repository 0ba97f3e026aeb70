use orchestrated::workflow;

struct App;

workflow! {
    workflow Check(files: Vec<String>, app: App) -> usize {
        #[each(file in filse)]
        tool fn checked(files, app) -> usize {
            let _ = app;
            files.len()
        }
        #[each(file in files)]
        tool fn read() -> usize { 1 }
        checked.len() + read.len()
    }
}

fn main() {}
