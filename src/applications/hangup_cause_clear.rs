//! `HangupCauseClear`

use crate::interpreter::{Application, Context, Outcome, Run};

/// Forgets what `HANGUPCAUSE` knows about called channels, which nothing else does.
pub static HANGUP_CAUSE_CLEAR: Application = Application {
    name: "HangupCauseClear",
    synopsis: "Forgets why called channels hung up",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Compute(clear),
};

fn clear(context: &mut Context<'_>, _: &str) -> Outcome {
    context.state.settings.remove_all("HANGUPCAUSE/");
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn what_called_sides_said_is_told_and_forgotten() {
        let told = Trial::of(
            "Dial(SIP/eve,5,S(1)g)
             Set(KEY=${HANGUPCAUSE_KEYS()})
             NoOp(${KEY}: ${HANGUPCAUSE(${KEY})} / ${HANGUPCAUSE(${KEY},ast)})
             HangupCauseClear()
             NoOp([${HANGUPCAUSE_KEYS()}])",
        )
        .answers("eve", 1)
        .run();
        assert!(told.has("100@default:4 NoOp SIP/eve-00000001: SIP 200 OK / Normal Clearing"), "{:#?}", told.lines);
        assert!(told.has("100@default:6 NoOp []"), "{:#?}", told.lines);
    }
}
