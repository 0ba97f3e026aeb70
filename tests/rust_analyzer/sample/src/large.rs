//! A workflow of so many steps that its run is compiled in several functions.

use orchestrated::workflow;

use crate::app::{App, Broken, Docs};

workflow! {
    /// Looks a language up, and takes its time.
    pub workflow Long(app: &App, language: String, lines: usize) -> Result<usize, Broken> {
        fn s0(lines) -> u32 { *lines as u32 } fn s1(s0) -> u32 { s0 + 1 } fn s2(s1) -> u32 { s1 + 1 }
        fn s3(s2) -> u32 { s2 + 1 } fn s4(s3) -> u32 { s3 + 1 } fn s5(s4) -> u32 { s4 + 1 }
        fn s6(s5) -> u32 { s5 + 1 } fn s7(s6) -> u32 { s6 + 1 } fn s8(s7) -> u32 { s7 + 1 }
        fn s9(s8) -> u32 { s8 + 1 } fn s10(s9) -> u32 { s9 + 1 } fn s11(s10) -> u32 { s10 + 1 }
        fn s12(s11) -> u32 { s11 + 1 } fn s13(s12) -> u32 { s12 + 1 } fn s14(s13) -> u32 { s13 + 1 }
        fn s15(s14) -> u32 { s14 + 1 } fn s16(s15) -> u32 { s15 + 1 } fn s17(s16) -> u32 { s16 + 1 }
        fn s18(s17) -> u32 { s17 + 1 } fn s19(s18) -> u32 { s18 + 1 }

        mcp fn docs(app, language, s19) -> Docs {
            let _ = s19;
            app.serena.docs(language).await
        }

        fn s20(s19) -> u32 { s19 + 1 } fn s21(s20) -> u32 { s20 + 1 } fn s22(s21) -> u32 { s21 + 1 }
        fn s23(s22) -> u32 { s22 + 1 } fn s24(s23) -> u32 { s23 + 1 } fn s25(s24) -> u32 { s24 + 1 }
        fn s26(s25) -> u32 { s25 + 1 } fn s27(s26) -> u32 { s26 + 1 } fn s28(s27) -> u32 { s27 + 1 }
        fn s29(s28) -> u32 { s28 + 1 } fn s30(s29) -> u32 { s29 + 1 } fn s31(s30) -> u32 { s30 + 1 }
        fn s32(s31) -> u32 { s31 + 1 } fn s33(s32) -> u32 { s32 + 1 } fn s34(s33) -> u32 { s33 + 1 }
        fn s35(s34) -> u32 { s34 + 1 } fn s36(s35) -> u32 { s35 + 1 } fn s37(s36) -> u32 { s36 + 1 }
        fn s38(s37) -> u32 { s37 + 1 } fn s39(s38) -> u32 { s38 + 1 }

        #[timeout(1s)]
        tool fn checked(docs, s39) -> Result<usize, Broken> {
            if docs.text.is_empty() { Err(Broken) } else { Ok(*s39 as usize) }
        }

        fn s40(s39) -> u32 { s39 + 1 } fn s41(s40) -> u32 { s40 + 1 } fn s42(s41) -> u32 { s41 + 1 }
        fn s43(s42) -> u32 { s42 + 1 } fn s44(s43) -> u32 { s43 + 1 } fn s45(s44) -> u32 { s44 + 1 }
        fn s46(s45) -> u32 { s45 + 1 } fn s47(s46) -> u32 { s46 + 1 } fn s48(s47) -> u32 { s47 + 1 }
        fn s49(s48) -> u32 { s48 + 1 } fn s50(s49) -> u32 { s49 + 1 } fn s51(s50) -> u32 { s50 + 1 }
        fn s52(s51) -> u32 { s51 + 1 } fn s53(s52) -> u32 { s52 + 1 } fn s54(s53) -> u32 { s53 + 1 }
        fn s55(s54) -> u32 { s54 + 1 }

        fn total(checked, s55) -> usize {
            checked + *s55 as usize
        }

        #[idempotent]
        tool fn last(docs, total) -> usize {
            docs.text.len() + total
        }

        Ok(last)
    }
}
