//! A collector that a test runs: it listens on a port of this machine, keeps every request, and decodes those that bring
//! spans. It is the server to which steps send their requests, too.

mod spans;

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;

pub use spans::{Span, Spans};

/// A request, as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path that it asks for.
    pub path: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// The value of this header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(other, _)| other == name);
        header.map(|(_, value)| &**value)
    }
}

/// Keeps what is sent to it, and answers everything by `200 OK` without a body.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Collector {
    /// One that listens on a free port, in a thread that lasts as long as the test.
    ///
    /// # Errors
    ///
    /// When there is no port to listen on.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || serve(&stream, &kept));
            }
        });
        Ok(Self { address, requests })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What an exporter calls it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, in the order in which they came.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All spans that have been exported to it so far.
    ///
    /// # Errors
    ///
    /// When a request to `/v1/traces` brings something else.
    pub fn spans(&self) -> Result<Spans, prost::DecodeError> {
        let requests = self.requests();
        let exports = requests
            .iter()
            .filter(|request| request.path == "/v1/traces");
        let exports = exports.map(|request| ExportTraceServiceRequest::decode(&request.body[..]));
        Ok(Spans::of(exports.collect::<Result<_, _>>()?))
    }
}

/// One request after the other, until the connection ends.
fn serve(stream: &TcpStream, kept: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream);
    while let Ok(Some(request)) = read(&mut reader) {
        kept.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
        let mut stream = stream;
        let answer =
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
        if stream.write_all(answer).is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request {
        path,
        headers,
        body: Vec::new(),
    };
    let length = request.header("content-length").map_or(Ok(0), str::parse);
    let length: usize = length.map_err(io::Error::other)?;
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body)?;
    Ok(Some(request))
}
