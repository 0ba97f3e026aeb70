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
#[allow(single_use_lifetimes)]
impl<'a, T: Clone> Outer<'a, T>
where
    T: Send,
{
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    pub(crate) const PLAN: &'static facade::plan::Plan = <Self as facade::Workflow>::PLAN;
    ///Runs the workflow [`Outer`](Outer).
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
    pub(crate) fn run(
        self,
        launcher: &dyn facade::Launcher<<Self as facade::Workflow>::Agents>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<Report, facade::Failure<Error>>,
    > {
        let app = self.app;
        let text = self.text;
        let item = self.item;
        facade::__private::run::<
            Self,
            _,
        >(
            launcher,
            |__watch| async move {
                let __run = &match facade::__private::Run::<Self>::begin(__watch) {
                    ::core::result::Result::Ok(__begun) => __begun,
                    ::core::result::Result::Err(__failure) => {
                        return ::core::result::Result::Err(__failure);
                    }
                };
                let mut __place_3 = ::core::option::Option::None;
                let mut __place_4 = ::core::option::Option::None;
                let mut __place_5 = ::core::option::Option::None;
                {
                    let mut __unique_3 = ::core::option::Option::Some(&mut __place_3);
                    let mut review = ::core::option::Option::None;
                    let __unique_4 = &mut __place_4;
                    let __unique_5 = &mut __place_5;
                    let __place_1 = ::std::sync::Arc::new(text);
                    let mut __left_0 = 2usize;
                    let __launcher_0 = &__run.flow();
                    let mut __done_0 = false;
                    let mut __future_0 = facade::__private::pin!(
                        { let __input_0_0 = app; let __input_0_1 =
                        ::std::sync::Arc::clone(& __place_1); async move { <
                        inner::Review as facade::Workflow > ::run(inner::Review { app :
                        __input_0_0, text : & __input_0_1 }, __launcher_0). await } }
                    );
                    const {
                        if <Generic<T> as facade::Workflow>::PLAN.depth() == 3 {
                            facade::__private::refuse(
                                "workflows nest 4 levels deep here: at most 3 are allowed",
                            )
                        }
                    };
                    let __launcher_1 = &__run.flow();
                    let mut __done_1 = false;
                    let mut __future_1 = facade::__private::pin!(
                        < Generic:: < T > as facade::Workflow > ::run(Generic:: < T > {
                        item : item }, __launcher_1)
                    );
                    let mut __left_1 = 1usize;
                    let mut __input_2_1 = ::core::option::Option::Some(__place_1);
                    let mut __done_2 = false;
                    if let ::core::result::Result::Err(__failure) = facade::__private::poll_fn(|
                            __cx|
                        {
                            if __left_0 > 0 {
                                if !__done_0 {
                                    if let facade::__private::Poll::Ready(__value) = __run
                                        .poll(
                                            facade::__private::Place::of_step(
                                                0usize,
                                                facade::__private::Kind::Flow,
                                            ),
                                            __future_0.as_mut(),
                                            __cx,
                                        )
                                    {
                                        let __value = match __value {
                                            ::core::result::Result::Ok(__value) => __value,
                                            ::core::result::Result::Err(__error) => {
                                                return facade::__private::Poll::Ready(
                                                    ::core::result::Result::Err(
                                                        __run
                                                            .flow_failed(
                                                                facade::__private::Place::of_step(
                                                                    0usize,
                                                                    facade::__private::Kind::Flow,
                                                                ),
                                                                __error,
                                                                |__error| {
                                                                    use facade::__private::{CanFail as _, NeverFails as _};
                                                                    let __tag = (&&facade::__private::FlowError::of(&__error))
                                                                        .tag();
                                                                    let __error = __tag
                                                                        .pass(::core::marker::PhantomData::<Error>, __error);
                                                                    ::core::convert::Into::<Error>::into(__error)
                                                                },
                                                            ),
                                                    ),
                                                );
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
                                    }
                                }
                                if !__done_1 {
                                    if let facade::__private::Poll::Ready(__value) = __run
                                        .poll(
                                            facade::__private::Place::of_step(
                                                1usize,
                                                facade::__private::Kind::Flow,
                                            ),
                                            __future_1.as_mut(),
                                            __cx,
                                        )
                                    {
                                        let __value = match __value {
                                            ::core::result::Result::Ok(__value) => __value,
                                            ::core::result::Result::Err(__error) => {
                                                return facade::__private::Poll::Ready(
                                                    ::core::result::Result::Err(
                                                        __run
                                                            .flow_failed(
                                                                facade::__private::Place::of_step(
                                                                    1usize,
                                                                    facade::__private::Kind::Flow,
                                                                ),
                                                                __error,
                                                                |__error| {
                                                                    use facade::__private::{CanFail as _, NeverFails as _};
                                                                    let __tag = (&&facade::__private::FlowError::of(&__error))
                                                                        .tag();
                                                                    let __error = __tag
                                                                        .pass(::core::marker::PhantomData::<Error>, __error);
                                                                    ::core::convert::Into::<Error>::into(__error)
                                                                },
                                                            ),
                                                    ),
                                                );
                                            }
                                        };
                                        let __value_4 = __value;
                                        *__unique_4 = ::core::option::Option::Some(__value_4);
                                        __done_1 = true;
                                        __left_0 -= 1;
                                    }
                                }
                                if __left_0 == 2usize {
                                    return facade::__private::Poll::Pending;
                                }
                            }
                            if __left_1 > 0 {
                                if !__done_2 {
                                    if __done_0 {
                                        if let (
                                            ::core::option::Option::Some(__input_2_0),
                                            ::core::option::Option::Some(__input_2_1),
                                        ) = (review, __input_2_1.take()) {
                                            __run
                                                .enter(
                                                    facade::__private::Place::of_step(
                                                        2usize,
                                                        facade::__private::Kind::Plain,
                                                    ),
                                                );
                                            let __value = Self::report(
                                                __input_2_0,
                                                facade::__private::produced(
                                                    ::std::sync::Arc::into_inner(__input_2_1),
                                                ),
                                            );
                                            __run
                                                .leave(
                                                    facade::__private::Place::of_step(
                                                        2usize,
                                                        facade::__private::Kind::Plain,
                                                    ),
                                                );
                                            let __value = __value;
                                            let __value_5 = __value;
                                            *__unique_5 = ::core::option::Option::Some(__value_5);
                                            __done_2 = true;
                                            __left_1 -= 1;
                                        }
                                    }
                                }
                                if __left_1 == 1usize {
                                    return facade::__private::Poll::Pending;
                                }
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
                __run.finish();
                match (|| -> Result<Report, Error> {
                    drop(plain);
                    Ok(report)
                })() {
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
impl<'a, T: Clone> Outer<'a, T>
where
    T: Send,
{
    ///The step `report`.
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
    const __CAN_FAIL: ::core::primitive::bool = true;
    const PLAN: &'static facade::plan::Plan = &facade::plan::Plan::__from_static(facade::__private::StaticPlan {
        name: "Outer",
        inputs: &["app", "text", "item"],
        steps: const {
            &[
                facade::plan::Step::__from_static(facade::__private::StaticStep {
                    name: "review",
                    kind: facade::__private::Kind::Flow,
                    inputs: &["app", "text"],
                    outputs: &["review"],
                    dependencies: &[],
                    batch: 0usize,
                    fallible: true,
                    flow: ::core::option::Option::Some(
                        <inner::Review as facade::Workflow>::PLAN,
                    ),
                }),
                facade::plan::Step::__from_static(facade::__private::StaticStep {
                    name: "plain",
                    kind: facade::__private::Kind::Flow,
                    inputs: &["item"],
                    outputs: &["plain"],
                    dependencies: &[],
                    batch: 0usize,
                    fallible: true,
                    flow: ::core::option::Option::Some(
                        <Generic<T> as facade::Workflow>::PLAN,
                    ),
                }),
                facade::plan::Step::__from_static(facade::__private::StaticStep {
                    name: "report",
                    kind: facade::__private::Kind::Plain,
                    inputs: &["review", "text"],
                    outputs: &["report"],
                    dependencies: &[0usize],
                    batch: 1usize,
                    fallible: false,
                    flow: ::core::option::Option::None,
                }),
            ]
        },
        batches: &[&[0usize, 1usize], &[2usize]],
        stages: &[(0usize, 2usize)],
    });
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
}
const _: () = if <inner::Review as facade::Workflow>::PLAN.depth() == 3 {
    facade::__private::refuse("workflows nest 4 levels deep here: at most 3 are allowed")
};
