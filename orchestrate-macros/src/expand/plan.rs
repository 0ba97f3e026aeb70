//! The plan as a constant, whether the workflow launches agents, and how deep it nests.

use std::collections::HashSet;

use orchestrate_plan::{Kind, Layout};
use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{GenericParam, Path, spanned::Spanned};

use super::{cfgs, expressions};
use crate::{
    message,
    model::{How, Model},
    syntax::{Time, Work, plain},
};

/// `&Plan::__from_static(..)`.
pub(super) fn plan(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let Model { facade, .. } = model;
    let name = plain(&model.syntax.name);
    let inputs = &model.graph.inputs;
    let (steps, batches, stages) = match layout {
        None => (Vec::new(), Vec::new(), Vec::new()),
        Some(layout) => (
            (0..model.steps.len())
                .map(|step| planned(model, layout, step))
                .collect(),
            layout
                .batches()
                .map(|batch| ours!(&[#(#batch),*]))
                .collect(),
            layout
                .stages()
                .iter()
                .map(|stage| (stage.start, stage.end))
                .collect::<Vec<_>>(),
        ),
    };
    let stages = stages.iter().map(|(start, end)| ours!((#start, #end)));
    let deadline = deadline(model, layout);
    ours! {
        &#facade::plan::Plan::__from_static(#facade::__private::StaticPlan {
            name: #name,
            path: ::core::concat!(::core::module_path!(), "::", #name),
            deadline: #deadline,
            inputs: &[#(#inputs),*],
            steps: const { &[#(#steps),*] },
            batches: &[#(#batches),*],
            stages: &[#(#stages),*],
        })
    }
}

fn planned(model: &Model<'_>, layout: &Layout, step: usize) -> TokenStream {
    let Model { facade, .. } = model;
    let node = &model.graph.nodes[step];
    let (name, inputs, outputs) = (&node.name, &node.reads, &node.produces);
    let kind = kind(facade, node.kind);
    let dependencies = layout.dependencies(step);
    let batch = layout.batch_of(step);
    let fallible = model.function_of(step).is_none_or(|output| output.fallible);
    let options = options(model, step);
    let flow = match &model.steps[step].syntax.work {
        Work::Flow { path, .. } => {
            let plan = plan_of(model, path);
            ours!(::core::option::Option::Some(#plan))
        }
        Work::Function { .. } => ours!(::core::option::Option::None),
    };
    ours! {
        #facade::plan::Step::__from_static(#facade::__private::StaticStep {
            name: #name,
            kind: #kind,
            inputs: &[#(#inputs),*],
            outputs: &[#(#outputs),*],
            dependencies: &[#(#dependencies),*],
            batch: #batch,
            fallible: #fallible,
            flow: #flow,
            options: #options,
        })
    }
}

/// `#[deadline(..)]`; none where there are mistakes.
pub(super) fn deadline(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let deadline = model.syntax.deadline.as_ref().filter(|_| layout.is_some());
    deadline.map_or_else(
        || ours!(::core::option::Option::None),
        |deadline| {
            let deadline = match deadline {
                Time::Literal(time, _) => expressions::duration(*time),
                Time::Expression(expression) => expression.tokens.clone(),
            };
            ours!(::core::option::Option::Some(#deadline))
        },
    )
}

/// What the step asks for, as far as it is known while this is compiled.
fn options(model: &Model<'_>, step: usize) -> TokenStream {
    let (facade, options) = (&model.facade, &model.steps[step].syntax.options);
    let mut fields = TokenStream::new();
    let is_plain = model.kind(step) == Kind::Plain;
    let is_idempotent = options.idempotent.is_some() || is_plain;
    let mut set = |field: &str, value: TokenStream| {
        let field = format_ident!("{field}");
        fields.extend(ours!(#field: #value,));
    };
    if options.idempotent.is_some() {
        set("idempotent", ours!(true));
    }
    if options.optional.is_some() {
        set("optional", ours!(true));
    }
    if let Some(attempts) = options
        .retry
        .as_ref()
        .and_then(|retry| retry.attempts.literal())
    {
        let attempts = Literal::u64_unsuffixed(attempts);
        set("attempts", ours!(#attempts));
    }
    if let Some(timeout) = &options.timeout {
        if let Some((limit, _)) = timeout.limit.literal() {
            let limit = expressions::duration(limit);
            set("timeout", ours!(::core::option::Option::Some(#limit)));
        }
        if timeout.adaptive {
            set("adaptive", ours!(true));
        }
    }
    if let Some(Time::Literal(time, _)) = &options.estimate {
        let time = expressions::duration(*time);
        set("estimate", ours!(::core::option::Option::Some(#time)));
    }
    if let Some((_, priority)) = &options.priority {
        let priority = format_ident!("{priority:?}");
        set("priority", ours!(#facade::__private::Priority::#priority));
    }
    if options.uses.is_some() {
        set("uses", expressions::uses(options));
    }
    if let Some(requires) = &options.requires {
        let permissions = &requires.permissions;
        set("requires", ours!(&[#(#permissions),*]));
    }
    if model.kind(step) == Kind::Human || options.critical.is_some() && !is_idempotent {
        set("approval", ours!(true));
    }
    if options.rollback.is_some() {
        set("undo", ours!(#facade::__private::Undo::Rollback));
    } else if let Some(irreversible) = &options.irreversible {
        let reason = &irreversible.reason;
        set(
            "undo",
            ours!(#facade::__private::Undo::Irreversible(#reason)),
        );
    }
    if options.when.is_some() {
        set("condition", ours!(true));
    }
    if options.each.is_some() {
        set("each", ours!(true));
    }
    if options.critical.is_some() {
        set("critical", ours!(true));
    }
    if fields.is_empty() {
        return ours!(#facade::__private::StaticOptions::NONE);
    }
    ours! {
        #facade::__private::StaticOptions {
            #fields
            ..#facade::__private::StaticOptions::NONE
        }
    }
}

/// Whether a step has options that stand around its body.
pub(super) fn is_guarded(model: &Model<'_>, step: usize) -> bool {
    let options = &model.steps[step].syntax.options;
    options.retry.is_some()
        || options.timeout.is_some()
        || options.cache.is_some()
        || !options.fallback.is_empty()
        || options.default.is_some()
        || options.optional.is_some()
        || options.quorum.is_some()
        || options.when.is_some()
        || options.each.is_some()
        || options.repeat.is_some()
        || options.breaker.is_some()
        || options.priority.is_some()
        || options.uses.is_some()
        || options.estimate.is_some()
        || options.critical.is_some()
        || model.kind(step) == Kind::Human
        || undoes(model, step)
}

/// Whether there is something to undo, or to tell of, once a step is done.
pub(super) fn undoes(model: &Model<'_>, step: usize) -> bool {
    let options = &model.steps[step].syntax.options;
    options.rollback.is_some() || options.irreversible.is_some() || keeps_flow(model, step)
}

/// Whether what undoes the workflow of a flow step is kept until the end of the run. It is not where the flow borrows what
/// ends before that: then a constant makes sure that there is nothing to undo.
pub(super) fn keeps_flow(model: &Model<'_>, step: usize) -> bool {
    model.kind(step) == Kind::Flow && borrowed(model, step).is_none()
}

/// What a flow borrows of its run.
fn borrowed<'m>(model: &'m Model<'_>, step: usize) -> Option<&'m Ident> {
    let reads = model.steps[step].reads.iter();
    let mut borrowed = reads.filter(|read| {
        let is_owned = |value: usize| model.values[value].reference.is_none();
        read.how == How::Share && read.value.is_some_and(is_owned)
    });
    borrowed.next().map(|read| read.name)
}

/// What the run must see to: whether it has anything to undo.
pub(super) fn has_undo(model: &Model<'_>) -> bool {
    (0..model.steps.len()).any(|step| undoes(model, step))
}

/// `Yes` or `No`, and the same as a constant: whether a run may have something to undo, by itself or through its flows.
pub(super) fn undo_type(model: &Model<'_>, layout: Option<&Layout>) -> (TokenStream, TokenStream) {
    let Model { facade, .. } = model;
    let (yes, no) = (
        ours!(#facade::__private::Undoes),
        ours!(#facade::__private::UndoesNothing),
    );
    let own = model.steps.iter().any(|step| {
        let options = &step.syntax.options;
        options.rollback.is_some() || options.irreversible.is_some()
    });
    if layout.is_none() {
        return (no, ours!(false));
    }
    if own {
        return (yes, ours!(true));
    }
    let generic = generic_names(model);
    let (types, values): (Vec<&Path>, Vec<&Path>) = flows(model)
        .filter(|&(step, _)| keeps_flow(model, step))
        .map(|(_, path)| path)
        .partition(|path| mentions(path, &generic));
    let undoes = |path: &Path| {
        let facade = model.facade_at(path.span());
        quote_spanned!(path.span()=> <#path as #facade::Workflow>::__UNDOES)
    };
    let each = types.iter().chain(&values).map(|path| undoes(path));
    let constant = ours!(false #(|| #each)*);
    // As with agents.
    let mut kept = if values.is_empty() {
        no
    } else {
        let values = values.iter().map(|path| undoes(path));
        ours!(<#facade::__private::MayUndo<{ #(#values)||* }> as #facade::__private::UndoType>::Type)
    };
    for path in types {
        let at = model.facade_at(path.span());
        let inner = quote_spanned!(path.span()=> <#path as #at::Workflow>::__Undoes);
        kept = ours!(<#inner as #facade::__private::OrUndoes<#kept>>::Type);
    }
    (kept, constant)
}

/// Whether a plan asks for anything that an orchestrator may lack.
pub(super) fn is_checked(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    if layout.is_none() {
        return ours!(false);
    }
    let own = (0..model.steps.len()).map(|step| options(model, step));
    let own: Vec<TokenStream> = own
        .filter(|options| !options.to_string().ends_with("StaticOptions :: NONE"))
        .collect();
    let flows = flows(model).map(|(_, path)| {
        let facade = model.facade_at(path.span());
        quote_spanned!(path.span()=> <#path as #facade::Workflow>::__CHECKED)
    });
    let own = own.iter().map(|options| ours!((#options).is_checked()));
    let all: Vec<TokenStream> = own.chain(flows).collect();
    ours!(false #(|| #all)*)
}

/// Flows that borrow of their run have nothing to undo: what they borrow is gone by then.
fn borrow_checks(model: &Model<'_>) -> TokenStream {
    let generic = generic_names(model);
    let mut checks = TokenStream::new();
    for (step, path) in flows(model).filter(|(_, path)| !mentions(path, &generic)) {
        let Some(value) = borrowed(model, step) else {
            continue;
        };
        let (cfgs, facade) = (cfgs(model.syntax), model.facade_at(path.span()));
        let text = message::flow_borrows(&model.steps[step].syntax.name, value).text();
        let check = quote_spanned! {path.span()=>
            if <#path as #facade::Workflow>::__UNDOES {
                #facade::__private::refuse(#text)
            }
        };
        checks.extend(ours!(#(#cfgs)* const _: () = #check;));
    }
    checks
}

/// The plan of a flow's workflow, asked for at its path.
fn plan_of(model: &Model<'_>, path: &Path) -> TokenStream {
    let facade = model.facade_at(path.span());
    quote_spanned!(path.span()=> <#path as #facade::Workflow>::PLAN)
}

pub(super) fn kind(facade: &TokenStream, kind: Kind) -> TokenStream {
    let variant = format_ident!("{kind:?}");
    ours!(#facade::__private::Kind::#variant)
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

/// The third net: a constant for each flow, on the types that are known here.
pub(super) fn depth_checks(model: &Model<'_>) -> TokenStream {
    let generic = generic_names(model);
    let checks = flows(model)
        .filter(|(_, path)| !mentions(path, &generic))
        .map(|(_, path)| {
            let cfgs = cfgs(model.syntax);
            let check = depth_check(model, path);
            ours!(#(#cfgs)* const _: () = #check;)
        });
    let mut checks: TokenStream = checks.collect();
    checks.extend(borrow_checks(model));
    if !model.outcome.fallible {
        for (step, path) in flows(model).filter(|(_, path)| !mentions(path, &generic)) {
            let (cfgs, facade) = (cfgs(model.syntax), model.facade_at(path.span()));
            let name = &model.steps[step].syntax.name;
            let text = message::can_fail(name, &model.syntax.name).line;
            let check = quote_spanned! {path.span()=>
                if <#path as #facade::Workflow>::__CAN_FAIL {
                    #facade::__private::refuse(#text)
                }
            };
            checks.extend(ours!(#(#cfgs)* const _: () = #check;));
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
fn flows<'m>(model: &'m Model<'_>) -> impl Iterator<Item = (usize, &'m Path)> {
    model
        .steps
        .iter()
        .enumerate()
        .filter_map(|(index, step)| match &step.syntax.work {
            Work::Flow { path, .. } => Some((index, path)),
            Work::Function { .. } => None,
        })
}

fn generic_names(model: &Model<'_>) -> HashSet<String> {
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
    let kind = kind(facade, model.kind(step));
    let guarded = is_guarded(model, step).then(|| ours!(.guarded()));
    ours!(#facade::__private::Place::of_step(#step, #kind)#guarded)
}
