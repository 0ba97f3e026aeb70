use orchestrated::workflow;

workflow! {
    /// Plain steps that start together, some of which take what they are not given.
    workflow Greet(name: String, count: u32) -> usize {
        fn greeting(name) -> String { format!("hello {name}") }
        fn length(name: String) -> usize { name.len() }
        fn number(count: &str) -> usize { count.len() }
        greeting.len() + length + number
    }
}

fn main() {}
