use orchestrated::workflow;

workflow! {
    workflow Two(n: u32) -> u32 {
        fn a(n, c) -> u32 { n + c }
        fn b(a) -> u32 { *a }
        fn c(b) -> u32 { *b }
        fn d(e) -> u32 { *e }
        fn e(d) -> u32 { *d }
        fn last(c, e) -> u32 { c + e }
        last
    }
}

fn main() {}
