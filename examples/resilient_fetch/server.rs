//! A small HTTP/1.1 server that does what its schedule says, and counts what it is asked for.

use std::{
    collections::BTreeMap,
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

use crate::{
    client::{Address, Client},
    schedule::{Asked, Reply, Schedule, route},
};

/// No head of a request is longer.
const LONGEST: usize = 8 * 1024;

/// A server, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) client: Client,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    schedule: Schedule,
    seen: Mutex<Seen>,
}

/// What a server was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Requests of any kind.
    all: u64,
    pub(crate) routes: BTreeMap<String, Counts>,
}

/// What became of the requests for a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) requests: u64,
    /// With what was asked for.
    pub(crate) answered: u64,
    /// With the status of an error.
    pub(crate) refused: u64,
    pub(crate) hung_up: u64,
    /// Left without an answer.
    pub(crate) silent: u64,
}

impl Server {
    /// Listens on a free port of this machine.
    pub(crate) async fn on_loopback(name: &'static str, schedule: Schedule) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = Address::Loopback(listener.local_addr()?);
        let state = State::new(schedule);
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            // Dropped with this task, and all the connections with it.
            let mut connections = JoinSet::new();
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    connections.spawn(serve(stream, Arc::clone(&serving)));
                }
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self {
            client: Client { name, address },
            state,
            task,
        })
    }

    /// The same without sockets: for tests, on whose clock no real time passes.
    #[cfg(test)]
    pub(crate) fn in_memory(name: &'static str, schedule: Schedule) -> Self {
        let (sender, mut accepted) = tokio::sync::mpsc::unbounded_channel();
        let state = State::new(schedule);
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Some(stream) = accepted.recv().await {
                connections.spawn(serve(stream, Arc::clone(&serving)));
            }
        });
        Self {
            client: Client {
                name,
                address: Address::Memory(sender),
            },
            state,
            task,
        }
    }

    /// Serves nobody any more.
    pub(crate) fn shut_down(&self) {
        self.task.abort();
    }

    pub(crate) fn seen(&self) -> Seen {
        let seen = self.state.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shut_down();
    }
}

impl State {
    fn new(schedule: Schedule) -> Arc<Self> {
        Arc::new(Self {
            schedule,
            seen: Mutex::default(),
        })
    }

    /// Counts a request, and looks up what is to be done with it.
    fn reply(&self, path: &str) -> Reply {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.all += 1;
        let of_all = seen.all;
        let counts = seen.routes.entry(route(path).to_owned()).or_default();
        counts.requests += 1;
        let reply = (self.schedule)(Asked {
            path,
            of_route: counts.requests,
            of_all,
        });
        *match &reply {
            Reply::Answer(..) => &mut counts.answered,
            Reply::Unknown | Reply::Busy => &mut counts.refused,
            Reply::HangUp => &mut counts.hung_up,
            Reply::Silence => &mut counts.silent,
        } += 1;
        reply
    }
}

/// One connection, which is one request. Who leaves early is none of the server's business.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, state: Arc<State>) {
    let Ok(Some(head)) = head(&mut stream).await else {
        return;
    };
    let (status, body) = match path(&head).map(|path| state.reply(path)) {
        None => ("400 Bad Request", String::new()),
        Some(Reply::Answer(after, body)) => {
            tokio::time::sleep(after).await;
            ("200 OK", body)
        }
        Some(Reply::Unknown) => ("404 Not Found", String::new()),
        Some(Reply::Busy) => ("503 Service Unavailable", String::new()),
        Some(Reply::HangUp) => return,
        Some(Reply::Silence) => {
            // Until the client has had enough.
            let _ = stream.read(&mut [0]).await;
            return;
        }
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    if stream.write_all(answer.as_bytes()).await.is_ok() {
        let _ = stream.shutdown().await;
    }
}

/// All up to the empty line. None if there is no end to it.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= LONGEST || stream.read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    Ok(String::from_utf8(head).ok())
}

/// What is asked for.
fn path(head: &str) -> Option<&str> {
    let line = head.split("\r\n").next()?;
    line.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::FetchError, schedule::weather};

    async fn ask(server: &Server, path: &str) -> Result<String, FetchError> {
        server.client.get(path).await
    }

    /// Over a real socket. Nothing here waits for longer than its answer takes.
    #[tokio::test]
    async fn answers_over_a_socket() {
        let server = Server::on_loopback("weather", weather).await.unwrap();
        assert_eq!(ask(&server, "/readings/lake").await.unwrap(), "9.5");
        assert!(ask(&server, "/map").await.unwrap().len() > 20_000);
        let error = ask(&server, "/readings/hill").await.unwrap_err();
        assert!(matches!(error, FetchError::Status { status: 404, .. }));
        let seen = server.seen();
        assert_eq!(seen.all, 3);
        let readings = Counts {
            requests: 2,
            answered: 1,
            refused: 1,
            ..Counts::default()
        };
        assert_eq!(seen.routes["/readings"], readings);

        server.shut_down();
        while !server.task.is_finished() {
            tokio::task::yield_now().await;
        }
        let error = ask(&server, "/map").await.unwrap_err();
        assert!(matches!(error, FetchError::Lost { .. }), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn does_what_its_schedule_says() {
        let server = Server::in_memory("office", |asked| match asked.of_all {
            1 => Reply::HangUp,
            2 => Reply::Busy,
            _ => Reply::Silence,
        });
        let error = ask(&server, "/a/1").await.unwrap_err();
        assert_eq!(error.to_string(), "office/a/1 hung up without an answer");
        let error = ask(&server, "/a/2").await.unwrap_err();
        assert_eq!(error.to_string(), "office/a/2 answered with status 503");
        assert!(error.is_temporary());
        let day = std::time::Duration::from_hours(24);
        let silence = tokio::time::timeout(day, ask(&server, "/a/3")).await;
        assert!(silence.is_err());
        let counts = Counts {
            requests: 3,
            answered: 0,
            refused: 1,
            hung_up: 1,
            silent: 1,
        };
        assert_eq!(server.seen().routes["/a"], counts);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_request_is_not_counted() {
        let server = Server::in_memory("weather", weather);
        for (request, answer) in [
            ("POST /map HTTP/1.1\r\n\r\n", "HTTP/1.1 400"),
            ("GET /map\r\n\r\n", "HTTP/1.1 400"),
            ("GET /map HTTP/1.1\r\n", ""),
        ] {
            let Address::Memory(connect) = &server.client.address else {
                panic!("it is in memory")
            };
            let (mut ours, theirs) = tokio::io::duplex(1024);
            connect.send(theirs).unwrap();
            ours.write_all(request.as_bytes()).await.unwrap();
            ours.shutdown().await.unwrap();
            let mut told = String::new();
            ours.read_to_string(&mut told).await.unwrap();
            assert!(told.starts_with(answer) && told.is_empty() == answer.is_empty());
        }
        assert_eq!(server.seen().all, 0);
    }
}
