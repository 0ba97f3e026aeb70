use crate::{Bench, Driver, How, Job, Look, Shape, Work, all};

fn jobs() -> impl Iterator<Item = Job> {
    Shape::ALL
        .into_iter()
        .flat_map(|shape| Work::ALL.map(|work| Job { shape, work }))
}

#[test]
fn each_gives_what_its_graph_says() {
    let drivers = [Driver::one_thread(), Driver::two_workers()];
    for contender in all() {
        for job in jobs().filter(|job| (contender.cannot)(job.known()).is_none()) {
            for driver in &drivers {
                if matches!(driver, Driver::TwoWorkers(_)) && !contender.is_send {
                    continue;
                }
                for how in [How::InTurn, How::AtOnce] {
                    for look in [Look::Whole, Look::RunAlone, Look::Allocations] {
                        let measured = (contender.measure)(&Bench {
                            driver,
                            job,
                            runs: 3,
                            how,
                            look,
                        });
                        let told = || format!("{} {job:?} {how:?} {look:?}", contender.name);
                        assert_eq!(measured.sum, 3 * job.known().result, "{}", told());
                    }
                }
            }
        }
    }
}

#[test]
fn no_two_have_the_same_name() {
    let mut names: Vec<&str> = all().iter().map(|contender| contender.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all().len());
}

#[test]
fn what_one_cannot_do_is_told() {
    let wide = Job {
        shape: Shape::WideFan,
        work: Work::Ready,
    };
    let unable: Vec<&str> = all()
        .iter()
        .filter(|contender| (contender.cannot)(wide.known()).is_some())
        .map(|contender| contender.name)
        .collect();
    assert_eq!(
        unable,
        [
            "dataflow by hand",
            "async_dag",
            "operese-dagx in place",
            "operese-dagx",
            "dagx"
        ]
    );
}
