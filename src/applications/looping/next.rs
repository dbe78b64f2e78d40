//! `ContinueWhile`

use super::innermost;
use crate::interpreter::{Application, Context, Outcome, Run};

/// Goes back to the `While` of a loop before its steps are done.
pub static CONTINUE_WHILE: Application = Application {
    name: "ContinueWhile",
    synopsis: "Goes back to the beginning of a loop at once",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(next),
};

fn next(context: &mut Context<'_>, _: &str) -> Outcome {
    match innermost(context) {
        Some((_, begin)) => {
            context.goto(&begin);
        }
        None => context.warn("ContinueWhile: this is no loop"),
    }
    Outcome::Continue
}
