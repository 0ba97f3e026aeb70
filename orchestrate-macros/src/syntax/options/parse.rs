//! The options of a step, one by one.

use orchestrate_plan::{Priority, nearest};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::{
    Attribute, Expr, ExprLit, Lit, LitStr, Meta, Token,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
};

use super::{
    After, Batch, Breaker, Cache, Each, Expression, Irreversible, Options, Quorum, Repeat,
    Requires, Retry, Time, Timeout, Uses,
    settings::{Known, Settings},
    value,
};
use crate::{
    message::{self, options as sentences},
    report::Report,
    syntax::{
        attribute::{STEP_OPTIONS, WORKFLOW_OPTIONS},
        plain,
    },
};

const NOTHING: Known = Known {
    position: false,
    settings: &[],
    flags: &[],
};
/// One value, and no settings.
const VALUE: Known = Known {
    position: true,
    ..NOTHING
};
const RETRY: Known = Known {
    position: true,
    settings: &["attempts", "backoff", "max_backoff", "when"],
    flags: &["jitter"],
};
const TIMEOUT: Known = Known {
    position: true,
    settings: &["start"],
    flags: &["adaptive"],
};
const CACHE: Known = Known {
    settings: &["ttl", "capacity", "key"],
    ..NOTHING
};
const EACH: Known = Known {
    settings: &["concurrency"],
    ..VALUE
};
const BATCH: Known = Known {
    settings: &["size", "wait"],
    ..NOTHING
};
const REPEAT: Known = Known {
    settings: &["max", "until"],
    ..NOTHING
};
const BREAKER: Known = Known {
    settings: &["name", "failures", "cooldown"],
    ..NOTHING
};

/// Reads the options of one step.
pub(in crate::syntax) struct Reader<'o> {
    options: Options,
    /// `` step `name` ``.
    owner: &'o str,
    given: Vec<String>,
}

impl<'o> Reader<'o> {
    pub(in crate::syntax) fn new(owner: &'o str) -> Self {
        Self {
            options: Options::default(),
            owner,
            given: Vec::new(),
        }
    }

    pub(in crate::syntax) fn finish(self) -> Options {
        self.options
    }

    /// Something that may have been an option is not understood.
    pub(in crate::syntax) fn lost(&mut self, word: &Ident) {
        // No option is called like a keyword.
        if syn::parse2::<Ident>(word.to_token_stream()).is_ok() {
            self.options.words.push(word.clone());
        }
        self.options.incomplete = true;
    }

    /// An option may be written here: an editor proposes them, where another word stands in the expansion.
    pub(in crate::syntax) fn expected(&mut self, here: Span) {
        self.options.words.push(Ident::new("__option", here));
        self.options.incomplete = true;
    }

    /// Reads an option, which is one of [`STEP_OPTIONS`].
    pub(in crate::syntax) fn read(
        &mut self,
        attribute: &Attribute,
        word: &Ident,
        report: &mut Report,
    ) {
        self.options.words.push(word.clone());
        let name = word.to_string();
        // Each `fallback` is tried after the one before it.
        if self.given.contains(&name) && name != "fallback" {
            report.error(word, &message::option_twice(word, self.owner));
            return;
        }
        let is_read = self.option(&name, attribute, word, report).is_some();
        self.options.incomplete |= !is_read;
        self.given.push(name);
    }

