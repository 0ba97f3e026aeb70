//! The definitions, written down as they are spoken.

/// `reaches[v][u]`: whether `v` depends on `u`, directly or not (S. Warshall, "A theorem on Boolean
/// matrices", 1962).
pub(crate) fn closure(depends: &[Vec<bool>]) -> Vec<Vec<bool>> {
    let count = depends.len();
    let mut reaches = depends.to_vec();
    for middle in 0..count {
        for from in 0..count {
            for to in 0..count {
                reaches[from][to] |= reaches[from][middle] && reaches[middle][to];
            }
        }
    }
    reaches
}

/// The batch of each step: repeats the rule until nothing changes.
pub(crate) fn batches(depends: &[Vec<bool>]) -> Vec<usize> {
    let count = depends.len();
    let mut batch = vec![0; count];
    for _ in 0..count {
        for step in 0..count {
            let highest = (0..count)
                .filter(|&other| depends[step][other])
                .map(|other| batch[other] + 1)
                .max();
            batch[step] = highest.unwrap_or(0);
        }
    }
    batch
}

/// Whether a natural barrier lies behind batch `cut`: every step after it depends on every step
/// before it.
pub(crate) fn is_barrier(reaches: &[Vec<bool>], batch: &[usize], cut: usize) -> bool {
    let steps = || 0..batch.len();
    steps().filter(|&later| batch[later] > cut).all(|later| {
        steps()
            .filter(|&before| batch[before] <= cut)
            .all(|before| reaches[later][before])
    })
}

/// The weight of the heaviest path, by trying all of them.
pub(crate) fn heaviest(depends: &[Vec<bool>], weights: &[u64]) -> u64 {
    fn ending_in(step: usize, depends: &[Vec<bool>], weights: &[u64]) -> u64 {
        let before = (0..weights.len()).filter(|&other| depends[step][other]);
        weights[step]
            + before
                .map(|other| ending_in(other, depends, weights))
                .max()
                .unwrap_or(0)
    }
    (0..weights.len())
        .map(|step| ending_in(step, depends, weights))
        .max()
        .unwrap_or(0)
}

/// How many steps the shortest cycle through `step` has that stays inside `allowed`.
pub(crate) fn shortest_cycle(
    depends: &[Vec<bool>],
    step: usize,
    allowed: &[bool],
) -> Option<usize> {
    let count = depends.len();
    // `at[v]`: whether `v` is reached from `step` in exactly `length` edges.
    let mut at: Vec<bool> = (0..count).map(|v| v == step).collect();
    for length in 1..=count {
        at = (0..count)
            .map(|u| allowed[u] && (0..count).any(|v| at[v] && depends[v][u]))
            .collect();
        if at[step] {
            return Some(length);
        }
    }
    None
}
