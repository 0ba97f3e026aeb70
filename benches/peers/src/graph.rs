//! The graphs that every contender is put to.

/// What depends on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// 10 steps that each read the one before.
    ShortChain,
    /// 100 of them.
    Chain,
    /// A step, two that read it, and one that reads both.
    Diamond,
    /// A step, 8 that read it, and one that reads them all.
    Fan,
    /// The same with 100 in the middle.
    WideFan,
    /// 10 layers of 10 steps, of which each reads up to three of the layer before: no barrier between layers.
    Layered,
    /// A step, branches of 8, 4 and 1 steps that begin with it, and one that reads the ends of all three.
    Skewed,
    /// 10 steps that depend on nothing.
    Independent,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ShortChain,
        Self::Chain,
        Self::Diamond,
        Self::Fan,
        Self::WideFan,
        Self::Layered,
        Self::Skewed,
        Self::Independent,
    ];

    /// The name in the tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ShortChain => "chain 10",
            Self::Chain => "chain 100",
            Self::Diamond => "diamond",
            Self::Fan => "fan 1-8-1",
            Self::WideFan => "fan 1-100-1",
            Self::Layered => "layered 10 x 10",
            Self::Skewed => "skewed 8-4-1",
            Self::Independent => "independent 10",
        }
    }
}

/// Steps, and what each of them reads.
///
/// A step gives one more than what it reads, added up; a step that reads no other reads 1. The result of a run is what the
/// steps give that no other reads, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// For each step the earlier steps that it reads, each once.
    pub steps: Vec<Vec<usize>>,
}

impl Graph {
    /// The graph of a shape: always the same.
    #[must_use]
    pub fn of(shape: Shape) -> Self {
        let steps = match shape {
            Shape::ShortChain => chain(10),
            Shape::Chain => chain(100),
            Shape::Diamond => fan(2),
            Shape::Fan => fan(8),
            Shape::WideFan => fan(100),
            Shape::Layered => layered(10, 10),
            Shape::Skewed => skewed(&[8, 4, 1]),
            Shape::Independent => vec![vec![]; 10],
        };
        Self { steps }
    }

    /// For each step those that read it.
    #[must_use]
    pub fn readers(&self) -> Vec<Vec<usize>> {
        let mut readers = vec![vec![]; self.steps.len()];
        for (at, reads) in self.steps.iter().enumerate() {
            for read in reads {
                readers[*read].push(at);
            }
        }
        readers
    }

    /// The steps that no other reads.
    #[must_use]
    pub fn ends(&self) -> Vec<usize> {
        let readers = self.readers();
        (0..self.steps.len())
            .filter(|step| readers[*step].is_empty())
            .collect()
    }

    /// The steps in levels: each right after the last of those that it reads.
    #[must_use]
    pub fn levels(&self) -> Vec<Vec<usize>> {
        let mut level_of: Vec<usize> = Vec::new();
        let mut levels: Vec<Vec<usize>> = Vec::new();
        for (at, reads) in self.steps.iter().enumerate() {
            let level = reads
                .iter()
                .map(|read| level_of[*read] + 1)
                .max()
                .unwrap_or(0);
            level_of.push(level);
            if level == levels.len() {
                levels.push(Vec::new());
            }
            levels[level].push(at);
        }
        levels
    }

    /// How many others a single step reads at most.
    #[must_use]
    pub fn most_reads(&self) -> usize {
        self.steps.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// What a run must give.
    #[must_use]
    pub fn result(&self) -> u64 {
        let mut numbers: Vec<u64> = Vec::new();
        for reads in &self.steps {
            let read: u64 = reads.iter().map(|read| numbers[*read]).sum();
            numbers.push(if reads.is_empty() { 2 } else { read + 1 });
        }
        self.ends().iter().map(|end| numbers[*end]).sum()
    }
}

fn chain(steps: usize) -> Vec<Vec<usize>> {
    (0..steps)
        .map(|at| at.checked_sub(1).into_iter().collect())
        .collect()
}

fn fan(width: usize) -> Vec<Vec<usize>> {
    let mut steps = vec![vec![0]; width + 2];
    steps[0] = vec![];
    steps[width + 1] = (1..=width).collect();
    steps
}

/// Each step reads the one of its own place, and up to two others that are drawn, always the same ones.
fn layered(layers: usize, width: usize) -> Vec<Vec<usize>> {
    let mut seed: u64 = 42;
    let mut drawn = move || {
        // The constants of Knuth's MMIX.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % width
    };
    let mut steps = vec![vec![]; width];
    for before in 0..layers - 1 {
        for own in 0..width {
            let mut reads: Vec<usize> = [own, drawn(), drawn()]
                .iter()
                .map(|place| before * width + place)
                .collect();
            reads.sort_unstable();
            reads.dedup();
            steps.push(reads);
        }
    }
    steps
}

fn skewed(branches: &[usize]) -> Vec<Vec<usize>> {
    let mut steps = vec![vec![]];
    let mut ends = Vec::new();
    for length in branches {
        for at in 0..*length {
            let before = if at == 0 { 0 } else { steps.len() - 1 };
            steps.push(vec![before]);
        }
        ends.push(steps.len() - 1);
    }
    steps.push(ends);
    steps
}

#[cfg(test)]
mod tests {
    use super::{Graph, Shape};

    #[test]
    fn the_steps_that_no_other_reads_are_the_last_ones() {
        for shape in Shape::ALL {
            let graph = Graph::of(shape);
            let ends = graph.ends();
            assert!(ends.iter().copied().eq(ends[0]..graph.steps.len()));
        }
    }

    #[test]
    fn results_are_those_worked_out_by_hand() {
        let result = |shape| Graph::of(shape).result();
        assert_eq!(result(Shape::Chain), 101);
        assert_eq!(result(Shape::Diamond), 7);
        assert_eq!(result(Shape::Fan), 8 * 3 + 1);
        assert_eq!(result(Shape::Skewed), 10 + 6 + 3 + 1);
        assert_eq!(result(Shape::Independent), 20);
    }

    #[test]
    fn branches_of_uneven_length_share_levels() {
        let levels = Graph::of(Shape::Skewed).levels();
        let widths: Vec<usize> = levels.iter().map(Vec::len).collect();
        assert_eq!(widths, [1, 3, 2, 2, 2, 1, 1, 1, 1, 1]);
    }
}
