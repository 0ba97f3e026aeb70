/// Reads, then writes.
/**
# Plan

3 steps in 3 batches; the steps of a batch can run at the same time.

1.
   - `text` (tool)
2.
   - `length` (fn)
3.
   - `stored` (tool): Puts it there.

```mermaid
flowchart TD
    subgraph b0["batch 1"]
        s0["text (tool)"]
    end
    subgraph b1["batch 2"]
        s1("length (fn)")
    end
    subgraph b2["batch 3"]
        s2["stored (tool)"]
    end
    s0 --> s1
    s0 --> s2
    s1 --> s2
```
*/
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
pub struct Copy<'from> {
    ///The input `from` of the workflow.
    pub from: &'from Path,
    ///The input `to` of the workflow.
    pub to: PathBuf,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl<'from> Copy<'from> {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    pub const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Copy`](Copy).
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
    pub fn run(
        self,
        launcher: &dyn ::orchestrated::Launcher<
            <Self as ::orchestrated::Workflow>::Agents,
        >,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            u64,
            ::orchestrated::Failure<
                <io::Result<u64> as ::orchestrated::__private::Outcome>::Error,
            >,
        >,
    > {
        let from = self.from;
        let to = self.to;
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
                let text = match __run.call::<0, _>(Self::text(from)).await {
                    ::core::result::Result::Ok(__value) => __value,
                    ::core::result::Result::Err(__error) => {
                        return ::core::result::Result::Err(
                            __run
                                .failed(
                                    ::orchestrated::__private::Place::leaf(0usize),
                                    ::core::convert::Into::<
                                        <io::Result<
                                            u64,
                                        > as ::orchestrated::__private::Outcome>::Error,
                                    >::into(__error),
                                ),
                        );
                    }
                };
                __run.enter(::orchestrated::__private::Place::plain(1usize));
                let __returned = Self::length(&text);
                __run.leave(::orchestrated::__private::Place::plain(1usize));
                let length = __returned;
                let __context_2 = __run
                    .context(::orchestrated::__private::Place::leaf(2usize));
                let _ = match __run
                    .call::<2, _>(Self::stored(&to, text, &length, &__context_2))
                    .await
                {
                    ::core::result::Result::Ok(__value) => __value,
                    ::core::result::Result::Err(__error) => {
                        return ::core::result::Result::Err(
                            __run
                                .failed(
                                    ::orchestrated::__private::Place::leaf(2usize),
                                    ::core::convert::Into::<
                                        <io::Result<
                                            u64,
                                        > as ::orchestrated::__private::Outcome>::Error,
                                    >::into(__error),
                                ),
                        );
                    }
                };
                __run.between();
                ::orchestrated::__private::ended(to);
                __run.finish();
                match (|| -> io::Result<u64> { Ok(length) })() {
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
impl<'from> Copy<'from> {
    ///The step `text`.
    #[warn(unexpected_cfgs)]
    async fn text(from: &'from Path) -> io::Result<String> {
        read(from).await
    }
    ///The step `length`.
    #[warn(unexpected_cfgs)]
    fn length(text: &String) -> u64 {
        text.len() as u64
    }
    #[warn(unexpected_cfgs)]
    /// Puts it there.
    async fn stored(
        to: &PathBuf,
        text: String,
        length: &u64,
        cx: &::orchestrated::Context<'_>,
    ) -> io::Result<()> {
        write(to, text, cx).await
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
impl<'from> ::orchestrated::Workflow for Copy<'from> {
    type Output = u64;
    type Error = <io::Result<u64> as ::orchestrated::__private::Outcome>::Error;
    type Agents = ::orchestrated::WithoutAgents;
    type __Undoes = ::orchestrated::__private::UndoesNothing;
    const __CAN_FAIL: ::core::primitive::bool = true;
    const __UNDOES: ::core::primitive::bool = false;
    const __CONTEXT: ::core::primitive::bool = true;
    const __ACCOUNTED: ::core::primitive::bool = false;
    const __DEADLINE: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
    const PLAN: &'static ::orchestrated::plan::Plan = {
        use ::orchestrated::__private::{
            Count as __Count, Packed as __Packed, Unusual as __Unusual, Whole as __Whole,
        };
        static __PACKED: __Packed = __Packed {
            names: "from,to,text,length,stored",
            steps: &[0, 1, 2],
            numbers: b"\x01\x04\x07\x0C\x13\x1A\x01\x02\x03\x01\x02\x03\x02\x02\x01\x03\0&\x01\0\0\x03\x03\x01\x06\x01'\x01\0\x01\x04\x04\x01\x03\x02(\x03\0\x02\0\x02\x01\x02\x03",
            count: __Count {
                inputs: 2usize,
                names: 5usize,
                steps: 3usize,
                batches: 3usize,
                stages: 3usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Copy",
                path: ::core::concat!(::core::module_path!(), "::", "Copy"),
                deadline: ::core::option::Option::None,
                strict: false,
                steps: const { &__PACKED.steps::<3usize>(&[]) },
            })
    };
    const __ERRORS: ::orchestrated::__private::Errors<Self::Error> = ::orchestrated::__private::Errors {
        source: |
            __error: &<io::Result<u64> as ::orchestrated::__private::Outcome>::Error|
        {
            use ::orchestrated::__private::{
                NoSource as _, SourceOfBox as _, SourceOfError as _, SourceOfSendBox as _,
            };
            (&&&&::orchestrated::__private::Probe(__error)).source()
        },
        describe: |
            __error: &<io::Result<u64> as ::orchestrated::__private::Outcome>::Error|
        {
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
        Copy::run(self, launcher)
    }
}
