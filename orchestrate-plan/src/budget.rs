//! A bound on work that is not linear, so that hostile input ends in bounded time.

/// Work that may still be done, in units that its user documents.
#[derive(Debug)]
pub(crate) struct Budget {
    left: u64,
}

impl Budget {
    pub(crate) const fn new(units: u64) -> Self {
        Self { left: units }
    }

    /// Whether `units` of work may be done; if so they are taken. Once a request was refused, all
    /// later ones are: what is left out is then a tail, and not holes at random places.
    pub(crate) fn spend(&mut self, units: u64) -> bool {
        let left = self.left.checked_sub(units);
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn a_refusal_is_final() {
        let mut budget = Budget::new(10);
        assert!(budget.spend(10));
        assert!(budget.spend(0));
        let mut budget = Budget::new(10);
        assert!(!budget.spend(11));
        assert!(!budget.spend(1));
    }
}