    /// Nothing for what could not be read, which is reported.
    fn option(
        &mut self,
        name: &str,
        attribute: &Attribute,
        word: &Ident,
        report: &mut Report,
    ) -> Option<()> {
        let Self { options, owner, .. } = self;
        let given = Given {
            attribute,
            word,
            owner,
        };
        match name {
            "after" => options.after = Some(after(attribute, report)?),
            "idempotent" => options.idempotent = Some(flag(attribute, word, report)?),
            "optional" => options.optional = Some(flag(attribute, word, report)?),
            "critical" => options.critical = Some(flag(attribute, word, report)?),
            "spawn" => options.spawn = Some(flag(attribute, word, report)?),
            "blocking" => options.blocking = Some(flag(attribute, word, report)?),
            "irreversible" => options.irreversible = Some(irreversible(attribute, word, report)?),
            "requires" => options.requires = Some(requires(attribute, word, report)?),
            "uses" => options.uses = Some(uses(attribute, word, owner, report)?),
            "retry" => options.retry = Some(retry(given.settings(&RETRY, report)?)?),
            "timeout" => options.timeout = Some(timeout(given.settings(&TIMEOUT, report)?)?),
            "cache" => options.cache = Some(cache(given.settings(&CACHE, report)?)?),
            "fallback" => options.fallback.push(expression(attribute, word, report)?),
            "default" => options.default = Some(expression(attribute, word, report)?),
            "rollback" => options.rollback = Some(expression(attribute, word, report)?),
            "when" => options.when = Some(expression(attribute, word, report)?),
            "quorum" => options.quorum = Some(quorum(given.settings(&VALUE, report)?)?),
            "each" => options.each = Some(each(given.settings(&EACH, report)?)?),
            "batch" => options.batch = Some(batch(given.settings(&BATCH, report)?)?),
            "repeat" => options.repeat = Some(repeat(given.settings(&REPEAT, report)?)?),
            "breaker" => options.breaker = Some(breaker(given.settings(&BREAKER, report)?)?),
            "priority" => options.priority = Some(priority(given.settings(&VALUE, report)?)?),
            "estimate" => options.estimate = Some(time(given.settings(&VALUE, report)?)?),
            _ => return None,
        }
        Some(())
    }
}

/// An option as it is written.
struct Given<'o> {
    attribute: &'o Attribute,
    word: &'o Ident,
    owner: &'o str,
}

impl Given<'_> {
    fn settings<'r>(&self, known: &Known, report: &'r mut Report) -> Option<Settings<'r>> {
        Settings::read(self.attribute, self.word, self.owner, known, report)
    }
}

/// `#[deadline(60s)]`, of a workflow.
pub(in crate::syntax) fn deadline(
    attribute: &Attribute,
    word: &Ident,
    owner: &str,
    report: &mut Report,
) -> Option<Time> {
    let given = Given {
        attribute,
        word,
        owner,
    };
    time(given.settings(&VALUE, report)?)
}

/// The word of an option in an attribute that is not even one.
pub(in crate::syntax) fn is_broken_option(word: &Ident) -> bool {
    let known = STEP_OPTIONS.iter().chain(&WORKFLOW_OPTIONS);
    known.into_iter().any(|option| word == option)
}

/// A word that stands alone.
pub(in crate::syntax) fn flag(
    attribute: &Attribute,
    word: &Ident,
    report: &mut Report,
) -> Option<Ident> {
    if matches!(attribute.meta, Meta::Path(_)) {
        return Some(word.clone());
    }
    report.error(attribute, &sentences::form(word));
    None
}

/// `(expr)`.
fn expression(attribute: &Attribute, word: &Ident, report: &mut Report) -> Option<Expression> {
    match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => {
            Some(value::expression(word, list.tokens.clone()))
        }
        _ => {
            report.error(attribute, &sentences::form(word));
            None
        }
    }
}

/// `(a, b)`, with at least one of them.
fn listed<T: syn::parse::Parse>(
    attribute: &Attribute,
    message: &message::Message,
    report: &mut Report,
) -> Option<Vec<T>> {
    let items = match &attribute.meta {
        Meta::List(list) => Punctuated::<T, Token![,]>::parse_terminated
            .parse2(list.tokens.clone())
            .ok(),
        _ => None,
    };
    let items = items.filter(|items| !items.is_empty());
    if items.is_none() {
        report.error(attribute, message);
    }
    Some(items?.into_iter().collect())
}

fn after(attribute: &Attribute, report: &mut Report) -> Option<After> {
    let steps = listed(attribute, &message::after_form(), report)?;
    Some(After { steps })
}

