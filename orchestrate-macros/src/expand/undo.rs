//! What a run has to undo, as far as it is known while this is compiled: which steps, and which flows.

use orchestrate_plan::{Kind, Layout};
use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::{Path, spanned::Spanned};

use super::plan::{checked, flows, generic_names, mentions};
use crate::{
    message,
    model::{How, Model},
};

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
        || options.apart().is_some()
        || model.kind(step) == Kind::Human
        || moves_counted(model, step)
        || undoes(model, step)
}

/// Whether a step takes over a value that is counted: it waits until no other has a count.
fn moves_counted(model: &Model<'_>, step: usize) -> bool {
    let mut reads = model.steps[step].reads.iter();
    reads.any(|read| {
        let value = read.value.map(|value| &model.values[value]);
        read.how == How::Move && value.is_some_and(|value| value.wrap.counted)
    })
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
    // Every stage asks: it is worked out once.
    *model
        .has_undo
        .get_or_init(|| (0..model.steps.len()).any(|step| undoes(model, step)))
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

/// The same for a flow whose workflow depends on generics: in the body of the run, where the types are known when it is
/// built.
pub(super) fn borrow_check_in_run(
    model: &Model<'_>,
    step: usize,
    path: &Path,
) -> Option<TokenStream> {
    if !mentions(path, &generic_names(model)) {
        return None;
    }
    let check = borrow_check(model, step, path, borrowed(model, step)?);
    Some(ours!(const { #check };))
}

fn borrow_check(model: &Model<'_>, step: usize, path: &Path, value: &Ident) -> TokenStream {
    let facade = model.facade_at(path.span());
    let text = message::flow_borrows(&model.steps[step].syntax.name, value).text();
    quote_spanned! {path.span()=>
        if <#path as #facade::Workflow>::__UNDOES {
            #facade::__private::refuse(#text)
        }
    }
}

/// Flows that borrow of their run have nothing to undo: what they borrow is gone by then.
pub(super) fn borrow_checks(model: &Model<'_>) -> TokenStream {
    let generic = generic_names(model);
    let mut checks = TokenStream::new();
    for (step, path) in flows(model).filter(|(_, path)| !mentions(path, &generic)) {
        let Some(value) = borrowed(model, step) else {
            continue;
        };
        checks.extend(checked(model, &borrow_check(model, step, path, value)));
    }
    checks
}

/// Whether each step with effects says what becomes of them: of a saga that has been checked, of others it is worked out,
/// for the sagas that run them.
pub(super) fn accounted(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    if layout.is_none() || model.syntax.saga.is_some() {
        // What is wrong with it is told of where it is declared.
        return ours!(true);
    }
    let own = model.steps.iter().all(|step| {
        let options = &step.syntax.options;
        options.idempotent.is_some()
            || options.rollback.is_some()
            || options.irreversible.is_some()
            || matches!(step.syntax.kind, Kind::Plain | Kind::Human | Kind::Flow)
    });
    let flows = flows(model).map(|(_, path)| accounts(model, path));
    ours!(#own #(&& #flows)*)
}

fn accounts(model: &Model<'_>, path: &Path) -> TokenStream {
    let facade = model.facade_at(path.span());
    quote_spanned!(path.span()=> <#path as #facade::Workflow>::__ACCOUNTED)
}

/// The flows of a saga leave nothing undone either.
pub(super) fn saga_checks(model: &Model<'_>) -> TokenStream {
    if model.syntax.saga.is_none() {
        return TokenStream::new();
    }
    let generic = generic_names(model);
    let flows = flows(model).filter(|&(step, path)| {
        model.steps[step].syntax.options.idempotent.is_none() && !mentions(path, &generic)
    });
    let checks = flows.map(|(step, path)| {
        let facade = model.facade_at(path.span());
        let text = message::flow_not_accounted(&model.steps[step].syntax.name).text();
        let accounted = accounts(model, path);
        let check = quote_spanned! {path.span()=>
            if !#accounted {
                #facade::__private::refuse(#text)
            }
        };
        checked(model, &check)
    });
    checks.collect()
}
