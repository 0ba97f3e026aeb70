///The workflow `Skewed`.
/**
# Plan

5 steps in 3 batches; the steps of a batch can run at the same time.

1.
   - `long` (tool)
   - `short` (tool)
   - `apart` (fn)
2.
   - `reads` (tool)
3.
   - `moves` (tool)

```mermaid
flowchart TD
    subgraph b0["batch 1"]
        s0["long (tool)"]
        s1["short (tool)"]
        s4("apart (fn)")
    end
    subgraph b1["batch 2"]
        s2["reads (tool)"]
    end
    subgraph b2["batch 3"]
        s3["moves (tool)"]
    end
    s1 --> s2
    s0 -.-> s3
    s1 --> s3
    s2 --> s3
```
*/
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
struct Skewed {
    ///The input `seed` of the workflow.
    seed: u32,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl Skewed {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Skewed`](Skewed).
    ///
    /// Nothing happens until the future is polled; dropping it ends the run at once, and undoes nothing.
    ///
    /// # Errors
    ///
    /// When a step fails or panics: the failure says which, and why. Nothing new starts then, the steps that are
    /// running are dropped, or awaited where they must be undone, and what must be undone is.
    #[allow(
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction,
        elided_lifetimes_in_paths,
        non_snake_case,
        non_upper_case_globals,
        single_use_lifetimes,
        unreachable_code,
        unused_qualifications,
        unused_results,
        let_underscore_drop
    )]
    fn run(
        self,
        launcher: &dyn ::orchestrated::Launcher<
            <Self as ::orchestrated::Workflow>::Agents,
        >,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            u32,
            ::orchestrated::Failure<::core::convert::Infallible>,
        >,
    > {
        let seed = self.seed;
        ::orchestrated::__private::run::<
            Self,
            _,
            _,
        >(
            launcher,
            |mut __begins| async move {
                if let ::core::result::Result::Err(__failure) = __begins.begin() {
                    return ::core::result::Result::Err(__failure);
                }
                let __run = &__begins;
                let (__unread_1, apart, moves) = {
                    let mut __place_1 = ::core::option::Option::None;
                    let mut __place_2 = ::core::option::Option::None;
                    let mut __place_5 = ::core::option::Option::None;
                    let mut __place_3 = ::core::option::Option::None;
                    let mut __place_4 = ::core::option::Option::None;
                    {
                        let __unique_1 = &mut __place_1;
                        let __unique_2 = &mut __place_2;
                        let __unique_5 = &mut __place_5;
                        let mut __unique_3 = ::core::option::Option::Some(
                            &mut __place_3,
                        );
                        let mut reads = ::core::option::Option::None;
                        let __unique_4 = &mut __place_4;
                        let mut __left_0 = 3usize;
                        let mut __done_0 = false;
                        let mut __future_0 = ::orchestrated::__private::pin!(
                            Self::long(& seed)
                        );
                        let mut __done_1 = false;
                        let mut __future_1 = ::orchestrated::__private::pin!(
                            Self::short(& seed)
                        );
                        let mut __done_4 = false;
                        let mut __future_4 = ::orchestrated::__private::pin!(
                            { let __input_0 = & seed; async move { Self::apart(__input_0)
                            } }
                        );
                        let mut __left_1 = 1usize;
                        let mut __done_2 = false;
                        let mut __future_2 = ::orchestrated::__private::pin!(
                            ::core::option::Option::None
                        );
                        let mut __left_2 = 1usize;
                        let mut __done_3 = false;
                        let mut __future_3 = ::orchestrated::__private::pin!(
                            ::core::option::Option::None
                        );
                        ::orchestrated::__private::poll_fn(|__cx| {
                                if __left_0 > 0 {
                                    if !__done_0 {
                                        if let ::orchestrated::__private::Poll::Ready(__value) = __run
                                            .poll(
                                                ::orchestrated::__private::Place::leaf(0usize),
                                                __future_0.as_mut(),
                                                __cx,
                                            )
                                        {
                                            let __value = __value;
                                            let __value_1 = __value;
                                            *__unique_1 = ::core::option::Option::Some(__value_1);
                                            __done_0 = true;
                                            __left_0 -= 1;
                                        }
                                    }
                                    if !__done_1 {
                                        if let ::orchestrated::__private::Poll::Ready(__value) = __run
                                            .poll(
                                                ::orchestrated::__private::Place::leaf(1usize),
                                                __future_1.as_mut(),
                                                __cx,
                                            )
                                        {
                                            let __value = __value;
                                            let __value_2 = __value;
                                            *__unique_2 = ::core::option::Option::Some(
                                                ::std::sync::Arc::new(__value_2),
                                            );
                                            __done_1 = true;
                                            __left_0 -= 1;
                                        }
                                    }
                                    if !__done_4 {
                                        if let ::orchestrated::__private::Poll::Ready(__value) = __run
                                            .poll(
                                                ::orchestrated::__private::Place::plain(4usize),
                                                __future_4.as_mut(),
                                                __cx,
                                            )
                                        {
                                            let __value = __value;
                                            let __value_5 = __value;
                                            *__unique_5 = ::core::option::Option::Some(__value_5);
                                            __done_4 = true;
                                            __left_0 -= 1;
                                        }
                                    }
                                    if __left_0 == 3usize {
                                        return ::orchestrated::__private::Poll::Pending;
                                    }
                                }
                                if __left_1 > 0 {
                                    if !__done_2 {
                                        if __future_2.as_mut().as_pin_mut().is_none() {
                                            if let (::core::option::Option::Some(__input_2_0),) = (
                                                __unique_2.clone(),
                                            ) {
                                                __future_2
                                                    .set(
                                                        ::core::option::Option::Some(async move {
                                                            Self::reads(&*__input_2_0).await
                                                        }),
                                                    );
                                            }
                                        }
                                        if let ::core::option::Option::Some(__pinned) = __future_2
                                            .as_mut()
                                            .as_pin_mut()
                                        {
                                            if let ::orchestrated::__private::Poll::Ready(__value) = __run
                                                .poll(
                                                    ::orchestrated::__private::Place::leaf(2usize),
                                                    __pinned,
                                                    __cx,
                                                )
                                            {
                                                let __value = __value;
                                                let __value_3 = __value;
                                                reads = __unique_3
                                                    .take()
                                                    .map(|__unique: &mut ::core::option::Option<_>| {
                                                        &*__unique.insert(__value_3)
                                                    });
                                                __done_2 = true;
                                                __left_1 -= 1;
                                            }
                                        }
                                    }
                                    if __left_1 == 1usize {
                                        return ::orchestrated::__private::Poll::Pending;
                                    }
                                }
                                if __left_2 > 0 {
                                    if !__done_3 {
                                        if __future_3.as_mut().as_pin_mut().is_none() {
                                            if __done_0 && __done_1 && __done_2 {
                                                if let (
                                                    ::core::option::Option::Some(__input_3_0),
                                                    ::core::option::Option::Some(__input_3_1),
                                                ) = (__unique_2.take(), reads) {
                                                    __future_3
                                                        .set(
                                                            ::core::option::Option::Some(
                                                                Self::moves(
                                                                    ::orchestrated::__private::produced(
                                                                        ::std::sync::Arc::into_inner(__input_3_0),
                                                                    ),
                                                                    __input_3_1,
                                                                ),
                                                            ),
                                                        );
                                                }
                                            }
                                        }
                                        if let ::core::option::Option::Some(__pinned) = __future_3
                                            .as_mut()
                                            .as_pin_mut()
                                        {
                                            if let ::orchestrated::__private::Poll::Ready(__value) = __run
                                                .poll(
                                                    ::orchestrated::__private::Place::leaf(3usize),
                                                    __pinned,
                                                    __cx,
                                                )
                                            {
                                                let __value = __value;
                                                let __value_4 = __value;
                                                *__unique_4 = ::core::option::Option::Some(__value_4);
                                                __done_3 = true;
                                                __left_2 -= 1;
                                            }
                                        }
                                    }
                                    if __left_2 == 1usize {
                                        return ::orchestrated::__private::Poll::Pending;
                                    }
                                }
                                if __left_0 == 0 && __left_1 == 0 && __left_2 == 0 {
                                    ::orchestrated::__private::Poll::Ready(())
                                } else {
                                    ::orchestrated::__private::Poll::Pending
                                }
                            })
                            .await;
                    }
                    __run.between();
                    (
                        ::orchestrated::__private::produced(__place_1),
                        ::orchestrated::__private::produced(__place_5),
                        ::orchestrated::__private::produced(__place_4),
                    )
                };
                __run.between();
                {
                    let long = __unread_1;
                }
                #[allow(unused_variables)]
                let long = ();
                __run.finish();
                ::core::result::Result::Ok((|| -> u32 { moves + apart })())
            },
        )
    }
}
#[allow(
    elided_lifetimes_in_paths,
    mismatched_lifetime_syntaxes,
    single_use_lifetimes,
    unexpected_cfgs,
    clippy::borrowed_box,
    clippy::extra_unused_lifetimes,
    clippy::manual_async_fn,
    clippy::needless_lifetimes,
    clippy::needless_pass_by_ref_mut,
    clippy::needless_pass_by_value,
    clippy::ptr_arg,
    clippy::ref_option,
    clippy::ref_option_ref,
    clippy::too_many_arguments,
    clippy::trivially_copy_pass_by_ref,
    clippy::type_complexity,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self
)]
impl Skewed {
    ///The step `long`.
    #[warn(unexpected_cfgs)]
    async fn long(seed: &u32) -> u32 {
        wait(*seed).await
    }
    ///The step `short`.
    #[warn(unexpected_cfgs)]
    async fn short(seed: &u32) -> Big {
        Big(*seed)
    }
    ///The step `reads`.
    #[warn(unexpected_cfgs)]
    async fn reads(short: &Big) -> u32 {
        short.0
    }
    ///The step `moves`.
    #[warn(unexpected_cfgs)]
    async fn moves(short: Big, reads: &u32) -> u32 {
        short.0 + reads
    }
    ///The step `apart`.
    #[warn(unexpected_cfgs)]
    fn apart(seed: &u32) -> u32 {
        *seed
    }
}
#[automatically_derived]
#[allow(
    clippy::all,
    clippy::pedantic,
    elided_lifetimes_in_paths,
    single_use_lifetimes,
    unexpected_cfgs,
    unused_qualifications
)]
impl ::orchestrated::Workflow for Skewed {
    type Output = u32;
    type Error = ::core::convert::Infallible;
    type Agents = ::orchestrated::WithoutAgents;
    type __Undoes = ::orchestrated::__private::UndoesNothing;
    const __CAN_FAIL: ::core::primitive::bool = false;
    const __UNDOES: ::core::primitive::bool = false;
    const __CONTEXT: ::core::primitive::bool = false;
    const __ACCOUNTED: ::core::primitive::bool = false;
    const __DEADLINE: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
    const PLAN: &'static ::orchestrated::plan::Plan = {
        use ::orchestrated::__private::{
            Count as __Count, Packed as __Packed, Unusual as __Unusual, Whole as __Whole,
        };
        static __PACKED: __Packed = __Packed {
            names: "seed,long,short,reads,moves,apart",
            steps: &[0, 1, 4, 2, 3, 0, 1, 2],
            numbers: b"\x01\x04\t\x0F\x15\x1B!\x03\x04\x05\x03\x01\x01\x01\x02\x007\x01\0\0\x02\x02\x01\x02\x007\x01\0\0\x03\x03\x01\x02\x018\x01\x01\x01\x04\x04\x01\x02\x029\x02\x05\x03\x05\x05\x01\x06\x007\x01\0\0\0\x02\x02\x03",
            count: __Count {
                inputs: 1usize,
                names: 6usize,
                steps: 5usize,
                batches: 3usize,
                stages: 1usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Skewed",
                path: ::core::concat!(::core::module_path!(), "::", "Skewed"),
                deadline: ::core::option::Option::None,
                strict: false,
                steps: const { &__PACKED.steps::<5usize>(&[]) },
            })
    };
    const __ERRORS: ::orchestrated::__private::Errors<Self::Error> = ::orchestrated::__private::Errors {
        source: |_: &::core::convert::Infallible| ::core::option::Option::None,
        describe: |__error: &::core::convert::Infallible| {
            use ::orchestrated::__private::{
                DescribeDebug as _, DescribeDisplay as _, DescribeType as _,
            };
            (&&&::orchestrated::__private::Probe(__error)).describe()
        },
    };
    fn run(
        self,
        launcher: &dyn ::orchestrated::Launcher<Self::Agents>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            Self::Output,
            ::orchestrated::Failure<Self::Error>,
        >,
    > {
        Skewed::run(self, launcher)
    }
}
