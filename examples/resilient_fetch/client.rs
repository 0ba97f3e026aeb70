//! Asks a server: `GET` over HTTP/1.1, a connection a request.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::error::FetchError;

/// No answer is longer.
const LONGEST: u64 = 1 << 20;

/// A server to ask.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// By what it is known to people.
    pub(crate) name: &'static str,
    pub(crate) address: Address,
}

/// Where a server is.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    Loopback(SocketAddr),
    /// In this process: for tests, on whose clock no real time passes.
    #[cfg(test)]
    Memory(tokio::sync::mpsc::UnboundedSender<tokio::io::DuplexStream>),
}

impl Client {
    /// What the server has under this path.
    pub(crate) async fn get(&self, path: &str) -> Result<String, FetchError> {
        let url = format!("{}{path}", self.name);
        let answer = match self.exchange(path).await {
            Ok(answer) => answer,
            Err(source) => return Err(FetchError::Lost { url, source }),
        };
        if answer.is_empty() {
            return Err(FetchError::HungUp { url });
        }
        match read(&answer)? {
            (200, body) => Ok(body.to_owned()),
            (status, _) => Err(FetchError::Status { url, status }),
        }
    }

    async fn exchange(&self, path: &str) -> io::Result<Vec<u8>> {
        match &self.address {
            Address::Loopback(address) => ask(TcpStream::connect(address).await?, path).await,
            #[cfg(test)]
            Address::Memory(server) => {
                let (ours, theirs) = tokio::io::duplex(1024);
                let sent = server.send(theirs);
                sent.map_err(|_| io::Error::from(io::ErrorKind::ConnectionRefused))?;
                ask(ours, path).await
            }
        }
    }
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, path: &str) -> io::Result<Vec<u8>> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    Ok(answer)
}

/// The status and the body of an answer.
fn read(answer: &[u8]) -> Result<(u16, &str), FetchError> {
    let text = str::from_utf8(answer).map_err(|_| FetchError::Garbled("not UTF-8"))?;
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or(FetchError::Garbled("cut off in its head"))?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1.1 "))
        .and_then(|line| line.get(..3)?.parse().ok())
        .ok_or(FetchError::Garbled("without a status"))?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse().ok());
    if length != Some(body.len()) {
        return Err(FetchError::Garbled("shorter or longer than it says"));
    }
    Ok((status, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_status_and_the_body() {
        let answer = b"HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length: 3\r\n\r\nyes";
        assert_eq!(read(answer).unwrap(), (200, "yes"));
        let answer = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(read(answer).unwrap(), (503, ""));
    }

    #[test]
    fn what_is_not_an_answer_is_refused() {
        for (answer, why) in [
            (&b"HTTP/1.1 200 OK\r\nContent-Le"[..], "cut off"),
            (b"hello\r\n\r\n", "without a status"),
            (b"HTTP/1.1 2\r\n\r\n", "without a status"),
            (
                b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nyes",
                "shorter",
            ),
            (b"HTTP/1.1 200 OK\r\n\r\nyes", "shorter"),
            (b"HTTP/1.1 200 OK\r\n\r\n\xff", "UTF-8"),
        ] {
            let error = read(answer).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
