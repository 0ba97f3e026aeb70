use orchestrated::workflow;

workflow! {
    workflow Deep(n: u32) -> u32 {
        fn deep(n) -> Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<Option<u32>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>> { None }
        fn last(deep, n) -> u32 { deep.map_or(*n, |_| 1) }
        last
    }

    workflow Tail(n: u32) -> u32 {
        fn last(n) -> u32 { ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((*n)))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))) }
        ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((last))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
    }
}

fn main() {}
