//! `If`, `ElseIf`, `Else`, `EndIf`, `ExitIf`: blocks of steps that run by a condition.
//!
//! A block keeps nothing while it runs: each of these steps finds its way by looking at the steps behind it.

use super::blocks::find_end;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, holds};

/// Begins a block of steps that run if a condition holds.
///
/// The steps up to the next `ElseIf`, `Else` or `EndIf` run if it does. Otherwise the first `ElseIf` whose condition holds
/// has its turn, else the steps behind `Else`. Blocks may stand within each other. The condition is as for `GotoIf`.
pub static IF: Application = Application {
    name: "If",
    synopsis: "Begins a block of steps that run if a condition holds",
    arguments: &[Argument::required("condition", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(begin),
};

/// Begins another part of an `If` block, which has its turn if no part before had and the condition holds.
pub static ELSE_IF: Application = Application {
    name: "ElseIf",
    synopsis: "Begins a part that runs if the ones before did not and a condition holds",
    arguments: &[Argument::required("condition", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(else_if),
};

/// Begins the last part of an `If` block, which has its turn if no other had.
pub static ELSE: Application = Application {
    name: "Else",
    synopsis: "Begins the part that runs if no other did",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(leave),
};

/// Ends an `If` block.
pub static END_IF: Application = Application {
    name: "EndIf",
    synopsis: "Ends an If block",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(|_, _| Outcome::Continue),
};

/// Leaves an `If` block: the step behind its `EndIf` follows.
pub static EXIT_IF: Application = Application {
    name: "ExitIf",
    synopsis: "Leaves an If block",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(leave),
};

fn begin(context: &mut Context<'_>, condition: &str) -> Outcome {
    if holds(condition) {
        return Outcome::Continue;
    }
    match find_end(context, "if", "endif", &["elseif", "else"]) {
        Some(part) if part.middle == Some(0) => {
            context.state.else_if_due = true;
            context.state.jump_within(part.priority);
        }
        Some(part) => context.state.jump_within(part.priority + 1),
        None => context.warn("there is no EndIf for this If"),
    }
    Outcome::Continue
}

/// Reached by a jump from a part whose condition did not hold, it is the next to try; reached by the steps before it, the
/// block is done.
fn else_if(context: &mut Context<'_>, condition: &str) -> Outcome {
    if std::mem::take(&mut context.state.else_if_due) { begin(context, condition) } else { leave(context, condition) }
}

fn leave(context: &mut Context<'_>, _: &str) -> Outcome {
    match find_end(context, "if", "endif", &[]) {
        Some(end) => context.state.jump_within(end.priority + 1),
        None => context.warn("there is no EndIf behind this step"),
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_first_part_whose_condition_holds_has_its_turn() {
        let plan = "exten => _X,1,If($[${EXTEN} = 1])\nsame => n,Set(R=one)\nsame => n,If(0)\nsame => n,Else\nsame => n,EndIf\n\
                    same => n,ElseIf($[${EXTEN} = 2])\nsame => n,Set(R=two)\nsame => n,ElseIf($[${EXTEN} = 3])\n\
                    same => n,Set(R=three)\nsame => n,Else\nsame => n,Set(R=other)\nsame => n,EndIf\n\
                    same => n,NoOp(${R})\n";
        for (number, word) in [("1", "one"), ("2", "two"), ("3", "three"), ("4", "other")] {
            assert_eq!(Trial::call(plan, number).last_step(), format!("{number}@default:13 NoOp {word}"));
        }
    }
}
