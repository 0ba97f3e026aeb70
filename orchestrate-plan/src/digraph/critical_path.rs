//! The critical path: what a run takes when everything starts as soon as it can.

/// The longest chain of steps that depend on one another: no run can be shorter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CriticalPath {
    /// The steps of the path, from the first to the last. Among paths of one length it is the one
    /// whose last step was declared first, and so on backwards. Empty for a workflow without steps.
    pub steps: Vec<usize>,
    /// The sum of the weights of these steps; `u64::MAX` when it is more than that.
    pub length: u64,
}

/// The critical path over `order`, in which no vertex stands before one that it depends on. O(V +
/// E).
///
/// `weight` is asked once for each vertex, in ascending order.
///
/// The length of the longest path that ends in a vertex is its weight, and the longest length among
/// its dependencies (R. Sedgewick, K. Wayne, "Algorithms", 4th edition, section 4.4: the critical
/// path method).
pub(crate) fn critical_path<'a>(
    order: impl Iterator<Item = usize>,
    count: usize,
    dependencies: impl Fn(usize) -> &'a [usize],
    weight: impl FnMut(usize) -> u64,
) -> CriticalPath {
    // In 128 bits no sum overflows, so that the path is exact even where its length is cut to 64.
    let mut length: Vec<u128> = (0..count).map(weight).map(u128::from).collect();
    let mut comes_from = vec![None; count];
    for vertex in order {
        // `max_by_key` keeps the last of equals; reversed, that is the one declared first.
        if let Some(&longest) = dependencies(vertex)
            .iter()
            .rev()
            .max_by_key(|&&dependency| length[dependency])
        {
            length[vertex] += length[longest];
            comes_from[vertex] = Some(longest);
        }
    }
    let Some(last) = (0..count).rev().max_by_key(|&vertex| length[vertex]) else {
        return CriticalPath::default();
    };
    let mut steps: Vec<usize> =
        core::iter::successors(Some(last), |&vertex| comes_from[vertex]).collect();
    steps.reverse();
    CriticalPath {
        steps,
        length: u64::try_from(length[last]).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::{CriticalPath, critical_path};
    use crate::digraph::{levels::Levels, testing::digraph};

    fn check<const N: usize>(
        dependencies: [&[usize]; N],
        weights: [u64; N],
        steps: &[usize],
        length: u64,
    ) {
        let graph = digraph(dependencies);
        let levels = Levels::new(&graph).expect("no cycle");
        let order = levels.order().iter().copied();
        let path = critical_path(
            order,
            N,
            |vertex| graph.dependencies(vertex),
            |vertex| weights[vertex],
        );
        assert_eq!(
            path,
            CriticalPath {
                steps: steps.to_vec(),
                length
            }
        );
    }

    #[test]
    fn the_longest_is_not_the_one_with_the_most_steps() {
        check(
            [&[], &[0], &[1], &[], &[2, 3]],
            [1, 1, 1, 9, 1],
            &[3, 4],
            10,
        );
    }

    #[test]
    fn of_equals_the_first_declared() {
        check([&[], &[], &[0, 1], &[0, 1]], [2, 2, 5, 5], &[0, 2], 7);
    }

    #[test]
    fn a_sum_does_not_overflow() {
        check([&[], &[0]], [u64::MAX, 1], &[0, 1], u64::MAX);
    }

    #[test]
    fn nothing_takes_no_time() {
        check([], [], &[], 0);
    }
}
