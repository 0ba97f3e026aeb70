use orchestrated::workflow;

struct Notes(String);

workflow! {
    workflow Publish(notes: Notes) -> String {
        agent fn draft(notes) -> String { notes.0 }
        draft
    }

    workflow Collect(notes: Notes) -> Notes {
        agent fn draft(notes) -> Notes { *notes }
        draft
    }
}

fn main() {}
