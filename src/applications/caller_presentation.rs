//! `SetCallerPres`

use crate::channel::caller_id::Presentation;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Says whether the caller may be shown: the older form of `Set(CALLERID(pres)=…)`.
///
/// One of `allowed_not_screened`, `allowed_passed_screen`, `allowed_failed_screen`, `allowed`, the same with `prohib`,
/// and `unavailable`.
pub static SET_CALLER_PRES: Application = Application {
    name: "SetCallerPres",
    synopsis: "Says whether the caller may be shown",
    arguments: &[Argument::required("presentation", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(set_caller_pres),
};

fn set_caller_pres(context: &mut Context<'_>, word: &str) -> Outcome {
    match Presentation::parse(word) {
        Some(presentation) => {
            context.state.caller.number_presentation = presentation;
            context.state.caller.name_presentation = presentation;
            context.announce_caller();
        }
        None => context.warn(&format!("SetCallerPres: `{word}` is no presentation")),
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_presentation_is_read_back_and_an_unknown_one_changes_nothing() {
        let trial = Trial::run(
            "exten => 1,1,SetCallerPres(prohib_passed_screen)\nsame => n,SetCallerPres(never)\n\
             same => n,NoOp(${CALLERID(num-pres)})\n",
        );
        assert_eq!(trial.last_step(), "1@default:3 NoOp prohib_passed_screen");
    }
}
