use orchestrated::workflow;

workflow! {
    workflow Publish(notes: Vec<String>) -> usize {
        tool fn draft(notes) -> usize { notes.push(String::new()); notes.len() }
        draft
    }
}

fn main() {}
