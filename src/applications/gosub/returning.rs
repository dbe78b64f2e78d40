//! `Return`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, Sets};

/// Goes back from a subroutine to the step after its `Gosub`.
///
/// The value, commas and quotes included, is found in `GOSUB_RETVAL`; without one that variable is empty. Outside of a
/// subroutine, the call ends.
pub static RETURN: Application = Application {
    name: "Return",
    synopsis: "Goes back from a subroutine",
    arguments: &[Argument::optional("value", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "GOSUB_RETVAL", values: &[] }],
    run: Run::Compute(return_from),
};

fn return_from(context: &mut Context<'_>, value: &str) -> Outcome {
    if !context.leave_gosub() {
        context.warn("Return: this is no subroutine");
        return Outcome::Hangup;
    }
    context.set("GOSUB_RETVAL", value);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_value_is_kept_as_written() {
        let trial = Trial::run(
            "exten => 1,1,Gosub(2,1)\nsame => n,NoOp(${GOSUB_RETVAL})\nsame => n,Return\nexten => 2,1,Return(a,\"b\")\n",
        );
        assert!(trial.steps().ends_with("1@default:2 NoOp a,\"b\"\n1@default:3 Return\n"));
    }
}
