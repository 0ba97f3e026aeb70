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
            |__start| async move {
                let __run = &match ::orchestrated::__private::Run::<
                    '_,
                    Self,
                >::begin(__start) {
                    ::core::result::Result::Ok(__begun) => __begun,
                    ::core::result::Result::Err(__failure) => {
                        return ::core::result::Result::Err(__failure);
                    }
                };
                let (left, middle, (a, b)) = match {
                    let mut __future_0 = ::orchestrated::__private::pin!(
                        Self::left(& seed)
                    );
                    let mut __future_2 = ::orchestrated::__private::pin!(
                        Self::right(& seed)
                    );
                    let mut __future_1 = ::orchestrated::__private::pin!(
                        { let __input_0 = & seed; async move { Self::middle(__input_0) }
                        }
                    );
                    let mut __output_0 = ::core::option::Option::None;
                    let mut __output_2 = ::core::option::Option::None;
                    let mut __output_1 = ::core::option::Option::None;
                    ::orchestrated::__private::poll_fn(move |__cx| {
                            let mut __pending = false;
                            if __output_0.is_none() {
                                match __run
                                    .poll(
                                        ::orchestrated::__private::Place::of_step(
                                            0usize,
                                            ::orchestrated::__private::Kind::Mcp,
                                        ),
                                        __future_0.as_mut(),
                                        __cx,
                                    )
                                {
                                    ::orchestrated::__private::Poll::Ready(__value) => {
                                        __output_0 = ::core::option::Option::Some(
                                            match __value {
                                                ::core::result::Result::Ok(__value) => __value,
                                                ::core::result::Result::Err(__error) => {
                                                    return ::orchestrated::__private::Poll::Ready(
                                                        ::core::result::Result::Err(
                                                            __run
                                                                .failed(
                                                                    ::orchestrated::__private::Place::of_step(
                                                                        0usize,
                                                                        ::orchestrated::__private::Kind::Mcp,
                                                                    ),
                                                                    ::core::convert::Into::<Error>::into(__error),
                                                                ),
                                                        ),
                                                    );
                                                }
                                            },
                                        );
                                    }
                                    ::orchestrated::__private::Poll::Pending => __pending = true,
                                }
                            }
                            if __output_2.is_none() {
                                match __run
                                    .poll(
                                        ::orchestrated::__private::Place::of_step(
                                            2usize,
                                            ::orchestrated::__private::Kind::Agent,
                                        ),
                                        __future_2.as_mut(),
                                        __cx,
                                    )
                                {
                                    ::orchestrated::__private::Poll::Ready(__value) => {
                                        __output_2 = ::core::option::Option::Some(__value);
                                    }
                                    ::orchestrated::__private::Poll::Pending => __pending = true,
                                }
                            }
                            if __output_1.is_none() {
                                match __run
                                    .poll(
                                        ::orchestrated::__private::Place::of_step(
                                            1usize,
                                            ::orchestrated::__private::Kind::Plain,
                                        ),
                                        __future_1.as_mut(),
                                        __cx,
                                    )
                                {
                                    ::orchestrated::__private::Poll::Ready(__value) => {
                                        __output_1 = ::core::option::Option::Some(__value);
                                    }
                                    ::orchestrated::__private::Poll::Pending => __pending = true,
                                }
                            }
                            if __pending {
                                return ::orchestrated::__private::Poll::Pending;
                            }
                            match (
                                __output_0.take(),
                                __output_1.take(),
                                __output_2.take(),
                            ) {
                                (
                                    ::core::option::Option::Some(__value_0),
                                    ::core::option::Option::Some(__value_1),
                                    ::core::option::Option::Some(__value_2),
                                ) => {
                                    ::orchestrated::__private::Poll::Ready(
                                        ::core::result::Result::Ok((
                                            __value_0,
                                            __value_1,
                                            __value_2,
                                        )),
                                    )
                                }
                                _ => ::orchestrated::__private::Poll::Pending,
                            }
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
    type __Undoes = ::orchestrated::__private::UndoesNothing;
    const __CAN_FAIL: ::core::primitive::bool = true;
    const __UNDOES: ::core::primitive::bool = false;
    const __CONTEXT: ::core::primitive::bool = false;
    const __ACCOUNTED: ::core::primitive::bool = false;
    const __DEADLINE: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
    const PLAN: &'static ::orchestrated::plan::Plan = &::orchestrated::plan::Plan::__from_static(::orchestrated::__private::StaticPlan {
        name: "Fan",
        path: ::core::concat!(::core::module_path!(), "::", "Fan"),
        deadline: ::core::option::Option::None,
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
                    options: ::orchestrated::__private::StaticOptions::NONE,
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
                    options: ::orchestrated::__private::StaticOptions::NONE,
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
                    options: ::orchestrated::__private::StaticOptions::NONE,
                }),
            ]
        },
        batches: &[&[0usize, 1usize, 2usize]],
        stages: &[(0usize, 1usize)],
    });
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
