//! `StackPop`

use crate::interpreter::{Application, Context, Outcome, Run};

/// Forgets the way back of the innermost subroutine.
///
/// The call goes on here; the next `Return` leads back from the subroutine around this one.
pub static STACK_POP: Application = Application {
    name: "StackPop",
    synopsis: "Forgets the way back from a subroutine",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(stack_pop),
};

fn stack_pop(context: &mut Context<'_>, _: &str) -> Outcome {
    if context.pop_gosub().is_none() {
        context.warn("StackPop: this is no subroutine");
    }
    Outcome::Continue
}
