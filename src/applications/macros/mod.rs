//! `Macro` and its relatives: the older form of subroutines, each in a context of its own.

pub mod conditional;
pub mod exclusive;
pub mod exit;

use crate::channel::state::MacroLock;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, Sets, leading_integer, macro_depth};

/// How deep macros nest unless `MACRO_RECURSION` says otherwise.
const DEEPEST: usize = 7;
/// How many arguments a macro takes.
const MOST_ARGUMENTS: usize = 79;

/// Runs the macro of this name.
///
/// `Macro(name,argument,…)` runs the steps of `s` in the context `macro-name` and comes back when there is none left.
/// The macro finds its arguments in `ARG1`, `ARG2`, …, and in `MACRO_EXTEN`, `MACRO_CONTEXT` and `MACRO_PRIORITY` where it
/// was called. A jump out of its context ends it. Macros nest 7 deep; `Gosub` has no such limit.
pub static MACRO: Application = Application {
    name: "Macro",
    synopsis: "Runs a macro of the plan",
    arguments: &[Argument::required("name", Kind::Text), Argument::optional("arguments", Kind::Text)],
    options: &[],
    sets: &[
        Sets { variable: "ARG1", values: &[] },
        Sets { variable: "MACRO_EXTEN", values: &[] },
        Sets { variable: "MACRO_CONTEXT", values: &[] },
        Sets { variable: "MACRO_PRIORITY", values: &[] },
    ],
    run: Run::Compute(|context, text| enter(context, text, None)),
};

/// Enters a macro. Where it does not exist, the next step follows.
fn enter(context: &mut Context<'_>, text: &str, lock: Option<MacroLock>) -> Outcome {
    let (name, arguments) = match text.split_once(',') {
        Some((name, arguments)) => (name, Some(arguments)),
        None => (text, None),
    };
    if text.is_empty() {
        context.warn("Macro: it wants the name of a macro");
        return Outcome::Hangup;
    }
    let limit = context.state.variables.get("MACRO_RECURSION").and_then(leading_integer);
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEEPEST);
    if macro_depth(&context.state) >= limit {
        context.warn(&format!("Macro: {name} is called {limit} macros deep; it is left out"));
        return Outcome::Continue;
    }
    let place = format!("macro-{name}");
    if !context.lookup().exists(&place, "s", 1, context.state.caller.number()) {
        context.warn(&format!("Macro: there is no s,1 in a context {place}"));
        return Outcome::Continue;
    }
    let arguments = arguments.into_iter().flat_map(|arguments| arguments.split(',')).take(MOST_ARGUMENTS);
    context.enter_macro(&place, arguments, lock);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn a_macro_comes_back_at_its_end_and_gives_back_what_it_hid() {
        let trial = Trial::run(
            "exten => 1,1,Set(ARG1=mine)\nsame => n,Macro(m,a)\nsame => n,NoOp(${ARG1}<${MACRO_EXTEN}>)\n\
             [macro-m]\nexten => s,1,NoOp(${ARG1}${MACRO_EXTEN})\n",
        );
        assert_eq!(
            trial.steps(),
            "1@default:1 Set ARG1=mine\n1@default:2 Macro m,a\ns@macro-m:1 NoOp a1\n1@default:3 NoOp mine<>\n"
        );
    }

    #[test]
    fn a_jump_out_of_its_context_ends_it() {
        let trial = Trial::run(
            "exten => 1,1,Macro(m,a)\nsame => n,NoOp(never)\nexten => 2,1,NoOp(<${ARG1}>)\n\
             [macro-m]\nexten => s,1,Goto(default,2,1)\n",
        );
        assert_eq!(trial.last_step(), "2@default:1 NoOp <>");
    }
}