fn irreversible(attribute: &Attribute, word: &Ident, report: &mut Report) -> Option<Irreversible> {
    if let Meta::NameValue(pair) = &attribute.meta
        && let Some(reason) = text(&pair.value)
        && !reason.value().trim().is_empty()
    {
        return Some(Irreversible {
            word: word.clone(),
            reason: reason.clone(),
        });
    }
    report.error(attribute, &sentences::form(word));
    None
}

/// A string, without the invisible groups around it that a `macro_rules!` leaves.
fn text(mut value: &Expr) -> Option<&LitStr> {
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text),
        _ => None,
    }
}

fn requires(attribute: &Attribute, word: &Ident, report: &mut Report) -> Option<Requires> {
    let permissions: Vec<LitStr> = listed(attribute, &sentences::form(word), report)?;
    if let Some(nameless) = permissions.iter().find(|text| text.value().is_empty()) {
        report.error(nameless, &sentences::form(word));
        return None;
    }
    Some(Requires { permissions })
}

fn uses(attribute: &Attribute, word: &Ident, owner: &str, report: &mut Report) -> Option<Uses> {
    let resources = listed::<Resource>(attribute, &sentences::form(word), report)?;
    let mut uses = Uses {
        word: word.clone(),
        resources: Vec::new(),
    };
    let owner = format!("`{word}` of {owner}");
    let mut is_sound = true;
    for Resource { name, count } in resources {
        let known = uses.resources.iter();
        if known
            .into_iter()
            .any(|(other, _)| plain(other) == plain(&name))
        {
            report.error(&name, &message::option_twice(&name, &owner));
            is_sound = false;
            continue;
        }
        let number = match value::number(&plain(&name), &count) {
            Ok(Some(number)) => {
                uses.resources.push((name, number));
                continue;
            }
            Ok(None) => sentences::not_a_number(&name),
            Err(message) => message,
        };
        report.error(&count, &number);
        is_sound = false;
    }
    is_sound.then_some(uses)
}

/// `gpu = 1`.
struct Resource {
    name: Ident,
    count: TokenStream,
}

impl syn::parse::Parse for Resource {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        let _: Token![=] = input.parse()?;
        let mut count = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            count.extend([input.parse::<proc_macro2::TokenTree>()?]);
        }
        if count.is_empty() {
            return Err(input.error("expected a number"));
        }
        Ok(Self { name, count })
    }
}

fn retry(mut settings: Settings<'_>) -> Option<Retry> {
    let word = settings.option.clone();
    let position = settings.position();
    let attempts = match (position, settings.take("attempts")) {
        (Some(_), Some((second, _))) => {
            settings.fail_twice(&second);
            None
        }
        (Some(tokens), None) => Some((word.clone(), tokens)),
        (None, named) => named,
    };
    let attempts = attempts.and_then(|(word, tokens)| {
        let attempts = value::count("attempts", &word, tokens.clone());
        settings.valued(tokens, attempts)
    });
    let backoff = settings.time("backoff");
    let max_backoff = settings.time("max_backoff");
    let when = settings.expression("when");
    let attempts = settings.needed(attempts, &sentences::form(&word))?;
    let retry = Retry {
        attempts,
        backoff,
        max_backoff,
        jitter: settings.flag("jitter"),
        when,
        word,
    };
    settings.whole(retry)
}

fn timeout(mut settings: Settings<'_>) -> Option<Timeout> {
    let word = settings.option.clone();
    let adaptive = settings.flag("adaptive");
    let start = settings.take("start");
    let limit = match (settings.position(), start) {
        (Some(limit), None) if !adaptive => Some((word.clone(), limit)),
        (None, Some(start)) if adaptive => Some(start),
        (None, None) => None,
        (Some(tokens), _) => {
            settings.fail(tokens, &sentences::form(&word));
            None
        }
        (None, Some((start, _))) => {
            settings.fail(&start, &sentences::form(&word));
            None
        }
    };
    let limit = limit.and_then(|(word, tokens)| {
        let name = word.to_string();
        let limit = value::time(&name, &word, tokens.clone());
        settings.valued(tokens, limit)
    });
    let limit = settings.needed(limit, &sentences::form(&word))?;
    let timeout = Timeout { adaptive, limit };
    settings.whole(timeout)
}

