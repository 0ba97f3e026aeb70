//! What options make of an output: an `Option`, a `Result`, a `Vec` of it.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::syntax::Options;

/// How an output differs from what the body of its step returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each of them is an option that a step has or has not"
)]
pub(crate) struct Wrap {
    /// `when`: an `Option`.
    pub(crate) when: bool,
    /// `optional`: a `Result`, of the whole or of each item.
    pub(crate) optional: bool,
    /// `each`: a `Vec`.
    pub(crate) each: bool,
    /// `batch`: the body returns the `Vec` itself.
    pub(crate) batch: bool,
    /// A step that runs apart from the run reads it: the run holds a count of it.
    pub(crate) counted: bool,
}

impl Wrap {
    pub(crate) fn of(options: &Options) -> Self {
        Self {
            when: options.when.is_some(),
            optional: options.optional.is_some(),
            each: options.each.is_some(),
            batch: options.batch.is_some(),
            counted: false,
        }
    }

    /// The same for the value itself, where the run holds a count of it.
    pub(crate) const fn uncounted(self) -> Self {
        Self {
            counted: false,
            ..self
        }
    }

    /// The type of an item, or of the whole where there is but one: of what the body returns.
    pub(crate) fn item(self, ty: &TokenStream) -> TokenStream {
        if self.batch {
            quote_spanned!(Span::mixed_site()=> <#ty as ::core::iter::IntoIterator>::Item)
        } else {
            ty.clone()
        }
    }

    /// The type of the value, as the run holds it.
    pub(crate) fn owned(self, facade: &TokenStream, ty: &TokenStream) -> TokenStream {
        let span = Span::mixed_site();
        let mut owned = self.item(ty);
        if self.optional {
            owned = quote_spanned!(span=> ::core::result::Result<#owned, #facade::StepFailure>);
        }
        if self.each {
            owned = quote_spanned!(span=> ::std::vec::Vec<#owned>);
        }
        if self.when {
            owned = quote_spanned!(span=> ::core::option::Option<#owned>);
        }
        owned
    }

    /// The type of the value, as a reader gets it.
    pub(crate) fn lent(self, facade: &TokenStream, ty: &TokenStream, span: Span) -> TokenStream {
        let whole = if self.optional && !self.each {
            quote_spanned!(span=> ::core::result::Result<&#ty, &#facade::StepFailure>)
        } else {
            let inner = Self {
                when: false,
                ..self
            };
            let inner = inner.owned(facade, ty);
            quote_spanned!(span=> &#inner)
        };
        if self.when {
            quote_spanned!(span=> ::core::option::Option<#whole>)
        } else {
            whole
        }
    }

    /// Out of a reference to what the run holds, what a reader gets; of a count, the reference: see `expand::spawn`.
    pub(crate) fn lend(self, reference: &TokenStream) -> TokenStream {
        if self.counted {
            return reference.clone();
        }
        let span = Span::mixed_site();
        match (self.when, self.optional && !self.each) {
            (false, false) => reference.clone(),
            (false, true) => quote_spanned!(span=> ::core::result::Result::as_ref(#reference)),
            (true, false) => quote_spanned!(span=> ::core::option::Option::as_ref(#reference)),
            (true, true) => quote_spanned! {span=>
                ::core::option::Option::as_ref(#reference).map(::core::result::Result::as_ref)
            },
        }
    }

    /// Out of what a reader gets, what the run would hold: a clone.
    pub(crate) fn cloned(self, lent: &TokenStream, span: Span) -> TokenStream {
        let clone = quote_spanned!(span=> ::core::clone::Clone::clone);
        match (self.when, self.optional && !self.each) {
            (false, false) => quote_spanned!(span=> #clone(#lent)),
            (false, true) => quote_spanned!(span=> #lent.map(#clone).map_err(#clone)),
            (true, false) => quote_spanned!(span=> #lent.map(#clone)),
            (true, true) => {
                quote_spanned!(span=> #lent.map(|__one| __one.map(#clone).map_err(#clone)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_what_the_options_say() {
        let (facade, ty) = (TokenStream::new(), quote::quote!(T));
        let lent = |when, optional, each| {
            let wrap = Wrap {
                when,
                optional,
                each,
                batch: false,
                counted: false,
            };
            let text = wrap.lent(&facade, &ty, Span::call_site()).to_string();
            text.replace(":: core :: option :: ", "")
                .replace(":: core :: result :: ", "")
                .replace(":: std :: vec :: ", "")
                .replace(":: StepFailure", "StepFailure")
                .replace(' ', "")
        };
        assert_eq!(lent(false, false, false), "&T");
        assert_eq!(lent(false, true, false), "Result<&T,&StepFailure>");
        assert_eq!(lent(true, false, false), "Option<&T>");
        assert_eq!(lent(true, true, false), "Option<Result<&T,&StepFailure>>");
        assert_eq!(lent(false, false, true), "&Vec<T>");
        assert_eq!(lent(false, true, true), "&Vec<Result<T,StepFailure>>");
        assert_eq!(
            lent(true, true, true),
            "Option<&Vec<Result<T,StepFailure>>>"
        );
    }
}
