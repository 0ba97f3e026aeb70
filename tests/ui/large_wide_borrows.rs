use orchestrated::{Orchestrator, workflow};

workflow! {
    /// So many steps at once that they are in groups.
    workflow Wide<'a>(text: &'a str, n: u32) -> &'a str {
        tool fn w0(n) -> u32 { n + 0 } tool fn w1(n) -> u32 { n + 1 } tool fn w2(n) -> u32 { n + 2 } tool fn w3(n) -> u32 { n + 3 }
        tool fn w4(n) -> u32 { n + 4 } tool fn w5(n) -> u32 { n + 5 } tool fn w6(n) -> u32 { n + 6 } tool fn w7(n) -> u32 { n + 7 }
        tool fn w8(n) -> u32 { n + 8 } tool fn w9(n) -> u32 { n + 9 } tool fn w10(n) -> u32 { n + 10 } tool fn w11(n) -> u32 { n + 11 }
        tool fn w12(n) -> u32 { n + 12 } tool fn w13(n) -> u32 { n + 13 } tool fn w14(n) -> u32 { n + 14 } tool fn w15(n) -> u32 { n + 15 }
        tool fn w16(n) -> u32 { n + 16 } tool fn w17(n) -> u32 { n + 17 } tool fn w18(n) -> u32 { n + 18 } tool fn w19(n) -> u32 { n + 19 }
        tool fn w20(n) -> u32 { n + 20 } tool fn w21(n) -> u32 { n + 21 } tool fn w22(n) -> u32 { n + 22 } tool fn w23(n) -> u32 { n + 23 }
        tool fn w24(n) -> u32 { n + 24 } tool fn w25(n) -> u32 { n + 25 } tool fn w26(n) -> u32 { n + 26 } tool fn w27(n) -> u32 { n + 27 }
        tool fn w28(n) -> u32 { n + 28 } tool fn w29(n) -> u32 { n + 29 } tool fn w30(n) -> u32 { n + 30 } tool fn w31(n) -> u32 { n + 31 }
        tool fn w32(n) -> u32 { n + 32 } tool fn w33(n) -> u32 { n + 33 } tool fn w34(n) -> u32 { n + 34 } tool fn w35(n) -> u32 { n + 35 }
        tool fn w36(n) -> u32 { n + 36 } tool fn w37(n) -> u32 { n + 37 } tool fn w38(n) -> u32 { n + 38 } tool fn w39(n) -> u32 { n + 39 }
        tool fn w40(n) -> u32 { n + 40 } tool fn w41(n) -> u32 { n + 41 } tool fn w42(n) -> u32 { n + 42 } tool fn w43(n) -> u32 { n + 43 }
        tool fn w44(n) -> u32 { n + 44 } tool fn w45(n) -> u32 { n + 45 } tool fn w46(n) -> u32 { n + 46 } tool fn w47(n) -> u32 { n + 47 }
        tool fn w48(n) -> u32 { n + 48 } tool fn w49(n) -> u32 { n + 49 } tool fn w50(n) -> u32 { n + 50 } tool fn w51(n) -> u32 { n + 51 }
        tool fn w52(n) -> u32 { n + 52 } tool fn w53(n) -> u32 { n + 53 } tool fn w54(n) -> u32 { n + 54 } tool fn w55(n) -> u32 { n + 55 }
        tool fn w56(n) -> u32 { n + 56 } tool fn w57(n) -> u32 { n + 57 } tool fn w58(n) -> u32 { n + 58 } tool fn w59(n) -> u32 { n + 59 }
        tool fn w60(n) -> u32 { n + 60 } tool fn w61(n) -> u32 { n + 61 } tool fn w62(n) -> u32 { n + 62 } tool fn w63(n) -> u32 { n + 63 }
        tool fn w64(n) -> u32 { n + 64 } tool fn w65(n) -> u32 { n + 65 } tool fn w66(n) -> u32 { n + 66 } tool fn w67(n) -> u32 { n + 67 }
        tool fn w68(n) -> u32 { n + 68 } tool fn w69(n) -> u32 { n + 69 }
        tool fn word(text, n) -> &'a str { text.get(*n as usize..).unwrap_or(text) }
        tool fn w70(n) -> u32 { n + 70 } tool fn w71(n) -> u32 { n + 71 } tool fn w72(n) -> u32 { n + 72 } tool fn w73(n) -> u32 { n + 73 }
        tool fn w74(n) -> u32 { n + 74 } tool fn w75(n) -> u32 { n + 75 } tool fn w76(n) -> u32 { n + 76 } tool fn w77(n) -> u32 { n + 77 }
        tool fn w78(n) -> u32 { n + 78 } tool fn w79(n) -> u32 { n + 79 } tool fn w80(n) -> u32 { n + 80 } tool fn w81(n) -> u32 { n + 81 }
        tool fn w82(n) -> u32 { n + 82 } tool fn w83(n) -> u32 { n + 83 } tool fn w84(n) -> u32 { n + 84 } tool fn w85(n) -> u32 { n + 85 }
        tool fn w86(n) -> u32 { n + 86 } tool fn w87(n) -> u32 { n + 87 } tool fn w88(n) -> u32 { n + 88 } tool fn w89(n) -> u32 { n + 89 }
        tool fn w90(n) -> u32 { n + 90 } tool fn w91(n) -> u32 { n + 91 } tool fn w92(n) -> u32 { n + 92 } tool fn w93(n) -> u32 { n + 93 }
        tool fn w94(n) -> u32 { n + 94 } tool fn w95(n) -> u32 { n + 95 } tool fn w96(n) -> u32 { n + 96 } tool fn w97(n) -> u32 { n + 97 }
        tool fn w98(n) -> u32 { n + 98 } tool fn w99(n) -> u32 { n + 99 } tool fn w100(n) -> u32 { n + 100 } tool fn w101(n) -> u32 { n + 101 }
        tool fn w102(n) -> u32 { n + 102 } tool fn w103(n) -> u32 { n + 103 } tool fn w104(n) -> u32 { n + 104 } tool fn w105(n) -> u32 { n + 105 }
        tool fn w106(n) -> u32 { n + 106 } tool fn w107(n) -> u32 { n + 107 } tool fn w108(n) -> u32 { n + 108 } tool fn w109(n) -> u32 { n + 109 }
        tool fn w110(n) -> u32 { n + 110 } tool fn w111(n) -> u32 { n + 111 } tool fn w112(n) -> u32 { n + 112 } tool fn w113(n) -> u32 { n + 113 }
        tool fn w114(n) -> u32 { n + 114 } tool fn w115(n) -> u32 { n + 115 } tool fn w116(n) -> u32 { n + 116 } tool fn w117(n) -> u32 { n + 117 }
        tool fn w118(n) -> u32 { n + 118 } tool fn w119(n) -> u32 { n + 119 } tool fn w120(n) -> u32 { n + 120 } tool fn w121(n) -> u32 { n + 121 }
        tool fn w122(n) -> u32 { n + 122 } tool fn w123(n) -> u32 { n + 123 } tool fn w124(n) -> u32 { n + 124 } tool fn w125(n) -> u32 { n + 125 }
        tool fn w126(n) -> u32 { n + 126 } tool fn w127(n) -> u32 { n + 127 } tool fn w128(n) -> u32 { n + 128 } tool fn w129(n) -> u32 { n + 129 }
        tool fn w130(n) -> u32 { n + 130 } tool fn w131(n) -> u32 { n + 131 } tool fn w132(n) -> u32 { n + 132 } tool fn w133(n) -> u32 { n + 133 }
        tool fn w134(n) -> u32 { n + 134 } tool fn w135(n) -> u32 { n + 135 } tool fn w136(n) -> u32 { n + 136 } tool fn w137(n) -> u32 { n + 137 }
        tool fn w138(n) -> u32 { n + 138 }
        fn last(
            word,
            w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23, w24,
            w25, w26, w27, w28, w29, w30, w31, w32, w33, w34, w35, w36, w37, w38, w39, w40, w41, w42, w43, w44, w45, w46, w47,
            w48, w49, w50, w51, w52, w53, w54, w55, w56, w57, w58, w59, w60, w61, w62, w63, w64, w65, w66, w67, w68, w69, w70,
            w71, w72, w73, w74, w75, w76, w77, w78, w79, w80, w81, w82, w83, w84, w85, w86, w87, w88, w89, w90, w91, w92, w93,
            w94, w95, w96, w97, w98, w99, w100, w101, w102, w103, w104, w105, w106, w107, w108, w109, w110, w111, w112, w113,
            w114, w115, w116, w117, w118, w119, w120, w121, w122, w123, w124, w125, w126, w127, w128, w129, w130, w131, w132,
            w133, w134, w135, w136, w137, w138
        ) -> &'a str {
            let sum = 0
                + w0 + w1 + w2 + w3 + w4 + w5 + w6 + w7 + w8 + w9 + w10 + w11 + w12 + w13 + w14 + w15 + w16 + w17 + w18 + w19 +
                w20 + w21 + w22 + w23 + w24 + w25 + w26 + w27 + w28 + w29 + w30 + w31 + w32 + w33 + w34 + w35 + w36 + w37 + w38 +
                w39 + w40 + w41 + w42 + w43 + w44 + w45 + w46 + w47 + w48 + w49 + w50 + w51 + w52 + w53 + w54 + w55 + w56 + w57 +
                w58 + w59 + w60 + w61 + w62 + w63 + w64 + w65 + w66 + w67 + w68 + w69 + w70 + w71 + w72 + w73 + w74 + w75 + w76 +
                w77 + w78 + w79 + w80 + w81 + w82 + w83 + w84 + w85 + w86 + w87 + w88 + w89 + w90 + w91 + w92 + w93 + w94 + w95 +
                w96 + w97 + w98 + w99 + w100 + w101 + w102 + w103 + w104 + w105 + w106 + w107 + w108 + w109 + w110 + w111 + w112 +
                w113 + w114 + w115 + w116 + w117 + w118 + w119 + w120 + w121 + w122 + w123 + w124 + w125 + w126 + w127 + w128 +
                w129 + w130 + w131 + w132 + w133 + w134 + w135 + w136 + w137 + w138;
            word.get(sum as usize..).unwrap_or(word)
        }
        last
    }
}

fn spawn<F: Future + Send + 'static>(_: F) {}

async fn shorter(orchestrator: &Orchestrator) -> Option<&'static str> {
    let text = String::from("a text");
    Wide { text: &text, n: 1 }.run(orchestrator).await.ok()
}

fn main() {
    let text = String::from("another");
    spawn(async { Wide { text: &text, n: 1 }.run(&Orchestrator::new()).await.is_ok() });
}
