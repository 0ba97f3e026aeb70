use orchestrated::{Orchestrator, workflow};

workflow! {
    workflow Publish(text: String) -> String {
        #[retires(3)]
        agnet fn draft(text) -> String { text.to_uppercase() }
        tool fn check(darft) -> bool { darft.is_empty() }
        tool fn store(draft) -> Result<u32, String> { draft.parse().map_err(|_| draft.clone()) }
    }

    workflow Other(text: String) -> String {
        tool fn cx(text) -> usize { text.len() }
        agent fn ask(text) -> String { drop(Orchestrator::new()); text.clone() }
        ask
    }
}

fn main() {}
