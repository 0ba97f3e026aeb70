use orchestrated::{Orchestrator, workflow};

struct App {
    name: String,
}
#[derive(Debug)]
struct Report(String);

workflow! {
    workflow Publish(app: &App, text: String) -> Result<Report, String> {
        agent fn draft(app, txet) -> Result<String, String> { Ok(app.name.clone() + txet) }
        tool fn check(zebra) -> usize { zebra.stripes().len() + 1 }
        tool fn store(check) -> usize { check + 1 }
        fn report(move draft, store) -> Report { Report(format!("{draft} {store}")) }
        Ok(report)
    }

    workflow Above(app: &App, text: String) -> Result<Report, String> {
        flow publish = Publish { app, text };
        Ok(publish)
    }
}

async fn everything(app: App) -> Result<Report, Box<dyn std::error::Error>> {
    println!("{}", Publish::PLAN);
    let report = Publish { app: &app, text: String::new() }.run(&Orchestrator::new()).await?;
    let above = Above { app: &app, text: report.0 }.run(&Orchestrator::new()).await?;
    assert_eq!(Publish::store(&Publish::check(&"a").await).await, 2);
    Ok(Report(above.0))
}

fn main() {
    drop(everything(App { name: String::new() }));
}
