//! What the graphs look like.

use super::recorded;

/// A graph of steps: what each of them reads are indices of earlier ones.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The name of the workflow.
    pub name: String,
    /// Step by step, what it reads. One that reads nothing reads the workflow's input.
    pub reads: Vec<Vec<usize>>,
}

impl Shape {
    /// Steps that each read the one before.
    #[must_use]
    pub fn chain(steps: usize) -> Self {
        let reads = (0..steps).map(|step| step.checked_sub(1).into_iter().collect());
        Self {
            name: format!("Chain{steps}"),
            reads: reads.collect(),
        }
    }

    /// One step, many that read it, and one that reads them all.
    #[must_use]
    pub fn fan(width: usize) -> Self {
        let layers = vec![
            vec![vec![]],
            vec![vec![0]; width],
            vec![(0..width).collect()],
        ];
        let name = if width == 2 {
            "Diamond".to_owned()
        } else {
            format!("Fan{width}")
        };
        Self::layered(name, &layers)
    }

    /// Layers of which each step reads the whole layer before: a natural barrier between any two.
    #[must_use]
    pub fn dense(layers: usize, width: usize) -> Self {
        let layer = |at: usize| {
            let reads: Vec<usize> = if at == 0 {
                vec![]
            } else {
                (0..width).collect()
            };
            vec![reads; width]
        };
        let name = format!("Dense{layers}x{width}");
        Self::layered(name, &(0..layers).map(layer).collect::<Vec<_>>())
    }

    /// Layers of which each step reads up to three of the layer before, always the same ones: no natural barrier.
    #[must_use]
    pub fn sparse(layers: usize, width: usize) -> Self {
        let mut seed: u64 = 42;
        let mut random = move |below: usize| {
            // The constants of Knuth's MMIX.
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap_or(0) % below
        };
        let mut layer = |at: usize| {
            // The one before it in any case, so that every output is read.
            let mut step = |own: usize| {
                let mut reads = vec![own, random(width), random(width)];
                reads.sort_unstable();
                reads.dedup();
                reads
            };
            (0..width)
                .map(|own| if at == 0 { vec![] } else { step(own) })
                .collect::<Vec<_>>()
        };
        let name = format!("Sparse{layers}x{width}");
        Self::layered(name, &(0..layers).map(&mut layer).collect::<Vec<_>>())
    }

    /// A chain beside a single step, joined at the end: what takes longest starts first.
    #[must_use]
    pub fn skewed(chain: usize) -> Self {
        let mut layers = vec![vec![vec![]], vec![vec![0], vec![0]]];
        layers.extend((0..chain).map(|_| vec![vec![0]]));
        Self::layered(format!("Skewed{chain}"), &layers)
    }

    /// A recorded one, with levels that are uneven: the first of the units that cargo builds for the tests of this
    /// workspace, of which there are 363.
    #[must_use]
    pub fn units(most: usize) -> Self {
        let reads = recorded::units(most);
        Self {
            name: format!("Units{}", reads.len()),
            reads,
        }
    }

    /// Layer by layer, step by step, which ones of the layer before it reads.
    fn layered(name: String, layers: &[Vec<Vec<usize>>]) -> Self {
        let mut reads = Vec::new();
        let mut before = 0;
        for layer in layers {
            let start = reads.len();
            for step in layer {
                reads.push(step.iter().map(|read| before + read).collect());
            }
            before = start;
        }
        Self { name, reads }
    }

    /// How many steps there are.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.reads.len()
    }

    /// The steps, level by level: after all that they read.
    #[must_use]
    pub fn levels(&self) -> Vec<Vec<usize>> {
        let mut level_of: Vec<usize> = Vec::with_capacity(self.steps());
        let mut levels: Vec<Vec<usize>> = Vec::new();
        for (step, reads) in self.reads.iter().enumerate() {
            let after = reads.iter().map(|&read| level_of[read] + 1).max();
            let level = after.unwrap_or(0);
            level_of.push(level);
            if level == levels.len() {
                levels.push(Vec::new());
            }
            levels[level].push(step);
        }
        levels
    }

    /// How many steps its widest level has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.levels().iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Whether each step depends on all of the level before its own: then no step could start any sooner than its level.
    #[must_use]
    pub fn is_level(&self) -> bool {
        self.levels().windows(2).all(|pair| {
            let whole = |step: &usize| pair[0].iter().all(|one| self.reads[*step].contains(one));
            pair[1].iter().all(whole)
        })
    }

    /// The steps whose outputs no step reads.
    #[must_use]
    pub fn last(&self) -> Vec<usize> {
        let mut is_read = vec![false; self.steps()];
        for &read in self.reads.iter().flatten() {
            is_read[read] = true;
        }
        (0..self.steps()).filter(|&step| !is_read[step]).collect()
    }
}
