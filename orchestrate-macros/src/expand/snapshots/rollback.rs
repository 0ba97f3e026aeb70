///The workflow `Deploy`.
/**
# Plan

4 steps in 3 batches; the steps of a batch can run at the same time.

1.
   - `copied` (tool)
   - `checked` (flow)
2.
   - `allowed` (human)
3.
   - `done` (fn)

```mermaid
flowchart TD
    subgraph b0["batch 1"]
        s0["copied (tool)<br/>undo"]
        s1[["checked (flow)"]]
    end
    subgraph b1["batch 2"]
        s2[/"allowed (human)"/]
    end
    subgraph b2["batch 3"]
        s3("done (fn)")
    end
    s1 --> s2
    s0 --> s3
    s2 --> s3
```
*/
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
struct Deploy<'host> {
    ///The input `host` of the workflow.
    host: &'host Host,
    ///The input `files` of the workflow.
    files: Vec<File>,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl<'host> Deploy<'host> {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Deploy`](Deploy).
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
        Output = ::core::result::Result<Release, ::orchestrated::Failure<Error>>,
    > {
        ::orchestrated::__private::whole(Self::__run_kept(self, launcher))
    }
    #[doc(hidden)]
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
    fn __run_kept(
        self,
        launcher: &dyn ::orchestrated::Launcher<
            <Self as ::orchestrated::Workflow>::Agents,
        >,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            (
                Release,
                impl ::core::future::Future<
                    Output = ::orchestrated::__private::Rollbacks,
                > + use<'host>,
            ),
            ::orchestrated::Failure<Error>,
        >,
    > {
        let host = self.host;
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
                let mut __completed = ::orchestrated::__private::Completed::<
                    2usize,
                >::new();
                let mut __undo_0 = ::core::option::Option::None;
                let mut __undo_1 = ::core::option::Option::None;
                let __ended: ::core::result::Result<
                    Release,
                    ::orchestrated::Failure<Error>,
                > = __run
                    .caught(async {
                        let mut __place_2 = ::core::option::Option::None;
                        let mut __place_3 = ::core::option::Option::None;
                        let mut __place_4 = ::core::option::Option::None;
                        {
                            let __unique_2 = &mut __place_2;
                            let mut __unique_3 = ::core::option::Option::Some(
                                &mut __place_3,
                            );
                            let mut checked = ::core::option::Option::None;
                            let __unique_4 = &mut __place_4;
                            let mut __left_0 = 2usize;
                            let mut __done_0 = false;
                            let mut __started_0 = false;
                            let mut __future_0 = ::orchestrated::__private::pin!(
                                ::core::option::Option::Some({ let __given_0 = host; let
                                __given_1 = & files; async move { let __step = __run
                                .step(::orchestrated::__private::Place::leaf(0usize)
                                .guarded()); let mut __kept = ::core::option::Option::None;
                                let __ended = { let __attempt : ::core::primitive::u32 = 1;
                                let _ = __attempt; { let __ended = { __step
                                .fallible(::orchestrated::__private::Attempt { number :
                                __attempt, told : ::core::option::Option::Some(__attempt),
                                limit : ::orchestrated::__private::Limit::None, recorded :
                                false, takes : ::orchestrated::__private::Takes { counted :
                                true, priority :
                                ::orchestrated::__private::Priority::Normal, uses : & [], },
                                },
                                ::orchestrated::__private::pin!(::core::option::Option::Some(Self::copied(__given_0,
                                __given_1))), | __error | { use ::orchestrated::__private::
                                { DescribeDebug as _, DescribeDisplay as _, DescribeType as
                                _ }; (&& & ::orchestrated::__private::Probe(__error))
                                .describe() }). await }; if let
                                ::core::result::Result::Ok(__value) = & __ended { let __own
                                = Self::__copied_rollback(__given_0,
                                ::core::clone::Clone::clone(__given_1),
                                ::core::clone::Clone::clone(& (* __value))); let __told =
                                __step.told(); let __undo = ::std::boxed::Box::pin(async
                                move { let mut __rollbacks =
                                ::orchestrated::__private::Rollbacks::new(); __rollbacks
                                .undo(< Self as ::orchestrated::Workflow > ::PLAN, 0usize, &
                                __told, __own). await; __rollbacks }); __kept =
                                ::core::option::Option::Some(__undo); } __ended } };
                                (__ended, __kept) } })
                            );
                            let mut __done_1 = false;
                            let mut __started_1 = false;
                            let mut __future_1 = ::orchestrated::__private::pin!(
                                ::core::option::Option::Some({ let __given_0 = host; async
                                move { let __step = __run
                                .step(::orchestrated::__private::Place::plain(1usize)
                                .guarded()); let mut __kept = ::core::option::Option::None;
                                let __ended = { let __attempt : ::core::primitive::u32 = 1;
                                let _ = __attempt; { let mut __flow =
                                ::core::option::Option::None; let __ended = { let __stop =
                                __step.stop(true); let __launcher = & __step.flow(& __stop);
                                match __step.run_flow(::orchestrated::__private::Attempt {
                                number : __attempt, told :
                                ::core::option::Option::Some(__attempt), limit :
                                ::orchestrated::__private::Limit::None, recorded : false,
                                takes : ::orchestrated::__private::Takes { counted : false,
                                priority : ::orchestrated::__private::Priority::Normal, uses
                                : & [], }, }, < Check as ::orchestrated::Workflow >
                                ::__UNDOES, & __stop, ::orchestrated::__private::pin!(<
                                Check as ::orchestrated::Workflow > ::__part(Check { host :
                                __given_0 }, __launcher))). await {
                                ::core::result::Result::Ok((__value, __undo)) => { __flow =
                                ::core::option::Option::Some(::orchestrated::__private::keep_flow::
                                < Check, _ > (__undo)); ::core::result::Result::Ok(__value)
                                } ::core::result::Result::Err(__error) =>
                                ::core::result::Result::Err(__error), } }; if let
                                ::core::result::Result::Ok(__value) = & __ended { let __undo
                                = (async move { let mut __rollbacks =
                                ::orchestrated::__private::Rollbacks::new(); for __flow in
                                ::core::iter::IntoIterator::into_iter(__flow).rev() {
                                __rollbacks.extend(__flow. await); } __rollbacks }); __kept
                                = ::core::option::Option::Some(__undo); } __ended } };
                                (__ended, __kept) } })
                            );
                            let mut __left_1 = 1usize;
                            let mut __done_2 = false;
                            let mut __started_2 = false;
                            let mut __future_2 = ::orchestrated::__private::pin!(
                                ::core::option::Option::None
                            );
                            let mut __failure: ::core::option::Option<
                                ::orchestrated::Failure<Error>,
                            > = ::core::option::Option::None;
                            let mut __failing: ::core::option::Option<
                                ::core::primitive::usize,
                            > = ::core::option::Option::None;
                            let mut __others = ::orchestrated::__private::Rollbacks::new();
                            let mut __stopping = false;
                            if let ::core::result::Result::Err(__failure) = ::orchestrated::__private::poll_fn(|
                                    __cx|
                                {
                                    loop {
                                        if !__stopping {
                                            __failure = __run.interrupted();
                                        }
                                        '__batches: {
                                            if __failure.is_some() && !__stopping {
                                                break '__batches;
                                            }
                                            if __left_0 > 0 {
                                                if !__done_0 {
                                                    if !__stopping || __started_0 {
                                                        if let ::core::option::Option::Some(__pinned) = __future_0
                                                            .as_mut()
                                                            .as_pin_mut()
                                                        {
                                                            __started_0 = true;
                                                            if let ::orchestrated::__private::Poll::Ready(__polled) = __run
                                                                .poll_caught(
                                                                    ::orchestrated::__private::Place::leaf(0usize).guarded(),
                                                                    __pinned,
                                                                    __cx,
                                                                )
                                                            {
                                                                __run
                                                                    .drop_step(
                                                                        ::orchestrated::__private::Place::leaf(0usize).guarded(),
                                                                        || __future_0.set(::core::option::Option::None),
                                                                    );
                                                                '__step_0: {
                                                                    let __value = match __polled {
                                                                        ::core::result::Result::Ok(__value) => __value,
                                                                        ::core::result::Result::Err(__panicked) => {
                                                                            if (__failure.is_none()
                                                                                && __failing.is_none_or(|__step| __step == 0usize))
                                                                            {
                                                                                __failure = ::core::option::Option::Some(__panicked);
                                                                            }
                                                                            if __stopping {
                                                                                break '__step_0;
                                                                            }
                                                                            break '__batches;
                                                                        }
                                                                    };
                                                                    let (__value, __kept) = __value;
                                                                    if __kept.is_some() {
                                                                        __undo_0 = __kept;
                                                                        __completed.push(0usize);
                                                                    }
                                                                    let ::core::option::Option::Some(__value) = __others
                                                                        .first(
                                                                            (__failure.is_none()
                                                                                && __failing.is_none_or(|__step| __step == 0usize)),
                                                                            __value,
                                                                            |__cause| {
                                                                                __run
                                                                                    .failed_too(
                                                                                        ::orchestrated::__private::Place::leaf(0usize).guarded(),
                                                                                        __cause,
                                                                                    )
                                                                            },
                                                                        ) else {
                                                                        break '__step_0;
                                                                    };
                                                                    let __value = match __value {
                                                                        ::core::result::Result::Ok(__value) => __value,
                                                                        ::core::result::Result::Err(__error) => {
                                                                            __failure = ::core::option::Option::Some(
                                                                                __run
                                                                                    .step_failed(
                                                                                        ::orchestrated::__private::Place::leaf(0usize).guarded(),
                                                                                        __error,
                                                                                        |__error| ::core::convert::Into::<Error>::into(__error),
                                                                                    )
                                                                                    .__after(::core::mem::take(&mut __others)),
                                                                            );
                                                                            if __stopping {
                                                                                break '__step_0;
                                                                            }
                                                                            break '__batches;
                                                                        }
                                                                    };
                                                                    let __value_2 = __value;
                                                                    *__unique_2 = ::core::option::Option::Some(__value_2);
                                                                    __done_0 = true;
                                                                    __left_0 -= 1;
                                                                    if !__stopping {
                                                                        __failure = __run.interrupted();
                                                                        if __failure.is_some() {
                                                                            break '__batches;
                                                                        }
                                                                    }
                                                                }
                                                            }
                                                        }
                                                    }
                                                }
                                                if !__done_1 {
                                                    if !__stopping || __started_1 {
                                                        if let ::core::option::Option::Some(__pinned) = __future_1
                                                            .as_mut()
                                                            .as_pin_mut()
                                                        {
                                                            __started_1 = true;
                                                            if let ::orchestrated::__private::Poll::Ready(__polled) = __run
                                                                .poll_caught(
                                                                    ::orchestrated::__private::Place::plain(1usize).guarded(),
                                                                    __pinned,
                                                                    __cx,
                                                                )
                                                            {
                                                                __run
                                                                    .drop_step(
                                                                        ::orchestrated::__private::Place::plain(1usize).guarded(),
                                                                        || __future_1.set(::core::option::Option::None),
                                                                    );
                                                                '__step_1: {
                                                                    let __value = match __polled {
                                                                        ::core::result::Result::Ok(__value) => __value,
                                                                        ::core::result::Result::Err(__panicked) => {
                                                                            if (__failure.is_none()
                                                                                && __failing.is_none_or(|__step| __step == 1usize))
                                                                            {
                                                                                __failure = ::core::option::Option::Some(__panicked);
                                                                            }
                                                                            if __stopping {
                                                                                break '__step_1;
                                                                            }
                                                                            break '__batches;
                                                                        }
                                                                    };
                                                                    let (__value, __kept) = __value;
                                                                    if __kept.is_some() {
                                                                        __undo_1 = __kept;
                                                                        __completed.push(1usize);
                                                                    }
                                                                    let ::core::option::Option::Some(__value) = __others
                                                                        .first(
                                                                            (__failure.is_none()
                                                                                && __failing.is_none_or(|__step| __step == 1usize)),
                                                                            __value,
                                                                            |__cause| {
                                                                                __run
                                                                                    .failed_too(
                                                                                        ::orchestrated::__private::Place::plain(1usize).guarded(),
                                                                                        __cause,
                                                                                    )
                                                                            },
                                                                        ) else {
                                                                        break '__step_1;
                                                                    };
                                                                    let __value = match __value {
                                                                        ::core::result::Result::Ok(__value) => __value,
                                                                        ::core::result::Result::Err(__error) => {
                                                                            __failure = ::core::option::Option::Some(
                                                                                __run
                                                                                    .step_failed(
                                                                                        ::orchestrated::__private::Place::plain(1usize).guarded(),
                                                                                        __error,
                                                                                        |__error| {
                                                                                            use ::orchestrated::__private::{
                                                                                                CanFail as _, NeverFails as _,
                                                                                            };
                                                                                            let __tag = (&&::orchestrated::__private::FlowError::of(
                                                                                                &__error,
                                                                                            ))
                                                                                                .tag();
                                                                                            let __error = __tag
                                                                                                .pass(::core::marker::PhantomData::<Error>, __error);
                                                                                            ::core::convert::Into::<Error>::into(__error)
                                                                                        },
                                                                                    )
                                                                                    .__after(::core::mem::take(&mut __others)),
                                                                            );
                                                                            if __stopping {
                                                                                break '__step_1;
                                                                            }
                                                                            break '__batches;
                                                                        }
                                                                    };
                                                                    let __value_3 = __value;
                                                                    checked = __unique_3
                                                                        .take()
                                                                        .map(|__unique: &mut ::core::option::Option<_>| {
                                                                            &*__unique.insert(__value_3)
                                                                        });
                                                                    __done_1 = true;
                                                                    __left_0 -= 1;
                                                                    if !__stopping {
                                                                        __failure = __run.interrupted();
                                                                        if __failure.is_some() {
                                                                            break '__batches;
                                                                        }
                                                                    }
                                                                }
                                                            } else if !__stopping && __run.is_stopping() {
                                                                __failing = ::core::option::Option::Some(1usize);
                                                                break '__batches;
                                                            }
                                                        }
                                                    }
                                                }
                                                if __left_0 == 2usize {
                                                    break '__batches;
                                                }
                                            }
                                            if __left_1 > 0 {
                                                if !__done_2 {
                                                    if __future_2.as_mut().as_pin_mut().is_none() && !__stopping
                                                    {
                                                        if let (::core::option::Option::Some(__input_2_0),) = (
                                                            checked,
                                                        ) {
                                                            __future_2
                                                                .set(
                                                                    ::core::option::Option::Some({
                                                                        let __given_0 = __input_2_0;
                                                                        async move {
                                                                            let __step = __run
                                                                                .step(
                                                                                    ::orchestrated::__private::Place::plain(2usize).guarded(),
                                                                                );
                                                                            {
                                                                                let __attempt: ::core::primitive::u32 = 1;
                                                                                let _ = __attempt;
                                                                                {
                                                                                    __step
                                                                                        .decided::<
                                                                                            bool,
                                                                                            _,
                                                                                        >(
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
                                                                                            Self::allowed(__given_0),
                                                                                        )
                                                                                        .await
                                                                                }
                                                                            }
                                                                        }
                                                                    }),
                                                                );
                                                        }
                                                    }
                                                    if !__stopping || __started_2 {
                                                        if let ::core::option::Option::Some(__pinned) = __future_2
                                                            .as_mut()
                                                            .as_pin_mut()
                                                        {
                                                            __started_2 = true;
                                                            if let ::orchestrated::__private::Poll::Ready(__polled) = __run
                                                                .poll_caught(
                                                                    ::orchestrated::__private::Place::plain(2usize).guarded(),
                                                                    __pinned,
                                                                    __cx,
                                                                )
                                                            {
                                                                __run
                                                                    .drop_step(
                                                                        ::orchestrated::__private::Place::plain(2usize).guarded(),
                                                                        || __future_2.set(::core::option::Option::None),
                                                                    );
                                                                '__step_2: {
                                                                    let __value = match __polled {
                                                                        ::core::result::Result::Ok(__value) => __value,
                                                                        ::core::result::Result::Err(__panicked) => {
                                                                            if (__failure.is_none()
                                                                                && __failing.is_none_or(|__step| __step == 2usize))
                                                                            {
                                                                                __failure = ::core::option::Option::Some(__panicked);
                                                                            }
                                                                            if __stopping {
                                                                                break '__step_2;
                                                                            }
                                                                            break '__batches;
                                                                        }
                                                                    };
                                                                    let __value = match __value {
                                                                        ::core::result::Result::Ok(__value) => __value,
                                                                        ::core::result::Result::Err(__error) => {
                                                                            __failure = ::core::option::Option::Some(
                                                                                __run
                                                                                    .step_failed(
                                                                                        ::orchestrated::__private::Place::plain(2usize).guarded(),
                                                                                        __error,
                                                                                        |__error: ::core::convert::Infallible| match __error {},
                                                                                    )
                                                                                    .__after(::core::mem::take(&mut __others)),
                                                                            );
                                                                            if __stopping {
                                                                                break '__step_2;
                                                                            }
                                                                            break '__batches;
                                                                        }
                                                                    };
                                                                    let __value_4 = __value;
                                                                    *__unique_4 = ::core::option::Option::Some(__value_4);
                                                                    __done_2 = true;
                                                                    __left_1 -= 1;
                                                                    if !__stopping {
                                                                        __failure = __run.interrupted();
                                                                        if __failure.is_some() {
                                                                            break '__batches;
                                                                        }
                                                                    }
                                                                }
                                                            }
                                                        }
                                                    }
                                                }
                                                if __left_1 == 1usize {
                                                    break '__batches;
                                                }
                                            }
                                        }
                                        if __failure.is_none() && !__run.is_stopping() {
                                            break;
                                        }
                                        if !__stopping {
                                            __stopping = true;
                                            __run.stop();
                                            if __future_0.as_mut().as_pin_mut().is_some()
                                                && !(__started_0 && true)
                                            {
                                                __run
                                                    .drop_step(
                                                        ::orchestrated::__private::Place::leaf(0usize).guarded(),
                                                        || __future_0.set(::core::option::Option::None),
                                                    );
                                            }
                                            if __future_1.as_mut().as_pin_mut().is_some()
                                                && !(__started_1
                                                    && <Check as ::orchestrated::Workflow>::__UNDOES)
                                            {
                                                __run
                                                    .drop_step(
                                                        ::orchestrated::__private::Place::plain(1usize).guarded(),
                                                        || __future_1.set(::core::option::Option::None),
                                                    );
                                            }
                                            if __future_2.as_mut().as_pin_mut().is_some()
                                                && !(__started_2 && false)
                                            {
                                                __run
                                                    .drop_step(
                                                        ::orchestrated::__private::Place::plain(2usize).guarded(),
                                                        || __future_2.set(::core::option::Option::None),
                                                    );
                                            }
                                            continue;
                                        }
                                        if __future_0.as_mut().as_pin_mut().is_some()
                                            || __future_1.as_mut().as_pin_mut().is_some()
                                            || __future_2.as_mut().as_pin_mut().is_some()
                                        {
                                            return ::orchestrated::__private::Poll::Pending;
                                        }
                                        let __failure = __failure
                                            .take()
                                            .unwrap_or_else(|| __run.cancelled());
                                        return ::orchestrated::__private::Poll::Ready(
                                            ::core::result::Result::Err(
                                                __failure.__undone(::core::mem::take(&mut __others)),
                                            ),
                                        );
                                    }
                                    if __left_0 == 0 && __left_1 == 0 {
                                        ::orchestrated::__private::Poll::Ready(
                                            ::core::result::Result::Ok(()),
                                        )
                                    } else {
                                        ::orchestrated::__private::Poll::Pending
                                    }
                                })
                                .await
                            {
                                return ::core::result::Result::Err(__failure);
                            }
                        }
                        let copied = ::orchestrated::__private::produced(__place_2);
                        let allowed = ::orchestrated::__private::produced(
                            __place_4.as_ref(),
                        );
                        let mut __place_5 = ::core::option::Option::None;
                        {
                            let __unique_5 = &mut __place_5;
                            let mut __left_2 = 1usize;
                            let mut __done_3 = false;
                            let mut __started_3 = false;
                            let mut __future_3 = ::orchestrated::__private::pin!(
                                ::core::option::Option::Some({ let __input_0 = & copied; let
                                __input_1 = allowed; async move { Self::done(__input_0,
                                __input_1) } })
                            );
                            let mut __failure: ::core::option::Option<
                                ::orchestrated::Failure<Error>,
                            > = ::core::option::Option::None;
                            let mut __failing: ::core::option::Option<
                                ::core::primitive::usize,
                            > = ::core::option::Option::None;
                            let mut __others = ::orchestrated::__private::Rollbacks::new();
                            let mut __stopping = false;
                            if let ::core::result::Result::Err(__failure) = ::orchestrated::__private::poll_fn(|
                                    __cx|
                                {
                                    loop {
                                        if !__stopping {
                                            __failure = __run.interrupted();
                                        }
                                        '__batches: {
                                            if __failure.is_some() && !__stopping {
                                                break '__batches;
                                            }
                                            if __left_2 > 0 {
                                                if !__done_3 {
                                                    if !__stopping || __started_3 {
                                                        if let ::core::option::Option::Some(__pinned) = __future_3
                                                            .as_mut()
                                                            .as_pin_mut()
                                                        {
                                                            __started_3 = true;
                                                            if let ::orchestrated::__private::Poll::Ready(__polled) = __run
                                                                .poll_caught(
                                                                    ::orchestrated::__private::Place::plain(3usize),
                                                                    __pinned,
                                                                    __cx,
                                                                )
                                                            {
                                                                __run
                                                                    .drop_step(
                                                                        ::orchestrated::__private::Place::plain(3usize),
                                                                        || __future_3.set(::core::option::Option::None),
                                                                    );
                                                                '__step_3: {
                                                                    let __value = match __polled {
                                                                        ::core::result::Result::Ok(__value) => __value,
                                                                        ::core::result::Result::Err(__panicked) => {
                                                                            if (__failure.is_none()
                                                                                && __failing.is_none_or(|__step| __step == 3usize))
                                                                            {
                                                                                __failure = ::core::option::Option::Some(__panicked);
                                                                            }
                                                                            if __stopping {
                                                                                break '__step_3;
                                                                            }
                                                                            break '__batches;
                                                                        }
                                                                    };
                                                                    let __value = match __value {
                                                                        ::core::result::Result::Ok(__value) => __value,
                                                                        ::core::result::Result::Err(__error) => {
                                                                            __failure = ::core::option::Option::Some(
                                                                                __run
                                                                                    .failed(
                                                                                        ::orchestrated::__private::Place::plain(3usize),
                                                                                        ::core::convert::Into::<Error>::into(__error),
                                                                                    )
                                                                                    .__after(::core::mem::take(&mut __others)),
                                                                            );
                                                                            if __stopping {
                                                                                break '__step_3;
                                                                            }
                                                                            break '__batches;
                                                                        }
                                                                    };
                                                                    let __value_5 = __value;
                                                                    *__unique_5 = ::core::option::Option::Some(__value_5);
                                                                    __done_3 = true;
                                                                    __left_2 -= 1;
                                                                    if !__stopping {
                                                                        __failure = __run.interrupted();
                                                                        if __failure.is_some() {
                                                                            break '__batches;
                                                                        }
                                                                    }
                                                                }
                                                            }
                                                        }
                                                    }
                                                }
                                                if __left_2 == 1usize {
                                                    break '__batches;
                                                }
                                            }
                                        }
                                        if __failure.is_none() && !__run.is_stopping() {
                                            break;
                                        }
                                        if !__stopping {
                                            __stopping = true;
                                            __run.stop();
                                            if __future_3.as_mut().as_pin_mut().is_some()
                                                && !(__started_3 && false)
                                            {
                                                __run
                                                    .drop_step(
                                                        ::orchestrated::__private::Place::plain(3usize),
                                                        || __future_3.set(::core::option::Option::None),
                                                    );
                                            }
                                            continue;
                                        }
                                        if __future_3.as_mut().as_pin_mut().is_some() {
                                            return ::orchestrated::__private::Poll::Pending;
                                        }
                                        let __failure = __failure
                                            .take()
                                            .unwrap_or_else(|| __run.cancelled());
                                        return ::orchestrated::__private::Poll::Ready(
                                            ::core::result::Result::Err(
                                                __failure.__undone(::core::mem::take(&mut __others)),
                                            ),
                                        );
                                    }
                                    if __left_2 == 0 {
                                        ::orchestrated::__private::Poll::Ready(
                                            ::core::result::Result::Ok(()),
                                        )
                                    } else {
                                        ::orchestrated::__private::Poll::Pending
                                    }
                                })
                                .await
                            {
                                return ::core::result::Result::Err(__failure);
                            }
                        }
                        let done = ::orchestrated::__private::produced(__place_5);
                        match match __run
                            .finished(|| -> Result<Release, Error> {
                                done;
                                Ok(copied)
                            })
                        {
                            ::core::result::Result::Ok(__output) => __output,
                            ::core::result::Result::Err(__failure) => {
                                return ::core::result::Result::Err(__failure);
                            }
                        } {
                            ::core::result::Result::Ok(__output) => {
                                ::core::result::Result::Ok(__output)
                            }
                            ::core::result::Result::Err(__error) => {
                                ::core::result::Result::Err(__run.finished_with(__error))
                            }
                        }
                    })
                    .await;
                let __undo = async move {
                    let mut __rollbacks = ::orchestrated::__private::Rollbacks::new();
                    for __step in __completed.last_first() {
                        match __step {
                            0usize => {
                                if let ::core::option::Option::Some(__undo) = __undo_0
                                    .take()
                                {
                                    __rollbacks.extend(__undo.await);
                                }
                            }
                            1usize => {
                                if let ::core::option::Option::Some(__undo) = __undo_1
                                    .take()
                                {
                                    __rollbacks.extend(__undo.await);
                                }
                            }
                            _ => {}
                        }
                    }
                    __rollbacks
                };
                match __ended {
                    ::core::result::Result::Ok(__output) => {
                        ::core::result::Result::Ok((__output, __undo))
                    }
                    ::core::result::Result::Err(__failure) => {
                        ::core::result::Result::Err(__failure.__undone(__undo.await))
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
impl<'host> Deploy<'host> {
    ///The step `copied`.
    #[warn(unexpected_cfgs)]
    async fn copied(host: &'host Host, files: &Vec<File>) -> Result<Release, Error> {
        let _ = &host;
        let _ = &files;
        host.copy(files).await
    }
    ///The step `allowed`.
    #[warn(unexpected_cfgs)]
    #[allow(unused_braces)]
    fn allowed(
        checked: &<Check as ::orchestrated::Workflow>::Output,
    ) -> impl ::core::future::Future<Output = ::orchestrated::Question> {
        async move { ::orchestrated::IntoQuestion::into_question({ checked.text() }) }
    }
    ///The step `done`.
    #[warn(unexpected_cfgs)]
    fn done(copied: &Release, allowed: &bool) -> Result<(), Error> {
        done(copied, *allowed)
    }
    #[doc(hidden)]
    #[allow(
        unused_variables,
        clippy::let_unit_value,
        clippy::needless_borrow,
        clippy::unused_unit
    )]
    async fn __copied_rollback(
        host: &'host Host,
        files: Vec<File>,
        copied: <Result<Release, Error> as ::orchestrated::__private::Outcome>::Output,
    ) -> ::core::result::Result<(), ::orchestrated::__private::AnyError> {
        let files = &files;
        let copied = &copied;
        let __undone = { host.remove(&copied, files).await? };
        ::orchestrated::__private::Undone::outcome(__undone)
            .map_err(|__error| {
                use ::orchestrated::__private::{
                    ErasesDebug as _, ErasesDisplay as _, ErasesError as _,
                    ErasesType as _,
                };
                let __how = (&&&&::orchestrated::__private::Erase::of(&__error)).how();
                __how.erase(__error)
            })
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
impl<'host> ::orchestrated::Workflow for Deploy<'host> {
    type Output = Release;
    type Error = Error;
    type Agents = <::orchestrated::__private::Launches<
        { <Check as ::orchestrated::Workflow>::PLAN.launches_agents() },
    > as ::orchestrated::__private::Agents>::Agents;
    type __Undoes = ::orchestrated::__private::Undoes;
    const __CAN_FAIL: ::core::primitive::bool = true;
    const __UNDOES: ::core::primitive::bool = true;
    const __CONTEXT: ::core::primitive::bool = false;
    const __ACCOUNTED: ::core::primitive::bool = true
        && <Check as ::orchestrated::Workflow>::__ACCOUNTED;
    const __DEADLINE: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
    const PLAN: &'static ::orchestrated::plan::Plan = {
        use ::orchestrated::__private::{
            Count as __Count, Packed as __Packed, Unusual as __Unusual, Whole as __Whole,
        };
        static __PACKED: __Packed = __Packed {
            names: "host,files,copied,checked,allowed,done",
            steps: &[0, 1, 2, 3, 0, 2],
            numbers: b"\x01\x04\n\x11\x19!&\x02\x03\x04\x02\x03\x02\x02\x01\x03\0/\x02\0\0\x03\x03\x01\t\x001\x01\0\0\x04\x04\x01\n\x012\x01\x01\x01\x05\x05\x01\x07\x023\x02\x04\x02\0\x01\0\x03\x02\x04",
            count: __Count {
                inputs: 2usize,
                names: 6usize,
                steps: 4usize,
                batches: 3usize,
                stages: 2usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Deploy",
                path: ::core::concat!(::core::module_path!(), "::", "Deploy"),
                deadline: ::core::option::Option::None,
                strict: false,
                steps: const {
                    &__PACKED
                        .steps::<
                            4usize,
                        >(
                            &[
                                __Unusual {
                                    step: 0usize,
                                    flow: ::core::option::Option::None,
                                    options: ::core::option::Option::Some(const {
                                        &::orchestrated::__private::Options::__of(
                                            ::orchestrated::__private::Kind::Tool,
                                            ::orchestrated::__private::StaticOptions {
                                                undo: ::orchestrated::__private::Undo::Rollback,
                                                ..::orchestrated::__private::StaticOptions::NONE
                                            },
                                        )
                                    }),
                                },
                                __Unusual {
                                    step: 1usize,
                                    flow: ::core::option::Option::Some(
                                        <Check as ::orchestrated::Workflow>::PLAN,
                                    ),
                                    options: ::core::option::Option::None,
                                },
                                __Unusual {
                                    step: 2usize,
                                    flow: ::core::option::Option::None,
                                    options: ::core::option::Option::Some(const {
                                        &::orchestrated::__private::Options::__of(
                                            ::orchestrated::__private::Kind::Human,
                                            ::orchestrated::__private::StaticOptions {
                                                approval: true,
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
        Deploy::run(self, launcher)
    }
    fn __part(
        self,
        launcher: &dyn ::orchestrated::Launcher<Self::Agents>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            (
                Self::Output,
                impl ::core::future::Future<
                    Output = ::orchestrated::__private::Rollbacks,
                > + use<'host>,
            ),
            ::orchestrated::Failure<Self::Error>,
        >,
    > {
        Deploy::__run_kept(self, launcher)
    }
}
#[allow(unexpected_cfgs, clippy::let_unit_value)]
const _: () = {
    if <Check as ::orchestrated::Workflow>::PLAN.depth() == 3 {
        ::orchestrated::__private::refuse(
            "workflows nest 4 levels deep here: at most 3 are allowed",
        )
    }
};
