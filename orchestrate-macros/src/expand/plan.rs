//! The plan as a constant, whether the workflow launches agents, and how deep it nests.

use std::collections::HashSet;

use orchestrate_plan::{Count, Kind, Layout, Options, Packing, Priority, Undo};
use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{GenericParam, Path, spanned::Spanned};

use super::{cfgs, expressions, undo};
use crate::{
    message,
    model::Model,
    syntax::{Time, Work, plain},
};

/// `&PACKED.plan(..)`.
pub(super) fn plan(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let facade = &model.facade;
    let name = plain(&model.syntax.name);
    let is_fallible = |step| {
        let output = model.function_of(step);
        output.is_none_or(|output| output.fallible)
    };
    let packing = layout.map(|layout| Packing::new(&model.graph, layout, is_fallible));
    let Packing {
        names,
        steps,
        numbers,
        count,
    } = packing.unwrap_or_default();
    let numbers = Literal::byte_string(&numbers);
    let steps = steps.into_iter().map(Literal::usize_unsuffixed);
    let Count {
        inputs: input_count,
        names: name_count,
        steps: step_count,
        batches,
        stages,
    } = count;
    let unusual = (0..step_count).filter_map(|step| unusual(model, step));
    let deadline = deadline(model, layout);
    let strict = model.syntax.strict_batches;
    ours! {{
        use #facade::__private::{Count as __Count, Packed as __Packed, Unusual as __Unusual, Whole as __Whole};
        static __PACKED: __Packed = __Packed {
            names: #names,
            steps: &[#(#steps),*],
            numbers: #numbers,
            count: __Count {
                inputs: #input_count,
                names: #name_count,
                steps: #step_count,
                batches: #batches,
                stages: #stages,
            },
        };
        &__PACKED.plan(__Whole {
            name: #name,
            path: ::core::concat!(::core::module_path!(), "::", #name),
            deadline: #deadline,
            strict: #strict,
            steps: const { &__PACKED.steps::<#step_count>(&[#(#unusual),*]) },
        })
    }}
}

/// What a plan says of a step apart from what it says of all: its flow, and its options.
fn unusual(model: &Model<'_>, step: usize) -> Option<TokenStream> {
    let facade = &model.facade;
    let flow = match &model.steps[step].syntax.work {
        Work::Flow { path, .. } => Some(plan_of(model, path)),
        Work::Function { .. } => None,
    };
    let kind = variant(model.kind(step));
    let options = options(model, step).map(|options| {
        ours! {
            const { &#facade::__private::Options::__of(#facade::__private::Kind::#kind, #options) }
        }
    });
    if flow.is_none() && options.is_none() {
        return None;
    }
    let [flow, options] = [flow, options].map(|part| match part {
        None => ours!(::core::option::Option::None),
        Some(part) => ours!(::core::option::Option::Some(#part)),
    });
    Some(ours! {
        __Unusual {
            step: #step,
            flow: #flow,
            options: #options,
        }
    })
}

/// `#[deadline(..)]`; none where there are mistakes.
pub(super) fn deadline(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let deadline = model.syntax.deadline.as_ref().filter(|_| layout.is_some());
    deadline.map_or_else(|| ours!(::core::option::Option::None), constant)
}

/// A time that is a part of a plan, which is a constant.
fn constant(time: &Time) -> TokenStream {
    let time = match time {
        Time::Literal(time, _) => expressions::duration(*time),
        Time::Expression(expression) => expression.tokens.clone(),
    };
    ours!(::core::option::Option::Some(#time))
}

/// What the step asks for; none where that is nothing.
fn options(model: &Model<'_>, step: usize) -> Option<TokenStream> {
    let facade = &model.facade;
    let node = &model.graph.nodes[step];
    let options = &node.options;
    let mut fields = TokenStream::new();
    let mut set = |field: &str, value: TokenStream| {
        let field = format_ident!("{field}");
        fields.extend(ours!(#field: #value,));
    };
    for (field, is_set) in [
        ("idempotent", options.is_idempotent()),
        ("optional", options.is_optional()),
        (
            "limited",
            options.has_timeout() && options.timeout().is_none(),
        ),
        ("adaptive", options.is_adaptive()),
        ("cache", options.is_cached()),
        ("breaker", options.has_breaker()),
        ("default", options.has_default()),
        // A person is asked whatever the step says.
        ("approval", node.kind == Kind::Human),
        ("condition", options.is_conditional()),
        ("each", options.is_per_item()),
        ("batch", options.is_batched()),
        ("critical", options.is_critical()),
        ("spawn", options.is_spawned()),
        ("blocking", options.is_blocking()),
    ] {
        if is_set {
            set(field, ours!(true));
        }
    }
    // For the plan, 0 is a number that only an expression says.
    for (field, count) in [
        ("attempts", options.max_attempts()),
        ("rounds", options.max_rounds()),
    ] {
        if count != Some(1) {
            let count = count.unwrap_or(0);
            set(field, ours!(#count));
        }
    }
    if options.backoff() != Options::default().backoff() {
        let backoff = options.backoff().map_or_else(
            || ours!(::core::option::Option::None),
            |(first, longest)| {
                let (first, longest) =
                    (expressions::duration(first), expressions::duration(longest));
                ours!(::core::option::Option::Some((#first, #longest)))
            },
        );
        set("backoff", backoff);
    }
    if options.fallbacks() > 0 {
        let fallbacks = options.fallbacks();
        set("fallbacks", ours!(#fallbacks));
    }
    if options.has_quorum() {
        let needed = options.quorum().unwrap_or(0);
        set("quorum", ours!(::core::option::Option::Some(#needed)));
    }
    if options.has_concurrency() {
        let items = options.concurrency().unwrap_or(0);
        set("concurrency", ours!(::core::option::Option::Some(#items)));
    }
    if let Some(time) = options.timeout() {
        let time = expressions::duration(time);
        set("timeout", ours!(::core::option::Option::Some(#time)));
    }
    if let Some(estimate) = &model.steps[step].syntax.options.estimate {
        set("estimate", constant(estimate));
    }
    if options.priority() != Priority::Normal {
        let priority = format_ident!("{}", format!("{:?}", options.priority()));
        set("priority", ours!(#facade::__private::Priority::#priority));
    }
    if options.uses().len() > 0 {
        let uses = options.uses().map(|(name, count)| ours!((#name, #count)));
        set("uses", ours!(&[#(#uses),*]));
    }
    if options.requires().len() > 0 {
        let permissions = options.requires();
        set("requires", ours!(&[#(#permissions),*]));
    }
    match options.undo() {
        Undo::Nothing => {}
        Undo::Rollback => set("undo", ours!(#facade::__private::Undo::Rollback)),
        Undo::Irreversible(reason) => set(
            "undo",
            ours!(#facade::__private::Undo::Irreversible(#reason)),
        ),
    }
    (!fields.is_empty()).then(|| {
        ours! {
            #facade::__private::StaticOptions {
                #fields
                ..#facade::__private::StaticOptions::NONE
            }
        }
    })
}

/// The plan of a flow's workflow, asked for at its path.
fn plan_of(model: &Model<'_>, path: &Path) -> TokenStream {
    let facade = model.facade_at(path.span());
    quote_spanned!(path.span()=> <#path as #facade::Workflow>::PLAN)
}

fn variant(kind: Kind) -> Ident {
    Ident::new(&format!("{kind:?}"), Span::mixed_site())
}

/// `WithAgents` or `WithoutAgents`; through the flows, where there are any and it is not yet decided.
pub(super) fn agents(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let Model { facade, .. } = model;
    if model.steps.iter().any(|step| step.syntax.kind.is_agent()) {
        return ours!(#facade::WithAgents);
    }
    let without = ours!(#facade::WithoutAgents);
    if layout.is_none() {
        return without;
    }
    let generic = generic_names(model);
    let (types, values): (Vec<&Path>, Vec<&Path>) = flows(model)
        .map(|(_, path)| path)
        .partition(|path| mentions(path, &generic));
    // What a constant in a type says may not depend on generics, but leaves out lifetimes; a type may, and does not.
    let mut agents = if values.is_empty() {
        without
    } else {
        let launches = values.iter().map(|path| {
            let plan = plan_of(model, path);
            ours!(#plan.launches_agents())
        });
        ours!(<#facade::__private::Launches<{ #(#launches)||* }> as #facade::__private::Agents>::Agents)
    };
    for path in types {
        let at = model.facade_at(path.span());
        let launched = quote_spanned!(path.span()=> <#path as #at::Workflow>::Agents);
        agents = ours!(<#launched as #facade::__private::Or<#agents>>::Agents);
    }
    agents
}

/// A constant that is not there if a check fails; and not in an editor, which would show what is asked of a path at the path.
pub(super) fn checked(model: &Model<'_>, check: &TokenStream) -> TokenStream {
    let (cfgs, facade) = (cfgs(model.syntax), &model.facade);
    ours! {
        #(#cfgs)*
        #[allow(unexpected_cfgs, clippy::let_unit_value)]
        const _: () = {
            #[cfg(not(rust_analyzer))]
            let () = #facade::__private::compiled! { #check };
        };
    }
}

/// The third net: a constant for each flow, on the types that are known here.
pub(super) fn depth_checks(model: &Model<'_>) -> TokenStream {
    let generic = generic_names(model);
    let checks = flows(model)
        .filter(|(_, path)| !mentions(path, &generic))
        .map(|(_, path)| checked(model, &depth_check(model, path)));
    let mut checks: TokenStream = checks.collect();
    checks.extend(undo::borrow_checks(model));
    checks.extend(undo::saga_checks(model));
    if !model.outcome.fallible {
        // With `default` or `optional`, a failure of the flow is none of the run's.
        let ends_the_run = |step: usize| model.steps[step].syntax.options.absorbed().is_none();
        let flows = flows(model).filter(|(step, _)| ends_the_run(*step));
        for (step, path) in flows.filter(|(_, path)| !mentions(path, &generic)) {
            let facade = model.facade_at(path.span());
            let name = &model.steps[step].syntax.name;
            let text = message::can_fail(name, &model.syntax.name).line;
            let check = quote_spanned! {path.span()=>
                if <#path as #facade::Workflow>::__CAN_FAIL {
                    #facade::__private::refuse(#text)
                }
            };
            checks.extend(checked(model, &check));
        }
    }
    checks
}

/// The error of a flow, in a workflow that cannot fail: it never happens, which a constant has seen to; or the types do,
/// where they are not known here.
pub(super) fn never(model: &Model<'_>, path: &Path) -> TokenStream {
    let facade = model.facade_at(path.span());
    if mentions(path, &generic_names(model)) {
        let passed = Ident::new("__error", path.span());
        let never = quote_spanned!(path.span()=> #facade::__private::CannotFail::never(#passed));
        ours! {{
            let #passed = __error;
            #never
        }}
    } else {
        ours!(#facade::__private::never(__error))
    }
}

/// The same for a flow whose workflow depends on generics: in the body of the run, where the types are known when it is
/// built.
pub(super) fn depth_check_in_run(model: &Model<'_>, path: &Path) -> Option<TokenStream> {
    mentions(path, &generic_names(model)).then(|| {
        let check = depth_check(model, path);
        ours!(const { #check };)
    })
}

fn depth_check(model: &Model<'_>, path: &Path) -> TokenStream {
    let plan = plan_of(model, path);
    let text = message::too_deep();
    // At three levels below, this is the fourth, and the first that is too deep: deeper ones have been told.
    let facade = model.facade_at(path.span());
    quote_spanned! {path.span()=>
        if #plan.depth() == 3 {
            #facade::__private::refuse(#text)
        }
    }
}

/// The flows of a workflow: the step, and the path of what it runs.
pub(super) fn flows<'m>(model: &'m Model<'_>) -> impl Iterator<Item = (usize, &'m Path)> {
    model
        .steps
        .iter()
        .enumerate()
        .filter_map(|(index, step)| match &step.syntax.work {
            Work::Flow { path, .. } => Some((index, path)),
            Work::Function { .. } => None,
        })
}

pub(super) fn generic_names(model: &Model<'_>) -> HashSet<String> {
    let names = model.generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(param) => param.lifetime.ident.to_string(),
        GenericParam::Type(param) => param.ident.to_string(),
        GenericParam::Const(param) => param.ident.to_string(),
    });
    names.collect()
}

/// Whether a path has one of these names in it.
pub(super) fn mentions(tokens: &impl ToTokens, names: &HashSet<String>) -> bool {
    fn any(tokens: TokenStream, names: &HashSet<String>) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => names.contains(&ident.to_string()) || ident == "Self",
            TokenTree::Group(group) => any(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    any(tokens.to_token_stream(), names)
}

/// What an expansion tells the runtime about the workflow's error.
pub(super) fn errors(model: &Model<'_>) -> TokenStream {
    let Model {
        facade, outcome, ..
    } = model;
    let error = &outcome.error;
    // A source must be `'static`; where that cannot be seen, none is given.
    let borrows = outcome.error.clone().into_iter().any(is_lifetime)
        || mentions(&outcome.error, &generic_names(model));
    let source = if borrows || !outcome.fallible {
        ours!(|_: &#error| ::core::option::Option::None)
    } else {
        ours!(|__error: &#error| {
            use #facade::__private::{NoSource as _, SourceOfBox as _, SourceOfError as _, SourceOfSendBox as _};
            (&&&&#facade::__private::Probe(__error)).source()
        })
    };
    ours! {
        #facade::__private::Errors {
            source: #source,
            describe: |__error: &#error| {
                use #facade::__private::{DescribeDebug as _, DescribeDisplay as _, DescribeType as _};
                (&&&#facade::__private::Probe(__error)).describe()
            },
        }
    }
}

fn is_lifetime(token: TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), '\'' | '&'),
        TokenTree::Group(group) => group.stream().into_iter().any(is_lifetime),
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

/// Where a step stands, as the runtime has it.
pub(super) fn place(model: &Model<'_>, step: usize) -> TokenStream {
    let Model { facade, .. } = model;
    let guarded = undo::is_guarded(model, step).then(|| ours!(.guarded()));
    let place = match model.kind(step) {
        Kind::Agent | Kind::Tool | Kind::Mcp => ours!(leaf),
        _ => ours!(plain),
    };
    ours!(#facade::__private::Place::#place(#step)#guarded)
}
