use orchestrated::workflow;

struct Config {
    path: String,
}

workflow! {
    workflow Load(path: String) -> String {
        flow config = Config { path };
        tool fn text(config) -> String { config.to_string() }
        text
    }
}

fn main() {
    let _ = Config { path: String::new() }.path;
}
