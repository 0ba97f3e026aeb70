use orchestrated::workflow;

workflow! {
    workflow Count(text: String) -> usize {
        tool fn words(text) -> usize { text.split(' ').collect::<Vec<_>>() }
        fn double(words) -> usize { format!("{words}") }
        double
    }
}

fn main() {}
