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
#[allow(single_use_lifetimes)]
impl Fan {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Fan`](Fan).
    ///
    /// Nothing happens until the future is polled; dropping it cancels the run.
    ///
    /// # Errors
    ///
    /// When a step fails or panics: the failure says which, and why. Nothing new starts then, and the steps
    /// that are running are dropped.
    #[allow(
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction,
        elided_lifetimes_in_paths,
        non_snake_case,
        non_upper_case_globals,
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
        >(
            launcher,
            |watch| async move {
                let run = &match ::orchestrated::__private::Run::<Self>::begin(watch) {
                    ::core::result::Result::Ok(begun) => begun,
                    ::core::result::Result::Err(failure) => {
                        return ::core::result::Result::Err(failure);
                    }
                };
                let (left, middle, (a, b)) = match {
                    let mut future_0 = ::orchestrated::__private::pin!(
                        Self::left(& seed)
                    );
                    let mut future_2 = ::orchestrated::__private::pin!(
                        Self::right(& seed)
                    );
                    let mut future_1 = ::orchestrated::__private::pin!(
                        { let input_0 = & seed; async move { Self::middle(input_0) } }
                    );
                    let mut output_0 = ::core::option::Option::None;
                    let mut output_2 = ::core::option::Option::None;
                    let mut output_1 = ::core::option::Option::None;
                    ::orchestrated::__private::poll_fn(move |cx| {
                            let mut pending = false;
                            if output_0.is_none() {
                                match run
                                    .poll(
                                        ::orchestrated::__private::Place::of_step(
                                            0usize,
                                            ::orchestrated::__private::Kind::Mcp,
                                        ),
                                        future_0.as_mut(),
                                        cx,
                                    )
                                {
                                    ::orchestrated::__private::Poll::Ready(value) => {
                                        output_0 = ::core::option::Option::Some(
                                            match value {
                                                ::core::result::Result::Ok(value) => value,
                                                ::core::result::Result::Err(error) => {
                                                    return ::orchestrated::__private::Poll::Ready(
                                                        ::core::result::Result::Err(
                                                            run
                                                                .failed(
                                                                    ::orchestrated::__private::Place::of_step(
                                                                        0usize,
                                                                        ::orchestrated::__private::Kind::Mcp,
                                                                    ),
                                                                    ::core::convert::Into::<Error>::into(error),
                                                                ),
                                                        ),
                                                    );
                                                }
                                            },
                                        );
                                    }
                                    ::orchestrated::__private::Poll::Pending => pending = true,
                                }
                            }
                            if output_2.is_none() {
                                match run
                                    .poll(
                                        ::orchestrated::__private::Place::of_step(
                                            2usize,
                                            ::orchestrated::__private::Kind::Agent,
                                        ),
                                        future_2.as_mut(),
                                        cx,
                                    )
                                {
                                    ::orchestrated::__private::Poll::Ready(value) => {
                                        output_2 = ::core::option::Option::Some(value);
                                    }
                                    ::orchestrated::__private::Poll::Pending => pending = true,
                                }
                            }
                            if output_1.is_none() {
                                match run
                                    .poll(
                                        ::orchestrated::__private::Place::of_step(
                                            1usize,
                                            ::orchestrated::__private::Kind::Plain,
                                        ),
                                        future_1.as_mut(),
                                        cx,
                                    )
                                {
                                    ::orchestrated::__private::Poll::Ready(value) => {
                                        output_1 = ::core::option::Option::Some(value);
                                    }
                                    ::orchestrated::__private::Poll::Pending => pending = true,
                                }
                            }
                            if pending {
                                return ::orchestrated::__private::Poll::Pending;
                            }
                            match (output_0.take(), output_1.take(), output_2.take()) {
                                (
                                    ::core::option::Option::Some(value_0),
                                    ::core::option::Option::Some(value_1),
                                    ::core::option::Option::Some(value_2),
                                ) => {
                                    ::orchestrated::__private::Poll::Ready(
                                        ::core::result::Result::Ok((value_0, value_1, value_2)),
                                    )
                                }
                                _ => ::orchestrated::__private::Poll::Pending,
                            }
                        })
                        .await
                } {
                    ::core::result::Result::Ok(values) => values,
                    ::core::result::Result::Err(failure) => {
                        return ::core::result::Result::Err(failure);
                    }
                };
                run.finish();
                match (|| -> Result<u32, Error> { Ok(left + middle + a + b) })() {
                    ::core::result::Result::Ok(output) => {
                        ::core::result::Result::Ok(output)
                    }
                    ::core::result::Result::Err(error) => {
                        ::core::result::Result::Err(run.finished_with(error))
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
    async fn left(seed: &u32) -> Result<u32, Error> {
        ask(*seed).await
    }
    ///The step `middle`.
    fn middle(seed: &u32) -> u32 {
        *seed
    }
    ///The step `right`.
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
    unused_qualifications
)]
impl ::orchestrated::Workflow for Fan {
    type Output = u32;
    type Error = Error;
    type Agents = ::orchestrated::WithAgents;
    const __CAN_FAIL: ::core::primitive::bool = true;
    const PLAN: &'static ::orchestrated::plan::Plan = &::orchestrated::plan::Plan::__from_static(::orchestrated::__private::StaticPlan {
        name: "Fan",
        inputs: &["seed"],
        steps: const {
            &[
                ::orchestrated::plan::Step::__from_static(::orchestrated::__private::StaticStep {
                    name: "left",
                    kind: ::orchestrated::__private::Kind::Mcp,
                    inputs: &["seed"],
                    outputs: &["left"],
                    dependencies: &[],
                    batch: 0usize,
                    fallible: true,
                    flow: ::core::option::Option::None,
                }),
                ::orchestrated::plan::Step::__from_static(::orchestrated::__private::StaticStep {
                    name: "middle",
                    kind: ::orchestrated::__private::Kind::Plain,
                    inputs: &["seed"],
                    outputs: &["middle"],
                    dependencies: &[],
                    batch: 0usize,
                    fallible: false,
                    flow: ::core::option::Option::None,
                }),
                ::orchestrated::plan::Step::__from_static(::orchestrated::__private::StaticStep {
                    name: "right",
                    kind: ::orchestrated::__private::Kind::Agent,
                    inputs: &["seed"],
                    outputs: &["a", "b"],
                    dependencies: &[],
                    batch: 0usize,
                    fallible: false,
                    flow: ::core::option::Option::None,
                }),
            ]
        },
        batches: &[&[0usize, 1usize, 2usize]],
        stages: &[(0usize, 1usize)],
    });
    const __ERRORS: ::orchestrated::__private::Errors<Self::Error> = ::orchestrated::__private::Errors {
        source: |error: &Error| {
            use ::orchestrated::__private::{
                NoSource as _, SourceOfBox as _, SourceOfError as _, SourceOfSendBox as _,
            };
            (&&&&::orchestrated::__private::Probe(error)).source()
        },
        describe: |error: &Error| {
            use ::orchestrated::__private::{
                DescribeDebug as _, DescribeDisplay as _, DescribeType as _,
            };
            (&&&::orchestrated::__private::Probe(error)).describe()
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
