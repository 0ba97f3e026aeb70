//! What a collector gets of runs, span by span.

use std::{fmt::Write as _, future::pending, net::SocketAddr, time::Duration};

use expect_test::expect;
use orchestrated::{
    Context, Orchestrator,
    otel::{Pipeline, TraceContext, opentelemetry},
    workflow,
};
use orchestrated_otel_tests::{Collector, Span, Spans};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};
use tracing::{Instrument as _, instrument::WithSubscriber as _, subscriber::DefaultGuard};
use tracing_subscriber::layer::SubscriberExt as _;

/// What a caller sends.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

/// Everything that this thread does is exported to a collector of its own.
struct Exported {
    collector: Collector,
    pipeline: Pipeline,
    _subscriber: DefaultGuard,
}

impl Exported {
    fn start() -> Self {
        let collector = Collector::start().unwrap();
        let pipeline = Pipeline::builder("tests")
            .endpoint(collector.endpoint())
            .header("x-api-key", "secret")
            .resource("service.version", "1.2.3")
            .build()
            .unwrap();
        let subscriber = tracing_subscriber::registry().with(pipeline.layer());
        let subscriber = tracing::subscriber::set_default(subscriber);
        Self {
            collector,
            pipeline,
            _subscriber: subscriber,
        }
    }

    fn spans(&self) -> Spans {
        self.pipeline.flush().unwrap();
        self.collector.spans().unwrap()
    }

    /// The header by which the only request for this path joined the trace.
    fn sent(&self, path: &str) -> (String, String) {
        let requests = self.collector.requests();
        let mut requests = requests.iter().filter(|request| request.path == path);
        let request = requests
            .next()
            .unwrap_or_else(|| panic!("nobody asked for {path}"));
        assert!(requests.next().is_none(), "{path} twice");
        let header = |name| request.header(name).unwrap_or_default().to_owned();
        (header("traceparent"), header("x-current"))
    }
}

