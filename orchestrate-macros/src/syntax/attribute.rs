//! Attributes, sorted: ours, Rust's, and what cannot be.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    AttrStyle, Attribute, Ident, Meta, Path, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    token,
};

use super::{
    Time,
    options::{self, Options},
};
use crate::{
    message::{self, options as sentences},
    report::Report,
};

/// The options that a step takes.
pub(super) const STEP_OPTIONS: [&str; 23] = [
    "after",
    "idempotent",
    "retry",
    "timeout",
    "cache",
    "fallback",
    "default",
    "optional",
    "quorum",
    "rollback",
    "irreversible",
    "when",
    "each",
    "batch",
    "repeat",
    "breaker",
    "priority",
    "uses",
    "requires",
    "estimate",
    "critical",
    "spawn",
    "blocking",
];

/// The options of a workflow.
pub(super) const WORKFLOW_OPTIONS: [&str; 4] = ["crate", "schedule", "deadline", "saga"];

/// What Rust itself knows on a function, and what does no harm here.
const ON_FUNCTIONS: [&str; 8] = [
    "doc",
    "cold",
    "deprecated",
    "inline",
    "must_use",
    "optimize",
    "automatically_derived",
    "diagnostic",
];

/// What Rust itself knows on a struct.
const ON_STRUCTS: [&str; 8] = [
    "doc",
    "cfg",
    "cfg_attr",
    "derive",
    "deprecated",
    "must_use",
    "non_exhaustive",
    "repr",
];

/// The word of an attribute that has none yet.
const NOTHING_YET: &str = "_";

/// The attributes before an item. One that is none costs itself alone.
pub(super) fn outer(
    input: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> syn::Result<Vec<Attribute>> {
    let mut attributes = Vec::new();
    while input.peek(Token![#]) && input.peek2(token::Bracket) {
        let hash: TokenTree = input.parse()?;
        let group: TokenTree = input.parse()?;
        let word = first_word(&group);
        let tokens: TokenStream = [hash, group].into_iter().collect();
        if let Ok(read) = Attribute::parse_outer.parse2(tokens.clone()) {
            attributes.extend(read);
            continue;
        }
        let message = word
            .filter(options::is_broken_option)
            .map_or_else(sentences::not_an_attribute, |word| sentences::form(&word));
        attributes.extend(nothing_yet(&tokens));
        report.error(tokens, &message);
        *incomplete = true;
    }
    Ok(attributes)
}

/// `#[]`, before its first letter, as an attribute: with the one word that nobody can write.
fn nothing_yet(tokens: &TokenStream) -> Option<Attribute> {
    let Some(TokenTree::Group(group)) = tokens.clone().into_iter().last() else {
        return None;
    };
    let word = Ident::new(NOTHING_YET, group.span_close());
    group.stream().is_empty().then(|| Attribute {
        pound_token: Token![#](group.span_open()),
        style: AttrStyle::Outer,
        bracket_token: token::Bracket(group.span()),
        meta: Meta::Path(word.into()),
    })
}

/// The word with which an attribute starts.
fn first_word(group: &TokenTree) -> Option<Ident> {
    let TokenTree::Group(group) = group else {
        return None;
    };
    let first = |input: ParseStream<'_>| {
        let word = input.call(Ident::parse_any)?;
        let _: TokenStream = input.parse()?;
        Ok(word)
    };
    first.parse2(group.stream()).ok()
}

/// `allow`, `warn`, `deny`, `expect`, `forbid`.
pub(crate) fn is_lint(attribute: &Attribute) -> bool {
    ["allow", "warn", "deny", "expect", "forbid"]
        .iter()
        .any(|word| attribute.path().is_ident(word))
}

fn is_cfg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

/// The one word of an attribute; nothing for `#[tracing::instrument]`, which is somebody else's.
fn word(attribute: &Attribute) -> Option<&Ident> {
    attribute.path().get_ident()
}

/// One value, given at most once.
struct Slot<T> {
    value: Option<T>,
}

impl<T> Slot<T> {
    const fn new() -> Self {
        Self { value: None }
    }

    /// Keeps the first; a second is an error at its word.
    fn fill(&mut self, value: T, word: &Ident, owner: &str, report: &mut Report) {
        if self.value.is_some() {
            report.error(word, &message::option_twice(word, owner));
        } else {
            self.value = Some(value);
        }
    }
}

/// The attributes of a workflow.
pub(super) struct OfWorkflow {
    pub(super) attributes: Vec<Attribute>,
    pub(super) facade: Option<Path>,
    pub(super) strict_batches: bool,
    pub(super) deadline: Option<Time>,
    pub(super) saga: Option<Ident>,
}

pub(super) fn of_workflow(all: Vec<Attribute>, name: &Ident, report: &mut Report) -> OfWorkflow {
    let owner = format!("workflow `{name}`");
    // Helper attributes of a derive are anybody's words.
    let derives = all
        .iter()
        .any(|attribute| attribute.path().is_ident("derive"));
    let mut facade = Slot::new();
    let mut schedule = Slot::new();
    let mut deadline = Slot::new();
    let mut saga = Slot::new();
    let mut attributes = Vec::new();
    for attribute in all {
        let Some(word) = word(&attribute) else {
            attributes.push(attribute);
            continue;
        };
        match word.to_string().as_str() {
            "crate" => match attribute.parse_args_with(Path::parse_mod_style) {
                Ok(path) => facade.fill(path, word, &owner, report),
                Err(_) => report.error(&attribute, &message::facade_form()),
            },
            "schedule" => match attribute.parse_args::<Ident>() {
                Ok(batches) if batches == "batches" => schedule.fill((), word, &owner, report),
                _ => report.error(&attribute, &message::schedule_form()),
            },
            "deadline" => {
                if let Some(time) = options::deadline(&attribute, word, &owner, report) {
                    deadline.fill(time, word, &owner, report);
                }
            }
            "saga" => {
                if let Some(flag) = options::flag(&attribute, word, report) {
                    saga.fill(flag, word, &owner, report);
                }
            }
            // Which is reported.
            NOTHING_YET => {}
            known if ON_STRUCTS.contains(&known) || is_lint(&attribute) => {
                attributes.push(attribute);
            }
            of_steps if STEP_OPTIONS.contains(&of_steps) && !derives => {
                report.error(
                    word,
                    &sentences::elsewhere(of_steps, "a step", "a workflow"),
                );
            }
            unknown => {
                let near = near(unknown, WORKFLOW_OPTIONS.into_iter());
                if derives && near.is_empty() {
                    attributes.push(attribute);
                } else {
                    report.error(
                        word,
                        &message::unknown_option(unknown, &near, &WORKFLOW_OPTIONS, "a workflow"),
                    );
                }
            }
        }
    }
    OfWorkflow {
        attributes,
        facade: facade.value,
        strict_batches: schedule.value.is_some(),
        deadline: deadline.value,
        saga: saga.value,
    }
}

/// The attributes of an input of a workflow: all but `cfg` go to the field of the struct.
pub(super) fn of_input(all: Vec<Attribute>, name: &Ident, report: &mut Report) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    for attribute in all {
        if is_cfg(&attribute) {
            report.error(&attribute, &message::cfg(&format!("input `{name}`")));
        } else {
            attributes.push(attribute);
        }
    }
    attributes
}

/// The attributes of an input of a step.
pub(super) fn of_param(all: Vec<Attribute>, report: &mut Report) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    for attribute in all {
        if is_cfg(&attribute) {
            report.error(&attribute, &message::cfg("the input of a step"));
        } else if is_lint(&attribute) {
            attributes.push(attribute);
        } else {
            report.error(&attribute, &message::attribute_on_param());
        }
    }
    attributes
}

