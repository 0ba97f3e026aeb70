//! Cycles.

use orchestrate_plan::{Closing, Problem, analyze};
use proptest::prelude::*;

use crate::{graphs::any_graph, naive};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn cycles_are_real_and_short_and_all_there(random in any_graph()) {
        let graph = random.graph();
        let count = random.len();
        // In positions of declaration, as the planner speaks.
        let depends: Vec<Vec<bool>> = {
            let numbers = random.depends();
            let place = |i: usize| random.declared[i];
            (0..count).map(|v| (0..count).map(|u| numbers[place(v)][place(u)]).collect()).collect()
        };
        let reaches = naive::closure(&depends);
        let is_cyclic = (0..count).any(|step| reaches[step][step]);

        let Err(problems) = analyze(&graph) else {
            prop_assert!(!is_cyclic);
            return Ok(());
        };
        prop_assert!(is_cyclic);

        let mut left = vec![true; count];
        let mut lengths = Vec::new();
        for problem in &problems {
            let Problem::Cycle { steps, closing } = problem else {
                return Err(TestCaseError::fail(format!("{problem:?} is no cycle")));
            };
            prop_assert!(steps.len() >= 2);
            prop_assert_eq!(steps.iter().min(), steps.first());
            for (position, &step) in steps.iter().enumerate() {
                prop_assert!(std::mem::replace(&mut left[step], false), "{} stands twice", step);
                prop_assert!(depends[steps[(position + 1) % steps.len()]][step]);
            }
            let (first, last) = (&graph.nodes[steps[0]], &graph.nodes[steps[steps.len() - 1]]);
            match *closing {
                Closing::Read(read) => prop_assert_eq!(&first.reads[read], &last.name),
                Closing::After(after) => {
                    prop_assert_eq!(&first.after[after], &last.name);
                    prop_assert!(!first.reads.contains(&last.name), "data says more than order");
                }
            }
            lengths.push((steps[0], steps.len()));
        }

        // Nothing is left over: without the steps of these cycles there is none.
        for step in 0..count {
            let remaining = naive::shortest_cycle(&depends, step, &left);
            prop_assert_eq!(remaining.filter(|_| left[step]), None);
        }
        // In each component the shortest of all is among them.
        for step in (0..count).filter(|&step| reaches[step][step]) {
            let is_near = |other: usize| reaches[step][other] && reaches[other][step];
            let component: Vec<bool> = (0..count).map(is_near).collect();
            let inside = (0..count).filter(|&other| component[other]);
            let through = |start| naive::shortest_cycle(&depends, start, &component);
            let shortest = inside.filter_map(through).min();
            let reported = lengths.iter().filter(|&&(first, _)| component[first]);
            prop_assert_eq!(reported.map(|&(_, length)| length).min(), shortest);
        }
        // They come in the order of declaration.
        prop_assert!(lengths.is_sorted());
    }
}
