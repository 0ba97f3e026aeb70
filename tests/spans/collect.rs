//! A layer that writes down what happens to spans.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{
    Event, Id, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Record},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Layer, Registry,
    filter::LevelFilter,
    layer::{Context, Filter, SubscriberExt},
    registry::LookupSpan,
};

/// Fields, by their names.
pub(crate) type Fields = BTreeMap<&'static str, String>;

/// A span, as it was made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) name: &'static str,
    pub(crate) fields: Fields,
    /// From the outermost on, itself included.
    pub(crate) path: Vec<String>,
    /// How often it was entered, and is still.
    pub(crate) entered: usize,
    pub(crate) inside: usize,
    pub(crate) closed: bool,
}

impl Made {
    /// All that it says to those who do not ask for OpenTelemetry.
    pub(crate) fn shown(&self) -> Vec<(&'static str, String)> {
        let fields = self.fields.iter();
        let own = fields.filter(|(name, _)| !name.starts_with("otel."));
        own.map(|(name, value)| (*name, value.clone())).collect()
    }

    /// What it says of how it has ended: `ok`, or `failed: why`.
    pub(crate) fn ended(&self) -> String {
        let outcome = self.fields.get("outcome").map_or("", String::as_str);
        match self.fields.get("error") {
            Some(error) => format!("{outcome}: {error}"),
            None => outcome.to_owned(),
        }
    }
}

/// An event, and the spans in which it happened.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    pub(crate) level: tracing::Level,
    pub(crate) fields: Fields,
    pub(crate) path: Vec<String>,
}

#[derive(Clone, Default)]
pub(crate) struct Collected(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    spans: Vec<(Id, Made)>,
    events: Vec<Happened>,
}

/// Collects on this thread, as long as the guard lives.
pub(crate) fn collect(level: LevelFilter) -> (Collected, DefaultGuard) {
    collect_beside(level, LevelFilter::OFF)
}

/// The same beside somebody else, who wants to know this much.
pub(crate) fn collect_beside(
    filter: impl Filter<Registry> + Send + Sync + 'static,
    others: LevelFilter,
) -> (Collected, DefaultGuard) {
    let collected = Collected::default();
    let subscriber = tracing_subscriber::registry()
        .with(collected.clone().with_filter(filter))
        .with(Collected::default().with_filter(others));
    (collected, tracing::subscriber::set_default(subscriber))
}

impl Collected {
    pub(crate) fn spans(&self) -> Vec<Made> {
        self.with(|state| state.spans.iter().map(|(_, made)| made.clone()).collect())
    }

    pub(crate) fn events(&self) -> Vec<Happened> {
        self.with(|state| state.events.clone())
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The latest span of this id: a registry uses ids again.
    fn of(&self, id: &Id, change: impl FnOnce(&mut Made)) {
        self.with(|state| {
            if let Some((_, made)) = state.spans.iter_mut().rev().find(|(of, _)| of == id) {
                change(made);
            }
        });
    }
}

struct Names<'f>(&'f mut Fields);
impl Visit for Names<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

/// A span's name, as the tests say it: the step's or the workflow's, `batch 1`, `attempt 2`, or its own.
fn label(name: &str, fields: &Fields) -> String {
    if let "batch" | "attempt" = name {
        return format!("{name} {}", fields.get(name).map_or("", String::as_str));
    }
    fields
        .get("step")
        .or(fields.get("workflow"))
        .cloned()
        .unwrap_or_else(|| name.to_owned())
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Collected {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Names(&mut fields));
        let mut path = path(context.span_scope(id));
        path.pop();
        let name = attributes.metadata().name();
        path.push(label(name, &fields));
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(label(name, &fields));
        }
        let made = Made {
            name,
            fields,
            path,
            entered: 0,
            inside: 0,
            closed: false,
        };
        self.with(|state| state.spans.push((id.clone(), made)));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Names(&mut fields));
        let path = path(context.event_scope(event));
        let level = *event.metadata().level();
        self.with(|state| {
            state.events.push(Happened {
                level,
                fields,
                path,
            });
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.of(id, |made| values.record(&mut Names(&mut made.fields)));
    }

    fn on_enter(&self, id: &Id, _: Context<'_, S>) {
        self.of(id, |made| {
            made.entered += 1;
            made.inside += 1;
        });
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        self.of(id, |made| made.inside -= 1);
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.of(&id, |made| made.closed = true);
    }
}

fn path<'s, S: Subscriber + LookupSpan<'s>>(
    scope: Option<tracing_subscriber::registry::Scope<'s, S>>,
) -> Vec<String> {
    let spans = scope
        .into_iter()
        .flat_map(tracing_subscriber::registry::Scope::from_root);
    spans
        .map(|span| {
            span.extensions()
                .get::<String>()
                .cloned()
                .unwrap_or_default()
        })
        .collect()
}
