//! The walk over the syntax tree of one source.

use std::{collections::HashSet, ops::Range};

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::{
    Attribute, Expr, FnArg, GenericArgument, Ident, Item, Meta, PathArguments, ReturnType,
    Signature, Type, Visibility, punctuated::Punctuated, spanned::Spanned, token, visit::Visit,
};

use crate::{
    comments::Layout,
    findings::{Finding, Found, Role},
};

/// A guard whose `unwrap` only fails after another thread has panicked: that is how it is meant to be used.
const GUARDS: [&str; 3] = ["lock", "read", "write"];

/// Methods that give an `Option`, on which `?` does not fit a function that returns a `Result`.
const OPTIONS: [&str; 14] = [
    "as_mut",
    "as_ref",
    "file_name",
    "first",
    "get",
    "get_mut",
    "last",
    "next",
    "next_back",
    "parent",
    "pop",
    "strip_prefix",
    "strip_suffix",
    "take",
];

/// Walks over a syntax tree from its root, keeping track of where it is.
pub(crate) struct Walk<'a> {
    layout: &'a Layout<'a>,
    text: &'a str,
    /// Where the parsed code starts in `text`.
    offset: usize,
    long: usize,
    /// Code here is for tests.
    test: bool,
    /// What is public here can be named by others, and needs docs.
    public: bool,
    /// `?` may stand here, as the function or closure returns a `Result`.
    carries: bool,
    /// Types of this source that are not public: their methods are not either.
    private: HashSet<String>,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    /// Prepares the search of a source.
    pub(crate) fn new(
        layout: &'a Layout<'a>,
        text: &'a str,
        offset: usize,
        role: Role,
        long: usize,
    ) -> Self {
        Self {
            layout,
            text,
            offset,
            long,
            test: role == Role::Test,
            public: role == Role::Library,
            carries: false,
            private: HashSet::new(),
            findings: Vec::new(),
        }
    }

    /// Walks over the whole source.
    pub(crate) fn run(mut self, file: &syn::File) -> Vec<Finding> {
        self.private = private_types(&file.items).collect();
        self.public &= !file.attrs.iter().any(excuses_docs);
        self.visit_file(file);
        self.findings
    }

    fn find(&mut self, span: Span, what: Found) {
        if !self.test {
            let line = span.start().line;
            let site = self.bytes(span);
            self.findings.push(Finding { line, what, site });
        }
    }

    fn bytes(&self, span: Span) -> Range<usize> {
        let range = span.byte_range();
        range.start + self.offset..range.end + self.offset
    }

    fn written(&self, span: Span) -> &'a str {
        &self.text[self.bytes(span)]
    }

    /// Runs `walk` with another state, and puts the state back.
    fn within(&mut self, change: impl FnOnce(&mut Self), walk: impl FnOnce(&mut Self)) {
        let (test, public, carries) = (self.test, self.public, self.carries);
        change(self);
        walk(self);
        (self.test, self.public, self.carries) = (test, public, carries);
    }

    fn needs_docs(&mut self, attrs: &[Attribute], vis: &Visibility, kind: &str, name: &Ident) {
        if matches!(vis, Visibility::Public(_)) {
            self.must_have_docs(attrs, kind, name);
        }
    }

    fn must_have_docs(&mut self, attrs: &[Attribute], kind: &str, name: &Ident) {
        if self.public && !is_documented(attrs) {
            let item = format!("{kind} `{name}`");
            self.find(name.span(), Found::MissingDocs { item });
        }
    }

    fn function(&mut self, sig: &Signature, braces: &token::Brace) {
        let first = sig.span().start().line;
        let last = braces.span.close().end().line;
        let lines = self.layout.lines_of_code(first, last);
        if lines > self.long {
            let name = sig.ident.to_string();
            self.find(sig.ident.span(), Found::LongFunction { name, lines });
        }
    }

    fn parameters(&mut self, sig: &Signature) {
        for input in &sig.inputs {
            if let FnArg::Typed(input) = input
                && let Some((span, given, better)) = self.borrowed_form(&input.ty)
            {
                self.find(span, Found::OwnedParameter { given, better });
            }
        }
    }

    /// The type as it is written, and the one that accepts more callers, if there is one.
    fn borrowed_form(&self, ty: &Type) -> Option<(Span, String, String)> {
        let Type::Reference(reference) = ty else {
            return None;
        };
        let Type::Path(target) = &*reference.elem else {
            return None;
        };
        let last = target.path.segments.last()?;
        let borrowed = match &last.arguments {
            PathArguments::None if last.ident == "String" => "str".to_owned(),
            PathArguments::AngleBracketed(generics) if last.ident == "Vec" => {
                let Some(GenericArgument::Type(item)) = generics.args.first() else {
                    return None;
                };
                format!("[{}]", self.written(item.span()))
            }
            _ => return None,
        };
        let given = self.written(ty.span());
        let mark = given.strip_suffix(self.written(target.span()))?;
        // What may be changed may also grow, which the borrowed form cannot.
        (!mark.contains("mut")).then(|| (ty.span(), given.to_owned(), format!("{mark}{borrowed}")))
    }

    /// Finds `.unwrap()` among tokens that only the macro they are for can parse.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for window in tokens.windows(3) {
            if let [
                TokenTree::Punct(dot),
                TokenTree::Ident(name),
                TokenTree::Group(args),
            ] = window
                && dot.as_char() == '.'
                && name == "unwrap"
                && args.delimiter() == Delimiter::Parenthesis
                && args.stream().is_empty()
            {
                let span = dot.span().join(args.span()).unwrap_or(dot.span());
                self.find(span, Found::Unwrap { carries: false });
            }
        }
        for token in tokens {
            if let TokenTree::Group(group) = token {
                self.tokens(group.stream());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attrs = attributes(item);
        self.within(
            |this| {
                this.test |= attrs.iter().any(is_for_tests);
                this.public &= !attrs.iter().any(excuses_docs);
            },
            |this| {
                match item {
                    Item::Const(i) => this.needs_docs(&i.attrs, &i.vis, "constant", &i.ident),
                    Item::Enum(i) => this.needs_docs(&i.attrs, &i.vis, "enum", &i.ident),
                    Item::Fn(i) => this.needs_docs(&i.attrs, &i.vis, "function", &i.sig.ident),
                    // The docs of a module in another file may stand in that file.
                    Item::Mod(i) if i.content.is_some() => {
                        this.needs_docs(&i.attrs, &i.vis, "module", &i.ident);
                    }
                    Item::Static(i) => this.needs_docs(&i.attrs, &i.vis, "static", &i.ident),
                    Item::Struct(i) => this.needs_docs(&i.attrs, &i.vis, "struct", &i.ident),
                    Item::Trait(i) => this.needs_docs(&i.attrs, &i.vis, "trait", &i.ident),
                    Item::Type(i) => this.needs_docs(&i.attrs, &i.vis, "type", &i.ident),
                    Item::Union(i) => this.needs_docs(&i.attrs, &i.vis, "union", &i.ident),
                    Item::Macro(i) => {
                        if let Some(name) = &i.ident
                            && i.attrs
                                .iter()
                                .any(|attr| attr.path().is_ident("macro_export"))
                        {
                            this.must_have_docs(&i.attrs, "macro", name);
                        }
                    }
                    _ => {}
                }
                syn::visit::visit_item(this, item);
            },
        );
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let public = matches!(module.vis, Visibility::Public(_));
        self.within(
            |this| this.public &= public,
            |this| syn::visit::visit_item_mod(this, module),
        );
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let public = matches!(item.vis, Visibility::Public(_));
        self.within(
            |this| this.public &= public,
            |this| {
                for field in &item.fields {
                    if let Some(name) = &field.ident {
                        this.needs_docs(&field.attrs, &field.vis, "field", name);
                    }
                }
            },
        );
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        if !matches!(item.vis, Visibility::Public(_)) {
            return;
        }
        for variant in &item.variants {
            self.must_have_docs(&variant.attrs, "variant", &variant.ident);
            for field in &variant.fields {
                if let Some(name) = &field.ident {
                    self.must_have_docs(&field.attrs, "field", name);
                }
            }
        }
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let public = matches!(item.vis, Visibility::Public(_));
        self.within(
            |this| this.public &= public,
            |this| syn::visit::visit_item_trait(this, item),
        );
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        match item {
            syn::TraitItem::Const(i) => self.must_have_docs(&i.attrs, "constant", &i.ident),
            syn::TraitItem::Fn(i) => self.must_have_docs(&i.attrs, "function", &i.sig.ident),
            syn::TraitItem::Type(i) => self.must_have_docs(&i.attrs, "type", &i.ident),
            _ => {}
        }
        syn::visit::visit_trait_item(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.sig, &body.brace_token);
        }
        self.within(
            |this| this.enter(&item.sig.output),
            |this| syn::visit::visit_trait_item_fn(this, item),
        );
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        // What a trait asks for is documented there, and its signatures are given.
        let inherent = item.trait_.is_none();
        let private = last_name(&item.self_ty).is_some_and(|name| self.private.contains(&name));
        self.within(
            |this| this.public &= inherent && !private,
            |this| {
                for member in &item.items {
                    if let syn::ImplItem::Fn(method) = member
                        && inherent
                    {
                        this.needs_docs(&method.attrs, &method.vis, "function", &method.sig.ident);
                        this.within(
                            |this| this.test |= method.attrs.iter().any(is_for_tests),
                            |this| this.parameters(&method.sig),
                        );
                    }
                    this.visit_impl_item(member);
                }
            },
        );
    }

    fn visit_impl_item_fn(&mut self, method: &'ast syn::ImplItemFn) {
        let test = method.attrs.iter().any(is_for_tests);
        self.within(
            |this| {
                this.test |= test;
                this.enter(&method.sig.output);
            },
            |this| {
                this.function(&method.sig, &method.block.brace_token);
                syn::visit::visit_impl_item_fn(this, method);
            },
        );
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block.brace_token);
        self.parameters(&item.sig);
        self.within(
            |this| this.enter(&item.sig.output),
            |this| syn::visit::visit_item_fn(this, item),
        );
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.within(
            |this| this.enter(&closure.output),
            |this| syn::visit::visit_expr_closure(this, closure),
        );
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.within(
            |this| this.carries = false,
            |this| syn::visit::visit_expr_async(this, block),
        );
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "unwrap" && call.args.is_empty() {
            let receiver = match &*call.receiver {
                Expr::MethodCall(inner) => Some(inner),
                _ => None,
            };
            let guard = receiver.is_some_and(|inner| {
                inner.args.is_empty() && GUARDS.iter().any(|name| inner.method == name)
            });
            let option = receiver.is_some_and(|inner| {
                let name = inner.method.to_string();
                name.starts_with("checked_") || OPTIONS.contains(&name.as_str())
            });
            if !guard {
                let dot = call.dot_token.span();
                let span = dot.join(call.paren_token.span.close()).unwrap_or(dot);
                let carries = self.carries && !option;
                self.find(span, Found::Unwrap { carries });
            }
        }
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.tokens(mac.tokens.clone());
    }
}

