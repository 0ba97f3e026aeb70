//! Traces for OpenTelemetry: what exports the spans of runs over OTLP, and the place in a trace that goes from a caller into
//! a run, and from a step into its requests.
//!
//! The spans are those of `tracing`, and a layer of [`tracing_opentelemetry`] makes them those of OpenTelemetry.
//! [`Pipeline`] makes one that exports over OTLP. Who has a layer already keeps it: nothing here is needed then, but it has
//! to be of the version that stands here, or [`Context::trace_context`](crate::Context::trace_context) does not see it.
//!
//! ```no_run
//! # mod orchestrated { pub use ::orchestrated::*; pub use orchestrate_core::otel; }
//! use orchestrated::{Orchestrator, otel, workflow};
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! workflow! {
//!     workflow Greet(name: String) -> String {
//!         tool fn greeting(name) -> String { format!("Hello {name}") }
//!         greeting
//!     }
//! }
//!
//! # async fn main_() -> Result<(), Box<dyn std::error::Error>> {
//! let pipeline = otel::Pipeline::builder("greeter").endpoint("http://localhost:4318").build()?;
//! let subscriber = tracing_subscriber::registry().with(pipeline.layer());
//! tracing::subscriber::set_global_default(subscriber)?;
//!
//! Greet { name: "Ada".to_owned() }.run(&Orchestrator::new()).await?;
//!
//! pipeline.shutdown()?; // what has not been sent yet is sent
//! # Ok(()) }
//! ```

mod client;
mod pipeline;
mod trace_context;

pub use opentelemetry;
pub use opentelemetry_otlp;
pub use opentelemetry_sdk;
pub use tracing_opentelemetry;

pub use pipeline::{Pipeline, PipelineBuilder, PipelineError};
pub use trace_context::TraceContext;
