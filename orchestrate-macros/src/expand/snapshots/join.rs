///The workflow `Fan`.
/**
# Plan

3 steps in 1 batch; the steps of a batch can run at the same time.

1.
   - `left` (mcp)
   - `middle` (fn)
   - `right` (agent)

```mermaid
flowchart TD
    subgraph b0["batch 1"]
        s0[("left (mcp)")]
        s1("middle (fn)")
        s2{{"right (agent)"}}
    end
```
*/
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
struct Fan {
    ///The input `seed` of the workflow.
    seed: u32,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl Fan {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Fan`](Fan).
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
        Output = ::core::result::Result<u32, ::orchestrated::Failure<Error>>,
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
                let (left, middle, (a, b)) = match {
                    let mut __branch_0 = ::orchestrated::__private::pin!(
                        ::orchestrated::__private::Branch::new(Self::left(& seed))
                    );
                    let mut __branch_2 = ::orchestrated::__private::pin!(
                        ::orchestrated::__private::Branch::new(Self::right(& seed))
                    );
                    let mut __branch_1 = ::orchestrated::__private::pin!(
                        ::orchestrated::__private::Branch::new({ let __input_0 = & seed;
                        async move { Self::middle(__input_0) } })
                    );
                    let mut __left = 3usize;
                    ::orchestrated::__private::poll_fn(move |__cx| {
                            if let ::core::result::Result::Err(__error) = __run
                                .try_join(
                                    ::orchestrated::__private::Place::leaf(0usize),
                                    &mut __branch_0,
                                    &mut __left,
                                    __cx,
                                )
                            {
                                return ::orchestrated::__private::Poll::Ready(
                                    ::core::result::Result::Err(
                                        __run
                                            .failed(
                                                ::orchestrated::__private::Place::leaf(0usize),
                                                ::core::convert::Into::<Error>::into(__error),
                                            ),
                                    ),
                                );
                            }
                            __run
                                .join(
                                    ::orchestrated::__private::Place::leaf(2usize),
                                    &mut __branch_2,
                                    &mut __left,
                                    __cx,
                                );
                            __run
                                .join(
                                    ::orchestrated::__private::Place::plain(1usize),
                                    &mut __branch_1,
                                    &mut __left,
                                    __cx,
                                );
                            if __left > 0 {
                                return ::orchestrated::__private::Poll::Pending;
                            }
                            ::orchestrated::__private::Poll::Ready(
                                ::core::result::Result::Ok((
                                    ::orchestrated::__private::Branch::taken(&mut __branch_0),
                                    ::orchestrated::__private::Branch::taken(&mut __branch_1),
                                    ::orchestrated::__private::Branch::taken(&mut __branch_2),
                                )),
                            )
                        })
                        .await
                } {
                    ::core::result::Result::Ok(__values) => __values,
                    ::core::result::Result::Err(__failure) => {
                        return ::core::result::Result::Err(__failure);
                    }
                };
                __run.finish();
                match (|| -> Result<u32, Error> { Ok(left + middle + a + b) })() {
                    ::core::result::Result::Ok(__output) => {
                        ::core::result::Result::Ok(__output)
                    }
                    ::core::result::Result::Err(__error) => {
                        ::core::result::Result::Err(__run.finished_with(__error))
                    }
                }
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
impl Fan {
    ///The step `left`.
    #[warn(unexpected_cfgs)]
    async fn left(seed: &u32) -> Result<u32, Error> {
        ask(*seed).await
    }
    ///The step `middle`.
    #[warn(unexpected_cfgs)]
    fn middle(seed: &u32) -> u32 {
        *seed
    }
    ///The step `right`.
    #[warn(unexpected_cfgs)]
    async fn right(seed: &u32) -> (u32, u32) {
        (*seed, *seed)
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
impl ::orchestrated::Workflow for Fan {
    type Output = u32;
    type Error = Error;
    type Agents = ::orchestrated::WithAgents;
    type __Undoes = ::orchestrated::__private::UndoesNothing;
    const __CAN_FAIL: ::core::primitive::bool = true;
    const __UNDOES: ::core::primitive::bool = false;
    const __CONTEXT: ::core::primitive::bool = false;
    const __ACCOUNTED: ::core::primitive::bool = false;
    const __DEADLINE: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
    const PLAN: &'static ::orchestrated::plan::Plan = {
        use ::orchestrated::__private::{
            Count as __Count, Packed as __Packed, Unusual as __Unusual, Whole as __Whole,
        };
        static __PACKED: __Packed = __Packed {
            names: "seed,left,middle,right,a,b",
            steps: &[0, 1, 2],
            numbers: b"\x01\x04\t\x10\x16\x18\x1A\x03\x01\x01\x01\x01\x05\0#\x01\0\0\x02\x02\x01\x06\0#\x01\0\0\x03\x04\x02\0\0#\x01\0\0\0",
            count: __Count {
                inputs: 1usize,
                names: 6usize,
                steps: 3usize,
                batches: 1usize,
                stages: 1usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Fan",
                path: ::core::concat!(::core::module_path!(), "::", "Fan"),
                deadline: ::core::option::Option::None,
                strict: false,
                steps: const { &__PACKED.steps::<3usize>(&[]) },
            })
    };
    const __ERRORS: ::orchestrated::__private::Errors<Self::Error> = ::orchestrated::__private::Errors {
        source: |__error: &Error| {
            use ::orchestrated::__private::{
                NoSource as _, SourceOfBox as _, SourceOfError as _, SourceOfSendBox as _,
            };
            (&&&&::orchestrated::__private::Probe(__error)).source()
        },
        describe: |__error: &Error| {
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
        Fan::run(self, launcher)
    }
}
