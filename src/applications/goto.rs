//! `Goto`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Goes on at another step.
///
/// `Goto(priority)`, `Goto(extension,priority)` or `Goto(context,extension,priority)`. The priority is a number, a label,
/// or `+n` or `-n` from here. An extension that does not exist leads to `i`; a label that does not exist ends the call.
pub static GOTO: Application = Application {
    name: "Goto",
    synopsis: "Goes on at another step",
    arguments: &[Argument::required("[[context,]extension,]priority", Kind::Target)],
    options: &[],
    sets: &[],
    run: Run::Compute(goto),
};

pub(super) fn goto(context: &mut Context<'_>, target: &str) -> Outcome {
    if target.is_empty() {
        context.warn("Goto: it wants a place to go to");
        return Outcome::Hangup;
    }
    if context.goto(target) { Outcome::Continue } else { Outcome::Hangup }
}

/// Goes to the target of a branch; an empty branch goes on with the next step.
pub(super) fn branch(context: &mut Context<'_>, target: &str) -> Outcome {
    if target.is_empty() { Outcome::Continue } else { goto(context, target) }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn labels_numbers_and_offsets() {
        let trial = Trial::run(
            "exten => 1,1,Goto(far)\nsame => n,NoOp(never)\nsame => n(far),Goto(+2)\nsame => n,NoOp(never)\n\
             same => n,Goto(2,1)\nexten => 2,1,NoOp(there)\n",
        );
        assert_eq!(
            trial.steps(),
            "1@default:1 Goto far\n1@default:3 Goto +2\n1@default:5 Goto 2,1\n2@default:1 NoOp there\n"
        );
    }
}
