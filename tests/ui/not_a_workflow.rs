use orchestrated::workflow;

workflow! {
    struct App {
        name: String,
    }

    workflow Name(app: &App) -> String {
        fn name(app) -> String { app.name.clone() }
        name
    }

    fn helper() {}

    use std::collections::HashMap;
}

fn main() {}
