//! `RaiseException`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Goes to the extension `e` of this context.
///
/// There, `EXCEPTION(reason)` tells the reason given, and `EXCEPTION(context)`, `EXCEPTION(exten)` and
/// `EXCEPTION(priority)` this place.
pub static RAISE_EXCEPTION: Application = Application {
    name: "RaiseException",
    synopsis: "Goes to the extension e",
    arguments: &[Argument::required("reason", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(raise_exception),
};

fn raise_exception(context: &mut Context<'_>, reason: &str) -> Outcome {
    context.raise_exception(reason);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_way_leads_to_e() {
        let trial = Trial::run("exten => 1,1,RaiseException(odd)\nexten => e,1,NoOp(${EXTEN})\n");
        assert_eq!(trial.last_step(), "e@default:1 NoOp e");
    }
}
