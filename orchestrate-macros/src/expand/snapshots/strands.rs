///The workflow `Woven`.
/**
# Plan

5 steps in 3 batches; the steps of a batch can run at the same time.

1.
   - `long` (tool)
   - `pair` (tool)
2.
   - `reads` (fn)
   - `apart` (agent)
3.
   - `later` (tool)

```mermaid
flowchart TD
    subgraph b0["batch 1"]
        s0["long (tool)"]
        s1["pair (tool)"]
    end
    subgraph b1["batch 2"]
        s2("reads (fn)")
        s4{{"apart (agent)"}}
    end
    subgraph b2["batch 3"]
        s3["later (tool)<br/>retry 2"]
    end
    s1 -->|"left, right"| s2
    s0 -.-> s3
    s2 --> s3
    s1 -->|"left"| s4
```
*/
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
struct Woven {
    ///The input `seed` of the workflow.
    seed: u32,
    ///The input `words` of the workflow.
    words: String,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl Woven {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Woven`](Woven).
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
        let words = self.words;
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
                let (long, apart, later) = {
                    #[allow(unused_imports)]
                    use ::orchestrated::__private::{
                        Pause as __Pause, WaitLast as __WaitLast,
                        WithEarly as __WithEarly, tell as __tell,
                        tell_early as __tell_early, waits as __waits,
                        waits_first as __waits_first,
                    };
                    #[allow(unused_imports)]
                    use ::orchestrated::__private::{
                        Kept as __Kept, Slot as __Slot, Slots as __Slots,
                    };
                    let mut __shared: (
                        ::orchestrated::__private::Strands<1>,
                        (
                            ::orchestrated::__private::Slots<
                                (::orchestrated::__private::Kept<u32>,),
                            >,
                            ::orchestrated::__private::Slots<
                                (
                                    ::orchestrated::__private::Slot<u32>,
                                    ::orchestrated::__private::Slot<String>,
                                    ::orchestrated::__private::Kept<u32>,
                                ),
                            >,
                            ::orchestrated::__private::Slots<
                                (
                                    ::orchestrated::__private::Slot<u32>,
                                    ::orchestrated::__private::Kept<u32>,
                                ),
                            >,
                        ),
                    ) = (
                        <::orchestrated::__private::Strands<1>>::new(3usize, [3]),
                        (
                            __Slots::new((__Kept::new(),)),
                            __Slots::new((__Slot::new(), __Slot::new(), __Kept::new())),
                            __Slots::new((__Slot::new(), __Kept::new())),
                        ),
                    );
                    match {
                        let (__stage, (__writer_0, __writer_1, __writer_2)) = ::orchestrated::__private::split(
                            &mut __shared,
                        );
                        let mut __strand_0 = ::orchestrated::__private::pin!(
                            async { let mut __writer = __writer_0; let __value = match
                            __run.call:: < 0, _ > (Self::long(& seed)). await {
                            ::core::result::Result::Ok(__value) => __value,
                            ::core::result::Result::Err(__error) => return
                            ::core::result::Result::Err(__run
                            .failed(::orchestrated::__private::Place::leaf(0usize),
                            ::core::convert::Into:: < Error > ::into(__error))), };
                            __writer.at:: < 0 > ().put(__value); __tell(& __stage.0, 0,
                            4); ::core::result::Result:: < (), ::orchestrated::Failure <
                            Error >> ::Ok(()) }
                        );
                        let mut __strand_1 = ::orchestrated::__private::pin!(
                            async { let mut __writer = __writer_1; let __value = __run
                            .call:: < 1, _ > (Self::pair(& seed, words)). await; let
                            (__value_1, __value_2,) = __value; __writer.at:: < 0 > ()
                            .put(__value_1); __writer.at:: < 1 > ().put(__value_2);
                            __tell(& __stage.0, 0, 4); while __waits_first(& __stage.0,
                            1, & ()) { __Pause::new(). await; } let __value = __run
                            .call:: < 4, _ > (Self::apart(__writer.row().0.seen())).
                            await; __writer.at:: < 2 > ().put(__value); }
                        );
                        let mut __strand_2 = ::orchestrated::__private::pin!(
                            async { let mut __writer = __writer_2; __WaitLast::new(&
                            __stage.0, 2, (& __stage.1.1.0,)). await; __run
                            .enter(::orchestrated::__private::Place::plain(2usize)); let
                            __returned = Self::reads(__stage.1.1.0.seen(), __stage.1.1.1
                            .seen()); __run
                            .leave(::orchestrated::__private::Place::plain(2usize)); let
                            __value = __returned; __writer.at:: < 0 > ().put(__value);
                            while __waits_first(& __stage.0, 2, & (& __stage.1.0.0,)) {
                            __Pause::new(). await; } let __seen_0 = __writer.row().0
                            .seen(); let __value = match __run
                            .called(::orchestrated::__private::Place::leaf(3usize)
                            .guarded(), { let __given_0 = __seen_0; async move { let
                            __step = __run
                            .step(::orchestrated::__private::Place::leaf(3usize)
                            .guarded()); { let __attempt : ::core::primitive::u32 = 1;
                            let _ = __attempt; { let mut __retry =
                            ::orchestrated::__private::Retry::new(2,
                            ::core::time::Duration::new(0, 100000000),
                            ::core::time::Duration::new(30, 0), false); loop { let
                            __attempt = __retry.begin(); match { __step
                            .fallible(::orchestrated::__private::Attempt { number :
                            __attempt, told : ::core::option::Option::Some(__attempt),
                            limit : ::orchestrated::__private::Limit::None, recorded :
                            false, takes : ::orchestrated::__private::Takes { counted :
                            true, priority : ::orchestrated::__private::Priority::Normal,
                            uses : & [], }, },
                            ::orchestrated::__private::pin!(::core::option::Option::Some(Self::later(__given_0))),
                            | __error | { use ::orchestrated::__private:: { DescribeDebug
                            as _, DescribeDisplay as _, DescribeType as _ }; (&& &
                            ::orchestrated::__private::Probe(__error)).describe() }).
                            await } { ::core::result::Result::Ok(__value) => break
                            ::core::result::Result::Ok(__value),
                            ::core::result::Result::Err(mut __error) => { let __wanted =
                            __error.is_worth_another(); if ! __retry.again(& __step, &
                            mut __error, __wanted). await { break
                            ::core::result::Result::Err(__error); } } } } } } } }). await
                            { ::core::result::Result::Ok(__value) => __value,
                            ::core::result::Result::Err(__error) => return
                            ::core::result::Result::Err(__run
                            .step_failed(::orchestrated::__private::Place::leaf(3usize)
                            .guarded(), __error, | __error | ::core::convert::Into:: <
                            Error > ::into(__error))), }; __writer.at:: < 1 > ()
                            .put(__value); ::core::result::Result:: < (),
                            ::orchestrated::Failure < Error >> ::Ok(()) }
                        );
                        ::orchestrated::__private::poll_fn(move |__cx| {
                                let mut __next = ::core::option::Option::Some(
                                    __stage.0.first(),
                                );
                                while let ::core::option::Option::Some(__turn) = __next {
                                    if let ::core::result::Result::Err(__failure) = __turn
                                        .try_poll(0usize, __strand_0.as_mut(), __cx)
                                    {
                                        return ::orchestrated::__private::Poll::Ready(
                                            ::core::result::Result::Err(__failure),
                                        );
                                    }
                                    __turn.poll(1usize, __strand_1.as_mut(), __cx);
                                    if let ::core::result::Result::Err(__failure) = __turn
                                        .try_poll(2usize, __strand_2.as_mut(), __cx)
                                    {
                                        return ::orchestrated::__private::Poll::Ready(
                                            ::core::result::Result::Err(__failure),
                                        );
                                    }
                                    __next = __turn.next();
                                }
                                if !__stage.0.is_over() {
                                    return ::orchestrated::__private::Poll::Pending;
                                }
                                ::orchestrated::__private::Poll::Ready(
                                    ::core::result::Result::Ok(()),
                                )
                            })
                            .await
                    } {
                        ::core::result::Result::Ok(__values) => __values,
                        ::core::result::Result::Err(__failure) => {
                            return ::core::result::Result::Err(__failure);
                        }
                    };
                    __run.between();
                    let __row_0 = __shared.1.0.into_row();
                    let __row_1 = __shared.1.1.into_row();
                    let __row_2 = __shared.1.2.into_row();
                    (__row_0.0.taken(), __row_1.2.taken(), __row_2.1.taken())
                };
                __run.finish();
                match (|| -> Result<u32, Error> { Ok(long + later + apart) })() {
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
impl Woven {
    ///The step `long`.
    #[warn(unexpected_cfgs)]
    async fn long(seed: &u32) -> Result<u32, Error> {
        ask(*seed).await
    }
    ///The step `pair`.
    #[warn(unexpected_cfgs)]
    async fn pair(seed: &u32, words: String) -> (u32, String) {
        split(*seed, words).await
    }
    ///The step `reads`.
    #[warn(unexpected_cfgs)]
    fn reads(left: &u32, right: &String) -> u32 {
        *left + right.len() as u32
    }
    ///The step `later`.
    #[warn(unexpected_cfgs)]
    async fn later(reads: &u32) -> Result<u32, Error> {
        ask(*reads).await
    }
    ///The step `apart`.
    #[warn(unexpected_cfgs)]
    async fn apart(left: &u32) -> u32 {
        *left
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
impl ::orchestrated::Workflow for Woven {
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
            names: "seed,words,long,pair,left,right,reads,later,apart",
            steps: &[0, 1, 2, 4, 3, 0, 2],
            numbers: b"\x01\x04\n\x0F\x14\x19\x1F%+1\x02\x04\x05\x03\x02\x02\x01\x03\0:\x01\0\0\x03\x04\x02\x02\0;\x02\0\0\x06\x06\x01\x06\x01=\x02\x01\x01\x07\x07\x01\x03\x02?\x01\x05\x02\x08\x08\x01\0\x01@\x01\x01\x01\0\0\x01\x04\x05\x06\x04",
            count: __Count {
                inputs: 2usize,
                names: 9usize,
                steps: 5usize,
                batches: 3usize,
                stages: 1usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Woven",
                path: ::core::concat!(::core::module_path!(), "::", "Woven"),
                deadline: ::core::option::Option::None,
                strict: false,
                steps: const {
                    &__PACKED
                        .steps::<
                            5usize,
                        >(
                            &[
                                __Unusual {
                                    step: 3usize,
                                    flow: ::core::option::Option::None,
                                    options: ::core::option::Option::Some(const {
                                        &::orchestrated::__private::Options::__of(
                                            ::orchestrated::__private::Kind::Tool,
                                            ::orchestrated::__private::StaticOptions {
                                                idempotent: true,
                                                attempts: 2u32,
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
        Woven::run(self, launcher)
    }
}
