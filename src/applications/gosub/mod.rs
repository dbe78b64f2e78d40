//! `Gosub` and its relatives: subroutines with arguments and a way back.

pub mod conditional;
pub mod returning;
pub mod stack_pop;

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, Sets};

/// Runs a subroutine of the plan.
///
/// `Gosub([[context,]extension,]priority[(argument,…)])`. The subroutine finds its arguments in `ARG1`, `ARG2`, … and
/// their number in `ARGC`; `Return` leads back to the step after this one. Quotes and backslashes in arguments stay.
/// Where there is no such subroutine, the call ends.
pub static GOSUB: Application = Application {
    name: "Gosub",
    synopsis: "Runs a subroutine of the plan",
    arguments: &[Argument::required("[[context,]extension,]priority[(arguments)]", Kind::Target)],
    options: &[],
    sets: &[Sets { variable: "ARG1", values: &[] }, Sets { variable: "ARGC", values: &[] }],
    run: Run::Compute(gosub),
};

fn gosub(context: &mut Context<'_>, text: &str) -> Outcome {
    if text.is_empty() {
        context.warn("Gosub: it wants the place of a subroutine");
        return Outcome::Hangup;
    }
    let back = context.state.position.priority.saturating_add(1);
    if context.gosub(text, back) { Outcome::Continue } else { Outcome::Hangup }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn inner_subroutines_do_not_see_outer_arguments() {
        let trial = Trial::run(
            "exten => 1,1,Gosub(a,1(x,y))\nsame => n,NoOp(<${ARG1}>)\nexten => a,1,Gosub(b,1(z))\n\
             same => n,NoOp(${ARG1}${ARG2})\nsame => n,Return(${ARG1})\n\
             exten => b,1,NoOp(${ARG1}${ARG2})\nsame => n,Return\n",
        );
        assert_eq!(
            trial.steps(),
            "1@default:1 Gosub a,1(x,y)\na@default:1 Gosub b,1(z)\nb@default:1 NoOp z\nb@default:2 Return\n\
             a@default:2 NoOp xy\na@default:3 Return x\n1@default:2 NoOp <>\n"
        );
    }
}
