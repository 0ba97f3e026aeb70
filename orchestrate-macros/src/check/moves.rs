//! A value that is moved has no reader from then on: those that read it must be done before the step that moves it.

use std::collections::HashSet;

use orchestrate_plan::Layout;

use crate::{
    message::{self, SecondReader},
    model::{How, Model, names},
    report::Report,
    syntax::plain,
};

pub(super) fn check(model: &Model<'_>, layout: &Layout, report: &mut Report) {
    let left = names(&model.syntax.tail);
    for (index, value) in model.values.iter().enumerate() {
        let Some((mover, _)) = model.readers(index).find(|(_, read)| read.how == How::Move) else {
            continue;
        };
        let name = plain(&value.name);
        let mover_name = &model.steps[mover].syntax.name;
        let before = ancestors(layout, mover);
        for (reader, read) in model.readers(index).filter(|&(reader, _)| reader != mover) {
            if read.how == How::Move || !before.contains(&reader) {
                let how = if read.how == How::Move {
                    SecondReader::Moves
                } else if ancestors(layout, reader).contains(&mover) {
                    SecondReader::After
                } else {
                    SecondReader::Before
                };
                let reader = &model.steps[reader].syntax.name;
                report.error(
                    read.name,
                    &message::moved_and_read(&name, mover_name, reader, how),
                );
            }
        }
        // A shared reference is copied, not moved.
        if value.reference != Some(false)
            && let Some(word) = left.iter().find(|word| plain(word) == name)
        {
            report.error(word, &message::moved_and_left(&name, mover_name));
        }
    }
}

/// All the steps on which a step depends, directly or not.
pub(super) fn ancestors(layout: &Layout, step: usize) -> HashSet<usize> {
    let mut seen = HashSet::new();
    let mut ahead = vec![step];
    while let Some(step) = ahead.pop() {
        ahead.extend(
            layout
                .dependencies(step)
                .iter()
                .copied()
                .filter(|&step| seen.insert(step)),
        );
    }
    seen
}
