//! Graphs as Rust source: once as a `workflow!`, and as somebody would write them by hand, in several ways.
//!
//! The build script writes the sources that the benchmarks measure; `compile_time` writes larger ones into crates of
//! their own. Every step adds up what it reads and calls `work`, which the including module defines.

mod recorded;
mod rival;
mod shape;
mod source;

pub use rival::Rival;
pub use shape::Shape;

/// What `straight_path` measures.
#[must_use]
pub fn measured() -> Vec<Shape> {
    vec![
        Shape::chain(5),
        Shape::chain(100),
        Shape::fan(2),
        Shape::fan(10),
        Shape::fan(100),
        Shape::dense(10, 10),
        Shape::sparse(10, 10),
        Shape::skewed(4),
    ]
}

/// The names of the shapes that can have any size: what [`grown`] takes.
pub const KINDS: [&str; 5] = ["chain", "fan", "dense", "sparse", "units"];

/// A shape of about so many steps, by one of the names in [`KINDS`]; the recorded one has at most its own.
///
/// # Errors
///
/// When there is no such kind: it is given back.
pub fn grown(kind: &str, steps: usize) -> Result<Shape, String> {
    // Thirty layers of thirty are what is called a thousand.
    let side = if steps == 1000 { 30 } else { steps.isqrt() }.max(1);
    match kind {
        "chain" => Ok(Shape::chain(steps)),
        "fan" => Ok(Shape::fan(steps)),
        "dense" => Ok(Shape::dense(side, side)),
        "sparse" => Ok(Shape::sparse(side, side)),
        "units" => Ok(Shape::units(steps)),
        _ => Err(kind.to_owned()),
    }
}
