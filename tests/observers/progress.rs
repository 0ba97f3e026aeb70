//! `Progress` of real runs, as plain lines.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use expect_test::expect;
use orchestrated::Progress;

use crate::runs::{PAGES, Publish, orchestrator};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_run_in_lines() {
    let written = Written::default();
    let o = orchestrator().observer(Progress::to(written.clone()));
    Publish {
        pages: &PAGES,
        fails: true,
    }
    .run(&o)
    .await
    .unwrap_err();
    o.flush().await;
    let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    // Without the number of the run.
    let lines = written.lines().filter_map(|line| line.split_once("] "));
    let lines: String = lines.map(|(_, line)| line.to_owned() + "\n").collect();
    expect![[r#"
        Publish: started, 10 steps
        Publish/fetch: started (mcp)
        Publish/summaries: started (agent)
        Publish/review: started (flow)
        Publish/fetch: attempt 1 failed: busy
        Publish/review/read: started (agent)
        Publish/review/read: finished in 10ms
        Publish/review/lint: started (tool)
        Publish/review/lint: finished in 20ms
        Publish/review/verdict: started (fn)
        Publish/review/verdict: finished in 0ms
        Publish/review: finished in 60ms
        Publish/fetch: attempt 2 failed: busy
        Publish/summaries: finished in 70ms
        Publish/fetch: finished in 150ms
        Publish/upload: started (tool)
        Publish/upload: finished in 30ms
        Publish/extra: started (tool)
        Publish/extra: left out
        Publish/note: started (tool)
        Publish/note: attempt 1 failed: no channel for 6
        Publish/note: failed after 1ms, and the run goes on: no channel for 6
        Publish/agreed: started (human)
        Publish/agreed: waits for an answer
        Publish/agreed: finished in 7ms
        Publish/switch: started (tool)
        Publish/switch: failed after 25ms: connection refused
        Publish/upload: rolled back
        Publish: failed after 228ms, 7 of 10 steps done: at `switch`
    "#]]
    .assert_eq(&lines);
}
