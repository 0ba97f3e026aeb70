//! What cannot run apart from its run: what borrows of it, a whole workflow, and on a thread of its own what waits.

use orchestrate_plan::Kind;
use quote::ToTokens;

use crate::{
    message::policies as message,
    model::{How, Model, Step, borrows},
    report::Report,
    syntax::Work,
};

pub(super) fn check(model: &Model<'_>, step: &Step<'_>, report: &mut Report) {
    let (name, options) = (&step.syntax.name, &step.syntax.options);
    let Some(option) = options.apart() else {
        return;
    };
    // Of a person nothing of this can be asked, and that has been said.
    if step.syntax.kind == Kind::Human {
        return;
    }
    if let (Some(_), Some(blocking)) = (&options.spawn, &options.blocking) {
        report.error(blocking, &message::spawn_and_blocking(name));
    }
    let Work::Function { output, .. } = &step.syntax.work else {
        report.error(option, &message::flow_apart(option, name));
        return;
    };
    if options.spawn.is_none() && step.syntax.kind != Kind::Plain {
        report.error(
            option,
            &message::blocking_waits(name, step.syntax.kind.word()),
        );
    }
    for read in &step.reads {
        let is_value = matches!(read.how, How::Share | How::Move);
        let Some(value) = read.value.filter(|_| is_value) else {
            continue;
        };
        let value = &model.values[value];
        // A `&mut` that is there for ever is lent by the run all the same.
        if value.reference == Some(true) || borrows(&value.ty) {
            let message =
                message::borrowed_apart(option, read.name, name, value.producer.is_none());
            report.error(read.name, &message);
        }
    }
    if let Some(returns) = &output.returns
        && borrows(&returns.to_token_stream())
    {
        report.error(returns, &message::returns_borrow_apart(option, name));
    }
}
