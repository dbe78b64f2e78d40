//! `NoOp`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Does nothing.
///
/// Its text shows in the trace and on the console, which makes it the usual way to look at values while a plan runs.
pub static NOOP: Application = Application {
    name: "NoOp",
    synopsis: "Does nothing but show its text",
    arguments: &[Argument::optional("text", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(noop),
};

fn noop(_: &mut Context<'_>, _: &str) -> Outcome {
    Outcome::Continue
}
