//! `ExitWhile`

use super::{innermost, leave};
use crate::interpreter::{Application, Context, Outcome, Run};

/// Leaves a loop: the step behind its `EndWhile` follows.
pub static EXIT_WHILE: Application = Application {
    name: "ExitWhile",
    synopsis: "Leaves a loop",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(exit),
};

fn exit(context: &mut Context<'_>, _: &str) -> Outcome {
    let number = innermost(context).map(|(number, _)| number);
    leave(context, number);
    Outcome::Continue
}
