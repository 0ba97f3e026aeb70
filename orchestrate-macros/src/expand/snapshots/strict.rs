///The workflow `Strict`.
/**
# Plan

3 steps in 2 batches; the steps of a batch can run at the same time.

1.
   - `a` (tool)
   - `b` (tool)
2.
   - `c` (tool)

```mermaid
flowchart TD
    subgraph b0["batch 1"]
        s0["a (tool)"]
        s1["b (tool)"]
    end
    subgraph b1["batch 2"]
        s2["c (tool)"]
    end
    s0 --> s2
```
*/
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
struct Strict {
    ///The input `seed` of the workflow.
    seed: u32,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl Strict {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Strict`](Strict).
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
                let (a, b) = {
                    let mut __branch_0 = ::orchestrated::__private::pin!(
                        ::orchestrated::__private::Branch::new(Self::a(& seed))
                    );
                    let mut __branch_1 = ::orchestrated::__private::pin!(
                        ::orchestrated::__private::Branch::new(Self::b(& seed))
                    );
                    let mut __left = 2usize;
                    ::orchestrated::__private::poll_fn(move |__cx| {
                            __run
                                .join(
                                    ::orchestrated::__private::Place::leaf(0usize),
                                    &mut __branch_0,
                                    &mut __left,
                                    __cx,
                                );
                            __run
                                .join(
                                    ::orchestrated::__private::Place::leaf(1usize),
                                    &mut __branch_1,
                                    &mut __left,
                                    __cx,
                                );
                            if __left > 0 {
                                return ::orchestrated::__private::Poll::Pending;
                            }
                            ::orchestrated::__private::Poll::Ready((
                                ::orchestrated::__private::Branch::taken(&mut __branch_0),
                                ::orchestrated::__private::Branch::taken(&mut __branch_1),
                            ))
                        })
                        .await
                };
                let c = __run.call::<2, _>(Self::c(&a)).await;
                __run.finish();
                ::core::result::Result::Ok((|| -> u32 { b + c })())
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
impl Strict {
    ///The step `a`.
    #[warn(unexpected_cfgs)]
    async fn a(seed: &u32) -> u32 {
        *seed
    }
    ///The step `b`.
    #[warn(unexpected_cfgs)]
    async fn b(seed: &u32) -> u32 {
        *seed
    }
    ///The step `c`.
    #[warn(unexpected_cfgs)]
    async fn c(a: &u32) -> u32 {
        *a
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
impl ::orchestrated::Workflow for Strict {
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
            names: "seed,a,b,c",
            steps: &[0, 1, 2],
            numbers: b"\x01\x04\x06\x08\n\x02\x03\x02\x01\x01\x01\x02\0\"\x01\0\0\x02\x02\x01\x02\0\"\x01\0\0\x03\x03\x01\x02\x01#\x01\0\x01\0\x01",
            count: __Count {
                inputs: 1usize,
                names: 4usize,
                steps: 3usize,
                batches: 2usize,
                stages: 1usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Strict",
                path: ::core::concat!(::core::module_path!(), "::", "Strict"),
                deadline: ::core::option::Option::None,
                strict: true,
                steps: const { &__PACKED.steps::<3usize>(&[]) },
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
        Strict::run(self, launcher)
    }
}
