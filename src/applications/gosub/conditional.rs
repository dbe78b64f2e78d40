//! `GosubIf`

use super::gosub;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, holds, split_once_raw};

/// Runs one of two subroutines.
///
/// `GosubIf(condition?target[(arguments)][:target[(arguments)]])`. A target that is left out stands for the next step.
pub static GOSUB_IF: Application = Application {
    name: "GosubIf",
    synopsis: "Runs one of two subroutines, by a condition",
    arguments: &[Argument::required("condition?target[(arguments)][:target[(arguments)]]", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(gosub_if),
};

fn gosub_if(context: &mut Context<'_>, text: &str) -> Outcome {
    let (condition, Some(branches)) = split_once_raw(text, '?') else {
        context.warn("GosubIf: it wants a condition, a `?` and the place of a subroutine");
        return Outcome::Continue;
    };
    let (yes, no) = split_once_raw(branches, ':');
    match if holds(condition) { yes } else { no.unwrap_or("") } {
        "" => Outcome::Continue,
        target => gosub(context, target),
    }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn colons_in_arguments_part_nothing() {
        let trial = Trial::run("exten => 1,1,GosubIf(0?a,1:b,1(x:y))\nexten => b,1,NoOp(${ARG1})\n");
        assert_eq!(trial.last_step(), "b@default:1 NoOp x:y");
    }
}
