//! Retry with fallback: what may work the next time is tried again, and when it does not, something else is taken.
//!
//! Use it for whatever lies behind a network. Who is busy is asked again after a pause, who says "no" is not, and when all of that
//! has failed, a second server and then what was kept from the last time stand in.
//!
//! ```text
//! cargo run --example retry_with_fallback
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{error::Error, io, net::SocketAddr, path::Path};

use orchestrated::{Orchestrator, workflow};
use tokio::{
    fs,
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

workflow! {
    /// Fetches the times of the tide, and keeps them for when nobody answers.
    workflow Tides(harbour: SocketAddr, mirror: SocketAddr, kept: &Path) -> Result<(String, bool), io::Error> {
        #[idempotent]
        #[timeout(5s)]
        #[retry(attempts = 3, backoff = 2ms, jitter, when = error.kind() != io::ErrorKind::NotFound)]
        #[fallback(get(*mirror).await.map(|tides| (tides, true)))]
        #[fallback(Ok((fs::read_to_string(kept).await?, false)))]
        mcp fn tides(harbour, mirror, kept) -> Result<(tides: String, fresh: bool), io::Error> {
            get(*harbour).await.map(|tides| (tides, true))
        }

        #[when(*fresh)]
        tool fn stored(tides, fresh, kept) -> Result<(), io::Error> { fs::write(kept, tides).await }

        Ok((tides, fresh))
    }
}

/// Asks a server over HTTP. What it does not have is `NotFound`.
async fn get(server: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(server).await?;
    let request = format!("GET /tides HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    match (answer.split(' ').nth(1), answer.split_once("\r\n\r\n")) {
        (Some("200"), Some((_, body))) => Ok(body.to_owned()),
        (Some("404"), _) => Err(io::ErrorKind::NotFound.into()),
        (status, _) => Err(io::Error::other(format!(
            "{server} answers with {status:?}"
        ))),
    }
}

/// A server on loopback that answers with these statuses, one a request, and is gone then.
async fn server(name: &'static str, statuses: &'static [u16]) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        for status in statuses {
            let (mut stream, _) = listener.accept().await?;
            let (mut request, mut line) = (BufReader::new(&mut stream), String::new());
            while request.read_line(&mut line).await? > "\r\n".len() {
                line.clear();
            }
            let answer = format!("HTTP/1.1 {status} .\r\n\r\nhigh water at 11:40, says the {name}");
            stream.write_all(answer.as_bytes()).await?;
        }
        Ok::<_, io::Error>(())
    });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("{}\n", Tides::PLAN);
    let harbour = server("harbour", &[503, 503, 200]).await?;
    let mirror = server("mirror", &[200]).await?;
    let folder = tempfile::tempdir()?;
    let kept = &folder.path().join("tides");
    let orchestrator = Orchestrator::new();
    // The harbour is busy twice and then gone, and the mirror after its first answer.
    for _ in 0..3 {
        let (tides, fresh) = Tides {
            harbour,
            mirror,
            kept,
        }
        .run(&orchestrator)
        .await?;
        println!("{tides}{}", if fresh { "" } else { " (that was earlier)" });
    }
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Tides::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    /// What is fetched from two servers with these answers, when there is a text from yesterday.
    async fn fetched(one: &'static [u16], other: &'static [u16]) -> ((String, bool), String) {
        let folder = tempfile::tempdir().unwrap();
        let kept = &folder.path().join("tides");
        fs::write(kept, "yesterday").await.unwrap();
        let harbour = server("harbour", one).await.unwrap();
        let mirror = server("mirror", other).await.unwrap();
        let tides = Tides {
            harbour,
            mirror,
            kept,
        };
        let fetched = tides.run(&Orchestrator::new()).await.unwrap();
        (fetched, fs::read_to_string(kept).await.unwrap())
    }

    #[tokio::test]
    async fn who_is_busy_is_asked_again_and_who_says_no_is_not() {
        let answers: [(&[u16], _); 3] = [
            (&[503, 502, 200], "harbour"),
            (&[503; 3], "mirror"),
            (&[404, 200], "mirror"),
        ];
        for (one, who) in answers {
            let says = format!("high water at 11:40, says the {who}");
            let expected = ((says.clone(), true), says);
            assert_eq!(fetched(one, &[200]).await, expected, "{one:?}");
        }
    }

    #[tokio::test]
    async fn what_was_kept_stands_in_for_both_and_stays_as_it_is() {
        let kept = "yesterday".to_owned();
        assert_eq!(fetched(&[], &[500]).await, ((kept.clone(), false), kept));
    }

    #[tokio::test]
    async fn without_anything_it_fails() {
        let harbour = server("harbour", &[]).await.unwrap();
        let tides = Tides {
            harbour,
            mirror: harbour,
            kept: Path::new("no/such/file"),
        };
        let failure = tides.run(&Orchestrator::new()).await.unwrap_err();
        assert_eq!((failure.step(), failure.attempts()), (Some("tides"), 3));
    }
}
