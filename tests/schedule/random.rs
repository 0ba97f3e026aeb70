//! Graphs drawn at random, once, and written down.

use super::*;

graph! { graph_00:
    s8() 1; s1() 1; s7(s2, s5) 0; s4(s0, s1) 1; s0() 8; s6(s1, s4, s5) 3; s3(s2) 8; s9(s8) 8; s5(s3) 0;
    s2(s1) 0;
}
graph! { graph_01:
    s4(s3) 8; s2(s0, s1) 3; s1() 13; s0() 5; s5(s1, s3) 13; s9(s0, s1, s3) 0; s3(s2) 3; s6(s0, s2, s3, s4) 1;
    s8(s1, s2, s3, s4, s6) 1; s7(s0, s2, s3) 5;
}
graph! { graph_02:
    s3(s0) 5; s0() 1; s1() 13; s4(s1) 3; s2() 0;
}
graph! { graph_03:
    s0() 13; s3() 0; s4(s0) 0; s5(s3) 5; s2(s0, s1) 5; s1() 3;
}
graph! { graph_04:
    s2(s1) 13; s0() 2; s7(s1, s2, s4) 5; s4(s1, s3) 5; s3(s0, s1, s2) 3; s5(s1, s2, s3, s4) 2; s6(s3, s5) 1;
    s1() 8;
}
graph! { graph_05:
    s1(s0) 13; s0() 1; s2(s1) 13; s6(s5) 5; s4(s0, s3) 1; s5() 3; s3() 1;
}
graph! { graph_06:
    s1() 1; s0() 0; s6() 2; s4(s0) 1; s3(s0) 0; s2() 1; s5(s1, s2, s3, s4) 13;
}
graph! { graph_07:
    s6(s1, s3) 8; s7(s0, s1, s2, s4) 0; s3(s0, s1, s2) 3; s5(s0, s3) 8; s2(s1) 5; s1() 1; s0() 2;
    s8(s0, s2, s4, s6) 1; s4(s2) 5;
}
graph! { graph_08:
    s6(s0) 3; s7() 3; s8(s0, s1) 8; s2() 1; s5() 1; s1() 1; s10(s2, s3, s4, s8) 3; s0() 13; s4(s1, s3) 1;
    s3(s1) 1; s9() 1;
}
graph! { graph_09:
    s3(s0, s1) 1; s4(s2) 0; s5(s0, s2) 3; s6(s1) 8; s2(s0) 3; s8(s2) 2; s7(s5) 8; s0() 5; s1() 5;
}
graph! { graph_10:
    s0() 0; s3() 1; s2(s1) 1; s4() 2; s1() 2;
}
graph! { graph_11:
    s10(s2, s8, s9) 3; s9(s1, s4, s5) 1; s7(s5) 2; s0() 1; s11(s1, s4, s9) 1; s2() 2; s1() 3; s5() 13;
    s8(s0, s1) 1; s6(s4) 3; s4(s1) 1; s3(s0, s1) 3;
}
graph! { graph_12:
    s1(s0) 8; s7(s2, s3, s5, s6) 2; s2() 3; s4(s1, s2) 3; s6(s0, s5) 13; s3() 1; s5(s1, s4) 1; s0() 1;
}
graph! { graph_13:
    s2() 1; s4(s0) 8; s1() 13; s9(s3, s6) 0; s8(s0, s2, s3, s5) 3; s6(s2) 13; s5(s3, s4) 13;
    s7(s1, s2, s3) 13; s3() 2; s10(s0, s7, s8) 3; s0() 5;
}
graph! { graph_14:
    s1() 5; s2() 8; s4(s0) 2; s5(s3) 1; s7(s0, s2, s3, s4) 5; s8(s4, s7) 8; s10(s4, s6) 13; s9(s3, s4, s5) 2;
    s3(s0) 1; s6(s3) 0; s0() 2;
}
graph! { graph_15:
    s6(s3, s5) 3; s3() 3; s5(s0) 8; s7() 1; s0() 1; s4() 1; s2() 0; s8() 8; s1() 5;
}
graph! { graph_16:
    s8(s0, s1, s4, s5, s7) 3; s9(s2, s5, s6, s7, s8) 3; s7(s1, s6) 3; s1(s0) 1; s2() 2;
    s10(s0, s6, s8, s9) 13; s3() 1; s11(s1, s2, s3, s6, s7, s10) 3; s5(s1, s2, s3, s4) 2; s4(s1, s2, s3) 3;
    s0() 13; s6(s0, s1, s4) 13;
}
graph! { graph_17:
    s2(s0, s1) 5; s0() 8; s5() 1; s1() 8; s6(s0, s5) 0; s7(s2) 1; s4(s2) 5; s3(s2) 1;
}
graph! { graph_18:
    s6(s1) 13; s4() 3; s3() 0; s2(s1) 2; s7(s3) 0; s1() 1; s5() 13; s0() 8;
}
graph! { graph_19:
    s0() 8; s4(s2) 3; s3(s0) 1; s2(s0, s1) 1; s1() 1;
}
graph! { graph_20:
    s11(s2, s3, s8) 13; s10(s5, s9) 2; s1() 13; s4() 3; s5(s0) 1; s6() 5; s0() 3; s2() 2; s3(s1) 1; s7(s6) 3;
    s8() 3; s9(s4, s7, s8) 5;
}
graph! { graph_21:
    s7(s1, s6) 8; s3(s0) 8; s6(s5) 2; s0() 0; s1() 1; s5() 8; s2(s0) 2; s4() 0;
}
graph! { graph_22:
    s1() 2; s3(s0) 8; s2() 5; s4() 13; s5(s2, s3) 2; s6(s2, s4) 1; s0() 2;
}
graph! { graph_23:
    s1(s0) 1; s9(s5, s8) 2; s6(s3, s4) 2; s5(s0, s2, s3) 1; s7(s5) 5; s3(s1) 5; s2() 1; s8(s6) 1; s0() 0;
    s4() 8;
}
graph! { graph_24:
    s5(s0, s2, s4) 0; s9(s2, s3, s4, s7, s8) 2; s11(s0, s5, s7, s8, s9, s10) 8; s10(s2, s3, s5, s8) 2;
    s2(s1) 2; s1() 3; s0() 5; s7(s1, s5) 1; s4(s3) 5; s8(s3, s6, s7) 5; s3(s1, s2) 1; s6(s0, s1, s4) 2;
}
graph! { graph_25:
    s4(s0, s3) 8; s5(s1) 1; s10(s4, s5) 8; s9(s0, s2, s4, s5, s6, s7, s8) 8; s1() 2; s0() 8; s6(s1, s2, s5) 3;
    s8(s7) 1; s2() 13; s3(s1) 8; s7(s1, s5) 2;
}
graph! { graph_26:
    s5() 1; s0() 8; s3() 8; s2() 13; s4() 3; s1() 3; s6(s4) 5;
}
graph! { graph_27:
    s3() 2; s1() 3; s0() 1; s2() 2; s4() 1;
}
graph! { graph_28:
    s4() 2; s6(s2) 1; s2(s1) 1; s5(s3) 13; s0() 1; s1() 13; s3(s0, s1, s2) 13; s7(s0, s1, s3, s4) 1;
}
graph! { graph_29:
    s2() 2; s5(s2, s4) 2; s1() 5; s3() 0; s0() 1; s6(s5) 8; s4() 3;
}
graph! { graph_30:
    s2() 8; s3() 1; s4() 1; s0() 2; s1() 13;
}
graph! { graph_31:
    s2(s1) 0; s0() 1; s1() 3; s3() 0; s4() 8;
}
graph! { graph_32:
    s2() 1; s4(s1) 1; s3(s0) 0; s0() 8; s1() 1;
}
graph! { graph_33:
    s1() 1; s2() 1; s3(s1) 13; s4() 0; s0() 2;
}
graph! { graph_34:
    s1() 1; s7() 2; s5() 5; s2() 0; s8(s2) 0; s9(s1, s4) 13; s10(s1, s4, s7) 13; s6(s1) 0; s0() 3; s4(s1) 1;
    s3() 13;
}
graph! { graph_35:
    s6(s1, s3, s5) 0; s1() 5; s10(s1, s2, s3, s4, s7, s9) 2; s5(s0, s4) 13; s7(s0, s4, s6) 1;
    s8(s4, s5, s6, s7) 1; s9(s0, s1, s2) 1; s4(s0) 1; s0() 3; s2() 2; s3(s0, s1) 3;
}
graph! { graph_36:
    s6(s3) 1; s9(s1, s4) 1; s2() 3; s11() 1; s3() 13; s1(s0) 0; s4(s2) 1; s5() 2; s8(s3, s5) 1; s7(s4, s5) 5;
    s0() 1; s10(s2, s4) 3;
}
graph! { graph_37:
    s0() 8; s1(s0) 8; s3(s2) 1; s6(s1, s2) 0; s5(s1, s2) 2; s2(s0) 1; s4(s0, s1, s2) 13;
}
graph! { graph_38:
    s2(s0) 2; s4() 13; s1() 13; s0() 8; s3() 1; s5(s1) 5;
}
graph! { graph_39:
    s11(s0, s5, s8) 3; s2(s0) 2; s5(s2) 0; s3(s1) 0; s6(s4, s5) 1; s7(s1, s2) 0; s9() 5; s4(s0) 13; s1() 1;
    s0() 0; s8() 5; s10(s3, s8) 0;
}
