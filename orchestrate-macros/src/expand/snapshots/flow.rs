///The workflow `Outer`.
/**
# Plan

3 steps in 2 batches; the steps of a batch can run at the same time.

1.
   - `review` (flow)
   - `plain` (flow)
2.
   - `report` (fn)

```mermaid
flowchart TD
    subgraph b0["batch 1"]
        s0[["review (flow)"]]
        s1[["plain (flow)"]]
    end
    subgraph b1["batch 2"]
        s2("report (fn)")
    end
    s0 --> s2
```
*/
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
pub(crate) struct Outer<'a, T: Clone>
where
    T: Send,
{
    ///The input `app` of the workflow.
    pub(crate) app: &'a App,
    ///The input `text` of the workflow.
    pub(crate) text: String,
    ///The input `item` of the workflow.
    pub(crate) item: T,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl<'a, T: Clone> Outer<'a, T>
where
    T: Send,
{
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    pub(crate) const PLAN: &'static facade::plan::Plan = <Self as facade::Workflow>::PLAN;
    ///Runs the workflow [`Outer`](Outer).
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
    pub(crate) fn run(
        self,
        launcher: &dyn facade::Launcher<<Self as facade::Workflow>::Agents>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<Report, facade::Failure<Error>>,
    > {
        facade::__private::whole(Self::__run_kept(self, launcher))
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
        launcher: &dyn facade::Launcher<<Self as facade::Workflow>::Agents>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            (
                Report,
                impl ::core::future::Future<
                    Output = facade::__private::Rollbacks,
                > + use<'a, T>,
            ),
            facade::Failure<Error>,
        >,
    > {
        let app = self.app;
        let text = self.text;
        let item = self.item;
        facade::__private::run::<
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
                let mut __completed = facade::__private::Completed::<1usize>::new();
                let mut __undo_1 = ::core::option::Option::None;
                let __ended: ::core::result::Result<Report, facade::Failure<Error>> = __run
                    .caught(async {
                        let mut __place_3 = ::core::option::Option::None;
                        let mut __place_4 = ::core::option::Option::None;
                        let mut __place_5 = ::core::option::Option::None;
                        {
                            let mut __unique_3 = ::core::option::Option::Some(
                                &mut __place_3,
                            );
                            let mut review = ::core::option::Option::None;
                            let __unique_4 = &mut __place_4;
                            let __unique_5 = &mut __place_5;
                            let __place_1 = ::std::sync::Arc::new(text);
                            let mut __left_0 = 2usize;
                            let __launcher_0 = &__run.flow();
                            let mut __done_0 = false;
                            let mut __started_0 = false;
                            let mut __future_0 = facade::__private::pin!(
                                ::core::option::Option::Some({ let __input_0_0 = app; let
                                __input_0_1 = ::std::sync::Arc::clone(& __place_1); async
                                move { < inner::Review as facade::Workflow >
                                ::run(inner::Review { app : __input_0_0, text : & *
                                __input_0_1 }, __launcher_0). await } })
                            );
                            let mut __done_1 = false;
                            let mut __started_1 = false;
                            let mut __future_1 = facade::__private::pin!(
                                ::core::option::Option::Some({ let __given_0 = item; async
                                move { let __step = __run
                                .step(facade::__private::Place::plain(1usize).guarded());
                                let mut __kept = ::core::option::Option::None; let __ended =
                                { let __attempt : ::core::primitive::u32 = 1; let _ =
                                __attempt; { let mut __flow = ::core::option::Option::None;
                                let __ended = { const { if < Generic:: < T > as
                                facade::Workflow > ::PLAN.depth() == 3 {
                                facade::__private::refuse("workflows nest 4 levels deep here: at most 3 are allowed")
                                } }; let __stop = __step.stop(true); let __launcher = &
                                __step.flow(& __stop); match __step
                                .run_flow(facade::__private::Attempt { number : __attempt,
                                told : ::core::option::Option::Some(__attempt), limit :
                                facade::__private::Limit::None, recorded : false, takes :
                                facade::__private::Takes { counted : false, priority :
                                facade::__private::Priority::Normal, uses : & [], }, }, <
                                Generic:: < T > as facade::Workflow > ::__UNDOES, & __stop,
                                facade::__private::pin!(< Generic:: < T > as
                                facade::Workflow > ::__part(Generic:: < T > { item :
                                __given_0 }, __launcher))). await {
                                ::core::result::Result::Ok((__value, __undo)) => { __flow =
                                ::core::option::Option::Some(facade::__private::keep_flow::
                                < Generic:: < T >, _ > (__undo));
                                ::core::result::Result::Ok(__value) }
                                ::core::result::Result::Err(__error) =>
                                ::core::result::Result::Err(__error), } }; if let
                                ::core::result::Result::Ok(__value) = & __ended { let __undo
                                = (async move { let mut __rollbacks =
                                facade::__private::Rollbacks::new(); for __flow in
                                ::core::iter::IntoIterator::into_iter(__flow).rev() {
                                __rollbacks.extend(__flow. await); } __rollbacks }); __kept
                                = ::core::option::Option::Some(__undo); } __ended } };
                                (__ended, __kept) } })
                            );
                            let mut __left_1 = 1usize;
                            let mut __input_2_1 = ::core::option::Option::Some(
                                __place_1,
                            );
                            let mut __done_2 = false;
                            let mut __started_2 = false;
                            let mut __future_2 = facade::__private::pin!(
                                ::core::option::Option::None
                            );
                            let mut __failure: ::core::option::Option<
                                facade::Failure<Error>,
                            > = ::core::option::Option::None;
                            let mut __failing: ::core::option::Option<
                                ::core::primitive::usize,
                            > = ::core::option::Option::None;
                            let mut __others = facade::__private::Rollbacks::new();
                            let mut __stopping = false;
                            if let ::core::result::Result::Err(__failure) = facade::__private::poll_fn(|
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
                                                            if let facade::__private::Poll::Ready(__polled) = __run
                                                                .poll_caught(
                                                                    facade::__private::Place::plain(0usize),
                                                                    __pinned,
                                                                    __cx,
                                                                )
                                                            {
                                                                __run
                                                                    .drop_step(
                                                                        facade::__private::Place::plain(0usize),
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
                                                                    let __value = match __value {
                                                                        ::core::result::Result::Ok(__value) => __value,
                                                                        ::core::result::Result::Err(__error) => {
                                                                            __failure = ::core::option::Option::Some(
                                                                                __run
                                                                                    .flow_failed(
                                                                                        facade::__private::Place::plain(0usize),
                                                                                        __error,
                                                                                        |__error| {
                                                                                            use facade::__private::{CanFail as _, NeverFails as _};
                                                                                            let __tag = (&&facade::__private::FlowError::of(&__error))
                                                                                                .tag();
                                                                                            let __error = __tag
                                                                                                .pass(::core::marker::PhantomData::<Error>, __error);
                                                                                            ::core::convert::Into::<Error>::into(__error)
                                                                                        },
                                                                                    )
                                                                                    .__after(::core::mem::take(&mut __others)),
                                                                            );
                                                                            if __stopping {
                                                                                break '__step_0;
                                                                            }
                                                                            break '__batches;
                                                                        }
                                                                    };
                                                                    let __value_3 = __value;
                                                                    review = __unique_3
                                                                        .take()
                                                                        .map(|__unique: &mut ::core::option::Option<_>| {
                                                                            &*__unique.insert(__value_3)
                                                                        });
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
                                                            if let facade::__private::Poll::Ready(__polled) = __run
                                                                .poll_caught(
                                                                    facade::__private::Place::plain(1usize).guarded(),
                                                                    __pinned,
                                                                    __cx,
                                                                )
                                                            {
                                                                __run
                                                                    .drop_step(
                                                                        facade::__private::Place::plain(1usize).guarded(),
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
                                                                                        facade::__private::Place::plain(1usize).guarded(),
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
                                                                                        facade::__private::Place::plain(1usize).guarded(),
                                                                                        __error,
                                                                                        |__error| {
                                                                                            use facade::__private::{CanFail as _, NeverFails as _};
                                                                                            let __tag = (&&facade::__private::FlowError::of(&__error))
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
                                                                    let __value_4 = __value;
                                                                    *__unique_4 = ::core::option::Option::Some(__value_4);
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
                                                        if __done_0 {
                                                            if let (
                                                                ::core::option::Option::Some(__input_2_0),
                                                                ::core::option::Option::Some(__input_2_1),
                                                            ) = (review, __input_2_1.take()) {
                                                                __future_2
                                                                    .set(
                                                                        ::core::option::Option::Some(async move {
                                                                            Self::report(
                                                                                __input_2_0,
                                                                                facade::__private::produced(
                                                                                    ::std::sync::Arc::into_inner(__input_2_1),
                                                                                ),
                                                                            )
                                                                        }),
                                                                    );
                                                            }
                                                        }
                                                    }
                                                    if !__stopping || __started_2 {
                                                        if let ::core::option::Option::Some(__pinned) = __future_2
                                                            .as_mut()
                                                            .as_pin_mut()
                                                        {
                                                            __started_2 = true;
                                                            if let facade::__private::Poll::Ready(__polled) = __run
                                                                .poll_caught(
                                                                    facade::__private::Place::plain(2usize),
                                                                    __pinned,
                                                                    __cx,
                                                                )
                                                            {
                                                                __run
                                                                    .drop_step(
                                                                        facade::__private::Place::plain(2usize),
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
                                                                    let __value = __value;
                                                                    let __value_5 = __value;
                                                                    *__unique_5 = ::core::option::Option::Some(__value_5);
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
                                                && !(__started_0
                                                    && <inner::Review as facade::Workflow>::__UNDOES)
                                            {
                                                __run
                                                    .drop_step(
                                                        facade::__private::Place::plain(0usize),
                                                        || __future_0.set(::core::option::Option::None),
                                                    );
                                            }
                                            if __future_1.as_mut().as_pin_mut().is_some()
                                                && !(__started_1
                                                    && <Generic<T> as facade::Workflow>::__UNDOES)
                                            {
                                                __run
                                                    .drop_step(
                                                        facade::__private::Place::plain(1usize).guarded(),
                                                        || __future_1.set(::core::option::Option::None),
                                                    );
                                            }
                                            if __future_2.as_mut().as_pin_mut().is_some()
                                                && !(__started_2 && false)
                                            {
                                                __run
                                                    .drop_step(
                                                        facade::__private::Place::plain(2usize),
                                                        || __future_2.set(::core::option::Option::None),
                                                    );
                                            }
                                            continue;
                                        }
                                        if __future_0.as_mut().as_pin_mut().is_some()
                                            || __future_1.as_mut().as_pin_mut().is_some()
                                            || __future_2.as_mut().as_pin_mut().is_some()
                                        {
                                            return facade::__private::Poll::Pending;
                                        }
                                        let __failure = __failure
                                            .take()
                                            .unwrap_or_else(|| __run.cancelled());
                                        return facade::__private::Poll::Ready(
                                            ::core::result::Result::Err(
                                                __failure.__undone(::core::mem::take(&mut __others)),
                                            ),
                                        );
                                    }
                                    if __left_0 == 0 && __left_1 == 0 {
                                        facade::__private::Poll::Ready(
                                            ::core::result::Result::Ok(()),
                                        )
                                    } else {
                                        facade::__private::Poll::Pending
                                    }
                                })
                                .await
                            {
                                return ::core::result::Result::Err(__failure);
                            }
                        }
                        let plain = facade::__private::produced(__place_4);
                        let report = facade::__private::produced(__place_5);
                        match match __run
                            .finished(|| -> Result<Report, Error> {
                                drop(plain);
                                Ok(report)
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
                    let mut __rollbacks = facade::__private::Rollbacks::new();
                    for __step in __completed.last_first() {
                        match __step {
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
impl<'a, T: Clone> Outer<'a, T>
where
    T: Send,
{
    ///The step `report`.
    #[warn(unexpected_cfgs)]
    fn report(
        review: &<inner::Review as facade::Workflow>::Output,
        text: String,
    ) -> Report {
        Report::new(review, text)
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
impl<'a, T: Clone> facade::Workflow for Outer<'a, T>
where
    T: Send,
{
    type Output = Report;
    type Error = Error;
    type Agents = <<Generic<
        T,
    > as facade::Workflow>::Agents as facade::__private::Or<
        <facade::__private::Launches<
            { <inner::Review as facade::Workflow>::PLAN.launches_agents() },
        > as facade::__private::Agents>::Agents,
    >>::Agents;
    type __Undoes = <<Generic<
        T,
    > as facade::Workflow>::__Undoes as facade::__private::OrUndoes<
        facade::__private::UndoesNothing,
    >>::Type;
    const __CAN_FAIL: ::core::primitive::bool = true;
    const __UNDOES: ::core::primitive::bool = false
        || <Generic<T> as facade::Workflow>::__UNDOES;
    const __CONTEXT: ::core::primitive::bool = false;
    const __ACCOUNTED: ::core::primitive::bool = true
        && <inner::Review as facade::Workflow>::__ACCOUNTED
        && <Generic<T> as facade::Workflow>::__ACCOUNTED;
    const __DEADLINE: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
    const PLAN: &'static facade::plan::Plan = {
        use facade::__private::{
            Count as __Count, Packed as __Packed, Unusual as __Unusual, Whole as __Whole,
        };
        static __PACKED: __Packed = __Packed {
            names: "app,text,item,review,plain,report",
            steps: &[0, 1, 2],
            numbers: b"\x01\x03\x08\r\x14\x1A!\x02\x03\x02\x03\x03\x01\t\0$\x02\0\0\x04\x04\x01\t\0&\x01\0\0\x05\x05\x01\x06\x01'\x02\0\x01\0\x01\x02\x03\x01",
            count: __Count {
                inputs: 3usize,
                names: 6usize,
                steps: 3usize,
                batches: 2usize,
                stages: 1usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Outer",
                path: ::core::concat!(::core::module_path!(), "::", "Outer"),
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
                                    flow: ::core::option::Option::Some(
                                        <inner::Review as facade::Workflow>::PLAN,
                                    ),
                                    options: ::core::option::Option::None,
                                },
                                __Unusual {
                                    step: 1usize,
                                    flow: ::core::option::Option::Some(
                                        <Generic<T> as facade::Workflow>::PLAN,
                                    ),
                                    options: ::core::option::Option::None,
                                },
                            ],
                        )
                },
            })
    };
    const __ERRORS: facade::__private::Errors<Self::Error> = facade::__private::Errors {
        source: |__error: &Error| {
            use facade::__private::{
                NoSource as _, SourceOfBox as _, SourceOfError as _, SourceOfSendBox as _,
            };
            (&&&&facade::__private::Probe(__error)).source()
        },
        describe: |__error: &Error| {
            use facade::__private::{
                DescribeDebug as _, DescribeDisplay as _, DescribeType as _,
            };
            (&&&facade::__private::Probe(__error)).describe()
        },
    };
    fn run(
        self,
        launcher: &dyn facade::Launcher<Self::Agents>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<Self::Output, facade::Failure<Self::Error>>,
    > {
        Outer::run(self, launcher)
    }
    fn __part(
        self,
        launcher: &dyn facade::Launcher<Self::Agents>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            (
                Self::Output,
                impl ::core::future::Future<
                    Output = facade::__private::Rollbacks,
                > + use<'a, T>,
            ),
            facade::Failure<Self::Error>,
        >,
    > {
        Outer::__run_kept(self, launcher)
    }
}
#[allow(unexpected_cfgs, clippy::let_unit_value)]
const _: () = {
    if <inner::Review as facade::Workflow>::PLAN.depth() == 3 {
        facade::__private::refuse(
            "workflows nest 4 levels deep here: at most 3 are allowed",
        )
    }
};
#[allow(unexpected_cfgs, clippy::let_unit_value)]
const _: () = {
    if <inner::Review as facade::Workflow>::__UNDOES {
        facade::__private::refuse(
            "flow `review` has steps to undo, and borrows `text`, which does not last until they are undone\n\nhelp: what a rollback may need is given by value, or is a reference that the workflow itself was given\nhelp: give it a clone: `fn for_review(text) -> .. { text.clone() }`, and write `move for_review` here",
        )
    }
};
