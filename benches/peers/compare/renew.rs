//! Puts the tables where they are read: between two marks in a document.

use std::{error::Error, fs, path::Path};

use crate::{report::Report, tables};

const BEGIN: &str = "<!-- peers: written by `compare --write` -->\n";
const END: &str = "<!-- /peers -->";

/// Renews the tables of the README and of the book.
pub(crate) fn documents(report: &Report) -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (name, text) in [
        ("README.md", tables::overview(report)),
        ("docs/src/peers.md", tables::whole(report)),
    ] {
        let file = root.join(name);
        let document = fs::read_to_string(&file).map_err(|error| format!("{name}: {error}"))?;
        let renewed = renewed(&document, &text)
            .ok_or_else(|| format!("{name} lacks the lines `{}` and `{END}`", BEGIN.trim()))?;
        fs::write(&file, renewed).map_err(|error| format!("{name}: {error}"))?;
        eprintln!("renewed: {name}");
    }
    Ok(())
}

fn renewed(document: &str, text: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}{BEGIN}\n{}\n\n{END}{after}",
        text.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, renewed};

    #[test]
    fn what_is_between_the_marks_is_renewed() {
        let document = format!("before\n{BEGIN}old\n{END}\nafter\n");
        let expected = format!("before\n{BEGIN}\nnew\n\n{END}\nafter\n");
        assert_eq!(renewed(&document, "new\n"), Some(expected.clone()));
        assert_eq!(renewed(&expected, "new\n"), Some(expected));
    }

    #[test]
    fn a_document_without_marks_is_left_alone() {
        assert_eq!(renewed("nothing", "new"), None);
        assert_eq!(renewed(BEGIN, "new"), None);
    }
}
