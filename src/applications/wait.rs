//! `Wait`

use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Outcome, Run, seconds};

/// Waits.
///
/// The time is a number of seconds, with a fraction if need be, or has a unit: `Wait(500ms)`, `Wait(2m)`. Keys that are
/// pressed meanwhile are not kept.
pub static WAIT: Application = Application {
    name: "Wait",
    synopsis: "Waits",
    arguments: &[Argument::required("seconds", Kind::Seconds)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(wait(call, arguments))),
};

async fn wait(call: &mut Call, arguments: Arguments) -> Outcome {
    let pause = Exchange::pause(seconds(arguments.get(0)).unwrap_or(0.0));
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
        call.channel.discard_digits();
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn what_is_no_time_is_no_wait() {
        let trial = Trial::run(
            "exten => 1,1,Set(B=${EPOCH})\nsame => n,Wait(2m)\nsame => n,Wait(x)\nsame => n,NoOp($[${EPOCH} - ${B}])\n",
        );
        assert_eq!(trial.last_step(), "1@default:4 NoOp 120");
    }
}
