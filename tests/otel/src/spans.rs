use std::{collections::BTreeMap, fmt::Write as _};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::{Span as Proto, status::StatusCode},
};

/// What says where and how fast the test ran, and not what it did.
const PASSING: [&str; 6] = ["busy_ns", "idle_ns", "code.", "thread.", "duration", "run"];

/// A span, as it was exported.
#[derive(Clone, Debug)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// Its trace, as a header writes it.
    pub trace: String,
    /// Its own id.
    pub id: String,
    /// That of its parent; empty where it has none.
    pub parent: String,
    /// `internal`, `client`, ..
    pub kind: String,
    /// `unset`, `ok`, or `error: why`.
    pub status: String,
    /// What it says of itself.
    pub attributes: BTreeMap<String, String>,
    /// The names of its events.
    pub events: Vec<String>,
    /// From when to when, in nanoseconds since 1970.
    pub time: (u64, u64),
}

/// Spans of any number of traces.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    /// In the order of their beginnings.
    pub spans: Vec<Span>,
    /// What is said of the service.
    pub resource: BTreeMap<String, String>,
}

impl Spans {
    pub(crate) fn of(exports: Vec<ExportTraceServiceRequest>) -> Self {
        let mut all = Self::default();
        for export in exports.into_iter().flat_map(|export| export.resource_spans) {
            let resource = export.resource.unwrap_or_default();
            all.resource.extend(attributes(resource.attributes));
            let scopes = export.scope_spans.into_iter();
            all.spans
                .extend(scopes.flat_map(|scope| scope.spans).map(Span::of));
        }
        all.spans.sort_by_key(|span| span.time);
        all
    }

    /// The only span of this name.
    ///
    /// # Panics
    ///
    /// When there is none, or another one.
    #[must_use]
    pub fn one(&self, name: &str) -> &Span {
        let found: Vec<_> = self.named(name);
        let [span] = found[..] else {
            panic!("{} spans are called `{name}`", found.len());
        };
        span
    }

    /// The spans of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&Span> {
        let spans = self.spans.iter();
        spans.filter(|span| span.name == name).collect()
    }

    /// The span and all below it, a line each: name, kind, status, attributes, events.
    #[must_use]
    pub fn tree(&self, root: &Span) -> String {
        let mut tree = String::new();
        self.branch(root, 0, &mut tree);
        tree
    }

    fn branch(&self, span: &Span, depth: usize, tree: &mut String) {
        let Span {
            name, kind, status, ..
        } = span;
        let _ = write!(tree, "{:1$}{name} [{kind}, {status}]", "", depth * 2);
        for (key, value) in &span.attributes {
            if !PASSING.iter().any(|passing| key.starts_with(passing)) {
                let _ = write!(tree, " {key}={value}");
            }
        }
        for event in &span.events {
            let _ = write!(tree, " ({event})");
        }
        tree.push('\n');
        for child in self.spans.iter().filter(|child| child.parent == span.id) {
            assert_eq!(child.trace, span.trace, "{}", child.name);
            assert!(
                child.time.0 >= span.time.0,
                "{} begins before {name}",
                child.name
            );
            assert!(
                child.time.1 <= span.time.1,
                "{} ends after {name}",
                child.name
            );
            self.branch(child, depth + 1, tree);
        }
    }
}

impl Span {
    fn of(span: Proto) -> Self {
        let kind = span.kind().as_str_name();
        let kind = kind.trim_start_matches("SPAN_KIND_").to_lowercase();
        let status = span.status.unwrap_or_default();
        let status = match status.code() {
            StatusCode::Unset => "unset".to_owned(),
            StatusCode::Ok => "ok".to_owned(),
            StatusCode::Error => format!("error: {}", status.message),
        };
        Self {
            name: span.name,
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            kind,
            status,
            attributes: attributes(span.attributes),
            events: span.events.into_iter().map(|event| event.name).collect(),
            time: (span.start_time_unix_nano, span.end_time_unix_nano),
        }
    }

    /// The header by which it is the parent of something else.
    #[must_use]
    pub fn traceparent(&self) -> String {
        format!("00-{}-{}-01", self.trace, self.id)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn attributes(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    let attributes = attributes.into_iter();
    attributes
        .map(|attribute| (attribute.key, text(attribute.value)))
        .collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::DoubleValue(number)) => number.to_string(),
        Some(Value::BoolValue(truth)) => truth.to_string(),
        other => format!("{other:?}"),
    }
}
