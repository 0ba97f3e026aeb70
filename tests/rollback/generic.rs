//! What is kept of a flow whose workflow depends on generics, and what becomes of what nobody wants any more.

use std::sync::Mutex;

use orchestrated::{Orchestrator, workflow};

workflow! {
    workflow Inner<T: Clone + ToString>(told: &Mutex<Vec<String>>, value: T) -> u32 {
        #[rollback(told.lock().unwrap().push(format!("undo {}", value.to_string())))]
        tool fn kept(told, value) -> u32 { let _ = told; u32::from(!value.to_string().is_empty()) }
        kept
    }

    workflow Outer<T: Clone + ToString>(told: &Mutex<Vec<String>>, value: T) -> Result<u32, String> {
        flow inner = Inner::<'told, T> { told, value };
        #[after(inner)]
        tool fn fails() -> Result<u32, String> { Err("on purpose".to_owned()) }
        Ok(inner + fails)
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_undone_with_its_run() {
    let told = Mutex::default();
    let run = Outer {
        told: &told,
        value: 7_u8,
    };
    let failure = run.run(&Orchestrator::new()).await.unwrap_err();
    assert_eq!(failure.rollbacks().len(), 1, "{failure:#}");
    assert_eq!(*told.lock().unwrap(), ["undo 7"]);
}

/// Its clones panic when they are dropped.
struct Fuse {
    is_clone: bool,
}

impl Clone for Fuse {
    fn clone(&self) -> Self {
        Self { is_clone: true }
    }
}

impl Drop for Fuse {
    fn drop(&mut self) {
        assert!(!self.is_clone, "a fuse went off");
    }
}

workflow! {
    workflow Lit() -> bool {
        #[rollback({ let _ = fuse; })]
        tool fn fuse() -> Fuse { Fuse { is_clone: false } }
        tool fn done(fuse) -> bool { !fuse.is_clone }
        done
    }
}

#[tokio::test(start_paused = true)]
async fn what_panics_when_nobody_wants_it_any_more_is_no_failure() {
    assert!(Lit {}.run(&Orchestrator::new()).await.unwrap());
}
