//! The service as a whole, and what Prometheus would be given.

use std::{fs, net::Ipv4Addr, path::Path};

use orchestrated::{Metrics, Orchestrator};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{look, options::Request, pages, recorder, server};

/// Looks at all pages of a folder so many times, and scrapes what is served then.
async fn scraped(folder: &Path, rounds: usize) -> String {
    let recorder = recorder().unwrap();
    let prometheus = recorder.handle();
    let orchestrator = Orchestrator::new().observer(Metrics::with_recorder(recorder));
    let paths = pages::paths(folder).unwrap();
    for _ in 0..rounds {
        look(&orchestrator, &paths).await;
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, move || prometheus.render()));
    assert!(
        server::scrape(address, "/else")
            .await
            .is_err_and(|error| error.to_string().contains("404"))
    );
    server::scrape(address, "/metrics").await.unwrap()
}

#[tokio::test]
async fn pages_are_counted_and_measured() {
    let folder = tempfile::tempdir().unwrap();
    let page = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    page("good.md", "One [link](bad.md) that leads somewhere.");
    page("bad.md", "One [link](gone.md) that leads nowhere.");
    page("other.txt", "No page.");
    let metrics = scraped(folder.path(), 3).await;
    let has = |line: &str| {
        assert!(
            metrics.lines().any(|other| other == line),
            "{line}\n{metrics}"
        );
    };
    let workflow = "workflow=\"metrics::pages::Look\"";
    has(&format!(
        "orchestrated_runs_total{{{workflow},outcome=\"finished\"}} 3"
    ));
    has(&format!(
        "orchestrated_runs_total{{{workflow},outcome=\"failed\"}} 3"
    ));
    has(&format!("orchestrated_runs_running{{{workflow}}} 0"));
    has(&format!(
        "orchestrated_step_failures_total{{{workflow},step=\"checked\",kind=\"tool\",cause=\"error\"}} 3"
    ));
    // It is read in the first round, and remembered in the others.
    has(&format!(
        "orchestrated_cache_hits_total{{{workflow},step=\"text\",kind=\"tool\"}} 4"
    ));
    has(&format!(
        "orchestrated_step_duration_seconds_count{{{workflow},step=\"checked\",kind=\"tool\",outcome=\"finished\"}} 3"
    ));
    has("# TYPE orchestrated_step_duration_seconds histogram");
    has("# HELP orchestrated_runs_total Runs that have ended.");
    has("orchestrated_steps_running{kind=\"tool\"} 0");
}

/// The pages that ship: the book.
#[tokio::test]
async fn the_links_of_the_book_lead_somewhere() {
    let paths = pages::paths(&Request::default().folder).unwrap();
    assert!(paths.len() > 10);
    for looked in look(&Orchestrator::new(), &paths).await {
        looked.unwrap();
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let error = |folder: &Path| pages::paths(folder).unwrap_err().to_string();
    assert!(error(Path::new("no/such/folder")).contains("no/such/folder"));
    let empty = tempfile::tempdir().unwrap();
    assert!(error(empty.path()).contains("no Markdown files"));
}

#[tokio::test]
async fn only_what_is_asked_for_properly_is_answered() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, || "text".to_owned()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"PUT /metrics HTTP/1.1\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
}
