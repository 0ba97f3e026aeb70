use orchestrated::workflow;

workflow! {
    workflow Publish(text: String) -> String {
        agent fn report(text) -> String { text.to_uppercase() }
        tool fn check(zebra) -> bool { zebra.has_stripes() }
        if check { report } else { String::new() }
    }
}

fn main() {}
