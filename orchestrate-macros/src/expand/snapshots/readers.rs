///The workflow `Review`.
/**
# Plan

3 steps in 3 batches; the steps of a batch can run at the same time.

1.
   - `reviews` (agent)
2.
   - `told` (fn)
3.
   - `draft` (agent)

```mermaid
flowchart TD
    subgraph b0["batch 1"]
        s0{{"reviews (agent)<br/>when, each 4 at once, optional"}}
    end
    subgraph b1["batch 2"]
        s1("told (fn)<br/>quorum 2, default")
    end
    subgraph b2["batch 3"]
        s2{{"draft (agent)<br/>repeat 3"}}
    end
    s0 --> s1
    s1 --> s2
```
*/
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
struct Review {
    ///The input `files` of the workflow.
    files: Vec<File>,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl Review {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Review`](Review).
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
            String,
            ::orchestrated::Failure<::core::convert::Infallible>,
        >,
    > {
        let files = self.files;
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
                __run.enter(::orchestrated::__private::Place::leaf(0usize).guarded());
                let __returned = {
                    let __given_0 = &files;
                    async move {
                        let __step = __run
                            .step(
                                ::orchestrated::__private::Place::leaf(0usize).guarded(),
                            );
                        '__guarded: {
                            if !Self::__reviews_when(__given_0).await {
                                __step.skipped();
                                break '__guarded ::core::result::Result::Ok(
                                    ::core::option::Option::None,
                                );
                            }
                            ::orchestrated::__private::some({
                                ::orchestrated::__private::each(
                                        ::core::iter::IntoIterator::into_iter({
                                            let __items: _ = __given_0;
                                            __items
                                        }),
                                        ::core::option::Option::Some(4),
                                        ::orchestrated::__private::Others::Drop,
                                        __step,
                                        |__index, __item_0| {
                                            let __step = __step.item(__index);
                                            async move {
                                                match {
                                                    let __attempt: ::core::primitive::u32 = 1;
                                                    let _ = __attempt;
                                                    {
                                                        __step
                                                            .fallible(
                                                                ::orchestrated::__private::Attempt {
                                                                    number: __attempt,
                                                                    told: ::core::option::Option::Some(__attempt),
                                                                    limit: ::orchestrated::__private::Limit::None,
                                                                    recorded: false,
                                                                    takes: ::orchestrated::__private::Takes {
                                                                        counted: true,
                                                                        priority: ::orchestrated::__private::Priority::Normal,
                                                                        uses: &[],
                                                                    },
                                                                },
                                                                ::orchestrated::__private::pin!(
                                                                    ::core::option::Option::Some(Self::reviews(__given_0,
                                                                    __item_0))
                                                                ),
                                                                |__error| {
                                                                    use ::orchestrated::__private::{
                                                                        DescribeDebug as _, DescribeDisplay as _, DescribeType as _,
                                                                    };
                                                                    (&&&::orchestrated::__private::Probe(__error)).describe()
                                                                },
                                                            )
                                                            .await
                                                    }
                                                } {
                                                    ::core::result::Result::Ok(__value) => {
                                                        ::core::result::Result::Ok(
                                                            ::core::result::Result::Ok(__value),
                                                        )
                                                    }
                                                    ::core::result::Result::Err(__error) => {
                                                        match __step
                                                            .stopped::<_, ::core::convert::Infallible>(__error)
                                                        {
                                                            ::core::result::Result::Ok(__cancelled) => {
                                                                ::core::result::Result::Err(__cancelled)
                                                            }
                                                            ::core::result::Result::Err(__error) => {
                                                                let __failure = __step
                                                                    .erase(
                                                                        __error,
                                                                        |__error| {
                                                                            use ::orchestrated::__private::{
                                                                                ErasesDebug as _, ErasesDisplay as _, ErasesError as _,
                                                                                ErasesType as _,
                                                                            };
                                                                            let __how = (&&&&::orchestrated::__private::Erase::of(
                                                                                &__error,
                                                                            ))
                                                                                .how();
                                                                            __how.erase(__error)
                                                                        },
                                                                    );
                                                                ::core::result::Result::Ok(
                                                                    ::core::result::Result::Err(__failure),
                                                                )
                                                            }
                                                        }
                                                    }
                                                }
                                            }
                                        },
                                    )
                                    .await
                            })
                        }
                    }
                }
                    .await;
                __run.leave(::orchestrated::__private::Place::leaf(0usize).guarded());
                let reviews = match __returned {
                    ::core::result::Result::Ok(__value) => __value,
                    ::core::result::Result::Err(__error) => {
                        return ::core::result::Result::Err(
                            __run
                                .step_failed(
                                    ::orchestrated::__private::Place::leaf(0usize).guarded(),
                                    __error,
                                    |__error: ::core::convert::Infallible| match __error {},
                                ),
                        );
                    }
                };
                __run.between();
                ::orchestrated::__private::ended(files);
                __run.enter(::orchestrated::__private::Place::plain(1usize).guarded());
                let __returned = {
                    let __given_0 = ::core::option::Option::as_ref(&reviews);
                    async move {
                        let __step = __run
                            .step(
                                ::orchestrated::__private::Place::plain(1usize).guarded(),
                            );
                        '__guarded: {
                            match '__item: {
                                if let ::core::result::Result::Err(__error) = ::orchestrated::__private::quorum(
                                    2,
                                    0
                                        + ::orchestrated::__private::Succeeded::succeeded(
                                            &__given_0,
                                        ),
                                ) {
                                    break '__item ::core::result::Result::Err(__error);
                                }
                                {
                                    let __attempt: ::core::primitive::u32 = 1;
                                    let _ = __attempt;
                                    {
                                        __step
                                            .infallible(
                                                ::orchestrated::__private::Attempt {
                                                    number: __attempt,
                                                    told: ::core::option::Option::Some(__attempt),
                                                    limit: ::orchestrated::__private::Limit::None,
                                                    recorded: false,
                                                    takes: ::orchestrated::__private::Takes {
                                                        counted: false,
                                                        priority: ::orchestrated::__private::Priority::Normal,
                                                        uses: &[],
                                                    },
                                                },
                                                ::orchestrated::__private::pin!(
                                                    ::core::option::Option::Some(async { Self::told(__given_0)
                                                    })
                                                ),
                                            )
                                            .await
                                    }
                                }
                            } {
                                ::core::result::Result::Ok(__value) => {
                                    ::core::result::Result::Ok(__value)
                                }
                                ::core::result::Result::Err(__error) => {
                                    match __step
                                        .stopped::<_, ::core::convert::Infallible>(__error)
                                    {
                                        ::core::result::Result::Ok(__cancelled) => {
                                            ::core::result::Result::Err(__cancelled)
                                        }
                                        ::core::result::Result::Err(__error) => {
                                            let __failure = __step
                                                .erase(
                                                    __error,
                                                    |__error| {
                                                        use ::orchestrated::__private::{
                                                            ErasesDebug as _, ErasesDisplay as _, ErasesError as _,
                                                            ErasesType as _,
                                                        };
                                                        let __how = (&&&&::orchestrated::__private::Erase::of(
                                                            &__error,
                                                        ))
                                                            .how();
                                                        __how.erase(__error)
                                                    },
                                                );
                                            ::core::result::Result::Ok(
                                                Self::__told_default(&__failure).await,
                                            )
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                    .await;
                __run.leave(::orchestrated::__private::Place::plain(1usize).guarded());
                let told = match __returned {
                    ::core::result::Result::Ok(__value) => __value,
                    ::core::result::Result::Err(__error) => {
                        return ::core::result::Result::Err(
                            __run
                                .step_failed(
                                    ::orchestrated::__private::Place::plain(1usize).guarded(),
                                    __error,
                                    |__error: ::core::convert::Infallible| match __error {},
                                ),
                        );
                    }
                };
                __run.between();
                ::orchestrated::__private::ended(reviews);
                __run.enter(::orchestrated::__private::Place::leaf(2usize).guarded());
                let __returned = {
                    let __given_0 = &told;
                    async move {
                        let __step = __run
                            .step(
                                ::orchestrated::__private::Place::leaf(2usize).guarded(),
                            );
                        {
                            let __attempt: ::core::primitive::u32 = 1;
                            let _ = __attempt;
                            {
                                let __max: ::core::primitive::u32 = 3;
                                let mut __rounds: ::core::primitive::u32 = 0;
                                let mut __last = ::core::option::Option::None;
                                loop {
                                    __rounds += 1;
                                    let __value = match {
                                        __step
                                            .infallible(
                                                ::orchestrated::__private::Attempt {
                                                    number: __attempt,
                                                    told: ::core::option::Option::Some(__attempt),
                                                    limit: ::orchestrated::__private::Limit::None,
                                                    recorded: false,
                                                    takes: ::orchestrated::__private::Takes {
                                                        counted: true,
                                                        priority: ::orchestrated::__private::Priority::Normal,
                                                        uses: &[],
                                                    },
                                                },
                                                ::orchestrated::__private::pin!(
                                                    ::core::option::Option::Some(Self::draft(__given_0, __last
                                                    .as_ref()))
                                                ),
                                            )
                                            .await
                                    } {
                                        ::core::result::Result::Ok(__value) => __value,
                                        ::core::result::Result::Err(__error) => {
                                            break ::core::result::Result::Err(__error);
                                        }
                                    };
                                    if Self::__draft_until(&__value).await {
                                        break ::core::result::Result::Ok(__value);
                                    }
                                    if __rounds >= __max {
                                        break ::core::result::Result::Err(
                                            ::orchestrated::__private::unsatisfied(__rounds, __attempt),
                                        );
                                    }
                                    __last = ::core::option::Option::Some(__value);
                                }
                            }
                        }
                    }
                }
                    .await;
                __run.leave(::orchestrated::__private::Place::leaf(2usize).guarded());
                let draft = match __returned {
                    ::core::result::Result::Ok(__value) => __value,
                    ::core::result::Result::Err(__error) => {
                        return ::core::result::Result::Err(
                            __run
                                .step_failed(
                                    ::orchestrated::__private::Place::leaf(2usize).guarded(),
                                    __error,
                                    |__error: ::core::convert::Infallible| match __error {},
                                ),
                        );
                    }
                };
                __run.between();
                ::orchestrated::__private::ended(told);
                __run.finish();
                ::core::result::Result::Ok((|| -> String { draft.text })())
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
impl Review {
    ///The step `reviews`.
    #[warn(unexpected_cfgs)]
    async fn reviews(
        files: &Vec<File>,
        file: <&Vec<File> as ::core::iter::IntoIterator>::Item,
    ) -> Result<Review, Error> {
        let _ = &files;
        review(file).await
    }
    ///The step `told`.
    #[warn(unexpected_cfgs)]
    fn told(
        reviews: ::core::option::Option<
            &::std::vec::Vec<::core::result::Result<Review, ::orchestrated::StepFailure>>,
        >,
    ) -> String {
        tell(reviews)
    }
    ///The step `draft`.
    #[warn(unexpected_cfgs)]
    async fn draft(told: &String, last: ::core::option::Option<&Draft>) -> Draft {
        write(told, last).await
    }
    #[doc(hidden)]
    #[allow(
        unused_variables,
        clippy::let_unit_value,
        clippy::needless_borrow,
        clippy::unused_unit
    )]
    async fn __reviews_when(files: &Vec<File>) -> ::core::primitive::bool {
        !files.is_empty()
    }
    #[doc(hidden)]
    #[allow(
        unused_variables,
        clippy::let_unit_value,
        clippy::needless_borrow,
        clippy::unused_unit
    )]
    async fn __told_default(
        error: &::orchestrated::StepFailure,
    ) -> ::orchestrated::__private::Same<String> {
        String::new()
    }
    #[doc(hidden)]
    #[allow(
        unused_variables,
        clippy::let_unit_value,
        clippy::needless_borrow,
        clippy::unused_unit
    )]
    async fn __draft_until(draft: &Draft) -> ::core::primitive::bool {
        draft.is_good()
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
impl ::orchestrated::Workflow for Review {
    type Output = String;
    type Error = ::core::convert::Infallible;
    type Agents = ::orchestrated::WithAgents;
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
            names: "files,reviews,told,draft",
            steps: &[0, 1, 2],
            numbers: b"\x01\x05\r\x12\x18\x01\x02\x03\x01\x02\x03\x01\x01\x01\x01\0%\x01\0\0\x02\x02\x01\x06\x01&\x01\0\x01\x03\x03\x01\0\x02'\x01\x01\x01\0\x01\x02",
            count: __Count {
                inputs: 1usize,
                names: 4usize,
                steps: 3usize,
                batches: 3usize,
                stages: 3usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Review",
                path: ::core::concat!(::core::module_path!(), "::", "Review"),
                deadline: ::core::option::Option::None,
                strict: false,
                steps: const {
                    &__PACKED
                        .steps::<
                            3usize,
                        >(
                            &[
                                __Unusual {
                                    step: 0usize,
                                    flow: ::core::option::Option::None,
                                    options: ::core::option::Option::Some(const {
                                        &::orchestrated::__private::Options::__of(
                                            ::orchestrated::__private::Kind::Agent,
                                            ::orchestrated::__private::StaticOptions {
                                                optional: true,
                                                condition: true,
                                                each: true,
                                                concurrency: ::core::option::Option::Some(4usize),
                                                ..::orchestrated::__private::StaticOptions::NONE
                                            },
                                        )
                                    }),
                                },
                                __Unusual {
                                    step: 1usize,
                                    flow: ::core::option::Option::None,
                                    options: ::core::option::Option::Some(const {
                                        &::orchestrated::__private::Options::__of(
                                            ::orchestrated::__private::Kind::Plain,
                                            ::orchestrated::__private::StaticOptions {
                                                default: true,
                                                quorum: ::core::option::Option::Some(2usize),
                                                ..::orchestrated::__private::StaticOptions::NONE
                                            },
                                        )
                                    }),
                                },
                                __Unusual {
                                    step: 2usize,
                                    flow: ::core::option::Option::None,
                                    options: ::core::option::Option::Some(const {
                                        &::orchestrated::__private::Options::__of(
                                            ::orchestrated::__private::Kind::Agent,
                                            ::orchestrated::__private::StaticOptions {
                                                rounds: 3u32,
                                                ..::orchestrated::__private::StaticOptions::NONE
                                            },
                                        )
                                    }),
                                },
                            ],
                        )
                },
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
        Review::run(self, launcher)
    }
}
