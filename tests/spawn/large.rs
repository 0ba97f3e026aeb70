//! Steps that run apart in a workflow of so many steps that its run is in parts.

use orchestrated::{Orchestrator, workflow};

/// Cannot be cloned.
#[derive(Debug, PartialEq, Eq)]
struct Text(String);

workflow! {
    /// Values pass from part to part, to steps that run apart, to those that do not, and to the last expression.
    workflow Chain(n: u32, text: Text, prefix: &'static str) -> (Text, usize, u32) {
        #[spawn]
        tool fn a0(n, prefix) -> u32 { n + prefix.len() as u32 }
        fn a1(a0) -> u32 { a0 + 1 } fn a2(a1) -> u32 { a1 + 1 } fn a3(a2) -> u32 { a2 + 1 } fn a4(a3) -> u32 { a3 + 1 }
        fn a5(a4) -> u32 { a4 + 1 } fn a6(a5) -> u32 { a5 + 1 } fn a7(a6) -> u32 { a6 + 1 } fn a8(a7) -> u32 { a7 + 1 }
        fn a9(a8) -> u32 { a8 + 1 } fn a10(a9) -> u32 { a9 + 1 } fn a11(a10) -> u32 { a10 + 1 } fn a12(a11) -> u32 { a11 + 1 }
        fn a13(a12) -> u32 { a12 + 1 } fn a14(a13) -> u32 { a13 + 1 } fn a15(a14) -> u32 { a14 + 1 } fn a16(a15) -> u32 { a15 + 1 }
        fn a17(a16) -> u32 { a16 + 1 } fn a18(a17) -> u32 { a17 + 1 } fn a19(a18) -> u32 { a18 + 1 } fn a20(a19) -> u32 { a19 + 1 }
        fn a21(a20) -> u32 { a20 + 1 } fn a22(a21) -> u32 { a21 + 1 } fn a23(a22) -> u32 { a22 + 1 } fn a24(a23) -> u32 { a23 + 1 }
        #[blocking]
        fn first(text, prefix) -> usize { text.0.len() + prefix.len() }
        #[spawn]
        tool fn b0(a24, first, text, n) -> (sum: u32, copy: Text) {
            (a24 + n + *first as u32, Text(text.0.clone()))
        }
        fn b1(sum) -> u32 { sum + 1 }
        fn b2(b1) -> u32 { b1 + 1 } fn b3(b2) -> u32 { b2 + 1 } fn b4(b3) -> u32 { b3 + 1 } fn b5(b4) -> u32 { b4 + 1 }
        fn b6(b5) -> u32 { b5 + 1 } fn b7(b6) -> u32 { b6 + 1 } fn b8(b7) -> u32 { b7 + 1 } fn b9(b8) -> u32 { b8 + 1 }
        fn b10(b9) -> u32 { b9 + 1 } fn b11(b10) -> u32 { b10 + 1 } fn b12(b11) -> u32 { b11 + 1 } fn b13(b12) -> u32 { b12 + 1 }
        fn b14(b13) -> u32 { b13 + 1 } fn b15(b14) -> u32 { b14 + 1 } fn b16(b15) -> u32 { b15 + 1 } fn b17(b16) -> u32 { b16 + 1 }
        fn b18(b17) -> u32 { b17 + 1 } fn b19(b18) -> u32 { b18 + 1 } fn b20(b19) -> u32 { b19 + 1 } fn b21(b20) -> u32 { b20 + 1 }
        fn b22(b21) -> u32 { b21 + 1 } fn b23(b22) -> u32 { b22 + 1 } fn b24(b23) -> u32 { b23 + 1 }
        #[spawn]
        fn last(move copy, b24, sum, text) -> usize { copy.0.len() + (b24 + sum) as usize + text.0.len() }
        (text, last, b24)
    }

    /// One stage of several batches, and one of many steps.
    workflow Wide(text: Text) -> usize {
        tool fn a0(text) -> usize { text.0.len() + 0 } tool fn a1(text) -> usize { text.0.len() + 1 }
        tool fn a2(text) -> usize { text.0.len() + 2 } tool fn a3(text) -> usize { text.0.len() + 3 }
        tool fn a4(text) -> usize { text.0.len() + 4 } tool fn a5(text) -> usize { text.0.len() + 5 }
        tool fn a6(text) -> usize { text.0.len() + 6 } tool fn a7(text) -> usize { text.0.len() + 7 }
        tool fn a8(text) -> usize { text.0.len() + 8 } tool fn a9(text) -> usize { text.0.len() + 9 }
        tool fn a10(text) -> usize { text.0.len() + 10 } tool fn a11(text) -> usize { text.0.len() + 11 }
        tool fn a12(text) -> usize { text.0.len() + 12 } tool fn a13(text) -> usize { text.0.len() + 13 }
        tool fn a14(text) -> usize { text.0.len() + 14 } tool fn a15(text) -> usize { text.0.len() + 15 }
        tool fn a16(text) -> usize { text.0.len() + 16 } tool fn a17(text) -> usize { text.0.len() + 17 }
        tool fn a18(text) -> usize { text.0.len() + 18 } tool fn a19(text) -> usize { text.0.len() + 19 }
        tool fn a20(text) -> usize { text.0.len() + 20 } tool fn a21(text) -> usize { text.0.len() + 21 }
        tool fn a22(text) -> usize { text.0.len() + 22 } tool fn a23(text) -> usize { text.0.len() + 23 }
        tool fn a24(text) -> usize { text.0.len() + 24 } tool fn a25(text) -> usize { text.0.len() + 25 }
        tool fn a26(text) -> usize { text.0.len() + 26 }
        #[spawn] tool fn b0(text, a0) -> usize { text.0.len() + a0 + 1 } tool fn b1(text, a1) -> usize { text.0.len() + a1 + 1 }
        tool fn b2(text, a2) -> usize { text.0.len() + a2 + 1 } tool fn b3(text, a3) -> usize { text.0.len() + a3 + 1 }
        tool fn b4(text, a4) -> usize { text.0.len() + a4 + 1 } tool fn b5(text, a5) -> usize { text.0.len() + a5 + 1 }
        tool fn b6(text, a6) -> usize { text.0.len() + a6 + 1 } tool fn b7(text, a7) -> usize { text.0.len() + a7 + 1 }
        tool fn b8(text, a8) -> usize { text.0.len() + a8 + 1 } #[spawn] tool fn b9(text, a9) -> usize { text.0.len() + a9 + 1 }
        tool fn b10(text, a10) -> usize { text.0.len() + a10 + 1 } tool fn b11(text, a11) -> usize { text.0.len() + a11 + 1 }
        tool fn b12(text, a12) -> usize { text.0.len() + a12 + 1 } tool fn b13(text, a13) -> usize { text.0.len() + a13 + 1 }
        tool fn b14(text, a14) -> usize { text.0.len() + a14 + 1 } tool fn b15(text, a15) -> usize { text.0.len() + a15 + 1 }
        tool fn b16(text, a16) -> usize { text.0.len() + a16 + 1 } tool fn b17(text, a17) -> usize { text.0.len() + a17 + 1 }
        #[spawn] tool fn b18(text, a18) -> usize { text.0.len() + a18 + 1 } tool fn b19(text, a19) -> usize { text.0.len() + a19 + 1 }
        tool fn b20(text, a20) -> usize { text.0.len() + a20 + 1 } tool fn b21(text, a21) -> usize { text.0.len() + a21 + 1 }
        tool fn b22(text, a22) -> usize { text.0.len() + a22 + 1 } tool fn b23(text, a23) -> usize { text.0.len() + a23 + 1 }
        tool fn b24(text, a24) -> usize { text.0.len() + a24 + 1 } tool fn b25(text, a25) -> usize { text.0.len() + a25 + 1 }
        tool fn b26(text, a26) -> usize { text.0.len() + a26 + 1 }
        fn sum(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26) -> usize { b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7 + b8 + b9 + b10 + b11 + b12 + b13 + b14 + b15 + b16 + b17 + b18 + b19 + b20 + b21 + b22 + b23 + b24 + b25 + b26 }
        #[spawn]
        fn again(text, sum) -> usize { text.0.len() + sum }
        again
    }
}

#[tokio::test]
async fn parts_pass_on_what_is_counted() {
    let text = || Text("one two".to_owned());
    let chain = Chain {
        n: 1,
        text: text(),
        prefix: "p-",
    };
    let (sum, last) = (27 + 1 + 9, 37 + 24);
    assert_eq!(
        chain.run(&Orchestrator::new()).await.unwrap(),
        (text(), 7 + (last + sum) as usize + 7, last)
    );
}

#[tokio::test]
async fn a_large_stage_passes_on_what_is_counted() {
    let text = Text("one two".to_owned());
    let wide = Wide { text };
    let sum: usize = (0..27).map(|n| 7 + n + 7 + 1).sum();
    assert_eq!(wide.run(&Orchestrator::new()).await.unwrap(), 7 + sum);
}
