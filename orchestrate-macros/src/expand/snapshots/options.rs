///The workflow `Fetch`.
/**
# Plan

1 step in 1 batch; the steps of a batch can run at the same time.

1.
   - `page` (tool)

```mermaid
flowchart TD
    subgraph b0["batch 1"]
        s0["page (tool)<br/>cache, breaker, fallback, retry 3, uses socket=1, timeout"]
    end
```
*/
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
struct Fetch<'client> {
    ///The input `client` of the workflow.
    client: &'client Client,
    ///The input `url` of the workflow.
    url: String,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl<'client> Fetch<'client> {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Fetch`](Fetch).
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
        Output = ::core::result::Result<Page, ::orchestrated::Failure<Error>>,
    > {
        let client = self.client;
        let url = self.url;
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
                    let __given_0 = client;
                    let __given_1 = &url;
                    async move {
                        let __step = __run
                            .step(
                                ::orchestrated::__private::Place::leaf(0usize).guarded(),
                            );
                        let __seen_cx = __step.context(1);
                        {
                            let __attempt: ::core::primitive::u32 = 1;
                            let _ = __attempt;
                            __step
                                .cached(
                                    256,
                                    ::core::option::Option::Some(
                                        ::core::time::Duration::new(3600, 0),
                                    ),
                                    Self::__page_key(__given_1),
                                    ::orchestrated::__private::pin!(
                                        async { match __step
                                        .breaker(::core::option::Option::Some("web"), 3,
                                        ::core::time::Duration::new(10, 0)) {
                                        ::core::result::Result::Ok(__admission) => { let __ended =
                                        match { let mut __retry =
                                        ::orchestrated::__private::Retry::new(3,
                                        ::core::time::Duration::new(0, 100000000),
                                        ::core::time::Duration::new(30, 0), false); loop { let
                                        __attempt = __retry.begin(); match { let __cx = __step
                                        .context(__attempt); __step
                                        .fallible(::orchestrated::__private::Attempt { number :
                                        __attempt, told : ::core::option::Option::Some(__attempt),
                                        limit :
                                        ::orchestrated::__private::Limit::After(Self::__page_timeout(__given_0)),
                                        recorded : true, takes : ::orchestrated::__private::Takes {
                                        counted : true, priority :
                                        ::orchestrated::__private::Priority::Normal, uses : &
                                        [("socket", 1)], }, },
                                        ::orchestrated::__private::pin!(::core::option::Option::Some(Self::page(__given_0,
                                        __given_1, & __cx))), | __error | { use
                                        ::orchestrated::__private:: { DescribeDebug as _,
                                        DescribeDisplay as _, DescribeType as _ }; (&& &
                                        ::orchestrated::__private::Probe(__error)).describe() }).
                                        await } { ::core::result::Result::Ok(__value) => break
                                        ::core::result::Result::Ok(__value),
                                        ::core::result::Result::Err(mut __error) => { let __wanted =
                                        match __error.error() { ::core::option::Option::Some(__own)
                                        => Self::__page_retry_when(__own),
                                        ::core::option::Option::None => __error.is_worth_another(),
                                        }; if ! __retry.again(& __step, & mut __error, __wanted).
                                        await { break ::core::result::Result::Err(__error); } } } }
                                        } { ::core::result::Result::Err(__error) if ! __error
                                        .is_cancelled() => { let __attempt =
                                        ::orchestrated::__private::Attempt::fallback(__error
                                        .attempts(), 0u32); let __failure = __step.erase(__error, |
                                        __error | { use ::orchestrated::__private:: { ErasesDebug as
                                        _, ErasesDisplay as _, ErasesError as _, ErasesType as _ };
                                        let __how = (&& && ::orchestrated::__private::Erase::of(&
                                        __error)).how(); __how.erase(__error) }); let __answer =
                                        ::orchestrated::__private::pin!(::core::option::Option::Some(Self::__page_fallback_0(__given_0,
                                        __given_1, & __failure))); let __ended = __step
                                        .fallible(__attempt, __answer, | __error | { use
                                        ::orchestrated::__private:: { DescribeDebug as _,
                                        DescribeDisplay as _, DescribeType as _ }; (&& &
                                        ::orchestrated::__private::Probe(__error)).describe() }).
                                        await; __ended.map_err(| __error | __error.after(&
                                        __failure)) } __ended => __ended, }; __admission.ended(&
                                        __ended); __ended } ::core::result::Result::Err(__error) =>
                                        ::core::result::Result::Err(__error), } }
                                    ),
                                )
                                .await
                        }
                    }
                }
                    .await;
                __run.leave(::orchestrated::__private::Place::leaf(0usize).guarded());
                let page = match __returned {
                    ::core::result::Result::Ok(__value) => __value,
                    ::core::result::Result::Err(__error) => {
                        return ::core::result::Result::Err(
                            __run
                                .step_failed(
                                    ::orchestrated::__private::Place::leaf(0usize).guarded(),
                                    __error,
                                    |__error| ::core::convert::Into::<Error>::into(__error),
                                ),
                        );
                    }
                };
                __run.between();
                ::orchestrated::__private::ended(url);
                __run.finish();
                match (|| -> Result<Page, Error> { Ok(page) })() {
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
impl<'client> Fetch<'client> {
    ///The step `page`.
    #[warn(unexpected_cfgs)]
    async fn page(
        client: &'client Client,
        url: &String,
        cx: &::orchestrated::Context<'_>,
    ) -> Result<Page, Error> {
        let _ = &client;
        let _ = &url;
        client.get(url, cx).await
    }
    #[doc(hidden)]
    #[allow(
        unused_variables,
        clippy::let_unit_value,
        clippy::needless_borrow,
        clippy::unused_unit
    )]
    async fn __page_fallback_0(
        client: &'client Client,
        url: &String,
        error: &::orchestrated::StepFailure,
    ) -> Result<Page, Error> {
        client.mirror(url).await
    }
    #[doc(hidden)]
    #[allow(
        unused_variables,
        clippy::let_unit_value,
        clippy::needless_borrow,
        clippy::unused_unit
    )]
    fn __page_retry_when(
        error: &<Result<Page, Error> as ::orchestrated::__private::Outcome>::Error,
    ) -> ::core::primitive::bool {
        error.is_transient()
    }
    #[doc(hidden)]
    #[allow(
        unused_variables,
        clippy::let_unit_value,
        clippy::needless_borrow,
        clippy::unused_unit
    )]
    fn __page_timeout(client: &'client Client) -> ::core::time::Duration {
        client.patience
    }
    #[doc(hidden)]
    #[allow(
        unused_variables,
        clippy::let_unit_value,
        clippy::needless_borrow,
        clippy::unused_unit
    )]
    fn __page_key(url: &String) -> impl ::orchestrated::__private::CacheKey {
        url.clone()
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
impl<'client> ::orchestrated::Workflow for Fetch<'client> {
    type Output = Page;
    type Error = Error;
    type Agents = ::orchestrated::WithoutAgents;
    type __Undoes = ::orchestrated::__private::UndoesNothing;
    const __CAN_FAIL: ::core::primitive::bool = true;
    const __UNDOES: ::core::primitive::bool = false;
    const __CONTEXT: ::core::primitive::bool = true;
    const __ACCOUNTED: ::core::primitive::bool = true;
    const __DEADLINE: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
    const PLAN: &'static ::orchestrated::plan::Plan = {
        use ::orchestrated::__private::{
            Count as __Count, Packed as __Packed, Unusual as __Unusual, Whole as __Whole,
        };
        static __PACKED: __Packed = __Packed {
            names: "client,url,page",
            steps: &[0],
            numbers: b"\x01\x06\n\x0F\x01\x01\x02\x02\x01\x03\0\x0E\x02\0\0\0\x01",
            count: __Count {
                inputs: 2usize,
                names: 3usize,
                steps: 1usize,
                batches: 1usize,
                stages: 1usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Fetch",
                path: ::core::concat!(::core::module_path!(), "::", "Fetch"),
                deadline: ::core::option::Option::None,
                strict: false,
                steps: const {
                    &__PACKED
                        .steps::<
                            1usize,
                        >(
                            &[
                                __Unusual {
                                    step: 0usize,
                                    flow: ::core::option::Option::None,
                                    options: ::core::option::Option::Some(const {
                                        &::orchestrated::__private::Options::__of(
                                            ::orchestrated::__private::Kind::Tool,
                                            ::orchestrated::__private::StaticOptions {
                                                idempotent: true,
                                                limited: true,
                                                cache: true,
                                                breaker: true,
                                                attempts: 3u32,
                                                fallbacks: 1usize,
                                                uses: &[("socket", 1usize)],
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
        Fetch::run(self, launcher)
    }
}
