//! The options by which a step is tried again, cut short, replaced, kept or spared, each alone and with the others; all of
//! it in virtual time.

#[path = "options/log.rs"]
mod log;

#[path = "options/adaptive.rs"]
mod adaptive;
#[path = "options/breaker.rs"]
mod breaker;
#[path = "options/cache.rs"]
mod cache;
#[path = "options/default.rs"]
mod default;
#[path = "options/fallback.rs"]
mod fallback;
#[path = "options/order.rs"]
mod order;
#[path = "options/repeat.rs"]
mod repeat;
#[path = "options/retry.rs"]
mod retry;
#[path = "options/shapes.rs"]
mod shapes;
#[path = "options/subsets.rs"]
mod subsets;
#[path = "options/timeout.rs"]
mod timeout;