/// The attributes of a step.
pub(super) struct OfStep {
    pub(super) attributes: Vec<Attribute>,
    pub(super) options: Options,
}

pub(super) fn of_step(all: Vec<Attribute>, name: &Ident, report: &mut Report) -> OfStep {
    let owner = format!("step `{name}`");
    let mut options = options::Reader::new(&owner);
    let mut attributes = Vec::new();
    for attribute in all {
        let Some(word) = word(&attribute) else {
            attributes.push(attribute);
            continue;
        };
        match word.to_string().as_str() {
            option if STEP_OPTIONS.contains(&option) => options.read(&attribute, word, report),
            "cfg" | "cfg_attr" => report.error(&attribute, &message::cfg(&owner)),
            NOTHING_YET => options.expected(word.span()),
            known if ON_FUNCTIONS.contains(&known) || is_lint(&attribute) => {
                attributes.push(attribute);
            }
            of_workflows if WORKFLOW_OPTIONS.contains(&of_workflows) => {
                let message = sentences::elsewhere(of_workflows, "a workflow", "a step");
                report.error(word, &message);
            }
            unknown => {
                // It may have been meant for any of them.
                options.lost(word);
                let near = near(unknown, STEP_OPTIONS.into_iter());
                report.error(
                    word,
                    &message::unknown_option(unknown, &near, &STEP_OPTIONS, "a step"),
                );
            }
        }
    }
    OfStep {
        attributes,
        options: options.finish(),
    }
}

/// The options that are near a word. A plural is as near as the word itself: `retries` means `retry`.
fn near(word: &str, options: impl Iterator<Item = &'static str>) -> Vec<String> {
    let forms: Vec<(String, &str)> = options
        .flat_map(|option| {
            let plural = match option.strip_suffix('y') {
                Some(stem) => format!("{stem}ies"),
                None => format!("{option}s"),
            };
            [(option.to_owned(), option), (plural, option)]
        })
        .collect();
    let near = orchestrate_plan::nearest(word, forms.iter().map(|(form, _)| form.as_str()));
    near.iter()
        .filter_map(|near| forms.iter().find(|(form, _)| form == near))
        .map(|&(_, option)| option.to_owned())
        .collect()
}
