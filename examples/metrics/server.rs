//! Serves a text over HTTP, and fetches it: as little of the protocol as that takes.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// How long a request may be, and how long it may take.
const LONGEST: usize = 8 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers `GET /metrics` with this text, each time anew. It never ends.
pub(crate) async fn serve(
    listener: TcpListener,
    text: impl Fn() -> String + Clone + Send + 'static,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Too many connections are open: some will be closed.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let text = text.clone();
        tokio::spawn(async move {
            // Who does not ask in time, or does not listen, gets no answer.
            let _ = timeout(PATIENCE, answer(stream, text)).await;
        });
    }
}

async fn answer(mut stream: TcpStream, text: impl Fn() -> String) -> io::Result<()> {
    let head = head(&mut stream).await?;
    let (status, body) = match head.split_whitespace().take(2).collect::<Vec<_>>()[..] {
        ["GET", "/metrics"] => ("200 OK", text()),
        ["GET", _] => ("404 Not Found", "Metrics are at /metrics.\n".to_owned()),
        _ => (
            "405 Method Not Allowed",
            "Only GET is understood.\n".to_owned(),
        ),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// All up to the first empty line.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST {
            return Err(io::Error::other("the request is too long"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// What is served there.
pub(crate) async fn scrape(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .ok_or_else(|| io::Error::other("no answer of HTTP"))?;
    if !head.starts_with("HTTP/1.1 200 ") {
        let status = head.lines().next().unwrap_or_default();
        return Err(io::Error::other(status.to_owned()));
    }
    Ok(body.to_owned())
}