impl Walk<'_> {
    /// Goes into the body of a function or closure.
    fn enter(&mut self, output: &ReturnType) {
        // What is public in a body cannot be named outside of it.
        self.public = false;
        self.carries = match output {
            ReturnType::Type(_, ty) => last_name(ty).is_some_and(|name| name == "Result"),
            ReturnType::Default => false,
        };
    }
}

fn private_types(items: &[Item]) -> impl Iterator<Item = String> {
    items.iter().filter_map(|item| {
        let (vis, name) = match item {
            Item::Struct(item) => (&item.vis, &item.ident),
            Item::Enum(item) => (&item.vis, &item.ident),
            Item::Union(item) => (&item.vis, &item.ident),
            _ => return None,
        };
        (!matches!(vis, Visibility::Public(_))).then(|| name.to_string())
    })
}

fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

fn is_documented(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("doc"))
}

/// `#[doc(hidden)]`, `#[allow(missing_docs)]`, `#[expect(missing_docs)]`: what is in there needs no docs either.
fn excuses_docs(attr: &Attribute) -> bool {
    let Meta::List(list) = &attr.meta else {
        return false;
    };
    let names = |word: &str| {
        let mut tokens = list.tokens.clone().into_iter();
        tokens.any(|token| matches!(token, TokenTree::Ident(name) if name == word))
    };
    let path = &list.path;
    path.is_ident("doc") && names("hidden")
        || (path.is_ident("allow") || path.is_ident("expect")) && names("missing_docs")
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]` and the like.
fn is_for_tests(attr: &Attribute) -> bool {
    let path = attr.path();
    if path.is_ident("cfg") {
        return attr
            .parse_args()
            .is_ok_and(|meta| holds_in_tests_only(&meta));
    }
    path.segments
        .last()
        .is_some_and(|last| last.ident == "test")
}

fn holds_in_tests_only(meta: &Meta) -> bool {
    match meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => list
            .parse_args_with(Punctuated::<Meta, token::Comma>::parse_terminated)
            .is_ok_and(|parts| parts.iter().any(holds_in_tests_only)),
        _ => false,
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        _ => &[],
    }
}
