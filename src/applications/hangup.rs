//! `Hangup`

use crate::channel::Cause;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Ends the call.
///
/// The cause may be a Q.850 number or a name such as `USER_BUSY`; without one the cause that is known stays.
pub static HANGUP: Application = Application {
    name: "Hangup",
    synopsis: "Ends the call",
    arguments: &[Argument::optional("cause", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(hangup),
};

fn hangup(context: &mut Context<'_>, text: &str) -> Outcome {
    if context.state.hangup_source.is_empty() {
        "dialplan/builtin".clone_into(&mut context.state.hangup_source);
    }
    if let Some(cause) = Cause::parse(text) {
        context.state.hangup_cause = cause;
        return Outcome::Hangup;
    }
    if !text.is_empty() {
        context.warn(&format!("Hangup: `{text}` is no cause"));
    }
    if context.state.hangup_cause == Cause::NONE {
        context.state.hangup_cause = Cause::NORMAL;
    }
    Outcome::Hangup
}
