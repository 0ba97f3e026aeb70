//! Tuples of any length: traits are there for short ones only, so a long one is made of short ones.

use proc_macro2::{Literal, TokenStream};

/// How long a tuple is at most: for as many `orchestrate-core` implements what it asks of them.
const LENGTH: usize = 16;

/// All of these in a tuple, or in tuples in a tuple.
pub(super) fn nested(mut parts: Vec<TokenStream>) -> TokenStream {
    while parts.len() > LENGTH {
        parts = parts
            .chunks(LENGTH)
            .map(|parts| ours!((#(#parts,)*)))
            .collect();
    }
    ours!((#(#parts,)*))
}

/// Where one of them is, field by field.
pub(super) fn path(mut position: usize, mut count: usize) -> Vec<Literal> {
    let mut path = Vec::new();
    while count > LENGTH {
        path.push(Literal::usize_unsuffixed(position % LENGTH));
        (position, count) = (position / LENGTH, count.div_ceil(LENGTH));
    }
    path.push(Literal::usize_unsuffixed(position));
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize) -> Vec<TokenStream> {
        (0..count)
            .map(|number| {
                let number = Literal::usize_unsuffixed(number);
                ours!(#number)
            })
            .collect()
    }

    fn fields(position: usize, count: usize) -> String {
        let path: Vec<String> = path(position, count)
            .iter()
            .map(ToString::to_string)
            .collect();
        path.join(" . ")
    }

    #[test]
    fn a_long_one_is_made_of_short_ones() {
        assert_eq!(nested(numbers(1)).to_string(), "(0 ,)");
        assert_eq!(fields(0, 1), "0");
        let nested = nested(numbers(18)).to_string();
        assert!(nested.ends_with("15 ,) , (16 , 17 ,) ,)"), "{nested}");
        assert_eq!(fields(17, 18), "1 . 1");
        assert_eq!(fields(3, 16), "3");
        assert_eq!(fields(256, 257), "1 . 0 . 0");
        assert_eq!(fields(255, 257), "0 . 15 . 15");
    }
}
