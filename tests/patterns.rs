//! The examples of the pattern book, with their tests: they are compiled here, in one program, and not linked once each.

#[path = "patterns/drawing.rs"]
mod drawing;
#[path = "patterns/mermaid.rs"]
mod mermaid;
#[path = "patterns/page.rs"]
mod page;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/conditional_execution.rs"]
mod conditional_execution;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/emergency_fast_track.rs"]
mod emergency_fast_track;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/etl.rs"]
mod etl;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/fan_out_fan_in.rs"]
mod fan_out_fan_in;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/hybrid.rs"]
mod hybrid;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/iterative_refinement.rs"]
mod iterative_refinement;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/map_reduce.rs"]
mod map_reduce;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/master_worker.rs"]
mod master_worker;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/multi_stage_review.rs"]
mod multi_stage_review;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/quality_gate.rs"]
mod quality_gate;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/research_create_review.rs"]
mod research_create_review;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/retry_with_fallback.rs"]
mod retry_with_fallback;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/sequential_pipeline.rs"]
mod sequential_pipeline;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/skill_chain.rs"]
mod skill_chain;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/streaming_pipeline.rs"]
mod streaming_pipeline;

#[allow(dead_code, reason = "its `main` runs as an example")]
#[path = "../examples/patterns/supervisor.rs"]
mod supervisor;
