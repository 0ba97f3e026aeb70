//! Who is being asked whether it can do a task.

use std::cell::RefCell;

thread_local! {
    static ASKED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Somebody is being asked on this thread, as long as this lives. Agents may stand in each other, and even in themselves:
/// one that is asked by whom it asks has nobody else to offer.
pub(super) struct Asking(usize);

impl Asking {
    /// None where it is being asked already.
    pub(super) fn begin<T>(who: &T) -> Option<Self> {
        let who = std::ptr::from_ref(who).addr();
        ASKED.with_borrow_mut(|asked| {
            let is_new = !asked.contains(&who);
            is_new.then(|| {
                asked.push(who);
                Self(who)
            })
        })
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKED.with_borrow_mut(|asked| asked.retain(|who| *who != self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::Asking;

    #[test]
    fn nobody_is_asked_inside_its_own_question() {
        let (one, other) = (1_u8, 2_u8);
        let asking = Asking::begin(&one);
        assert!(asking.is_some() && Asking::begin(&one).is_none());
        assert!(Asking::begin(&other).is_some());
        drop(asking);
        assert!(Asking::begin(&one).is_some());
    }
}
