//! `MacroExit`

use crate::interpreter::{Application, Context, Outcome, Run};

/// Ends the macro.
///
/// The call goes on behind the step that called it. Outside of a macro the call waits for keys, as Asterisk's does.
pub static MACRO_EXIT: Application = Application {
    name: "MacroExit",
    synopsis: "Ends the macro",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(macro_exit),
};

fn macro_exit(context: &mut Context<'_>, _: &str) -> Outcome {
    if context.exit_macro() { Outcome::Continue } else { Outcome::Collect }
}
