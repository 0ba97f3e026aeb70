//! Sends what is exported.

use std::{future::Future, pin::Pin};

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use ureq::{Agent, config::Config};

/// What the collector answers is a few bytes. More than this is not from a collector.
const LARGEST_ANSWER: u64 = 1 << 20;

/// Blocks while it sends: the thread on which spans are exported does nothing else.
#[derive(Debug)]
pub(super) struct Client(Agent);

impl Client {
    pub(super) fn new(timeout: std::time::Duration) -> Self {
        let config = Config::builder()
            .http_status_as_error(false)
            .timeout_global(Some(timeout));
        Self(config.build().new_agent())
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts, &body[..]);
        let answer = self.0.run(request)?;
        let (parts, mut body) = answer.into_parts();
        let body = body.with_config().limit(LARGEST_ANSWER).read_to_vec()?;
        Ok(Response::from_parts(parts, body.into()))
    }
}

impl HttpClient for Client {
    fn send_bytes<'c, 'f>(
        &'c self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        'c: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.send(request) })
    }
}
