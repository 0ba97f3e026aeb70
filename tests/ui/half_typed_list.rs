use orchestrated::workflow;

workflow! {
    workflow Publish(app: &App, text) -> String {
        agent fn report(app, ) -> String { String::new() }
        agent fn second(app, text:) -> String { text.clone() }
        agent fn
        tool fn third(report) -> String { report.clone() }
        tool fn fourth(report) ->
        tool fn fifth(third) -> String { third.clone() }
        flow
        tool fn sixth(fifth) -> String { fifth.clone() }
        flow seventh = 
        fn eighth(sixth) -> String { sixth.clone() }
        flow ninth = Other { 
            text: 
        };
        eighth
    }
}

struct App;

fn main() {}
