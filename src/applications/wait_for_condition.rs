//! `WaitForCondition`

use std::time::Duration;

use tokio::time::Instant;

use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Outcome, Run, Sets, holds, seconds};

/// Waits until a condition holds.
///
/// `WaitForCondition(#,#["#{DEVICE_STATE(SIP/100)}" = "INUSE"],60,1)`: the character stands for the dollar sign, so that
/// the condition is substituted again each time it is looked at. Times are in seconds; without a time-out it waits for
/// ever, without an interval it looks every half second.
pub static WAIT_FOR_CONDITION: Application = Application {
    name: "WaitForCondition",
    synopsis: "Waits until a condition holds",
    arguments: &[
        Argument::required("replacement", Kind::Text),
        Argument::required("condition", Kind::Text),
        Argument::optional("timeout", Kind::Seconds),
        Argument::optional("interval", Kind::Seconds),
    ],
    options: &[],
    sets: &[Sets { variable: "WAITFORCONDITIONSTATUS", values: &["TRUE", "FAILURE", "TIMEOUT", "HANGUP"] }],
    run: Run::Wait(|call, arguments| Box::pin(wait_for_condition(call, arguments))),
};

async fn wait_for_condition(call: &mut Call, arguments: Arguments) -> Outcome {
    call.context().set("WAITFORCONDITIONSTATUS", "HANGUP");
    let status = wait(call, &arguments).await;
    let mut context = call.context();
    if status == "FAILURE" {
        context
            .warn("WaitForCondition: it wants a character, and an expression in brackets with it for each dollar sign");
    }
    context.set("WAITFORCONDITIONSTATUS", status);
    Outcome::Continue
}

async fn wait(call: &mut Call, arguments: &Arguments) -> &'static str {
    // The condition is taken apart by nobody but the one who substitutes it: its quotes count.
    let fields = crate::interpreter::split_raw(arguments.text(), ',');
    let field = |index: usize| fields.get(index).copied().unwrap_or("");
    let (replacement, condition) = (field(0), field(1));
    if replacement.chars().count() != 1 || !condition.starts_with(&format!("{replacement}[")) {
        return "FAILURE";
    }
    let condition = condition.replace(replacement, "$");
    let timeout = seconds(field(2)).filter(|timeout| *timeout > 0.0).map(Exchange::pause);
    let interval = seconds(field(3)).map(Exchange::pause).filter(|interval| !interval.is_zero());
    let interval = interval.unwrap_or(Duration::from_millis(500));
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        if holds(&call.context().expand(&condition)) {
            return "TRUE";
        }
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return "TIMEOUT";
        }
        let next = Instant::now() + interval.min(Duration::from_secs(86_400));
        tokio::time::sleep_until(deadline.map_or(next, |deadline| deadline.min(next))).await;
    }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_condition_is_looked_at_again_and_again() {
        let plan = "exten => 1,1,Set(B=${EPOCH})\nsame => n,WaitForCondition(#,#[#{EPOCH} > ${B} + 2],9)\n\
                    same => n,NoOp(${WAITFORCONDITIONSTATUS} $[${EPOCH} - ${B}])\n";
        assert_eq!(Trial::run(plan).last_step(), "1@default:3 NoOp TRUE 3");
        let plan = "exten => 1,1,WaitForCondition(#,#[0],2,1)\nsame => n,NoOp(${WAITFORCONDITIONSTATUS})\n";
        assert_eq!(Trial::run(plan).last_step(), "1@default:2 NoOp TIMEOUT");
    }
}
