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

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn only_the_innermost_macro_ends() {
        let trial = Trial::run(
            "exten => 1,1,Macro(a)\n[macro-a]\nexten => s,1,Macro(b)\nsame => n,NoOp(a)\n\
             [macro-b]\nexten => s,1,MacroExit\nsame => n,NoOp(never)\n",
        );
        assert_eq!(trial.last_step(), "s@macro-a:2 NoOp a");
    }
}