fn cache(mut settings: Settings<'_>) -> Option<Cache> {
    let cache = Cache {
        ttl: settings.time("ttl"),
        capacity: settings.count("capacity"),
        key: settings.expression("key"),
        word: settings.option.clone(),
    };
    settings.whole(cache)
}

fn quorum(mut settings: Settings<'_>) -> Option<Quorum> {
    let word = settings.option.clone();
    let tokens = settings.position();
    let tokens = settings.needed(tokens, &sentences::form(&word))?;
    let count = value::count("quorum", &word, tokens.clone());
    let count = settings.valued(tokens, count)?;
    settings.whole(Quorum { word, count })
}

fn each(mut settings: Settings<'_>) -> Option<Each> {
    let word = settings.option.clone();
    let tokens = settings.position();
    let form = sentences::form(&word);
    let names = tokens.and_then(|tokens| {
        let names = |input: ParseStream<'_>| -> syn::Result<(Ident, Ident)> {
            let item = input.parse()?;
            let _: Token![in] = input.parse()?;
            Ok((item, input.parse()?))
        };
        let names = names.parse2(tokens.clone()).map_err(|_| form.clone());
        settings.valued(tokens, names)
    });
    let concurrency = settings.count("concurrency");
    let (item, items) = settings.needed(names, &form)?;
    let each = Each {
        word,
        item,
        items,
        concurrency,
    };
    settings.whole(each)
}

fn batch(mut settings: Settings<'_>) -> Option<Batch> {
    let word = settings.option.clone();
    let size = settings.count("size");
    let wait = settings.time("wait");
    let size = settings.needed(size, &sentences::form(&word))?;
    settings.whole(Batch { word, size, wait })
}

fn repeat(mut settings: Settings<'_>) -> Option<Repeat> {
    let word = settings.option.clone();
    let max = settings.count("max");
    let until = settings.expression("until");
    let max = settings.needed(max, &sentences::no_bound())?;
    let until = settings.needed(until, &sentences::form(&word))?;
    settings.whole(Repeat { word, max, until })
}

fn breaker(mut settings: Settings<'_>) -> Option<Breaker> {
    let name = settings.take("name").and_then(|(_, tokens)| {
        let name = match value::literal(&tokens) {
            Some(Lit::Str(name)) => Ok(name),
            _ => Err(sentences::not_a_name()),
        };
        settings.valued(tokens, name)
    });
    let breaker = Breaker {
        name,
        failures: settings.count("failures"),
        cooldown: settings.time("cooldown"),
        word: settings.option.clone(),
    };
    settings.whole(breaker)
}

fn priority(mut settings: Settings<'_>) -> Option<(Ident, Priority)> {
    let word = settings.option.clone();
    let tokens = settings.position();
    let tokens = settings.needed(tokens, &sentences::form(&word))?;
    let said = tokens.to_string();
    let priority = Priority::ALL
        .into_iter()
        .find(|priority| priority.word() == said);
    let Some(priority) = priority else {
        let near = nearest(&said, Priority::ALL.map(Priority::word));
        settings.fail(tokens, &sentences::unknown_priority(&said, &near));
        return None;
    };
    settings.whole((word, priority))
}

/// `(60s)`.
fn time(mut settings: Settings<'_>) -> Option<Time> {
    let word = settings.option.clone();
    let tokens = settings.position();
    let tokens = settings.needed(tokens, &sentences::form(&word))?;
    let time = value::time(&word.to_string(), &word, tokens.clone());
    let time = settings.valued(tokens, time)?;
    settings.whole(time)
}
