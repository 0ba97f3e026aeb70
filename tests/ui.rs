//! Every mistake that has words of its own, and where rustc's own words must be good enough. Each `.stderr` is read in
//! review as a beginner would read it.

#[test]
fn compile_errors() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
