//! `EndWhile`

use super::{end_variable, innermost};
use crate::interpreter::{Application, Context, Outcome, Run};

/// Ends the steps of a loop: goes back to its `While`.
///
/// Outside of a loop it does nothing.
pub static END_WHILE: Application = Application {
    name: "EndWhile",
    synopsis: "Goes back to the beginning of a loop",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(end),
};

fn end(context: &mut Context<'_>, _: &str) -> Outcome {
    let Some((number, begin)) = innermost(context) else { return Outcome::Continue };
    let position = &context.state.position;
    let end = format!("{},{},{}", position.context, position.extension, position.priority + 1);
    let variable = end_variable(number);
    if context.state.variables.get(&variable).is_none() {
        context.set(&variable, &end);
    }
    context.goto(&begin);
    Outcome::Continue
}
