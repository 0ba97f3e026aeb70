//! Every sentence that a user reads, but those about the graph: they are the planner's, which says them at run time too.
//!
//! What is wrong, in the user's names; then the rule; then the fix. Lower case, no full stop, names in backticks. The
//! first line stands alone.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Ident, Type};

pub(crate) use crate::report::Message;

/// An error that costs the item.
pub(crate) fn error(span: Span, message: &Message) -> syn::Error {
    syn::Error::new(span, message.text())
}

fn new(line: impl Into<String>) -> Message {
    Message::new(line)
}

/// ``; did you mean `x`?``
fn meant(near: &[String]) -> String {
    near.first()
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

fn listed(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

// Workflows.

pub(crate) fn expected_workflow() -> Message {
    new("expected `workflow`")
        .help("a workflow is declared as `workflow Name(input: Type) -> Type { .. }`")
}

pub(crate) fn not_workflow(word: &Ident, near: bool) -> Message {
    let hint = if near {
        "; did you mean `workflow`?"
    } else {
        ""
    };
    new(format!("expected `workflow`, found `{word}`{hint}")).help(
        "`workflow!` holds workflows, each declared as `workflow Name(input: Type) -> Type { .. }`",
    )
}

pub(crate) fn expected_workflow_name() -> Message {
    new("expected the name of the workflow")
}

pub(crate) fn expected_workflow_inputs(name: &Ident) -> Message {
    new(format!(
        "expected the inputs of workflow `{name}` in parentheses"
    ))
    .help(format!(
        "a workflow without inputs is declared as `workflow {name}() {{ .. }}`"
    ))
}

pub(crate) fn expected_workflow_input() -> Message {
    new("expected an input of the workflow").help("an input is declared as `name: Type`")
}

pub(crate) fn untyped_input(name: &Ident) -> Message {
    new(format!("input `{name}` has no type")).help(format!(
        "an input of a workflow is declared as `{name}: Type`"
    ))
}

pub(crate) fn expected_workflow_body(name: &Ident) -> Message {
    new(format!("expected the steps of workflow `{name}` in braces"))
}

pub(crate) fn comma() -> Message {
    new("expected a name, found `,`").help("remove this comma")
}

pub(crate) fn expected_comma() -> Message {
    new("expected `,`")
}

pub(crate) fn missing_type() -> Message {
    new("expected a type after `->`")
}

pub(crate) fn missing_arrow(ty: &Type) -> Message {
    let ty = source(ty);
    new(format!("expected `->` before the type `{ty}`")).help(format!("write `-> {ty}`"))
}

pub(crate) fn expected_arrow() -> Message {
    new("expected `->` and a type, or a body in braces")
}

pub(crate) fn not_a_step() -> Message {
    new("expected a step")
        .help("a step is declared as `tool fn name(input) -> Type { .. }`; its kind is `agent`, `tool`, `mcp`, or none for a plain function")
        .help("the workflow's last expression stands after all its steps")
}

pub(crate) fn facade_form() -> Message {
    new("expected a path: `#[crate(path::to::orchestrated)]`")
}

pub(crate) fn schedule_form() -> Message {
    new("expected `#[schedule(batches)]`")
        .help("without it, a step starts as soon as its own inputs are there")
}

pub(crate) fn missing_lifetime(output: &str, lifetimes: &[String]) -> Message {
    let message = new(format!(
        "`{output}` borrows, but it is not said from which input"
    ));
    if lifetimes.is_empty() {
        message.help("no input of this workflow is borrowed: return an owned value")
    } else {
        message.help("name the lifetime: `workflow Name<'a>(input: &'a Type) -> &'a Type { .. }`")
    }
}

pub(crate) fn runs_itself(workflow: &Ident) -> Message {
    new(format!("workflow `{workflow}` runs itself"))
        .help("a workflow that never ends never produces its output")
}

// Steps.

pub(crate) fn unknown_kind(word: &Ident, near: &[String]) -> Message {
    new(format!("unknown kind of step `{word}`{}", meant(near)))
        .help("a step is an `agent fn`, a `tool fn`, an `mcp fn`, a plain `fn`, or a `flow`")
}

pub(crate) fn async_step() -> Message {
    new("a step is not declared `async`: its kind says so")
        .help("`agent fn`, `tool fn` and `mcp fn` are asynchronous; a plain `fn` is not")
}

pub(crate) fn qualified_step(word: &Ident) -> Message {
    new(format!("a step cannot be `{word}`"))
}

pub(crate) fn human_step() -> Message {
    new("`human` steps are not supported yet")
        .help("until they are, let a `tool fn` ask and wait for the answer")
}

pub(crate) fn expected_step_name() -> Message {
    new("expected the name of the step")
}

pub(crate) fn expected_step_inputs(name: &Ident) -> Message {
    new(format!(
        "expected the inputs of step `{name}` in parentheses"
    ))
    .help(format!(
        "a step that reads nothing is declared as `fn {name}() {{ .. }}`"
    ))
}

pub(crate) fn step_generics(name: &Ident) -> Message {
    new(format!("step `{name}` cannot have generics of its own"))
        .help("declare them on the workflow")
}

pub(crate) fn expected_step_body(name: &Ident) -> Message {
    new(format!("expected the body of step `{name}` in braces"))
}

pub(crate) fn not_an_input_name() -> Message {
    new("expected the name of a workflow input or of an output").help(
        "a step reads `name` as a reference, `move name` by value, and `name: Type` as that type",
    )
}

pub(crate) fn expected_output_name() -> Message {
    new("expected the name of an output")
        .help("a named tuple is written `(first: Type, second: Type)`")
}

pub(crate) fn untyped_output(name: &Ident) -> Message {
    new(format!("output `{name}` has no type"))
        .help("a named tuple is written `(first: Type, second: Type)`")
}

pub(crate) fn flow_form(name: &Ident) -> Message {
    new("expected `= Workflow { .. };`").help(format!(
        "a flow is declared as `flow {name} = Workflow {{ input, other: value }};`"
    ))
}

pub(crate) fn flow_semicolon(name: &Ident) -> Message {
    new(format!("expected `;` after flow `{name}`"))
}

pub(crate) fn expected_flow_field() -> Message {
    new("expected the name of an input of the workflow")
}

pub(crate) fn expected_flow_value(field: &Ident) -> Message {
    new(format!("expected the name of a value for `{field}`"))
        .help("a flow reads values by name: `value`, `&value` or `move value`; compute in a step before it")
}

// Attributes.

pub(crate) fn option_twice(option: &Ident, owner: &str) -> Message {
    new(format!("`{option}` is given more than once on {owner}")).help("keep one of them")
}

pub(crate) fn unknown_option(
    option: &str,
    near: &[String],
    legal: &[&str],
    owner: &str,
) -> Message {
    let plural = if legal.len() == 1 {
        "option"
    } else {
        "options"
    };
    new(format!("unknown option `{option}`{}", meant(near)))
        .help(format!("the {plural} of {owner}: {}", listed(legal)))
}

pub(crate) fn later_option(option: &str) -> Message {
    new(format!("option `{option}` is not supported yet"))
}

pub(crate) fn after_form() -> Message {
    new("expected names of steps: `#[after(first, second)]`")
}

pub(crate) fn attribute_on_param() -> Message {
    new("the input of a step takes no attribute but lints such as `#[allow(..)]`")
}

pub(crate) fn cfg(owner: &str) -> Message {
    new(format!("`cfg` does not work on {owner}: a macro cannot evaluate it, and the plan is made before it is"))
        .help("put it on the workflow, or inside the step's body")
}

// What a whole workflow can get wrong.

pub(crate) fn reserved(name: &Ident) -> Message {
    new(format!("`{name}` is reserved for the step's context"))
        .help("a step that names `cx` among its inputs is given it; choose another name here")
}

pub(crate) fn context_by_value() -> Message {
    new("`cx` cannot be moved").help("it is a reference to the run of the step: write `cx`")
}

pub(crate) fn context_in_flow() -> Message {
    new("a flow has no context of its own")
        .help("the steps of its workflow have: name `cx` among their inputs")
}

pub(crate) fn moved_and_read(value: &str, mover: &Ident, reader: &Ident) -> Message {
    new(format!("`{value}` is moved into step `{mover}`, but step `{reader}` reads it too"))
        .help(format!(
            "nothing can read a value once it is moved: let `{mover}` read it without `move`, or come after `{reader}` with `#[after({reader})]`"
        ))
}

pub(crate) fn moved_and_left(value: &str, mover: &Ident) -> Message {
    new(format!(
        "`{value}` is moved into step `{mover}`, so it is not left for the last expression"
    ))
    .help(format!("let `{mover}` read it without `move`"))
}

pub(crate) fn can_fail(step: &Ident, workflow: &Ident) -> Message {
    new(format!(
        "step `{step}` can fail, but workflow `{workflow}` does not return a `Result`"
    ))
    .help("an `Err` of a step ends the run, converted by `Into` into the workflow's error")
    .help("return a `Result` from the workflow, or handle the error in the step")
}

pub(crate) fn no_tail(workflow: &Ident, output: &Type) -> Message {
    new(format!(
        "workflow `{workflow}` returns `{}`, but ends without an expression",
        source(output)
    ))
    .help("after the last step, write the expression that makes it from the outputs")
}

pub(crate) fn nested_agent(kind: &str, step: &Ident) -> Message {
    new("a sub-agent cannot launch other sub-agents")
        .help(format!(
            "only an orchestrator launches agents, and `{step}` is of kind `{kind}`"
        ))
        .help(
            "to run a workflow inside another one, make it a step: `flow name = Workflow { .. };`",
        )
}

/// The levels, as far as a message can count them at compile time.
pub(crate) fn too_deep() -> &'static str {
    "workflows nest 4 levels deep here: at most 3 are allowed"
}

pub(crate) fn panicked(text: &str) -> Message {
    new(format!("`workflow!` has a bug: it panicked with `{text}`"))
        .help("please report this, with the workflow, at https://github.com/orchestrated-rs/orchestrated/issues")
}

/// A type as its author wrote it, as far as that can be told.
pub(crate) fn source(ty: &Type) -> String {
    let tokens = ty.to_token_stream();
    let written = syn::spanned::Spanned::span(&tokens).source_text();
    written
        .filter(|text| !text.contains('\n'))
        .unwrap_or_else(|| tidy(&tokens.to_string()))
}

/// Token streams print with a space between any two tokens; types are not written so.
fn tidy(text: &str) -> String {
    let mut tidy = text.to_owned();
    for (wide, narrow) in [
        (" < ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        (" :: ", "::"),
        ("( ", "("),
        (" )", ")"),
        (" <", "<"),
        ("< ", "<"),
        (":: ", "::"),
    ] {
        tidy = tidy.replace(wide, narrow);
    }
    tidy
}
