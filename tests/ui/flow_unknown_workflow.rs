use orchestrated::workflow;

workflow! {
    workflow Load(path: String) -> String {
        flow config = Confg { path };
        config
    }
}

fn main() {}
