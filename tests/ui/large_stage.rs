use orchestrated::workflow;

struct Broken;

workflow! {
    /// One stage of several batches.
    workflow Lanes(n: u32) -> Result<u32, String> {
        tool fn a0(n) -> u32 { n + 0 } tool fn a1(n) -> u32 { n + 1 } tool fn a2(n) -> u32 { n + 2 }
        tool fn a3(n) -> u32 { n + 3 } tool fn a4(n) -> u32 { n + 4 } tool fn a5(n) -> u32 { n + 5 }
        tool fn a6(n) -> u32 { n + 6 } tool fn a7(n) -> u32 { n + 7 } tool fn a8(n) -> u32 { n + 8 }
        tool fn a9(n) -> u32 { n + 9 } tool fn a10(n) -> u32 { n + 10 } tool fn a11(n) -> u32 { n + 11 }
        tool fn a12(n) -> u32 { n + 12 } tool fn a13(n) -> u32 { n + 13 } tool fn a14(n) -> u32 { n + 14 }
        tool fn a15(n) -> u32 { n + 15 } tool fn a16(n) -> u32 { n + 16 } tool fn a17(n) -> u32 { n + 17 }
        tool fn a18(n) -> u32 { n + 18 } tool fn a19(n) -> u32 { n + 19 } tool fn a20(n) -> u32 { n + 20 }
        tool fn a21(n) -> u32 { n + 21 } tool fn a22(n) -> u32 { n + 22 } tool fn a23(n) -> u32 { n + 23 }
        tool fn a24(n) -> u32 { n + 24 } tool fn a25(n) -> u32 { n + 25 } tool fn a26(n) -> u32 { n + 26 }
        tool fn b0(a0) -> u32 { a0 + 1 } tool fn b1(a1) -> u32 { a1 + 1 } tool fn b2(a2) -> u32 { a2 + 1 }
        tool fn b3(a3) -> u32 { a3 + 1 } tool fn b4(a4) -> u32 { a4 + 1 } tool fn b5(a5) -> u32 { a5 + 1 }
        tool fn b6(a6) -> u32 { a6 + 1 } tool fn b7(a7) -> u32 { a7 + 1 } tool fn b8(a8) -> u32 { a8 + 1 }
        tool fn b9(a9) -> u32 { a9 + 1 } tool fn b10(a10) -> u32 { a10 + 1 } tool fn b11(a11) -> u32 { a11 + 1 }
        tool fn b12(a12) -> u32 { a12 + 1 } tool fn b13(a13) -> u32 { a13 + 1 } tool fn b14(a14) -> u32 { a14 + 1 }
        tool fn b15(a15) -> u32 { a15 + 1 } tool fn b16(a16) -> u32 { a16 + 1 } tool fn b17(a17) -> u32 { a17 + 1 }
        tool fn b18(a18) -> u32 { a18 + 1 } tool fn b19(a19) -> u32 { a19 + 1 } tool fn b20(a20) -> u32 { a20 + 1 }
        tool fn b21(a21) -> u32 { a21 + 1 } tool fn b22(a22) -> u32 { a22 + 1 } tool fn b23(a23) -> u32 { a23 + 1 }
        tool fn b24(a24) -> u32 { a24 + 1 } tool fn b25(a25) -> u32 { a25 + 1 } tool fn b26(a26) -> u32 { a26 + 1 }
        tool fn number(a3: &str) -> usize { a3.len() }
        tool fn may(a4) -> Result<u32, Broken> { if *a4 > 3 { Err(Broken) } else { Ok(1) } }
        tool fn nobody(a5) -> u32 { *a5 }
        fn sum(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26) -> u32 { b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7 + b8 + b9 + b10 + b11 + b12 + b13 + b14 + b15 + b16 + b17 + b18 + b19 + b20 + b21 + b22 + b23 + b24 + b25 + b26 }
        Ok(sum + may + number as u32)
    }
}

fn main() {}
