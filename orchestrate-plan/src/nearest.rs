//! What somebody may have meant by an unknown name.

use crate::budget::Budget;

/// The most that is spent on all unknown names of a graph together, in names looked at and in pairs
/// of letters compared.
const ALTOGETHER: u64 = 1 << 22;

/// Names with more letters than this are not compared.
const LONGEST: usize = 256;

/// How many names are offered at most.
const OFFERED: usize = 3;

/// The names that somebody may have meant by `word`, the nearest first and at most three.
///
/// ```
/// use orchestrate_plan::nearest;
///
/// assert_eq!(nearest("agnet", ["agent", "tool", "mcp"]), ["agent"]);
/// assert!(nearest("planner", ["agent", "tool", "mcp"]).is_empty());
/// ```
#[must_use]
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    Nearest::new(names.into_iter()).find(word, &[])
}

/// Names that exist, prepared for comparing.
pub(crate) struct Nearest<'g> {
    names: Vec<Name<'g>>,
    budget: Budget,
}

struct Name<'g> {
    declared: &'g str,
    /// In lower case: a name that differs in nothing but case is the nearest that there is.
    folded: String,
    letters: usize,
}

impl<'g> Name<'g> {
    fn new(name: &'g str) -> Option<Self> {
        // A letter takes four bytes at most: a look at the bytes spares counting what is far too
        // long.
        let folded = (name.len() <= 4 * LONGEST).then(|| name.to_lowercase())?;
        let letters = folded.chars().count();
        (letters <= LONGEST).then_some(Self {
            declared: name,
            folded,
            letters,
        })
    }
}

impl<'g> Nearest<'g> {
    pub(crate) fn new(names: impl Iterator<Item = &'g str>) -> Self {
        Self {
            names: names.filter_map(Name::new).collect(),
            budget: Budget::new(ALTOGETHER),
        }
    }

    /// The names that are near `word`, the nearest first and at most three; of equals the first
    /// declared. Those in `taken` are not offered. None once the budget is spent.
    ///
    /// Near means what it means to rustc (`rustc_span::edit_distance`): at most a third of the
    /// letters are wrong, where two letters that have changed places count as one, and one is
    /// right; or the same words stand in another order (`report_draft` and `draft_report`).
    pub(crate) fn find(&mut self, word: &str, taken: &[&[String]]) -> Vec<String> {
        let Some(word) = Name::new(word) else {
            return Vec::new();
        };
        let allowed = word.letters.max(3) / 3;
        let word_parts = sorted_parts(&word.folded);
        let mut near: Vec<(usize, &str)> = Vec::new();
        for candidate in &self.names {
            if !self.budget.spend(1) {
                break;
            }
            // Too different in length, and no permutation either: nothing to compare.
            if candidate.letters.abs_diff(word.letters) > allowed {
                continue;
            }
            if !self.budget.spend((candidate.letters * word.letters) as u64) {
                break;
            }
            let distance = strsim::damerau_levenshtein(&candidate.folded, &word.folded);
            let is_permuted =
                || word_parts.len() > 1 && sorted_parts(&candidate.folded) == word_parts;
            // Where every letter is wrong nothing is near: that concerns names of one letter.
            if (distance <= allowed && distance < word.letters) || is_permuted() {
                near.push((distance, candidate.declared));
            }
        }
        near.sort_by_key(|&(distance, _)| distance);
        near.dedup_by_key(|&mut (_, name)| name);
        let names_taken = taken.iter().map(|names| names.len() as u64).sum();
        let mut is_offered = |name: &str| {
            self.budget.spend(names_taken)
                && !taken
                    .iter()
                    .any(|names| names.iter().any(|other| other == name))
        };
        near.into_iter()
            .map(|(_, name)| name.to_owned())
            .filter(|name| is_offered(name))
            .take(OFFERED)
            .collect()
    }
}

/// The words of a name in snake case, sorted.
fn sorted_parts(name: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = name.split('_').collect();
    parts.sort_unstable();
    parts
}

#[cfg(test)]
mod tests {
    use super::Nearest;

    fn check(names: &[&str], word: &str, expected: &[&str]) {
        assert_eq!(
            Nearest::new(names.iter().copied()).find(word, &[]),
            expected,
            "{word}"
        );
    }

    #[test]
    fn near_is_a_third_of_the_letters() {
        check(&["files", "report"], "reprot", &["report"]);
        check(&["files", "report"], "rpt", &[]);
        check(&["pr"], "pt", &["pr"]);
        check(&["a"], "xyz", &[]);
        check(&["a"], "b", &[]);
    }

    #[test]
    fn the_nearest_comes_first() {
        check(
            &["reviews", "revue", "review", "preview"],
            "reviev",
            &["review", "reviews", "revue"],
        );
    }

    #[test]
    fn case_and_the_order_of_words_do_not_count() {
        check(
            &["max_size", "PullRequest"],
            "pullrequest",
            &["PullRequest"],
        );
        check(&["max_size", "PullRequest"], "size_max", &["max_size"]);
    }

    #[test]
    fn names_that_may_not_be_offered_are_not() {
        let mut nearest = Nearest::new(["report", "reports"].into_iter());
        assert_eq!(
            nearest.find("reprot", &[&["report".to_owned()]]),
            ["reports"]
        );
    }

    #[test]
    #[cfg_attr(miri, ignore = "too large for an interpreter")]
    fn long_names_and_many_names_end() {
        let long = "x".repeat(100_000);
        check(&[&long], &long, &[]);
        let names: Vec<String> = (0..10_000).map(|i| format!("name_{i}")).collect();
        let mut nearest = Nearest::new(names.iter().map(String::as_str));
        let found = names
            .iter()
            .filter(|name| !nearest.find(&format!("{name}x"), &[]).is_empty())
            .count();
        assert!((1..names.len()).contains(&found), "{found}");
    }
}
