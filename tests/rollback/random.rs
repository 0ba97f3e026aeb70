//! Graphs drawn at random, and a fault at each of their steps in turn, and at each moment from outside: see `check`.

use orchestrated::{Orchestrator, workflow};

use super::check::{ITEMS, Kind, check};
use crate::world::{Oops, World};

workflow! {
    /// What a `part` runs. The names of its steps begin with the part's number.
    pub(crate) workflow Part<'w, const AT: u64>(world: &'w World) -> Result<u64, Oops> {
        #[timeout(world.limit(&format!("s{AT}/a"), AT % 3 + 1))]
        #[rollback(world.undo(&format!("s{AT}/a")).await)]
        tool fn a(world) -> Result<u64, Oops> { world.step(&format!("s{AT}/a"), AT % 3 + 1).await }

        #[timeout(world.limit(&format!("s{AT}/b"), AT % 4 + 1))]
        #[rollback(world.undo(&format!("s{AT}/b")).await)]
        tool fn b(world, a) -> Result<u64, Oops> {
            let _ = a;
            world.step(&format!("s{AT}/b"), AT % 4 + 1).await
        }

        #[timeout(world.limit(&format!("s{AT}/c"), AT % 5 + 2))]
        tool fn c(world) -> Result<u64, Oops> { world.step(&format!("s{AT}/c"), AT % 5 + 2).await }

        Ok(b + c)
    }
}

/// A test of one graph. Its steps: a kind, the name, what it reads, and how long it takes; for a `part` its number.
///
/// The names of the inputs are given, so that all that is made of them here means the same.
macro_rules! graph {
    ($test:ident: $world:ident $items:ident; $($kind:ident $step:ident $reads:tt $millis:literal;)*) => {
        #[tokio::test(start_paused = true)]
        #[allow(deprecated, unused_variables, clippy::no_effect_underscore_binding)]
        async fn $test() {
            steps! { [$world $items] [] $($kind $step $reads $millis;)* }
            let kinds = [$((stringify!($step), Kind::$kind)),*];
            check(&kinds, async |world: &World, orchestrator: &Orchestrator| {
                Graph { $world: world, $items: &ITEMS }.run(orchestrator).await
            })
            .await;
        }
    };
}

