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
            |watch| async move {
                let run = &match facade::__private::Run::<Self>::begin(watch) {
                    ::core::result::Result::Ok(begun) => begun,
                    ::core::result::Result::Err(failure) => {
                        return ::core::result::Result::Err(failure);
                    }
                };
                let mut place_3 = ::core::option::Option::None;
                let mut place_4 = ::core::option::Option::None;
                let mut place_5 = ::core::option::Option::None;
                {
                    let mut unique_3 = ::core::option::Option::Some(&mut place_3);
                    let mut review = ::core::option::Option::None;
                    let unique_4 = &mut place_4;
                    let unique_5 = &mut place_5;
                    let place_1 = ::std::sync::Arc::new(text);
                    let mut left_0 = 2usize;
                    let __launcher_0 = &run.flow();
                    let mut done_0 = false;
                    let mut future_0 = facade::__private::pin!(
                        { let input_0_0 = app; let input_0_1 = ::std::sync::Arc::clone(&
                        place_1); async move { < inner::Review as facade::Workflow >
                        ::run(inner::Review { app : input_0_0, text : & input_0_1 },
                        __launcher_0). await } }
                    );
                    const {
                        if <Generic<T> as facade::Workflow>::PLAN.depth() == 3 {
                            facade::__private::refuse(
                                "workflows nest 4 levels deep here: at most 3 are allowed",
                            )
                        }
                    };
                    let __launcher_1 = &run.flow();
                    let mut done_1 = false;
                    let mut future_1 = facade::__private::pin!(
                        < Generic:: < T > as facade::Workflow > ::run(Generic:: < T > {
                        item : item }, __launcher_1)
                    );
                    let mut left_1 = 1usize;
                    let mut input_2_1 = ::core::option::Option::Some(place_1);
                    let mut done_2 = false;
                    if let ::core::result::Result::Err(failure) = facade::__private::poll_fn(|
                            cx|
                        {
                            if left_0 > 0 {
                                if !done_0 {
                                    if let facade::__private::Poll::Ready(value) = run
                                        .poll(
                                            facade::__private::Place::of_step(
                                                0usize,
                                                facade::__private::Kind::Flow,
                                            ),
                                            future_0.as_mut(),
                                            cx,
                                        )
                                    {
                                        let value = match value {
                                            ::core::result::Result::Ok(value) => value,
                                            ::core::result::Result::Err(error) => {
                                                return facade::__private::Poll::Ready(
                                                    ::core::result::Result::Err(
                                                        run
                                                            .flow_failed(
                                                                facade::__private::Place::of_step(
                                                                    0usize,
                                                                    facade::__private::Kind::Flow,
                                                                ),
                                                                error,
                                                                |error| {
                                                                    use facade::__private::{CanFail as _, NeverFails as _};
                                                                    let tag = (&&facade::__private::FlowError::of(&error))
                                                                        .tag();
                                                                    let error = tag
                                                                        .pass(::core::marker::PhantomData::<Error>, error);
                                                                    ::core::convert::Into::<Error>::into(error)
                                                                },
                                                            ),
                                                    ),
                                                );
                                            }
                                        };
                                        let value_3 = value;
                                        review = unique_3
                                            .take()
                                            .map(|unique: &mut ::core::option::Option<_>| {
                                                &*unique.insert(value_3)
                                            });
                                        done_0 = true;
                                        left_0 -= 1;
                                    }
                                }
                                if !done_1 {
                                    if let facade::__private::Poll::Ready(value) = run
                                        .poll(
                                            facade::__private::Place::of_step(
                                                1usize,
                                                facade::__private::Kind::Flow,
                                            ),
                                            future_1.as_mut(),
                                            cx,
                                        )
                                    {
                                        let value = match value {
                                            ::core::result::Result::Ok(value) => value,
                                            ::core::result::Result::Err(error) => {
                                                return facade::__private::Poll::Ready(
                                                    ::core::result::Result::Err(
                                                        run
                                                            .flow_failed(
                                                                facade::__private::Place::of_step(
                                                                    1usize,
                                                                    facade::__private::Kind::Flow,
                                                                ),
                                                                error,
                                                                |error| {
                                                                    use facade::__private::{CanFail as _, NeverFails as _};
                                                                    let tag = (&&facade::__private::FlowError::of(&error))
                                                                        .tag();
                                                                    let error = tag
                                                                        .pass(::core::marker::PhantomData::<Error>, error);
                                                                    ::core::convert::Into::<Error>::into(error)
                                                                },
                                                            ),
                                                    ),
                                                );
                                            }
                                        };
                                        let value_4 = value;
                                        *unique_4 = ::core::option::Option::Some(value_4);
                                        done_1 = true;
                                        left_0 -= 1;
                                    }
                                }
                                if left_0 == 2usize {
                                    return facade::__private::Poll::Pending;
                                }
                            }
                            if left_1 > 0 {
                                if !done_2 {
                                    if done_0 {
                                        if let (
                                            ::core::option::Option::Some(input_2_0),
                                            ::core::option::Option::Some(input_2_1),
                                        ) = (review, input_2_1.take()) {
                                            run.enter(
                                                facade::__private::Place::of_step(
                                                    2usize,
                                                    facade::__private::Kind::Plain,
                                                ),
                                            );
                                            let value = Self::report(
                                                input_2_0,
                                                facade::__private::produced(
                                                    ::std::sync::Arc::into_inner(input_2_1),
                                                ),
                                            );
                                            run.leave(
                                                facade::__private::Place::of_step(
                                                    2usize,
                                                    facade::__private::Kind::Plain,
                                                ),
                                            );
                                            let value = value;
                                            let value_5 = value;
                                            *unique_5 = ::core::option::Option::Some(value_5);
                                            done_2 = true;
                                            left_1 -= 1;
                                        }
                                    }
                                }
                                if left_1 == 1usize {
                                    return facade::__private::Poll::Pending;
                                }
                            }
                            if left_0 == 0 && left_1 == 0 {
                                facade::__private::Poll::Ready(
                                    ::core::result::Result::Ok(()),
                                )
                            } else {
                                facade::__private::Poll::Pending
                            }
                        })
                        .await
                    {
                        return ::core::result::Result::Err(failure);
                    }
                }
                let plain = facade::__private::produced(place_4);
                let report = facade::__private::produced(place_5);
                run.finish();
                match (|| -> Result<Report, Error> {
                    drop(plain);
                    Ok(report)
                })() {
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
        source: |error: &Error| {
            use facade::__private::{
                NoSource as _, SourceOfBox as _, SourceOfError as _, SourceOfSendBox as _,
            };
            (&&&&facade::__private::Probe(error)).source()
        },
        describe: |error: &Error| {
            use facade::__private::{
                DescribeDebug as _, DescribeDisplay as _, DescribeType as _,
            };
            (&&&facade::__private::Probe(error)).describe()
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
