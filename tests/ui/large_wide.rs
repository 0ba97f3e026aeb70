use orchestrated::workflow;

struct Broken;

workflow! {
    /// One batch of many steps.
    workflow Fan(n: u32) -> Result<u32, String> {
        tool fn a0(n) -> u32 { n + 0 } tool fn a1(n) -> u32 { n + 1 } tool fn a2(n) -> u32 { n + 2 } tool fn a3(n) -> u32 { n + 3 } tool fn a4(n) -> u32 { n + 4 }
        tool fn a5(n) -> u32 { n + 5 } tool fn a6(n) -> u32 { n + 6 } tool fn a7(n) -> u32 { n + 7 } tool fn a8(n) -> u32 { n + 8 } tool fn a9(n) -> u32 { n + 9 }
        tool fn a10(n) -> u32 { n + 10 } tool fn a11(n) -> u32 { n + 11 } tool fn a12(n) -> u32 { n + 12 } tool fn a13(n) -> u32 { n + 13 } tool fn a14(n) -> u32 { n + 14 }
        tool fn a15(n) -> u32 { n + 15 } tool fn a16(n) -> u32 { n + 16 } tool fn a17(n) -> u32 { n + 17 } tool fn a18(n) -> u32 { n + 18 } tool fn a19(n) -> u32 { n + 19 }
        tool fn a20(n) -> u32 { n + 20 } tool fn a21(n) -> u32 { n + 21 } tool fn a22(n) -> u32 { n + 22 } tool fn a23(n) -> u32 { n + 23 } tool fn a24(n) -> u32 { n + 24 }
        tool fn a25(n) -> u32 { n + 25 } tool fn a26(n) -> u32 { n + 26 } tool fn a27(n) -> u32 { n + 27 } tool fn a28(n) -> u32 { n + 28 } tool fn a29(n) -> u32 { n + 29 }
        tool fn a30(n) -> u32 { n + 30 } tool fn a31(n) -> u32 { n + 31 } tool fn a32(n) -> u32 { n + 32 } tool fn a33(n) -> u32 { n + 33 } tool fn a34(n) -> u32 { n + 34 }
        tool fn a35(n) -> u32 { n + 35 } tool fn a36(n) -> u32 { n + 36 } tool fn a37(n) -> u32 { n + 37 } tool fn a38(n) -> u32 { n + 38 } tool fn a39(n) -> u32 { n + 39 }
        tool fn a40(n) -> u32 { n + 40 } tool fn a41(n) -> u32 { n + 41 } tool fn a42(n) -> u32 { n + 42 } tool fn a43(n) -> u32 { n + 43 } tool fn a44(n) -> u32 { n + 44 }
        tool fn a45(n) -> u32 { n + 45 } tool fn a46(n) -> u32 { n + 46 } tool fn a47(n) -> u32 { n + 47 } tool fn a48(n) -> u32 { n + 48 } tool fn a49(n) -> u32 { n + 49 }
        tool fn a50(n) -> u32 { n + 50 } tool fn a51(n) -> u32 { n + 51 } tool fn a52(n) -> u32 { n + 52 } tool fn a53(n) -> u32 { n + 53 } tool fn a54(n) -> u32 { n + 54 }
        tool fn a55(n) -> u32 { n + 55 } tool fn a56(n) -> u32 { n + 56 } tool fn a57(n) -> u32 { n + 57 } tool fn a58(n) -> u32 { n + 58 } tool fn a59(n) -> u32 { n + 59 }
        tool fn a60(n) -> u32 { n + 60 } tool fn a61(n) -> u32 { n + 61 } tool fn a62(n) -> u32 { n + 62 } tool fn a63(n) -> u32 { n + 63 } tool fn a64(n) -> u32 { n + 64 }
        tool fn a65(n) -> u32 { n + 65 } tool fn a66(n) -> u32 { n + 66 } tool fn a67(n) -> u32 { n + 67 } tool fn a68(n) -> u32 { n + 68 } tool fn a69(n) -> u32 { n + 69 }
        tool fn a70(n) -> u32 { n + 70 } tool fn a71(n) -> u32 { n + 71 } tool fn a72(n) -> u32 { n + 72 } tool fn a73(n) -> u32 { n + 73 } tool fn a74(n) -> u32 { n + 74 }
        tool fn a75(n) -> u32 { n + 75 } tool fn a76(n) -> u32 { n + 76 } tool fn a77(n) -> u32 { n + 77 } tool fn a78(n) -> u32 { n + 78 } tool fn a79(n) -> u32 { n + 79 }
        tool fn a80(n) -> u32 { n + 80 } tool fn a81(n) -> u32 { n + 81 } tool fn a82(n) -> u32 { n + 82 } tool fn a83(n) -> u32 { n + 83 } tool fn a84(n) -> u32 { n + 84 }
        tool fn a85(n) -> u32 { n + 85 } tool fn a86(n) -> u32 { n + 86 } tool fn a87(n) -> u32 { n + 87 } tool fn a88(n) -> u32 { n + 88 } tool fn a89(n) -> u32 { n + 89 }
        tool fn a90(n) -> u32 { n + 90 } tool fn a91(n) -> u32 { n + 91 } tool fn a92(n) -> u32 { n + 92 } tool fn a93(n) -> u32 { n + 93 } tool fn a94(n) -> u32 { n + 94 }
        tool fn a95(n) -> u32 { n + 95 } tool fn a96(n) -> u32 { n + 96 } tool fn a97(n) -> u32 { n + 97 } tool fn a98(n) -> u32 { n + 98 } tool fn a99(n) -> u32 { n + 99 }
        tool fn a100(n) -> u32 { n + 100 } tool fn a101(n) -> u32 { n + 101 } tool fn a102(n) -> u32 { n + 102 } tool fn a103(n) -> u32 { n + 103 } tool fn a104(n) -> u32 { n + 104 }
        tool fn a105(n) -> u32 { n + 105 } tool fn a106(n) -> u32 { n + 106 } tool fn a107(n) -> u32 { n + 107 } tool fn a108(n) -> u32 { n + 108 } tool fn a109(n) -> u32 { n + 109 }
        tool fn a110(n) -> u32 { n + 110 } tool fn a111(n) -> u32 { n + 111 } tool fn a112(n) -> u32 { n + 112 } tool fn a113(n) -> u32 { n + 113 } tool fn a114(n) -> u32 { n + 114 }
        tool fn a115(n) -> u32 { n + 115 } tool fn a116(n) -> u32 { n + 116 } tool fn a117(n) -> u32 { n + 117 } tool fn a118(n) -> u32 { n + 118 } tool fn a119(n) -> u32 { n + 119 }
        tool fn a120(n) -> u32 { n + 120 } tool fn a121(n) -> u32 { n + 121 } tool fn a122(n) -> u32 { n + 122 } tool fn a123(n) -> u32 { n + 123 } tool fn a124(n) -> u32 { n + 124 }
        tool fn a125(n) -> u32 { n + 125 } tool fn a126(n) -> u32 { n + 126 } tool fn a127(n) -> u32 { n + 127 } tool fn a128(n) -> u32 { n + 128 } tool fn a129(n) -> u32 { n + 129 }
        tool fn number(n: &str) -> usize { n.len() }
        tool fn may(n) -> Result<u32, Broken> { if *n > 3 { Err(Broken) } else { Ok(1) } }
        tool fn nobody(n) -> u32 { *n }
        fn sum(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129) -> u32 { a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11 + a12 + a13 + a14 + a15 + a16 + a17 + a18 + a19 + a20 + a21 + a22 + a23 + a24 + a25 + a26 + a27 + a28 + a29 + a30 + a31 + a32 + a33 + a34 + a35 + a36 + a37 + a38 + a39 + a40 + a41 + a42 + a43 + a44 + a45 + a46 + a47 + a48 + a49 + a50 + a51 + a52 + a53 + a54 + a55 + a56 + a57 + a58 + a59 + a60 + a61 + a62 + a63 + a64 + a65 + a66 + a67 + a68 + a69 + a70 + a71 + a72 + a73 + a74 + a75 + a76 + a77 + a78 + a79 + a80 + a81 + a82 + a83 + a84 + a85 + a86 + a87 + a88 + a89 + a90 + a91 + a92 + a93 + a94 + a95 + a96 + a97 + a98 + a99 + a100 + a101 + a102 + a103 + a104 + a105 + a106 + a107 + a108 + a109 + a110 + a111 + a112 + a113 + a114 + a115 + a116 + a117 + a118 + a119 + a120 + a121 + a122 + a123 + a124 + a125 + a126 + a127 + a128 + a129 }
        Ok(sum + may + number as u32)
    }
}

fn main() {}
