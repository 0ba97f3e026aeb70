use orchestrated::{Orchestrator, workflow};

#[derive(Debug)]
pub struct App;
impl App {
    async fn go(&self, n: u32) -> Result<u32, String> {
        tokio::task::yield_now().await;
        Ok(n)
    }
}
pub struct NotClone(u32);

workflow! {
    /// Reviews a thing.
    pub workflow Review(app: &App, pr: NotClone) -> Result<String, String> {
        /// First.
        mcp fn files(app, pr) -> Result<u32, String> { app.go(pr.0).await }
        mcp fn practices(app, pr) -> Result<NotClone, String> { Ok(NotClone(app.go(pr.0 + 1).await?)) }
        agent fn review(app, files, practices) -> Result<NotClone, String> { Ok(NotClone(app.go(*files + practices.0).await?)) }
        tool fn syntax(review) -> u32 { review.0 + 1 }
        tool fn format(review) -> u32 { review.0 + 2 }
        fn report(move review, syntax, format) -> String { format!("{} {} {}", review.0, syntax, format) }
        Ok(report)
    }

    pub workflow Skewed(n: u32) -> u32 {
        tool fn a(n) -> NotClone { NotClone(*n) }
        tool fn b(a) -> (x: u32, y: NotClone) { tokio::task::yield_now().await; (a.0 + 1, NotClone(3)) }
        tool fn c(b2) -> u32 { *b2 }
        fn b2(x) -> u32 { *x * 2 }
        tool fn d(n) -> u32 { tokio::task::yield_now().await; *n }
        tool fn e(d, move y) -> u32 { *d + y.0 }
        tool fn f(c, e, cx) -> u32 { let _ = cx.run_id(); *c + *e }
        f
    }
    workflow Outer(app: &App, n: u32) -> Result<u32, String> {
        flow skewed = Skewed { n };
        flow review = Review { app, pr: thing };
        fn thing(n) -> NotClone { NotClone(*n) }
        tool fn last(skewed, review) -> u32 { *skewed + review.len() as u32 }
        Ok(last)
    }
}

#[tokio::test]
async fn runs() {
    println!("{}", Review::PLAN);
    println!("{}", Outer::PLAN);
    println!("{}", Skewed::PLAN);
    let out = Review {
        app: &App,
        pr: NotClone(1),
    }
    .run(&Orchestrator::new())
    .await
    .unwrap();
    assert_eq!(out, "3 4 5");
    let out = Skewed { n: 1 }.run(&Orchestrator::new()).await.unwrap();
    assert_eq!(out, 4 + 4);
    let out = tokio::spawn(async { Outer { app: &App, n: 1 }.run(&Orchestrator::new()).await })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(out, 13);
}
