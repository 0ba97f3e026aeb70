use std::{collections::HashMap, env, fmt, time::Duration};

use opentelemetry::{KeyValue, Value, trace::TracerProvider as _};
use opentelemetry_otlp::{
    Protocol, SpanExporter as OtlpExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkError,
    trace::{SdkTracer, SdkTracerProvider, SpanExporter},
};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

use super::client::Client;

/// Exports spans to a collector: OTLP over HTTP, from a thread of its own.
///
/// [`layer`](Self::layer) is what collects them. [`shutdown`](Self::shutdown) sends what has not been sent yet; a pipeline
/// that is dropped does the same and tells nobody when that fails. A collector that cannot be reached never fails or slows a
/// run: its spans are lost, and the exporter says so by `tracing` events with the target `opentelemetry_sdk`.
#[derive(Debug)]
pub struct Pipeline {
    provider: SdkTracerProvider,
}

/// What a [`Pipeline`] is made of.
///
/// What is not given here is taken from the environment, as OpenTelemetry defines it: `OTEL_EXPORTER_OTLP_ENDPOINT`,
/// `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER` and the like.
#[derive(Clone, Debug)]
#[must_use = "a pipeline is made by `build`"]
pub struct PipelineBuilder {
    resource: Vec<KeyValue>,
    endpoint: Option<String>,
    headers: HashMap<String, String>,
    timeout: Duration,
}

/// Why a [`Pipeline`] could not be made, or not send all that it had.
#[derive(Debug)]
#[non_exhaustive]
pub enum PipelineError {
    /// The endpoint is of the scheme `https`, and this exporter has no TLS.
    Tls {
        /// The endpoint.
        endpoint: String,
    },
    /// This header is none: its name or its value holds what a header cannot hold.
    Header {
        /// The name of the header.
        name: String,
    },
    /// The settings do not make an exporter, for example since the endpoint is no address.
    Exporter(opentelemetry_otlp::ExporterBuildError),
    /// Not everything could be sent.
    Unsent(OTelSdkError),
}

impl Pipeline {
    /// A pipeline for the service of this name: what a collector calls the program from which spans come.
    ///
    /// ```
    /// # use orchestrate_core as orchestrated;
    /// use orchestrated::otel::{Pipeline, PipelineError};
    ///
    /// let wrong = Pipeline::builder("reviews").endpoint("https://collector.example").build();
    /// assert!(matches!(wrong, Err(PipelineError::Tls { .. })));
    /// ```
    pub fn builder(service: impl Into<String>) -> PipelineBuilder {
        PipelineBuilder {
            resource: vec![KeyValue::new("service.name", service.into())],
            endpoint: None,
            headers: HashMap::new(),
            timeout: Duration::from_secs(10),
        }
    }

    /// A layer for a `tracing` subscriber, by which every span becomes one of OpenTelemetry: those of runs, and those of
    /// everything else. A filter (`with_filter`) narrows it.
    #[must_use]
    pub fn layer<S>(&self) -> OpenTelemetryLayer<S, SdkTracer>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        tracing_opentelemetry::layer().with_tracer(self.provider.tracer("orchestrated"))
    }

    /// What makes the tracers: for spans that are made without `tracing`.
    #[must_use]
    pub fn provider(&self) -> &SdkTracerProvider {
        &self.provider
    }

    /// Sends what has ended and was not sent yet, and blocks the thread until then.
    ///
    /// # Errors
    ///
    /// When it cannot be sent.
    pub fn flush(&self) -> Result<(), PipelineError> {
        self.provider.force_flush().map_err(PipelineError::Unsent)
    }

    /// Sends what has ended and was not sent yet, and blocks the thread until then, at most 5 seconds. Spans that end later
    /// are not sent.
    ///
    /// # Errors
    ///
    /// When it cannot be sent.
    pub fn shutdown(self) -> Result<(), PipelineError> {
        self.provider.shutdown().map_err(PipelineError::Unsent)
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        // After `shutdown` it has been done. Who wants to know whether it went well calls that.
        let _ = self.provider.shutdown();
    }
}

