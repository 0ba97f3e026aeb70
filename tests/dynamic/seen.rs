//! A great many names: what those keep who listen is bounded.

use orchestrated::{
    Metrics, Monitor, Orchestrator, Trace,
    dynamic::{AgentInput, AgentTask, IntoAgent as _, ParallelOrchestrator, agent_fn},
};

/// A million names would be a million series, if nobody counted them.
#[test]
fn a_great_many_names_take_bounded_memory() {
    let held = |names: u32| {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let prometheus = recorder.handle();
        let mut lines = 0;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let measured = allocation_counter::measure(|| {
            let trace = Trace::default();
            let orchestrator = Orchestrator::new()
                .observer(Metrics::with_recorder(recorder))
                .observer(Monitor::new())
                .observer(trace);
            let tasks = (0..names).map(|n| {
                let name = format!("task {n}");
                let does = agent_fn(name.clone(), |n: AgentInput| async move { Ok(n.into()) });
                AgentTask::new(name, does.into_agent(), n)
            });
            let parallel = ParallelOrchestrator::new().on(&orchestrator);
            let mut results = parallel.execute_streaming(tasks);
            runtime.block_on(async {
                while let Some((_, result)) = results.next().await {
                    result.unwrap();
                }
            });
            assert!(orchestrator.history().steps().len() <= 4096);
            lines = prometheus.render().lines().count();
        });
        (measured.bytes_max, lines)
    };
    // Where all bounds are reached, and far beyond.
    let (few, few_lines) = held(4_200);
    let (many, many_lines) = held(5_200);
    assert!(
        many_lines <= few_lines + few_lines / 10,
        "{few_lines}, {many_lines}"
    );
    assert!(many <= few + few / 4, "{few} bytes, {many} bytes");
}
