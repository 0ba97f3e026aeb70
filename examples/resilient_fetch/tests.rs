//! The workflow as a whole: in memory, on a clock that moves only when everybody waits, and once over sockets.

use orchestrated::Orchestrator;

use crate::{
    Bulletin, fetch,
    options::Request,
    report::Report,
    schedule::{Asked, Reply, office},
    world::World,
};

async fn report(world: &World, runs: usize, at_once: usize) -> Report {
    let request = Request {
        runs,
        at_once,
        ..Request::default()
    };
    fetch(world, &request).await
}

/// The rows of all tables; their columns are at least two spaces apart.
fn rows(report: &Report) -> Vec<String> {
    let text = report.to_string();
    let rows = text.lines().map(|line| {
        let cells = line.split("  ").map(str::trim);
        let cells: Vec<_> = cells.filter(|cell| !cell.is_empty()).collect();
        cells.join(" | ")
    });
    rows.filter(|row| row.contains(" | ")).collect()
}

#[tokio::test(start_paused = true)]
async fn tells_what_happened() {
    let world = World::in_memory(true);
    let report = report(&world, 40, 4).await;
    assert_eq!(report.failure(), None);
    let rows = rows(&report);
    for row in [
        "step | asked for | from cache | turned away | attempts | errors | cut off | from mirror | done without",
        // Each third request finds the server busy.
        "stations | 40 | 0 | 0 | 60 | 20 | 0 | 0 | 0",
        // The server does not know one station of six, and one request in fifty is lost.
        "readings | 240 | 0 | 0 | 245 | 40 | 5 | 40 | 0",
        "map | 40 | 39 | 0 | 1 | 0 | 0 | 0 | 0",
        "path | requests | answered | refused | hung up | silent",
        "weather/map | 1 | 1 | 0 | 0 | 0",
        "weather/readings | 245 | 200 | 40 | 0 | 5",
        "weather/stations | 60 | 40 | 20 | 0 | 0",
        "mirror/readings | 40 | 40 | 0 | 0 | 0",
        // Half as much again as an answer takes in 95 of 100 cases.
        "limit of | at first | runs known | p95 | now",
        "readings | 250.0 ms | 100 | 12.0 ms | 18.0 ms",
        "stations | 250.0 ms | 40 | 13.0 ms | 19.5 ms",
    ] {
        assert!(rows.iter().any(|it| it == row), "no `{row}` in:\n{report}");
    }
}

/// Two steps, one breaker: what it keeps away from one of them, the failures of the other have brought about.
#[tokio::test(start_paused = true)]
async fn a_breaker_spares_the_office() {
    let world = World::in_memory(true);
    let report = report(&world, 40, 4).await;
    let (forecast, warnings) = (world.ledger.of("forecast"), world.ledger.of("warnings"));
    let down = (1..=80).filter(|&n| {
        let path = "/forecast";
        let (of_route, of_all) = (n, n);
        let asked = Asked {
            path,
            of_route,
            of_all,
        };
        office(asked) == Reply::HangUp
    });
    assert_eq!(forecast.failed + warnings.failed, down.count() as u64);
    for tally in [forecast, warnings] {
        assert!(tally.turned_away > 0, "{report}");
        assert_eq!(tally.begun + tally.turned_away, 40);
        assert_eq!(tally.failed + tally.turned_away, tally.without);
    }
    let bare = report.pages.iter().filter(|page| page.forecast.is_none());
    assert_eq!(bare.count() as u64, forecast.without);
    assert!(
        report
            .pages
            .iter()
            .any(|page| page.warnings.contains("window"))
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_mirror_it_says_who_is_missing() {
    let world = World::in_memory(false);
    let report = report(&world, 3, 1).await;
    assert!(report.pages.is_empty());
    let failure = report.failure().unwrap();
    assert!(failure.starts_with("3 bulletins failed"), "{failure}");
    assert!(failure.contains("step `readings`"), "{failure}");
    assert!(failure.contains("mirror/readings/hill"), "{failure}");
    assert!(report.to_string().contains("dropped with its bulletin"));
}

/// Over real sockets, where nobody knows how long anything takes: what holds in any case.
#[tokio::test]
async fn everybody_gets_a_bulletin() {
    let world = World::on_loopback(true).await.unwrap();
    let report = report(&world, 12, 4).await;
    assert_eq!(report.failure(), None);
    assert_eq!(report.pages.len(), 12);
    for page in &report.pages {
        let stations: Vec<_> = page.readings.iter().map(|it| it.station.as_str()).collect();
        assert_eq!(
            stations,
            ["harbour", "valley", "hill", "forest", "airport", "lake"]
        );
        assert!(page.readings[2].is_old);
        assert!(page.map_bytes > 20_000);
    }
    assert_eq!(world.ledger.of("map").attempts, 1);
    assert_eq!(world.weather.seen().routes["/map"].answered, 1);
    for (server, step) in [
        (&world.weather, "stations"),
        (&world.weather, "readings"),
        (&world.office, "forecast"),
        (&world.office, "warnings"),
    ] {
        let (tally, seen) = (world.ledger.of(step), server.seen());
        let seen = seen.routes[&format!("/{step}")];
        // What was cut off may not have got as far as the server.
        assert!(seen.requests <= tally.attempts && tally.attempts <= seen.requests + tally.cut_off);
        assert!(tally.failed >= seen.refused.saturating_sub(tally.cut_off));
    }
}

#[test]
fn asks_for_all_that_it_can_at_once() {
    let batches: Vec<Vec<_>> = Bulletin::PLAN
        .batches()
        .map(|batch| batch.steps().map(|step| step.name().to_owned()).collect())
        .collect();
    assert_eq!(
        batches,
        [
            vec!["stations", "map", "forecast", "warnings"],
            vec!["readings"],
            vec!["page"],
        ]
    );
}

/// A run may go to a task of its own, as all its parts may.
#[tokio::test(start_paused = true)]
async fn a_run_can_be_spawned() {
    fn spawns<T: Send>(_: &T) {}
    let world = World::in_memory(true);
    spawns(&Bulletin { world: &world }.run(&Orchestrator::new()));
}
