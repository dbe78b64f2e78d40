//! `WaitUntil`

use std::time::Duration;

use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Outcome, Run, Sets};

/// Waits until a moment, given in seconds since 1970.
pub static WAIT_UNTIL: Application = Application {
    name: "WaitUntil",
    synopsis: "Waits until a moment",
    arguments: &[Argument::required("epoch", Kind::Seconds)],
    options: &[],
    sets: &[Sets { variable: "WAITUNTILSTATUS", values: &["OK", "FAILURE", "HANGUP", "PAST"] }],
    run: Run::Wait(|call, arguments| Box::pin(wait_until(call, arguments))),
};

async fn wait_until(call: &mut Call, arguments: Arguments) -> Outcome {
    let now = call.exchange.clock.now().timestamp();
    let status = match arguments.get(0).trim().parse::<f64>() {
        Err(_) => "FAILURE",
        Ok(moment) => {
            let left = moment - now.as_duration().as_secs_f64();
            if left <= 0.0 {
                "PAST"
            } else {
                call.context().set("WAITUNTILSTATUS", "HANGUP");
                tokio::time::sleep(Exchange::pause(left).min(Duration::from_secs(u32::MAX.into()))).await;
                "OK"
            }
        }
    };
    if status == "FAILURE" {
        call.context().warn(&format!("WaitUntil: `{}` is no moment", arguments.text()));
    }
    call.context().set("WAITUNTILSTATUS", status);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_moment_is_in_seconds_since_1970() {
        let plan = |moment| {
            format!(
                "exten => 1,1,Set(B=${{EPOCH}})\nsame => n,WaitUntil({moment})\nsame => n,NoOp(${{WAITUNTILSTATUS}} $[${{EPOCH}} - ${{B}}])\n"
            )
        };
        assert_eq!(Trial::run(&plan("$[${EPOCH} + 60]")).last_step(), "1@default:3 NoOp OK 60");
        assert_eq!(Trial::run(&plan("1")).last_step(), "1@default:3 NoOp PAST 0");
        assert_eq!(Trial::run(&plan("soon")).last_step(), "1@default:3 NoOp FAILURE 0");
    }
}
