//! `GotoIf`

use super::goto::branch;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, holds, split_at_byte};

/// Goes on at one of two steps.
///
/// `GotoIf(condition?target:other)`. The condition is false when it is empty or begins with the number 0. A target that
/// is left out stands for the next step. Targets are written as for `Goto`.
pub static GOTO_IF: Application = Application {
    name: "GotoIf",
    synopsis: "Goes on at one of two steps, by a condition",
    arguments: &[Argument::required("condition?target[:target]", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(goto_if),
};

fn goto_if(context: &mut Context<'_>, text: &str) -> Outcome {
    let (condition, branches) = split_at_byte(text, b'?').unwrap_or((text, ""));
    let (yes, no) = split_at_byte(branches, b':').unwrap_or((branches, ""));
    branch(context, if holds(condition) { yes } else { no })
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn a_branch_left_out_goes_on() {
        let plan =
            |condition| format!("exten => 1,1,GotoIf({condition}?:3)\nsame => n,NoOp(next)\nsame => n,NoOp(three)\n");
        assert!(Trial::run(&plan("1")).steps().contains("next"));
        assert!(!Trial::run(&plan("0")).steps().contains("next"));
    }
}
