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
    use super::*;
    use crate::applications::testing::Trial;
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn causes_are_forgotten() {
        let bench = Bench::new("");
        bench.with(|context| {
            context.state.settings.set("HANGUPCAUSE/SIP/1-0 ast", "Call Rejected");
            clear(context, "");
        });
        assert_eq!(bench.value("[${HANGUPCAUSE_KEYS()}]"), "[]");
    }

    #[test]
    fn the_plan_goes_on() {
        assert!(Trial::of("HangupCauseClear()\nNoOp(on)").run().has("100@default:3 NoOp on"));
    }
}
