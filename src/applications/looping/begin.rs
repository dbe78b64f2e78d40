//! `While`

use super::{begin_variable, innermost, leave, own_variable};
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, holds};

/// Begins a loop.
///
/// While the condition holds, the steps up to the matching `EndWhile` run again and again; once it does not, the step
/// behind `EndWhile` follows. The condition is as for `GotoIf`, and is substituted anew each time.
pub static WHILE: Application = Application {
    name: "While",
    synopsis: "Begins a loop",
    arguments: &[Argument::required("condition", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(begin),
};

fn begin(context: &mut Context<'_>, condition: &str) -> Outcome {
    let own = own_variable(context);
    let known = context.state.variables.get(&own).and_then(|number| number.parse().ok());
    let number = known.unwrap_or_else(|| innermost(context).map_or(0, |(number, _)| number + 1));
    if !holds(condition) {
        context.unset(&own);
        leave(context, Some(number));
        return Outcome::Continue;
    }
    let begin = begin_variable(number);
    let position = &context.state.position;
    let place = format!("{},{},{}", position.context, position.extension, position.priority);
    if known.is_none() {
        context.set(&own, &number.to_string());
    }
    if context.state.variables.get(&begin).is_none() {
        context.set(&begin, &place);
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn loops_count_nest_and_end() {
        let trial = Trial::run(
            "exten => 1,1,Set(I=0)\nsame => n,While($[${I} < 3])\nsame => n,Set(I=$[${I} + 1])\n\
             same => n,While(1)\nsame => n,Set(N=${N}${I})\nsame => n,ExitWhile\nsame => n,EndWhile\n\
             same => n,ExecIf($[${I} = 2]?ContinueWhile)\nsame => n,Set(M=${M}${I})\nsame => n,EndWhile\n\
             same => n,NoOp(${N} ${M})\n",
        );
        assert_eq!(trial.last_step(), "1@default:11 NoOp 123 13");
    }
}
