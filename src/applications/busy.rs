//! `Busy`

use crate::channel::{Cause, Indication};
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Outcome, Run, leading_number};

/// Refuses the call as busy, and ends it when the caller hangs up or the time is over.
///
/// On a call that is answered, the caller hears the busy tone.
pub static BUSY: Application = Application {
    name: "Busy",
    synopsis: "Refuses the call as busy",
    arguments: &[Argument::optional("timeout", Kind::Seconds)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(refuse(call, arguments, Indication::Busy, Cause::BUSY))),
};

/// Refuses the call, waits for its end or for the time given, and ends it.
pub(super) async fn refuse(call: &mut Call, arguments: Arguments, indication: Indication, cause: Cause) -> Outcome {
    call.refuse(indication, cause);
    match arguments.given(0).map(leading_number).filter(|seconds| *seconds >= 0.0) {
        Some(seconds) => tokio::time::sleep(Exchange::pause(seconds)).await,
        None => std::future::pending().await,
    }
    Outcome::Hangup
}

#[cfg(test)]
mod tests {
    use crate::channel::Cause;
    use crate::interpreter::trial::Trial;

    #[test]
    fn the_cause_is_seen_by_h_unless_the_call_is_up() {
        let trial = Trial::run("exten => 1,1,Busy(1)\nexten => h,1,NoOp(${HANGUPCAUSE})\n");
        assert_eq!((trial.last_step(), trial.cause()), ("h@default:1 NoOp 17", Cause::BUSY));
        let trial = Trial::run("exten => 1,1,Answer\nsame => n,Congestion(1)\n");
        assert_eq!(trial.cause(), Cause::NONE);
    }
}
