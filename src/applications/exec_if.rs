//! `ExecIf`

use super::exec::parse;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, holds, split_once_raw};

/// Runs one of two applications.
///
/// `ExecIf(condition?Application(arguments):Other(arguments))`. Where the condition is false and there is no second
/// application, the next step follows. The condition is as for `GotoIf`.
pub static EXEC_IF: Application = Application {
    name: "ExecIf",
    synopsis: "Runs one of two applications, by a condition",
    arguments: &[Argument::required("condition?application(arguments)[:application(arguments)]", Kind::Application)],
    options: &[],
    sets: &[],
    run: Run::Compute(exec_if),
};

fn exec_if(context: &mut Context<'_>, text: &str) -> Outcome {
    let question = text.find('?');
    if question.is_none_or(|question| text.find(',').is_some_and(|comma| comma < question)) {
        return old_form(context, text);
    }
    let (condition, branches) = split_once_raw(text, '?');
    let Some(branches) = branches.filter(|branches| !branches.is_empty()) else {
        context.warn("ExecIf: there is no application behind the `?`");
        return Outcome::Hangup;
    };
    let (yes, no) = split_once_raw(branches, ':');
    match if holds(condition) { Some(yes) } else { no } {
        Some(chosen) => {
            let (name, arguments) = parse(chosen);
            execute(context, name, arguments)
        }
        None => Outcome::Continue,
    }
}

/// `condition,application,arguments`, as before Asterisk 1.6.
fn old_form(context: &mut Context<'_>, text: &str) -> Outcome {
    context.warn("ExecIf: write ExecIf(condition?application(arguments))");
    let (condition, rest) = split_once_raw(text, ',');
    if !holds(condition) {
        return Outcome::Continue;
    }
    let (name, arguments) = split_once_raw(rest.unwrap_or(""), ',');
    execute(context, name, arguments.unwrap_or(""))
}

/// Runs an application by its name; where there is none, the call ends.
pub(super) fn execute(context: &mut Context<'_>, name: &str, arguments: &str) -> Outcome {
    match context.exchange.library.application(name) {
        Some(application) => context.hand_over(application, arguments),
        None => {
            context.warn(&format!("there is no application `{name}`"));
            Outcome::Hangup
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn a_branch_may_jump_and_wait() {
        let trial = Trial::run(
            "exten => 1,1,ExecIf(1?Goto(3))\nsame => n,NoOp(never)\nsame => n,ExecIf(0?NoOp:Wait(1))\n\
             same => n,ExecIf(0?NoSuch())\nsame => n,NoOp(end)\n",
        );
        assert_eq!(trial.last_step(), "1@default:5 NoOp end");
    }
}
