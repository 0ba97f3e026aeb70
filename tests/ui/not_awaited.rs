use orchestrated::{Orchestrator, workflow};

workflow! {
    /// A run is a future.
    workflow Greet(name: String) -> String {
        tool fn greeting(name) -> String { format!("hello {name}") }
        greeting
    }
}

fn main() {
    let greet = Greet { name: String::new() };
    let greeting: String = greet.run(&Orchestrator::new());
    drop(greeting);
}
