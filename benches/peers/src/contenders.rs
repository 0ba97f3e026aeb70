//! The contenders, one file each.

mod async_dag;
#[cfg(feature = "dagrs")]
mod dagrs;
mod dagx;
mod join_all;
mod join_set;
mod operese_dagx;
mod ours;

use crate::Contender;

/// All of them. The first is what the others are compared to.
#[must_use]
pub fn all() -> Vec<Contender> {
    vec![
        join_set::CONTENDER,
        ours::CONTENDER,
        join_all::CONTENDER,
        dagx::CONTENDER,
        operese_dagx::SPAWNED,
        operese_dagx::IN_PLACE,
        async_dag::CONTENDER,
        #[cfg(feature = "dagrs")]
        dagrs::CONTENDER,
    ]
}

#[cfg(test)]
mod tests {
    use tokio::runtime::{Builder, LocalOptions};

    use crate::{Job, Load, all};

    #[test]
    fn each_gives_what_its_shape_says() {
        let here = Builder::new_current_thread()
            .build_local(LocalOptions::default())
            .unwrap();
        let threads = Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .unwrap();
        for contender in all() {
            for job in Job::all() {
                let load = Load {
                    job,
                    orchestrations: 3,
                };
                let expected = 3 * job.shape.result();
                let told = || format!("{} {job:?}", contender.name);
                assert_eq!(
                    here.block_on((contender.load)(load)),
                    expected,
                    "{}",
                    told()
                );
                if contender.is_send {
                    assert_eq!(
                        threads.block_on((contender.load)(load)),
                        expected,
                        "{}",
                        told()
                    );
                }
                if let Some(again) = contender.again {
                    let second = here.block_on(async { (again(load).await)().await });
                    assert_eq!(second, expected, "{}", told());
                }
            }
        }
    }
}
