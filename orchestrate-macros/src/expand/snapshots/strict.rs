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
#[allow(single_use_lifetimes)]
impl Strict {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
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
                let (a, b) = {
                    let mut __future_0 = ::orchestrated::__private::pin!(
                        Self::a(& seed)
                    );
                    let mut __future_1 = ::orchestrated::__private::pin!(
                        Self::b(& seed)
                    );
                    let mut __output_0 = ::core::option::Option::None;
                    let mut __output_1 = ::core::option::Option::None;
                    ::orchestrated::__private::poll_fn(move |__cx| {
                            let mut __pending = false;
                            if __output_0.is_none() {
                                match __run
                                    .poll(
                                        ::orchestrated::__private::Place::of_step(
                                            0usize,
                                            ::orchestrated::__private::Kind::Tool,
                                        ),
                                        __future_0.as_mut(),
                                        __cx,
                                    )
                                {
                                    ::orchestrated::__private::Poll::Ready(__value) => {
                                        __output_0 = ::core::option::Option::Some(__value);
                                    }
                                    ::orchestrated::__private::Poll::Pending => __pending = true,
                                }
                            }
                            if __output_1.is_none() {
                                match __run
                                    .poll(
                                        ::orchestrated::__private::Place::of_step(
                                            1usize,
                                            ::orchestrated::__private::Kind::Tool,
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
                            match (__output_0.take(), __output_1.take()) {
                                (
                                    ::core::option::Option::Some(__value_0),
                                    ::core::option::Option::Some(__value_1),
                                ) => {
                                    ::orchestrated::__private::Poll::Ready((
                                        __value_0,
                                        __value_1,
                                    ))
                                }
                                _ => ::orchestrated::__private::Poll::Pending,
                            }
                        })
                        .await
                };
                if __run
                    .enter(
                        ::orchestrated::__private::Place::of_step(
                            2usize,
                            ::orchestrated::__private::Kind::Tool,
                        ),
                    )
                {
                    __run
                        .turn(
                            ::orchestrated::__private::Place::of_step(
                                2usize,
                                ::orchestrated::__private::Kind::Tool,
                            ),
                        )
                        .await;
                }
                let __returned = Self::c(&a).await;
                __run
                    .leave(
                        ::orchestrated::__private::Place::of_step(
                            2usize,
                            ::orchestrated::__private::Kind::Tool,
                        ),
                    );
                let c = __returned;
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
    async fn a(seed: &u32) -> u32 {
        *seed
    }
    ///The step `b`.
    async fn b(seed: &u32) -> u32 {
        *seed
    }
    ///The step `c`.
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
    const PLAN: &'static ::orchestrated::plan::Plan = &::orchestrated::plan::Plan::__from_static(::orchestrated::__private::StaticPlan {
            name: "Strict",
            path: ::core::concat!(::core::module_path!(), "::", "Strict"),
            deadline: ::core::option::Option::None,
            inputs: &["seed"],
            steps: const {
                &[
                    ::orchestrated::plan::Step::__from_static(::orchestrated::__private::StaticStep {
                        name: "a",
                        kind: ::orchestrated::__private::Kind::Tool,
                        inputs: &["seed"],
                        outputs: &["a"],
                        dependencies: &[],
                        batch: 0usize,
                        fallible: false,
                        flow: ::core::option::Option::None,
                        options: ::orchestrated::__private::StaticOptions::NONE,
                    }),
                    ::orchestrated::plan::Step::__from_static(::orchestrated::__private::StaticStep {
                        name: "b",
                        kind: ::orchestrated::__private::Kind::Tool,
                        inputs: &["seed"],
                        outputs: &["b"],
                        dependencies: &[],
                        batch: 0usize,
                        fallible: false,
                        flow: ::core::option::Option::None,
                        options: ::orchestrated::__private::StaticOptions::NONE,
                    }),
                    ::orchestrated::plan::Step::__from_static(::orchestrated::__private::StaticStep {
                        name: "c",
                        kind: ::orchestrated::__private::Kind::Tool,
                        inputs: &["a"],
                        outputs: &["c"],
                        dependencies: &[0usize],
                        batch: 1usize,
                        fallible: false,
                        flow: ::core::option::Option::None,
                        options: ::orchestrated::__private::StaticOptions::NONE,
                    }),
                ]
            },
            batches: &[&[0usize, 1usize], &[2usize]],
            stages: &[(0usize, 2usize)],
        })
        .__strict();
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
