use futures::executor::block_on;
use tracing::{Level, Metadata, Subscriber, span};

use crate::{
    Orchestrator, Workflow as _,
    testing::{AGENT, PLAIN, script, turn},
};
/// Counts the spans that are entered, and panics at one that is left without.
#[derive(Default)]
struct Counts(std::sync::Mutex<Vec<(u64, usize)>>);

impl Subscriber for Counts {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "orchestrated" && *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        let mut spans = self.0.lock().unwrap();
        let id = spans.len() as u64 + 1;
        spans.push((id, 0));
        span::Id::from_u64(id)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {}

    fn enter(&self, id: &span::Id) {
        let mut spans = self.0.lock().unwrap();
        spans
            .iter_mut()
            .find(|span| span.0 == id.into_u64())
            .unwrap()
            .1 += 1;
    }

    fn exit(&self, id: &span::Id) {
        let mut spans = self.0.lock().unwrap();
        let entered = &mut spans
            .iter_mut()
            .find(|span| span.0 == id.into_u64())
            .unwrap()
            .1;
        *entered = entered.checked_sub(1).unwrap();
    }
}

#[test]
fn what_is_entered_is_left() {
    let dispatch = tracing::Dispatch::new(Counts::default());
    tracing::dispatcher::with_default(&dispatch, || {
        for panics in [false, true] {
            let steps = script(move |run| {
                Box::pin(async move {
                    run.enter(AGENT);
                    turn().await;
                    run.enter(PLAIN);
                    turn().await;
                    run.leave(PLAIN);
                    run.enter(AGENT);
                    assert!(!panics, "on purpose");
                    run.leave(AGENT);
                    run.finish();
                    Ok(1)
                })
            });
            assert_eq!(block_on(steps.run(&Orchestrator::new())).is_err(), panics);
        }
    });
    let counts: &Counts = dispatch.downcast_ref().unwrap();
    let spans = counts.0.lock().unwrap();
    // A run, two batches and two steps, twice.
    assert_eq!(spans.len(), 10);
    assert!(spans.iter().all(|(_, entered)| *entered == 0), "{spans:?}");
}