impl PipelineBuilder {
    /// Where the collector listens: `http://localhost:4318`, to which `/v1/traces` is added, is what is taken where neither
    /// this nor the environment says anything.
    ///
    /// It has no TLS. A collector on this machine or in this network forwards what must go further; or see
    /// [`build_with`](Self::build_with).
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// A header of every request: a key of an API, for example.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// An attribute of the service: `service.version`, `deployment.environment.name`, and such.
    pub fn resource(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.resource.push(KeyValue::new(key.into(), value.into()));
        self
    }

    /// How long sending one batch of spans may take: 10 seconds unless this says otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Makes the pipeline, and starts its thread.
    ///
    /// # Errors
    ///
    /// When the endpoint or a header is none, and when the endpoint asks for TLS.
    pub fn build(self) -> Result<Pipeline, PipelineError> {
        self.check()?;
        let mut exporter = OtlpExporter::builder()
            .with_http()
            .with_http_client(Client::new(self.timeout))
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(self.timeout)
            .with_headers(self.headers.clone());
        if let Some(endpoint) = &self.endpoint {
            let endpoint = endpoint.trim_end_matches('/');
            exporter = exporter.with_endpoint(format!("{endpoint}/v1/traces"));
        }
        let exporter = exporter.build().map_err(PipelineError::Exporter)?;
        Ok(self.build_with(exporter))
    }

    /// The same with an exporter of one's own: over gRPC, with TLS, or to somewhere else. Of what was given here, the
    /// name of the service and the attributes count.
    #[must_use]
    pub fn build_with(self, exporter: impl SpanExporter + 'static) -> Pipeline {
        let resource = Resource::builder().with_attributes(self.resource);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(exporter);
        Pipeline {
            provider: provider.build(),
        }
    }

    fn check(&self) -> Result<(), PipelineError> {
        let variables = [
            opentelemetry_otlp::OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
            opentelemetry_otlp::OTEL_EXPORTER_OTLP_ENDPOINT,
        ];
        let mut variables = variables.iter().filter_map(|name| env::var(name).ok());
        let endpoint = self.endpoint.clone().or_else(|| variables.next());
        if let Some(endpoint) = endpoint.filter(|url| url.starts_with("https:")) {
            return Err(PipelineError::Tls { endpoint });
        }
        // The exporter would leave them out without a word.
        let wrong = self.headers.iter().find(|(name, value)| {
            opentelemetry_http::Request::get("/")
                .header(*name, *value)
                .body(())
                .is_err()
        });
        match wrong {
            Some((name, _)) => Err(PipelineError::Header { name: name.clone() }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls { endpoint } => write!(
                f,
                "the endpoint `{endpoint}` asks for TLS, which this exporter has not: name a collector by `http://`, or give \
                 `build_with` an exporter that has it"
            ),
            Self::Header { name } => write!(
                f,
                "the header `{name}` cannot be sent: its name or its value holds what a header cannot hold"
            ),
            Self::Exporter(error) => write!(f, "the exporter could not be made: {error}"),
            Self::Unsent(error) => write!(f, "not every span could be sent: {error}"),
        }
    }
}

impl std::error::Error for PipelineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Exporter(error) => Some(error),
            Self::Unsent(error) => Some(error),
            Self::Tls { .. } | Self::Header { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let pipeline = || Pipeline::builder("tests");
        let cases = [
            (
                pipeline().endpoint("https://there:4318"),
                "the endpoint `https://there:4318` asks for TLS",
            ),
            (
                pipeline().endpoint("no where"),
                "invalid endpoint 'no where/v1/traces'",
            ),
            (
                pipeline().header("a b", "c"),
                "the header `a b` cannot be sent",
            ),
            (
                pipeline().header("key", "a\nb"),
                "the header `key` cannot be sent",
            ),
        ];
        for (builder, named) in cases {
            let error = builder.build().unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
