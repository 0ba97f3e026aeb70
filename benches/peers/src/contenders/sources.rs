//! What the build script writes: each graph as a `workflow!` and by hand.

macro_rules! sources {
    ($module:ident, $work:item) => {
        #[expect(non_snake_case, reason = "the functions are named after the shapes")]
        #[allow(
            missing_docs,
            clippy::all,
            clippy::pedantic,
            unreachable_pub,
            unused_variables,
            missing_debug_implementations
        )]
        pub(super) mod $module {
            $work

            include!(concat!(env!("OUT_DIR"), "/shapes.rs"));
        }
    };
}

sources! {
    ready,
    async fn work(sum: u64) -> u64 {
        ::std::hint::black_box(sum) + 1
    }
}

sources! {
    yields,
    async fn work(sum: u64) -> u64 {
        crate::job::Yield::default().await;
        ::std::hint::black_box(sum) + 1
    }
}
