//! How long a run holds its values: each until the last step that reads it is done, and no output that may borrow from it
//! is there any more.
//!
//! Whether an output borrows is a matter of its type, of which the macro knows the words. An `async fn` must write every
//! lifetime of what it returns, so those words say it; a plain `fn` of one reference need not, nor a function that returns
//! a future: of those, only well-known types are taken not to borrow.

use orchestrate_plan::{Kind, Layout};
use proc_macro2::{TokenStream, TokenTree};

use super::{functions, undo};
use crate::{
    model::{How, Model},
    syntax::Work,
};

/// Types that have no lifetime, and hold none but those of what is written between their angle brackets.
const OWNED: [&str; 35] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
    "u64", "u128", "usize", "std", "core", "alloc", "String", "PathBuf", "OsString", "Duration",
    "Instant", "Vec", "VecDeque", "Option", "Result", "Box", "Rc", "Arc", "HashMap", "HashSet",
    "BTreeMap", "BTreeSet",
];

/// Those that have nothing to drop.
const NUMBERS: [&str; 16] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

/// How long values live, by index.
pub(super) struct Lives {
    /// The batch after which nobody needs it; none for what is needed to the end, or is not the run's own.
    ends: Vec<Option<usize>>,
    /// The same by batch: the latest first, as it may borrow from what came before it.
    ending: Vec<Vec<usize>>,
    borrows: Vec<bool>,
}

impl Lives {
    pub(super) fn new(model: &Model<'_>, layout: &Layout) -> Self {
        let count = model.values.len();
        let mut order: Vec<usize> = (0..count).collect();
        let batch = |value: usize| {
            let producer = model.values[value].producer;
            producer.map_or(0, |step| layout.batch_of(step) + 1)
        };
        order.sort_by_key(|&value| batch(value));
        let mut borrows = vec![false; count];
        for &value in &order {
            borrows[value] = may_borrow(model, value, &borrows);
        }
        let mut ends = vec![None; count];
        let mut ending = vec![Vec::new(); layout.batch_count()];
        // What comes later may borrow from what comes earlier.
        for &value in order.iter().rev() {
            ends[value] = end(model, layout, value, &borrows, &ends);
            if let Some(end) = ends[value] {
                ending[end].push(value);
            }
        }
        Self {
            ends,
            ending,
            borrows,
        }
    }

    /// The last batch that needs a value.
    pub(super) fn end(&self, value: usize) -> Option<usize> {
        self.ends[value]
    }

    /// What ends with a batch.
    pub(super) fn ending(&self, batch: usize) -> &[usize] {
        &self.ending[batch]
    }

    /// Whether a value may borrow from another that the run holds.
    pub(super) fn borrows(&self, value: usize) -> bool {
        self.borrows[value]
    }
}

/// Whether there may be something to drop.
pub(super) fn needs_drop(ty: &TokenStream) -> bool {
    let mut tokens = ty.clone().into_iter();
    let only = (tokens.next(), tokens.next());
    !matches!(only, (Some(TokenTree::Ident(name)), None) if NUMBERS.iter().any(|number| name == number))
}

fn end(
    model: &Model<'_>,
    layout: &Layout,
    value: usize,
    borrows: &[bool],
    ends: &[Option<usize>],
) -> Option<usize> {
    let held = &model.values[value];
    // What undoes a run may ask for anything that its steps have read.
    if held.reference.is_some() || undo::has_undo(model) || model.is_left(value) {
        return None;
    }
    let mut last = None;
    for (step, _) in model.readers(value) {
        last = last.max(Some(layout.batch_of(step)));
        let outputs = model.steps[step].outputs.iter();
        for &output in outputs.filter(|&&output| borrows[output]) {
            last = last.max(Some(ends[output]?));
        }
    }
    last
}

/// Whether an output may borrow from what its step reads; those before it are known.
fn may_borrow(model: &Model<'_>, value: usize, borrows: &[bool]) -> bool {
    let Some(step) = model.values[value].producer else {
        return false;
    };
    let reads = &model.steps[step].reads;
    let options = &model.steps[step].syntax.options;
    let shares = reads.iter().filter(|read| read.how == How::Share).count();
    let from = reads.iter().filter_map(|read| read.value);
    let is_passed_on = from.clone().any(|value| borrows[value]);
    match &model.steps[step].syntax.work {
        Work::Flow { .. } => shares > 0 || is_passed_on,
        // What runs apart from the run borrows nothing of it.
        Work::Function { .. } if options.spawn.is_some() || options.blocking.is_some() => false,
        Work::Function { .. } => {
            let words = Words::of(model, &model.values[value].ty);
            let hides = model.kind(step) == Kind::Plain
                || functions::reads_a_flow(model, &model.steps[step]);
            words.borrow || hides && !words.owned && (shares == 1 || is_passed_on)
        }
    }
}

/// What the words of a type say.
struct Words {
    /// It has a lifetime that may be shorter than the run, or hides what it has.
    borrow: bool,
    /// Each of them is known to have none.
    owned: bool,
}

impl Words {
    fn of(model: &Model<'_>, ty: &TokenStream) -> Self {
        let mut words = Self {
            borrow: false,
            owned: true,
        };
        words.read(model, ty.clone());
        words
    }

    fn read(&mut self, model: &Model<'_>, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.read(model, group.stream()),
                TokenTree::Ident(word) => {
                    self.borrow |= word == "impl" || word == "fn";
                    self.owned &= OWNED.iter().any(|owned| word == owned);
                }
                TokenTree::Punct(mark) => match mark.as_char() {
                    '\'' => {
                        let name = tokens.next();
                        self.borrow |= !name.is_some_and(|name| outlives(model, &name));
                    }
                    // A reference says its lifetime, or leaves it out.
                    '&' => {
                        let next = tokens.peek();
                        self.borrow |=
                            !matches!(next, Some(TokenTree::Punct(mark)) if mark.as_char() == '\'');
                    }
                    '!' => self.borrow = true,
                    _ => {}
                },
                TokenTree::Literal(_) => {}
            }
        }
    }
}

/// Whether a lifetime of this name is longer than the run.
fn outlives(model: &Model<'_>, name: &TokenTree) -> bool {
    let TokenTree::Ident(name) = name else {
        return false;
    };
    name == "static"
        || model
            .generics
            .lifetimes()
            .any(|param| param.lifetime.ident == *name)
}
