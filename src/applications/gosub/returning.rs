//! `Return`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, Sets};

/// Goes back from a subroutine to the step after its `Gosub`.
///
/// The value, commas and quotes included, is found in `GOSUB_RETVAL`; without one that variable is empty. Outside of a
/// subroutine, the call ends.
pub static RETURN: Application = Application {
    name: "Return",
    synopsis: "Goes back from a subroutine",
    arguments: &[Argument::optional("value", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "GOSUB_RETVAL", values: &[] }],
    run: Run::Compute(return_from),
};

fn return_from(context: &mut Context<'_>, value: &str) -> Outcome {
    if !context.leave_gosub() {
        context.warn("Return: this is no subroutine");
        return Outcome::Hangup;
    }
    context.set("GOSUB_RETVAL", value);
    Outcome::Continue
}