/// Makes a workflow of the steps, one after the other.
macro_rules! steps {
    ([$world:ident $items:ident] [$($made:tt)*]) => {
        workflow! {
            workflow Graph<'w>($world: &'w World, $items: &'w [u64]) -> Result<(), Oops> {
                $($made)*
                let _ = ($world, $items);
                Ok(())
            }
        }
    };
    ($inputs:tt [$($made:tt)*] part $step:ident() $at:literal; $($rest:tt)*) => {
        steps! { @flow $inputs [$($made)*] $step $at; $($rest)* }
    };
    ($inputs:tt [$($made:tt)*] part $step:ident($($read:ident),*) $at:literal; $($rest:tt)*) => {
        steps! { @flow $inputs [$($made)* #[after($($read),*)]] $step $at; $($rest)* }
    };
    (@flow [$world:ident $items:ident] [$($made:tt)*] $step:ident $at:literal; $($rest:tt)*) => {
        steps! { [$world $items] [$($made)* flow $step = Part::<$at> { $world };] $($rest)* }
    };
    (
        [$world:ident $items:ident] [$($made:tt)*]
        $kind:ident $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*
    ) => {
        step! { [$world $items] [$($made)*] $kind $step($($read),*) $millis; $($rest)* }
    };
}

/// The same for one that is no flow.
macro_rules! step {
    ([$world:ident $items:ident] $made:tt undone $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*) => {
        step! { @made [$world $items] $made [
            #[timeout($world.limit(stringify!($step), $millis))]
            #[rollback($world.undo(stringify!($step)).await)]
            tool fn $step($world, $($read),*) -> Result<u64, Oops> {
                let _ = ($($read,)*);
                $world.step(stringify!($step), $millis).await
            }
        ] $($rest)* }
    };
    ([$world:ident $items:ident] $made:tt bare $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*) => {
        step! { @made [$world $items] $made [
            tool fn $step($world, $($read),*) -> Result<u64, Oops> {
                let _ = ($($read,)*);
                $world.step(stringify!($step), $millis).await
            }
        ] $($rest)* }
    };
    ([$world:ident $items:ident] $made:tt timed $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*) => {
        step! { @made [$world $items] $made [
            #[timeout($world.limit(stringify!($step), $millis))]
            tool fn $step($world, $($read),*) -> Result<u64, Oops> {
                let _ = ($($read,)*);
                $world.step(stringify!($step), $millis).await
            }
        ] $($rest)* }
    };
    ([$world:ident $items:ident] $made:tt sent $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*) => {
        step! { @made [$world $items] $made [
            #[irreversible = "it is sent"]
            tool fn $step($world, $($read),*) -> Result<u64, Oops> {
                let _ = ($($read,)*);
                $world.step(stringify!($step), $millis).await
            }
        ] $($rest)* }
    };
    ([$world:ident $items:ident] $made:tt maybe $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*) => {
        step! { @made [$world $items] $made [
            #[optional]
            #[timeout($world.limit(stringify!($step), $millis))]
            #[rollback($world.undo(stringify!($step)).await)]
            tool fn $step($world, $($read),*) -> Result<u64, Oops> {
                let _ = ($($read,)*);
                $world.step(stringify!($step), $millis).await
            }
        ] $($rest)* }
    };
    ([$world:ident $items:ident] $made:tt held $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*) => {
        step! { @made [$world $items] $made [
            #[rollback($world.undo(stringify!($step)).await)]
            fn $step($world, $($read),*) -> Result<u64, Oops> {
                let _ = ($($read,)*);
                $world.now(stringify!($step))
            }
        ] $($rest)* }
    };
    ([$world:ident $items:ident] $made:tt plain $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*) => {
        step! { @made [$world $items] $made [
            fn $step($world, $($read),*) -> Result<u64, Oops> {
                let _ = ($($read,)*);
                $world.now(stringify!($step))
            }
        ] $($rest)* }
    };
    // The first attempt always fails.
    ([$world:ident $items:ident] $made:tt again $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*) => {
        step! { @made [$world $items] $made [
            #[idempotent]
            #[retry(attempts = 2, backoff = 2ms)]
            #[timeout($world.limit(stringify!($step), $millis))]
            #[rollback($world.undo(stringify!($step)).await)]
            tool fn $step($world, cx, $($read),*) -> Result<u64, Oops> {
                let _ = ($($read,)*);
                if cx.attempt() == 1 {
                    $world.step(concat!(stringify!($step), ":1"), 1).await?;
                    return Err(Oops("once".to_owned()));
                }
                $world.step(stringify!($step), $millis).await
            }
        ] $($rest)* }
    };
    ([$world:ident $items:ident] $made:tt items $step:ident($($read:ident),*) $millis:literal; $($rest:tt)*) => {
        step! { @made [$world $items] $made [
            #[each(item in $items, concurrency = 2)]
            #[timeout($world.limit(&format!("{}.{item}", stringify!($step)), *item))]
            #[rollback($world.undo(&format!("{}.{item}", stringify!($step))).await)]
            tool fn $step($world, $items, $($read),*) -> Result<u64, Oops> {
                let _ = ($($read,)*);
                $world.step(&format!("{}.{item}", stringify!($step)), *item).await
            }
        ] $($rest)* }
    };
    (@made $inputs:tt [$($before:tt)*] [$($made:tt)*] $($rest:tt)*) => {
        steps! { $inputs [$($before)* $($made)*] $($rest)* }
    };
}

graph! { fan_0: world items;
    timed s1(s0) 2; part s4(s1, s2, s3) 4; undone s0() 2; maybe s2(s0) 1; undone s3(s0) 1;
}
graph! { fan_1: world items;
    undone s5(s0) 1; items s2(s0) 1; plain s3(s0) 0; bare s1(s0) 1; undone s0() 1; bare s4(s0) 8;
    undone s6(s1, s2, s3, s4, s5) 1;
}
graph! { fan_2: world items;
    undone s5(s1, s2, s3, s4) 3; timed s1(s0) 3; sent s3(s0) 1; undone s0() 1; undone s2(s0) 1;
    again s4(s0) 2;
}
graph! { chain_0: world items;
    held s1(s0) 3; part s2(s1) 2; undone s0() 1; bare s3(s2) 5;
}
graph! { chain_1: world items;
    timed s2(s1) 1; timed s1(s0) 1; bare s0() 1; held s4(s3) 5; bare s5(s4) 5; part s3(s2) 3;
}
graph! { layered_0: world items;
    part s2(s0, s1) 2; part s5(s4) 5; undone s4(s0, s1) 8; part s1() 1; undone s3(s1) 1; held s0() 2;
    bare s6(s3) 2;
}
graph! { layered_1: world items;
    part s0() 0; again s1() 1; items s2() 8; again s5(s2) 1; maybe s4(s0) 1; timed s3(s1, s2) 1;
}
graph! { layered_2: world items;
    plain s4(s3) 1; bare s6(s4) 1; undone s0() 2; bare s5(s2) 3; again s1() 2; timed s3(s1) 2;
    again s2(s0, s1) 3;
}
graph! { layered_3: world items;
    plain s2(s0) 8; undone s0() 8; timed s3(s0) 5; held s6(s4) 2; undone s4(s0) 1; items s5(s3, s4) 8;
    part s1(s0) 1;
}
graph! { skewed_0: world items;
    timed s1(s0) 1; undone s3() 5; timed s0() 3; part s4(s3) 4; part s2(s1) 2; undone s5(s2, s4) 8;
}
graph! { skewed_1: world items;
    sent s2() 8; undone s6(s1, s3, s4, s5) 5; undone s0() 1; part s3(s2) 3; undone s4() 3; again s1(s0) 3;
    part s5() 5;
}
graph! { skewed_2: world items;
    undone s1() 1; undone s3(s2) 2; timed s2() 1; bare s4() 1; held s5(s4) 3; part s7(s0, s1, s3, s6) 7;
    items s0() 1; part s6(s5) 6;
}
graph! { skewed_3: world items;
    undone s1(s0) 5; part s2(s1) 2; plain s3() 3; items s4(s3) 3; bare s6(s2, s5) 5; bare s5(s4) 5;
    bare s0() 1;
}
graph! { beside_0: world items;
    items s2() 2; bare s3() 2; held s0() 5; timed s1() 8;
}
graph! { beside_1: world items;
    bare s0() 1; sent s1() 1; undone s3() 1; plain s5() 8; undone s2() 3; bare s4() 2;
}
graph! { beside_2: world items;
    again s1() 2; again s0() 5; undone s2() 3; items s3() 0; bare s4() 1;
}
graph! { random_0: world items;
    undone s2(s1) 1; items s1(s0) 5; undone s0() 3; sent s3(s0, s1) 2; timed s4(s2) 1;
}
graph! { random_1: world items;
    plain s0() 1; plain s4() 2; bare s3(s0, s2) 3; bare s2() 2; undone s1() 1; part s5(s2, s3) 5;
}
graph! { random_2: world items;
    plain s6(s0, s1, s2) 5; bare s2(s0) 5; timed s4(s2) 1; items s1() 1; part s0() 0; sent s3(s0) 3;
    undone s5(s4) 1;
}
graph! { random_3: world items;
    held s6() 3; part s3(s0) 3; held s2(s1) 3; again s5(s1) 1; items s7(s0, s1, s6) 3; maybe s0() 8;
    held s1() 1; items s4(s2) 3;
}
graph! { random_4: world items;
    bare s6(s1, s3) 5; plain s2() 0; part s1() 1; bare s0() 5; again s3(s0, s2) 1; undone s5() 2;
    again s4(s2, s3) 5;
}
graph! { random_5: world items;
    undone s4(s1) 2; undone s2(s1) 1; undone s0() 2; undone s1(s0) 5; items s3(s2) 3; timed s5(s0, s1) 5;
}
