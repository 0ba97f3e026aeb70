//! Every sentence that a user reads, but those about the graph: they are the planner's, which says them at run time too.
//!
//! What is wrong, in the user's names; then the rule; then the fix. Lower case, no full stop, names in backticks. The
//! first line stands alone.

pub(crate) mod options;
pub(crate) mod policies;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
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

pub(crate) fn too_deeply_nested(deepest: usize) -> Message {
    new(format!("this is nested deeper than {deepest} levels"))
        .help("give the inner type a name of its own: `type Inner = ..;`")
}

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
    let message = new(format!("expected `workflow`, found `{word}`{hint}"));
    let items = [
        "const", "enum", "extern", "fn", "impl", "mod", "static", "struct", "trait", "type",
        "union", "use",
    ];
    if items.iter().any(|item| word == item) {
        return message.help("`workflow!` holds workflows alone; move this item out of it");
    }
    message.help(
        "`workflow!` holds workflows, each declared as `workflow Name(input: Type) -> Type { .. }`",
    )
}

pub(crate) fn no_keyword(name: &Ident) -> Message {
    new(format!("expected `workflow` before `{name}`")).help(format!(
        "a workflow is declared as `workflow {name}(input: Type) -> Type {{ .. }}`"
    ))
}

pub(crate) fn expected_workflow_name() -> Message {
    new("expected the name of the workflow")
        .help("a workflow is declared as `workflow Name(input: Type) -> Type { .. }`")
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
    new(format!("expected the steps of workflow `{name}` in braces")).help(format!(
        "a workflow is declared as `workflow {name}(input: Type) -> Type {{ .. }}`"
    ))
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

pub(crate) fn not_a_type() -> Message {
    new("expected a type")
}

pub(crate) fn mutable() -> Message {
    new("a value of a workflow is never `mut`")
        .help("a step that needs to change a value takes it with `move`, and changes it in its body: `let mut name = name;`")
}

pub(crate) fn keyword(word: &Ident) -> Message {
    new(format!("expected a name, found the keyword `{word}`"))
        .help(format!("write `r#{word}` to use it as a name"))
}

pub(crate) fn missing_arrow(ty: &str) -> Message {
    new(format!("expected `->` before the type `{ty}`")).help(format!("write `-> {ty}`"))
}

pub(crate) fn missing_arrow_of_names() -> Message {
    new("expected `->` before the named outputs").help("write `-> (name: Type, other: Type)`")
}

pub(crate) fn expected_arrow() -> Message {
    new("expected `->` and a type, or a body in braces")
}

pub(crate) fn not_a_step() -> Message {
    new("expected a step")
        .help("a step is declared as `tool fn name(input) -> Type { .. }`; its kind is `agent`, `tool`, `mcp`, `human`, or none for a plain function")
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

pub(crate) fn workflow_twice(name: &Ident) -> Message {
    new(format!("workflow `{name}` is already declared"))
        .help("every workflow of a module has a name of its own; rename one of the two")
}

/// The workflows, each run by the one before it, and the first by the last.
pub(crate) fn runs_itself(workflows: &[String]) -> Message {
    let message = if let [workflow] = workflows {
        new(format!("workflow `{workflow}` runs itself"))
    } else {
        let names: Vec<String> = workflows
            .iter()
            .chain(workflows.first())
            .map(|name| format!("`{name}`"))
            .collect();
        new(format!("workflows form a cycle: {}", names.join(" -> ")))
    };
    message.help("a run of it would never end; do without one of these flows")
}

// Steps.

pub(crate) fn unknown_kind(word: &Ident, near: &[String]) -> Message {
    let message = new(format!("unknown kind of step `{word}`{}", meant(near)))
        .help("a step is an `agent fn`, a `tool fn`, an `mcp fn`, a `human fn`, a plain `fn`, or a `flow`");
    if near.is_empty() {
        message.help("if it is the workflow's last expression, it stands after all its steps")
    } else {
        message
    }
}

/// `async`, `unsafe` and the like before `fn`.
pub(crate) fn qualified_step(word: &Ident) -> Message {
    if word == "async" {
        return new("a step is not declared `async`: its kind says so")
            .help("`agent fn`, `tool fn` and `mcp fn` are asynchronous; a plain `fn` is not");
    }
    let message = new(format!("a step cannot be declared `{word}`"));
    if word == "unsafe" {
        message.help("its body may have an `unsafe` block")
    } else {
        message
    }
}

pub(crate) fn no_fn(kind: &Ident) -> Message {
    new(format!("expected `fn` after `{kind}`")).help(format!(
        "a step is declared as `{kind} fn name(input) -> Type {{ .. }}`"
    ))
}

pub(crate) fn expected_step_name() -> Message {
    new("expected the name of the step")
        .help("a step is declared as `fn name(input) -> Type { .. }`, and a flow as `flow name = Workflow { .. };`")
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
    new(format!("step `{name}` has no body")).help(format!(
        "a step is declared as `fn {name}(input) -> Type {{ .. }}`"
    ))
}

pub(crate) fn not_an_input_name() -> Message {
    new("expected the name of a workflow input or of an output").help(
        "a step reads `name` as a reference, `move name` by value, and `name: Type` as that type",
    )
}

pub(crate) fn untyped_param(name: &Ident) -> Message {
    new(format!("expected a type after `{name}:`")).help(format!(
        "without a type, `{name}` is read as a reference to what is produced"
    ))
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
    new(format!("expected the name of a value for `{field}`")).help(FLOW_VALUES)
}

pub(crate) fn not_a_value() -> Message {
    new("expected `,`: a flow reads values by name, not expressions").help(FLOW_VALUES)
}

const FLOW_VALUES: &str = "a flow reads inputs and outputs as `value`, `&value` or `move value`; what must be computed is the output of a step of its own";

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
    let message = new(format!("unknown option `{option}`{}", meant(near)))
        .help(format!("the {plural} of {owner}: {}", listed(legal)));
    if near.is_empty() {
        message.help(format!(
            "an attribute macro is named by its path: `#[path::to::{option}]`"
        ))
    } else {
        message
    }
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

/// What can be done about a second reader of a value that is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondReader {
    /// It could be done before the value is moved.
    Before,
    /// It depends on the step that moves the value.
    After,
    /// It moves the value too.
    Moves,
}

pub(crate) fn moved_and_read(
    value: &str,
    mover: &Ident,
    reader: &Ident,
    how: SecondReader,
) -> Message {
    let message = new(format!(
        "`{value}` is moved into step `{mover}`, but step `{reader}` reads it too"
    ));
    message.help(match how {
        SecondReader::Before => format!(
            "nothing can read a value once it is moved: let `{mover}` read it without `move`, or come after `{reader}` with `#[after({reader})]`"
        ),
        SecondReader::After => format!(
            "nothing can read a value once it is moved: let `{mover}` read it without `move`"
        ),
        SecondReader::Moves => format!(
            "only one step can move a value: let `{mover}` or `{reader}` read it without `move`"
        ),
    })
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

/// A flow of a saga whose workflow is none, and has a step that is not accounted for.
pub(crate) fn flow_not_accounted(flow: &Ident) -> Message {
    new(format!(
        "flow `{flow}` may leave effects behind: a step of its workflow cannot be undone, and does not say so"
    ))
    .help("in a `#[saga]` workflow, every step with effects is undone, idempotent, or says why it cannot be undone; also those of its flows")
    .help("write `#[saga]` on that workflow too: the steps in question are told of there")
}

/// A flow that has something to undo, and borrows what is gone by then.
pub(crate) fn flow_borrows(flow: &Ident, value: &Ident) -> Message {
    new(format!(
        "flow `{flow}` has steps to undo, and borrows `{value}`, which does not last until they are undone"
    ))
    .help("what a rollback may need is given by value, or is a reference that the workflow itself was given")
    .help(format!("give it a clone: `fn for_{flow}({value}) -> .. {{ {value}.clone() }}`, and write `move for_{flow}` here"))
}

pub(crate) fn panicked(text: &str) -> Message {
    new(format!("`workflow!` has a bug: it panicked with `{text}`"))
        .help("please report this, with the workflow, at https://github.com/orchestrated-rs/orchestrated/issues")
}

/// A type as its author would write it.
pub(crate) fn source(ty: &Type) -> String {
    let mut text = String::new();
    let mut spaced = false;
    write_tokens(ty.to_token_stream(), &mut text, &mut spaced);
    text
}

/// Writes tokens with the spaces that types are written with. `spaced`: whether a word that follows needs one before it.
fn write_tokens(tokens: TokenStream, text: &mut String, spaced: &mut bool) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                *spaced = false;
                write_tokens(group.stream(), text, spaced);
                text.push_str(close);
                *spaced = true;
            }
            TokenTree::Punct(punct) => {
                let (before, after) = match punct.as_char() {
                    '+' | '=' => (!text.ends_with(' '), true),
                    ',' | ';' => (false, true),
                    '>' if text.ends_with('-') => (false, true),
                    '-' => (true, false),
                    _ => (false, false),
                };
                if before {
                    text.push(' ');
                }
                text.push(punct.as_char());
                if after {
                    text.push(' ');
                }
                *spaced = false;
            }
            word => {
                if *spaced {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
                *spaced = true;
            }
        }
    }
}
