use orchestrated::workflow;

struct App {
    client: u32,
}

workflow! {
    workflow Publish(app: &App, text: String) -> String {
        agent fn report(app, text) -> String {
            app.
        }
        tool fn check(reprot) -> bool { reprot.is_empty() }
        if check { report } else { app.client.to_string() }
    }
}

fn main() {}
