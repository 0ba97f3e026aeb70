use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        agent fn draft(text) -> (report: String, notes: String) { (text.clone(), text.clone()) }
        agent fn report(notes) -> String { notes.to_uppercase() }
        report
    }

    workflow Twice() -> u32 {
        fn one() -> u32 { 1 }
        fn one() -> u32 { 2 }
        one
    }

    workflow Pair() {
        fn halves() -> (half: u32, half: u32) { (1, 2) }
        tool fn show(half) { println!("{half}") }
    }
}

fn main() {}
