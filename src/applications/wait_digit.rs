//! `WaitDigit`

use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Keyed, Kind, Outcome, Run, Sets, seconds};

/// Waits for one key.
///
/// With digits given, other keys are passed over.
pub static WAIT_DIGIT: Application = Application {
    name: "WaitDigit",
    synopsis: "Waits for one key",
    arguments: &[Argument::optional("seconds", Kind::Seconds), Argument::optional("digits", Kind::Text)],
    options: &[],
    sets: &[
        Sets { variable: "WAITDIGITSTATUS", values: &["ERROR", "DTMF", "TIMEOUT", "CANCEL"] },
        Sets { variable: "WAITDIGITRESULT", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(wait_digit(call, arguments))),
};

async fn wait_digit(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(timeout) = seconds(arguments.get(0)).filter(|timeout| *timeout >= 0.0) else {
        call.context().warn(&format!("WaitDigit: `{}` is no time", arguments.get(0)));
        call.context().set("WAITDIGITSTATUS", "ERROR");
        return Outcome::Continue;
    };
    let deadline = tokio::time::Instant::now().checked_add(Exchange::pause(timeout));
    let accepted = arguments.given(1);
    loop {
        let left = deadline.map_or(std::time::Duration::MAX, |deadline| {
            deadline.saturating_duration_since(tokio::time::Instant::now())
        });
        match call.key(left).await {
            Keyed::TimedOut => {
                call.context().set("WAITDIGITSTATUS", "TIMEOUT");
                return Outcome::Continue;
            }
            Keyed::Key(digit) if accepted.is_none_or(|accepted| accepted.contains(digit)) => {
                let mut context = call.context();
                context.set("WAITDIGITSTATUS", "DTMF");
                context.set("WAITDIGITRESULT", digit.encode_utf8(&mut [0; 4]));
                return Outcome::Continue;
            }
            Keyed::Key(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn other_keys_are_passed_over() {
        let plan = "exten => 1,1,WaitDigit(5,12)\nsame => n,NoOp(${WAITDIGITSTATUS} ${WAITDIGITRESULT})\n";
        assert_eq!(Trial::pressing(plan, "52").last_step(), "1@default:2 NoOp DTMF 2");
        assert_eq!(Trial::pressing(plan, "5").last_step(), "1@default:2 NoOp TIMEOUT ");
    }
}
