//! What `#[spawn]` and `#[blocking]` bring on two cores: the aggregations of the example `data_analytics`, in the run itself,
//! as tasks and on threads, taking turns.
//!
//! `cargo bench -p orchestrate-benches --bench every_core`. There are four partitions of one size; a figure is a median over
//! rounds, and what counts is the ratio to the first.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::{future::Future, hint::black_box, sync::Arc, time::Instant};

use orchestrated::{Orchestrator, workflow};

use crate::{
    feeds::Region,
    figures::Figures,
    join::{Action, Country, Partition},
    warehouse::Kind,
};

/// What the example's aggregation works on, without the database and the feeds from which the example has it.
#[allow(dead_code, reason = "not all of it is read")]
mod feeds {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Region {
        Europe,
    }

    impl Region {
        pub(crate) fn name(self) -> &'static str {
            match self {
                Self::Europe => "Europe",
            }
        }
    }
}

mod join {
    use crate::{feeds::Region, warehouse::Kind};

    #[derive(Debug)]
    pub(crate) struct Partition {
        pub(crate) region: Region,
        pub(crate) countries: Vec<Country>,
        pub(crate) actions: Vec<Action>,
    }

    #[derive(Debug)]
    pub(crate) struct Country {
        pub(crate) name: String,
        pub(crate) adults: u64,
        pub(crate) market: u64,
        pub(crate) joined: u64,
    }

    #[derive(Debug)]
    pub(crate) struct Action {
        pub(crate) country: usize,
        pub(crate) user: i64,
        pub(crate) day: u16,
        pub(crate) kind: Kind,
        pub(crate) cents: i64,
    }
}

mod warehouse {
    pub(crate) const LAST_DAY: u16 = 181;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Kind {
        View,
        Cart,
        Buy,
    }
}

#[allow(
    dead_code,
    unused_imports,
    reason = "the example reads more of it, and its tests are not run here"
)]
#[path = "../examples/data_analytics/figures.rs"]
mod figures;

/// The same steps with an option or without.
macro_rules! analysis {
    ($name:ident, $($option:tt)*) => {
        workflow! {
            #[allow(missing_docs)]
            workflow $name(
                first: Arc<Partition>,
                second: Arc<Partition>,
                third: Arc<Partition>,
                fourth: Arc<Partition>,
            ) -> i64 {
                $($option)* fn of_first(first) -> Figures { figures::of(first) }
                $($option)* fn of_second(second) -> Figures { figures::of(second) }
                $($option)* fn of_third(third) -> Figures { figures::of(third) }
                $($option)* fn of_fourth(fourth) -> Figures { figures::of(fourth) }
                fn cents(of_first, of_second, of_third, of_fourth) -> i64 {
                    [of_first, of_second, of_third, of_fourth].map(|figures| figures.total().cents).iter().sum()
                }
                cents
            }
        }
    };
}

analysis! { InTheRun, }
analysis! { AsTasks, #[spawn] }
analysis! { OnThreads, #[blocking] }

const ACTIONS: u32 = 250_000;
const ROUNDS: usize = 31;

fn partition(seed: u32) -> Arc<Partition> {
    let mut random = seed;
    let mut next = |below: u32| {
        // A generator of Park and Miller: the same numbers in every run of this.
        random = u32::try_from(u64::from(random) * 48_271 % 2_147_483_647).unwrap_or(1);
        random % below
    };
    let countries = (0..4).map(|number| Country {
        name: format!("country {number}"),
        adults: 1_000,
        market: 1_000,
        joined: 10,
    });
    let actions = (0..ACTIONS).map(|_| Action {
        country: next(4) as usize,
        user: next(10_000).into(),
        day: u16::try_from(next(181)).unwrap_or_default() + 1,
        kind: match next(8) {
            0 => Kind::Buy,
            1 => Kind::Cart,
            _ => Kind::View,
        },
        cents: i64::from(next(10_000)),
    });
    Arc::new(Partition {
        region: Region::Europe,
        countries: countries.collect(),
        actions: actions.collect(),
    })
}

/// How many milliseconds it took.
async fn timed<E: std::fmt::Debug>(run: impl Future<Output = Result<i64, E>>, cents: i64) -> f64 {
    let start = Instant::now();
    let ended = run.await.expect("nothing in it fails");
    assert_eq!(black_box(ended), cents);
    start.elapsed().as_secs_f64() * 1e3
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime with two workers");
    let orchestrator = Orchestrator::new().blocking_threads(2);
    let parts = [11, 22, 33, 44].map(partition);
    // The run itself is on a worker, too: two cores, and not three.
    let rounds = runtime.spawn(async move {
        macro_rules! run {
            ($name:ident) => {{
                let [first, second, third, fourth] = parts.clone();
                $name {
                    first,
                    second,
                    third,
                    fourth,
                }
                .run(&orchestrator)
            }};
        }
        let cents = run!(InTheRun).await.expect("nothing in it fails");
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            times[0].push(timed(run!(InTheRun), cents).await);
            times[1].push(timed(run!(AsTasks), cents).await);
            times[2].push(timed(run!(OnThreads), cents).await);
        }
        times
    });
    let times = runtime.block_on(rounds).expect("the rounds end");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("four aggregations of {ACTIONS} actions, {cores} cores, medians of {ROUNDS} rounds");
    println!("{:<12} {:>10} {:>8}", "", "ms", "ratio");
    let [alone, tasks, threads] = times.map(median);
    for (name, time) in [
        ("in the run", alone),
        ("#[spawn]", tasks),
        ("#[blocking]", threads),
    ] {
        println!("{name:<12} {time:>10.2} {:>8.2}", alone / time);
    }
}
