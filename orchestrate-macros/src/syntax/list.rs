//! Lists, with what may stand between their commas.

use proc_macro2::TokenTree;
use syn::{Ident, Token, ext::IdentExt, parse::ParseStream};

use super::resync;
use crate::{
    message::{self, Message},
    report::Report,
};

/// Reads a list, item by item: a mistake costs its item, and a comma too many costs nothing. `otherwise` says what an item
/// is, for one that goes on where a comma should be.
pub(super) fn comma_separated(
    list: ParseStream<'_>,
    otherwise: &Message,
    report: &mut Report,
    incomplete: &mut bool,
    item: &mut dyn FnMut(ParseStream<'_>, &mut Report) -> syn::Result<()>,
) {
    while !list.is_empty() {
        if list.peek(Token![,]) {
            report.error_at(resync::here(list), &message::comma());
        } else {
            let mut failed = false;
            if let Err(error) = item(list, report) {
                report.parse_error(error);
                failed = true;
            } else if !list.is_empty() && !list.peek(Token![,]) {
                if list.peek(Ident::peek_any) {
                    // The next item, without its comma.
                    report.error_at(resync::here(list), &message::expected_comma());
                    continue;
                }
                report.error_at(resync::here(list), otherwise);
                failed = true;
            }
            if failed {
                *incomplete = true;
                while !list.is_empty() && !list.peek(Token![,]) {
                    if list.parse::<TokenTree>().is_err() {
                        return;
                    }
                }
            }
        }
        let _: Option<Token![,]> = list.parse().ok();
    }
}
