//! `StackPop`

use crate::interpreter::{Application, Context, Outcome, Run};

/// Forgets the way back of the innermost subroutine.
///
/// The call goes on here; the next `Return` leads back from the subroutine around this one.
pub static STACK_POP: Application = Application {
    name: "StackPop",
    synopsis: "Forgets the way back from a subroutine",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(stack_pop),
};

fn stack_pop(context: &mut Context<'_>, _: &str) -> Outcome {
    if context.pop_gosub().is_none() {
        context.warn("StackPop: this is no subroutine");
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_way_back_is_forgotten() {
        let trial = Trial::run(
            "exten => 1,1,Gosub(2,1)\nsame => n,NoOp(back)\nexten => 2,1,Gosub(3,1)\nexten => 3,1,StackPop\nsame => n,Return\n",
        );
        assert_eq!(trial.last_step(), "1@default:2 NoOp back");
    }
}
