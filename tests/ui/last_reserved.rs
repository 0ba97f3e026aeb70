use orchestrated::workflow;

workflow! {
    workflow Write(last: String) -> String {
        #[repeat(max = 3, until = draft.len() > 100)]
        agent fn draft() -> String { String::new() }
        draft
    }

    workflow Moved() -> String {
        #[repeat(max = 3, until = draft.len() > 100)]
        agent fn draft(move last) -> String { String::new() }
        draft
    }

    workflow InAFlow() -> String {
        #[repeat(max = 3, until = draft.len() > 100)]
        flow draft = Write { last };
        draft
    }
}

fn main() {}
