use std::future::Future;

use opentelemetry::{
    Context,
    context::FutureExt as _,
    propagation::{Extractor, Injector, TextMapPropagator as _},
    trace::{SpanContext, TraceContextExt as _},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{guard::is_apart, spans::Spans};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// A place in a trace: the span under which what comes next belongs, as the [W3C] headers `traceparent` and `tracestate`
/// carry it from one program to the next.
///
/// A run takes it over from who calls it, and a step hands it on by
/// [`cx.trace_context()`](crate::Context::trace_context).
///
/// ```
/// # mod orchestrated { pub use ::orchestrated::*; pub use orchestrate_core::otel; }
/// use orchestrated::{Orchestrator, otel::TraceContext, workflow};
///
/// workflow! {
///     workflow Ask() -> Vec<(&'static str, String)> {
///         // Where nothing makes spans, the headers of the caller go on as they are.
///         tool fn headers(cx) -> Vec<(&'static str, String)> { cx.trace_context().headers().collect() }
///         headers
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// let caller = TraceContext::from_headers([("traceparent", parent)]);
/// let orchestrator = Orchestrator::new();
/// let sent = caller.scope(Ask {}.run(&orchestrator)).await?;
/// assert_eq!(sent, [("traceparent", parent.to_owned())]);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
///
/// [W3C]: https://www.w3.org/TR/trace-context/
#[derive(Clone, Debug)]
pub struct TraceContext {
    span: SpanContext,
}

impl TraceContext {
    /// That of the span in which this code runs: the innermost, be it a step's or one of the body's own.
    #[must_use]
    pub fn current() -> Self {
        Self::of(&Context::current())
    }

    /// That of the caller, from the headers of its request: pairs of a name and a value, of which the names may be in upper
    /// or lower case. Headers that are not there, or that make no sense, are no place in any trace.
    #[must_use]
    pub fn from_headers<N, V>(headers: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let mut given = Headers::default();
        for (name, value) in headers {
            if let Ok(value) = str::from_utf8(value.as_ref()) {
                given.add(name.as_ref(), value);
            }
        }
        Self::of(&TraceContextPropagator::new().extract_with_context(&Context::new(), &given))
    }

    fn of(context: &Context) -> Self {
        Self {
            span: context.span().span_context().clone(),
        }
    }

    /// That of a step, or of an attempt at it.
    pub(crate) fn of_step(spans: Option<&Spans>, step: usize) -> Self {
        if is_apart() {
            // It was entered there: that of the attempt, or one of the body's own.
            return Self::current();
        }
        let span = spans.and_then(|spans| spans.innermost(step));
        let of_span = span.map(|span| Self::of(&span.context()));
        // Where no layer of OpenTelemetry sees the span, that of the caller goes on.
        of_span.filter(Self::is_valid).unwrap_or_else(Self::current)
    }

    /// Whether it is a place in a trace. Outside of all traces it is none, and then there are no headers.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.span.is_valid()
    }

    /// The headers that carry it on: `traceparent`, and `tracestate` where there is any.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let mut headers = Headers::default();
        let context = Context::new().with_remote_span_context(self.span.clone());
        TraceContextPropagator::new().inject_context(&context, &mut headers);
        let Headers { parent, state } = headers;
        let parent = parent.map(|parent| (TRACEPARENT, parent));
        let state = state.filter(|state| !state.is_empty());
        let state = state.map(|state| (TRACESTATE, state));
        parent.into_iter().chain(state)
    }

    /// What OpenTelemetry knows it by.
    #[must_use]
    pub fn span_context(&self) -> &SpanContext {
        &self.span
    }

    /// Polls the future there: the spans that it makes outside of any other, and so the runs that it starts, are children of
    /// this one. If it is no place in a trace, they start traces of their own.
    pub fn scope<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
        // What else the caller has attached stays.
        let context = Context::current().with_remote_span_context(self.span);
        future.with_context(context)
    }
}

impl From<SpanContext> for TraceContext {
    fn from(span: SpanContext) -> Self {
        Self { span }
    }
}

/// The two headers.
#[derive(Default)]
struct Headers {
    parent: Option<String>,
    state: Option<String>,
}

impl Headers {
    fn add(&mut self, name: &str, value: &str) {
        if name.eq_ignore_ascii_case(TRACEPARENT) {
            self.parent = Some(value.to_owned());
        } else if name.eq_ignore_ascii_case(TRACESTATE) {
            // There may be several, which are one list.
            match &mut self.state {
                Some(state) => {
                    state.push(',');
                    state.push_str(value);
                }
                None => self.state = Some(value.to_owned()),
            }
        }
    }
}

impl Injector for Headers {
    fn set(&mut self, name: &str, value: String) {
        self.add(name, &value);
    }
}

impl Extractor for Headers {
    fn get(&self, name: &str) -> Option<&str> {
        match name {
            TRACEPARENT => self.parent.as_deref(),
            TRACESTATE => self.state.as_deref(),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT, TRACESTATE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_comes_in_goes_on() {
        let headers = [
            ("Accept", "*/*"),
            ("Traceparent", PARENT),
            ("tracestate", "a=1"),
            ("TraceState", "b=2"),
        ];
        let context = TraceContext::from_headers(headers);
        assert!(context.is_valid());
        let sent: Vec<_> = context.headers().collect();
        let expected = [("traceparent", PARENT), ("tracestate", "a=1,b=2")];
        assert_eq!(sent, expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn what_makes_no_sense_is_no_place() {
        for parent in ["", "00", "00-0-0-00", &PARENT.to_uppercase(), "no"] {
            let context = TraceContext::from_headers([("traceparent", parent)]);
            assert!(!context.is_valid(), "{parent}");
            assert_eq!(context.headers().count(), 0);
        }
        let none = TraceContext::from_headers([("traceparent", [0xff_u8])]);
        assert!(!none.is_valid());
    }
}