/// Asks for a path with the headers of the step, and with what OpenTelemetry takes for the current span.
async fn get(server: SocketAddr, path: &str, cx: &Context<'_>) -> u64 {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\n");
    for (name, value) in cx.trace_context().headers() {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    for (_, value) in TraceContext::current().headers() {
        let _ = write!(request, "x-current: {value}\r\n");
    }
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream
        .write_all(format!("{request}\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    1
}

async fn turns(n: usize) {
    for _ in 0..n {
        tokio::task::yield_now().await;
    }
}

workflow! {
    workflow Review(server: SocketAddr) -> Result<u64, String> {
        mcp fn files(server, cx) -> u64 { get(*server, "/files", cx).await }
        tool fn practices(server, cx) -> u64 { turns(3).await; get(*server, "/practices", cx).await }
        #[idempotent]
        #[retry(attempts = 3, backoff = 1ms)]
        agent fn review(files, practices, server, cx) -> Result<u64, String> {
            let path = format!("/review/{}", cx.attempt());
            let think = async { turns(2).await; get(*server, &path, cx).await };
            think.instrument(tracing::info_span!("think")).await;
            tracing::info!("thought");
            if cx.attempt() == 2 { Ok(files + practices) } else { Err("unsure".to_owned()) }
        }
        flow checks = Checks { review, server };
        tool fn launched(review, cx) -> u64 {
            review - 2 + Looked {}.run(cx).await.unwrap()
        }
        fn report(checks, launched) -> u64 { checks + launched }
        Ok(report)
    }
    workflow Checks(review: u64, server: SocketAddr) -> u64 {
        tool fn syntax(review) -> u64 { turns(1).await; *review }
        tool fn format(server, cx) -> u64 { get(*server, "/format", cx).await }
        syntax + format
    }
    workflow Looked() -> u64 {
        fn looks() -> u64 { tracing::info!("looked"); 1 }
        looks
    }
    workflow Fails(how: &'static str) -> Result<u32, String> {
        fn before() -> u32 { 0 }
        #[timeout(20ms)]
        #[after(before)]
        tool fn fails(how) -> Result<u32, String> {
            match how {
                "panics" => panic!("it {how}"),
                "hangs" => pending().await,
                _ => Err(format!("it {how}")),
            }
        }
        tool fn waits(before) -> u32 { pending::<()>().await; *before }
        Ok(fails + waits)
    }
    workflow Items() -> u64 {
        fn numbers() -> Vec<u64> { vec![2, 1] }
        #[each(number in numbers)]
        tool fn squares(numbers, cx) -> String {
            sleep(Duration::from_millis(*number)).await;
            tracing::info!("{number}");
            cx.trace_context().headers().map(|(_, value)| value).collect()
        }
        u64::from(squares[0] != squares[1])
    }
}

#[tokio::test]
async fn a_run_is_a_tree_of_spans() {
    let exported = Exported::start();
    let server = exported.collector.address();
    let parent = format!("00-{TRACE}-{CALLER}-01");
    let caller = TraceContext::from_headers([("traceparent", &*parent), ("tracestate", "a=1")]);
    let o = Orchestrator::new();
    let ended = caller.scope(Review { server }.run(&o)).await;
    assert_eq!(ended.unwrap(), 4);

    let spans = exported.spans();
    let run = spans.one("run Review");
    assert_eq!((&*run.trace, &*run.parent), (TRACE, CALLER));
    let tree = spans.tree(run);
    expect![[r"
        run Review [internal, unset] outcome=ok target=orchestrated workflow=Review
          batch 1 [internal, unset] batch=1 outcome=ok steps=2 target=orchestrated workflow=Review
            step files [internal, unset] batch=1 kind=mcp outcome=ok step=files target=orchestrated workflow=Review
            step practices [internal, unset] batch=1 kind=tool outcome=ok step=practices target=orchestrated workflow=Review
          batch 2 [internal, unset] batch=2 outcome=ok steps=1 target=orchestrated workflow=Review
            step review [internal, unset] batch=2 kind=agent outcome=ok step=review target=orchestrated workflow=Review
              attempt 1 [internal, error: unsure] attempt=1 error=unsure error.type=failed outcome=failed target=orchestrated (thought)
                think [internal, unset] target=export
              attempt 2 [internal, unset] attempt=2 outcome=ok target=orchestrated (thought)
                think [internal, unset] target=export
          batch 3 [internal, unset] batch=3 outcome=ok steps=2 target=orchestrated workflow=Review
            step checks [internal, unset] batch=3 kind=flow outcome=ok step=checks target=orchestrated workflow=Review
              run Checks [internal, unset] outcome=ok target=orchestrated workflow=Checks
                batch 1 [internal, unset] batch=1 outcome=ok steps=2 target=orchestrated workflow=Checks
                  step syntax [internal, unset] batch=1 kind=tool outcome=ok step=syntax target=orchestrated workflow=Checks
                  step format [internal, unset] batch=1 kind=tool outcome=ok step=format target=orchestrated workflow=Checks
            step launched [internal, unset] batch=3 kind=tool outcome=ok step=launched target=orchestrated workflow=Review
              run Looked [internal, unset] outcome=ok target=orchestrated workflow=Looked
                batch 1 [internal, unset] batch=1 outcome=ok steps=1 target=orchestrated workflow=Looked
                  step looks [internal, unset] batch=1 kind=fn outcome=ok step=looks target=orchestrated workflow=Looked (looked)
          batch 4 [internal, unset] batch=4 outcome=ok steps=1 target=orchestrated workflow=Review
            step report [internal, unset] batch=4 kind=fn outcome=ok step=report target=orchestrated workflow=Review
    "]].assert_eq(&tree);
    // Nothing else was exported.
    assert_eq!(tree.lines().count(), spans.spans.len());
    for span in &spans.spans {
        let duration = span
            .attributes
            .get("duration")
            .map(|duration| duration.parse::<f64>());
        assert_eq!(duration.is_none(), span.name == "think", "{span:?}");
        assert!(
            duration.is_none_or(|duration| duration.is_ok_and(|it| it >= 0.0)),
            "{span:?}"
        );
    }

    // What the steps sent joins the trace at their spans.
    let step = |name: &str| (spans.one(name).traceparent(), spans.one(name).traceparent());
    assert_eq!(exported.sent("/files"), step("step files"));
    assert_eq!(exported.sent("/practices"), step("step practices"));
    assert_eq!(exported.sent("/format"), step("step format"));
    let thought = spans.named("think");
    for (attempt, think) in [("1", thought[0]), ("2", thought[1])] {
        let made = spans.one(&format!("attempt {attempt}"));
        assert_eq!(think.parent, made.id);
        let sent = exported.sent(&format!("/review/{attempt}"));
        assert_eq!(sent, (made.traceparent(), think.traceparent()));
    }
}

#[tokio::test]
async fn the_collector_hears_who_speaks() {
    let exported = Exported::start();
    let state = async {
        let headers = TraceContext::current().headers();
        headers.map(|(_, value)| value).collect::<Vec<_>>()
    };
    let parent = format!("00-{TRACE}-{CALLER}-01");
    let given = [("TraceParent", &*parent), ("tracestate", "a=1,b=2")];
    assert_eq!(
        TraceContext::from_headers(given).scope(state).await,
        [&*parent, "a=1,b=2"]
    );
    let ended = Looked {}.run(&Orchestrator::new()).await;
    assert_eq!(ended.unwrap(), 1);
    let spans = exported.spans();
    assert_eq!(spans.resource["service.name"], "tests");
    assert_eq!(spans.resource["service.version"], "1.2.3");
    let requests = exported.collector.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.header("x-api-key") == Some("secret"))
    );
    assert!(!requests.is_empty());
}

#[tokio::test]
async fn a_run_belongs_to_who_calls_it() {
    use opentelemetry::{
        context::FutureExt as _,
        trace::{TraceContextExt as _, Tracer as _, TracerProvider as _},
    };
    let exported = Exported::start();
    let o = Orchestrator::new();
    // A span of `tracing`, a span of OpenTelemetry alone, and nothing at all; all at the same time.
    let tracer = exported.pipeline.provider().tracer("caller");
    let alone = opentelemetry::Context::new().with_span(tracer.start("alone"));
    let (one, other, third) = tokio::join!(
        Looked {}.run(&o).instrument(tracing::info_span!("traced")),
        Looked {}.run(&o).with_context(alone.clone()),
        Looked {}.run(&o),
    );
    assert_eq!(one.unwrap() + other.unwrap() + third.unwrap(), 3);
    alone.span().end();
    drop(alone);
    let spans = exported.spans();
    let parents: Vec<_> = spans
        .named("run Looked")
        .iter()
        .map(|run| &*run.parent)
        .collect();
    assert_eq!(
        parents,
        [&*spans.one("traced").id, &*spans.one("alone").id, ""]
    );
    let runs = spans.named("run Looked");
    assert!(runs[0].trace != runs[1].trace && runs[1].trace != runs[2].trace);
    for root in spans.spans.iter().filter(|span| span.parent.is_empty()) {
        // All below it is in its trace, and within its time.
        let below = spans.tree(root);
        assert!(
            below.contains("step looks") && below.contains("(looked)"),
            "{below}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn runs_that_move_between_threads_keep_to_their_traces() {
    let exported = Exported::start();
    let server = exported.collector.address();
    let o = std::sync::Arc::new(Orchestrator::new());
    let runs = (1..=16).map(|n| {
        let o = std::sync::Arc::clone(&o);
        let parent = format!("00-{n:032x}-{CALLER}-01");
        let caller = TraceContext::from_headers([("traceparent", &*parent)]);
        let run = async move { Review { server }.run(&o).await.unwrap() };
        tokio::spawn(caller.scope(run).with_current_subscriber())
    });
    for run in runs.collect::<Vec<_>>() {
        assert_eq!(run.await.unwrap(), 4);
    }
    let spans = exported.spans();
    let runs = spans.named("run Review");
    let mut traces: Vec<_> = runs.iter().map(|run| run.trace.clone()).collect();
    traces.sort();
    let all: Vec<_> = (1..=16).map(|n| format!("{n:032x}")).collect();
    assert_eq!(traces, all);
    // The same tree each time, and nothing besides.
    let shape = |run| {
        let tree = spans.tree(run);
        let mut lines: Vec<_> = tree.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let first = shape(runs[0]);
    assert!(runs.iter().all(|run| shape(run) == first));
    assert_eq!(first.len() * runs.len(), spans.spans.len());
}

async fn failure(how: &'static str) -> (Spans, Span) {
    let exported = Exported::start();
    assert!(Fails { how }.run(&Orchestrator::new()).await.is_err());
    let spans = exported.spans();
    let run = spans.one("run Fails").clone();
    (spans, run)
}

#[tokio::test]
async fn a_failure_has_a_status() {
    let (spans, run) = failure("fails").await;
    expect![[r"
        run Fails [internal, error: it fails] error=it fails error.type=failed outcome=failed target=orchestrated workflow=Fails (run failed)
          batch 1 [internal, unset] batch=1 outcome=ok steps=1 target=orchestrated workflow=Fails
            step before [internal, unset] batch=1 kind=fn outcome=ok step=before target=orchestrated workflow=Fails
          batch 2 [internal, error: it fails] batch=2 error=it fails error.type=failed outcome=failed steps=2 target=orchestrated workflow=Fails
            step fails [internal, error: it fails] batch=2 error=it fails error.type=failed kind=tool outcome=failed step=fails target=orchestrated workflow=Fails
              attempt 1 [internal, error: it fails] attempt=1 error=it fails error.type=failed outcome=failed target=orchestrated
    "]].assert_eq(&spans.tree(&run));
    let (spans, run) = failure("panics").await;
    expect![[r"
        run Fails [internal, error: panicked: it panics] error=panicked: it panics error.type=panicked outcome=panicked target=orchestrated workflow=Fails (run failed)
          batch 1 [internal, unset] batch=1 outcome=ok steps=1 target=orchestrated workflow=Fails
            step before [internal, unset] batch=1 kind=fn outcome=ok step=before target=orchestrated workflow=Fails
          batch 2 [internal, error: panicked: it panics] batch=2 error=panicked: it panics error.type=panicked outcome=panicked steps=2 target=orchestrated workflow=Fails
            step fails [internal, error: panicked: it panics] batch=2 error=panicked: it panics error.type=panicked kind=tool outcome=panicked step=fails target=orchestrated workflow=Fails
              attempt 1 [internal, error: panicked: it panics] attempt=1 error=panicked: it panics error.type=panicked outcome=panicked target=orchestrated
    "]].assert_eq(&spans.tree(&run));
    let (spans, run) = failure("hangs").await;
    expect![[r"
        run Fails [internal, error: timed out after 20ms] error=timed out after 20ms error.type=timed_out outcome=timed_out target=orchestrated workflow=Fails (run failed)
          batch 1 [internal, unset] batch=1 outcome=ok steps=1 target=orchestrated workflow=Fails
            step before [internal, unset] batch=1 kind=fn outcome=ok step=before target=orchestrated workflow=Fails
          batch 2 [internal, error: timed out after 20ms] batch=2 error=timed out after 20ms error.type=timed_out outcome=timed_out steps=2 target=orchestrated workflow=Fails
            step fails [internal, error: timed out after 20ms] batch=2 error=timed out after 20ms error.type=timed_out kind=tool outcome=timed_out step=fails target=orchestrated workflow=Fails
              attempt 1 [internal, error: timed out after 20ms] attempt=1 error=timed out after 20ms error.type=timed_out outcome=timed_out target=orchestrated
            step waits [internal, unset] batch=2 kind=tool outcome=cancelled step=waits target=orchestrated workflow=Fails
    "]].assert_eq(&spans.tree(&run));
    // What was cancelled lasted until then.
    let (waited, failed) = (spans.one("step waits"), spans.one("step fails"));
    assert!(waited.time.1 >= failed.time.1);
}

#[tokio::test]
async fn items_do_not_mix() {
    let exported = Exported::start();
    let ended = Items {}.run(&Orchestrator::new()).await;
    assert_eq!(ended.unwrap(), 1);
    let spans = exported.spans();
    expect![[r"
        run Items [internal, unset] outcome=ok target=orchestrated workflow=Items
          batch 1 [internal, unset] batch=1 outcome=ok steps=1 target=orchestrated workflow=Items
            step numbers [internal, unset] batch=1 kind=fn outcome=ok step=numbers target=orchestrated workflow=Items
          batch 2 [internal, unset] batch=2 outcome=ok steps=1 target=orchestrated workflow=Items
            step squares [internal, unset] batch=2 kind=tool outcome=ok step=squares target=orchestrated workflow=Items
              attempt 1 [internal, unset] attempt=1 outcome=ok target=orchestrated (2)
              attempt 1 [internal, unset] attempt=1 outcome=ok target=orchestrated (1)
    "]].assert_eq(&spans.tree(spans.one("run Items")));
}

#[tokio::test]
async fn a_collector_that_is_not_there_fails_nothing_but_the_export() {
    let collector = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = collector.local_addr().unwrap();
    drop(collector);
    let pipeline = Pipeline::builder("tests")
        .endpoint(format!("http://{address}"))
        .timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let subscriber = tracing_subscriber::registry().with(pipeline.layer());
    let _subscriber = tracing::subscriber::set_default(subscriber);
    let ended = Looked {}.run(&Orchestrator::new()).await;
    assert_eq!(ended.unwrap(), 1);
    let error = pipeline.flush().unwrap_err().to_string();
    assert!(error.starts_with("not every span could be sent"), "{error}");
}
