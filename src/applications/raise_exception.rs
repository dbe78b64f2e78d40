//! `RaiseException`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Goes to the extension `e` of this context.
///
/// There, `EXCEPTION(reason)` tells the reason given, and `EXCEPTION(context)`, `EXCEPTION(exten)` and
/// `EXCEPTION(priority)` this place.
pub static RAISE_EXCEPTION: Application = Application {
    name: "RaiseException",
    synopsis: "Goes to the extension e",
    arguments: &[Argument::required("reason", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(raise_exception),
};

fn raise_exception(context: &mut Context<'_>, reason: &str) -> Outcome {
    context.raise_exception(reason);
    Outcome::Continue
}
