//! `MacroIf`

use super::enter;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, holds};

/// Runs one of two macros.
///
/// `MacroIf(condition?name,argument,…[:name,argument,…])`. Without a second macro, a false condition goes on.
pub static MACRO_IF: Application = Application {
    name: "MacroIf",
    synopsis: "Runs one of two macros, by a condition",
    arguments: &[Argument::required("condition?macro[,arguments][:macro[,arguments]]", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(macro_if),
};

fn macro_if(context: &mut Context<'_>, text: &str) -> Outcome {
    if text.is_empty() {
        context.warn("MacroIf: it wants a condition, a `?` and the name of a macro");
        return Outcome::Hangup;
    }
    let Some((condition, branches)) = text.split_once('?') else {
        context.warn("MacroIf: there is no `?` behind the condition");
        return Outcome::Continue;
    };
    let (yes, no) = match branches.split_once(':') {
        Some((yes, no)) => (yes, Some(no)),
        None => (branches, None),
    };
    match if holds(condition) { Some(yes) } else { no } {
        Some(chosen) => enter(context, chosen, None),
        None => Outcome::Continue,
    }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn one_of_two_macros_runs() {
        let trial = Trial::run("exten => 1,1,MacroIf(0?a:b,x)\n[macro-b]\nexten => s,1,NoOp(${ARG1})\n");
        assert_eq!(trial.last_step(), "s@macro-b:1 NoOp x");
    }
}
