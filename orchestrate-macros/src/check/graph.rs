//! What the planner finds: names that nobody knows, two producers of one name, cycles, orders that change nothing.

use orchestrate_plan::{Layout, Part, Place, Problem, analyze};
use proc_macro2::Ident;

use crate::{
    message::Message,
    model::{Model, Step},
    report::Report,
};

pub(super) fn check(model: &Model<'_>, report: &mut Report) -> Option<Layout> {
    match analyze(&model.graph) {
        Ok(layout) => {
            for idle in layout.idle_orders() {
                let word = &orders(model, idle.node)[idle.after];
                report.warning(word.span(), &Message::new(idle.message(&model.graph)));
            }
            Some(layout)
        }
        Err(problems) => {
            for problem in &problems {
                // What is missing may be what could not be read, or is not called what it cannot be.
                let unknown = matches!(
                    problem,
                    Problem::UnknownInput { .. } | Problem::UnknownOrder { .. }
                );
                let word = word(model, problem.place());
                let unread = model.syntax.incomplete || is_unread(model, problem.place());
                let is_order = matches!(problem, Problem::UnknownOrder { .. });
                if unknown && unread || !is_order && is_reserved(model, word) {
                    continue;
                }
                let mut message = Message::new(problem.message(&model.graph));
                if let Some(help) = problem.help(&model.graph) {
                    message = message.help(help);
                }
                report.error(word, &message);
            }
            None
        }
    }
}

/// The user's word at a place of the graph.
fn word<'m>(model: &'m Model<'_>, place: Place) -> &'m Ident {
    match place {
        Place::Input(input) => &model.syntax.inputs[input].name,
        Place::Step(step, Part::After(after)) => &orders(model, step)[after],
        Place::Step(step, Part::Name) => &model.steps[step].syntax.name,
        Place::Step(step, Part::Read(read)) => {
            let mut reads = model.steps[step]
                .reads
                .iter()
                .filter(|read| read.how.is_value());
            // The planner's reads are these, in this order.
            reads
                .nth(read)
                .map_or(&model.steps[step].syntax.name, |read| read.name)
        }
        Place::Step(step, Part::Output(output)) => {
            &model.values[model.steps[step].outputs[output]].name
        }
    }
}

/// Whether a name is the run's, so that it has been told of what is wrong with it.
fn is_reserved(model: &Model<'_>, word: &Ident) -> bool {
    let repeats = |step: &Step<'_>| step.syntax.options.repeat.is_some();
    word == "cx" || word == "last" && model.steps.iter().any(repeats)
}

/// Whether a step has an option that could not be read: its item may be what nobody knows.
fn is_unread(model: &Model<'_>, place: Place) -> bool {
    match place {
        Place::Input(_) => false,
        Place::Step(step, _) => model.steps[step].syntax.options.incomplete,
    }
}

fn orders<'m>(model: &'m Model<'_>, step: usize) -> &'m [Ident] {
    model.steps[step]
        .syntax
        .options
        .after
        .as_ref()
        .map_or(&[], |after| &after.steps)
}
