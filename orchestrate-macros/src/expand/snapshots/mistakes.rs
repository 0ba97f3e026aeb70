::core::compile_error! {
    "no step or workflow input is named `wrods`; did you mean `words`?\n\nhelp: a step reads inputs of its workflow and outputs of other steps: here `text`, `words`"
}
///The workflow `Wrong`.
#[must_use = "a workflow does nothing until it is run"]
#[allow(missing_debug_implementations)]
struct Wrong {
    ///The input `text` of the workflow.
    text: String,
}
#[allow(single_use_lifetimes, unexpected_cfgs)]
impl Wrong {
    /// The plan: steps, batches, stages and the critical path, made while this was compiled.
    #[allow(dead_code)]
    const PLAN: &'static ::orchestrated::plan::Plan = <Self as ::orchestrated::Workflow>::PLAN;
    ///Runs the workflow [`Wrong`](Wrong).
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
            usize,
            ::orchestrated::Failure<::core::convert::Infallible>,
        >,
    > {
        let _ = launcher;
        ::core::future::pending()
    }
}
#[allow(unused, dead_code)]
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
impl Wrong {
    ///The step `words`.
    #[warn(unexpected_cfgs)]
    async fn words(text: &String) -> Vec<String> {
        split(text).await
    }
    ///The step `count`.
    #[warn(unexpected_cfgs)]
    async fn count(wrods: &Vec<String>) -> usize {
        wrods.len()
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
impl ::orchestrated::Workflow for Wrong {
    type Output = usize;
    type Error = ::core::convert::Infallible;
    type Agents = ::orchestrated::WithoutAgents;
    type __Undoes = ::orchestrated::__private::UndoesNothing;
    const __CAN_FAIL: ::core::primitive::bool = false;
    const __UNDOES: ::core::primitive::bool = false;
    const __CONTEXT: ::core::primitive::bool = false;
    const __ACCOUNTED: ::core::primitive::bool = true;
    const __DEADLINE: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
    const PLAN: &'static ::orchestrated::plan::Plan = {
        use ::orchestrated::__private::{
            Count as __Count, Packed as __Packed, Unusual as __Unusual, Whole as __Whole,
        };
        static __PACKED: __Packed = __Packed {
            names: "",
            steps: &[],
            numbers: b"",
            count: __Count {
                inputs: 0usize,
                names: 0usize,
                steps: 0usize,
                batches: 0usize,
                stages: 0usize,
            },
        };
        &__PACKED
            .plan(__Whole {
                name: "Wrong",
                path: ::core::concat!(::core::module_path!(), "::", "Wrong"),
                deadline: ::core::option::Option::None,
                strict: false,
                steps: const { &__PACKED.steps::<0usize>(&[]) },
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
        Wrong::run(self, launcher)
    }
}
