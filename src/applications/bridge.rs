//! `Bridge`

use std::sync::Arc;

use super::talk::{self, Callee, Ended, Limit, Terms};
use crate::applications::playing;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets};

/// Takes another channel out of what it does and lets the caller talk with it.
///
/// The plan goes on afterwards. The other channel is hung up then, unless option `F` says where it goes on, or `x` that it
/// ends at once.
pub static BRIDGE: Application = Application {
    name: "Bridge",
    synopsis: "Lets the caller talk with another channel",
    arguments: &[Argument::required("channel", Kind::Channel), Argument::optional("options", Kind::Options)],
    options: &[
        Letter::with('F', "context^extension^priority", "the other channel goes on here when the caller hangs up"),
        Letter::plain('h', "lets the other party hang up with the disconnect feature"),
        Letter::plain('H', "lets the caller hang up with the disconnect feature"),
        Letter::plain('k', "lets the other party park the call"),
        Letter::plain('K', "lets the caller park the call"),
        Letter::with('L', "x[:y[:z]]", "ends the call after x ms, warns when y ms are left, again every z ms"),
        Letter::plain('n', "does not answer the caller first"),
        Letter::plain('p', "plays the courtesy tone to the other party"),
        Letter::with('S', "seconds", "ends the call this long after its beginning"),
        Letter::plain('t', "lets the other party transfer the caller"),
        Letter::plain('T', "lets the caller transfer the other party"),
        Letter::plain('w', "lets the other party record the call with the automon feature"),
        Letter::plain('W', "lets the caller record the call with the automon feature"),
        Letter::plain('x', "the other channel is hung up afterwards"),
    ],
    sets: &[Sets { variable: "BRIDGERESULT", values: &["SUCCESS", "FAILURE", "LOOP", "NONEXISTENT"] }],
    run: Run::Wait(|call, arguments| Box::pin(bridge(call, arguments))),
};

async fn bridge(call: &mut Call, arguments: Arguments) -> Outcome {
    let name = arguments.get(0);
    let Some(other) = call.exchange.channels.find(name) else {
        call.context().warn(&format!("Bridge: there is no channel `{name}`"));
        return end(call, "NONEXISTENT");
    };
    if Arc::ptr_eq(&other, &call.channel) {
        call.context().warn("Bridge: the channel cannot talk with itself");
        return end(call, "LOOP");
    }
    let options = arguments.options(1);
    if !options.has('n') {
        call.channel.answer();
    }
    let Some(mut callee) = Callee::claim(&call.exchange, other).await else { return end(call, "FAILURE") };
    if options.has('F') {
        callee.set_successor(call, options.argument('F'));
    }
    callee.channel().answer();
    if options.has('p') {
        let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(callee.channel()));
        let tone = call.plan().features.setting("courtesytone").to_owned();
        if !tone.is_empty() {
            playing::play(&mut theirs, &tone).await;
        }
    }
    talk::introduce(&call.channel, callee.channel());
    let limit = Limit::read(call, options.argument('L'), options.argument('S'));
    let ended = talk::talk(call, callee, &Terms { options: &options, limit: limit.as_ref() }).await;
    call.context().set("BRIDGERESULT", "SUCCESS");
    if ended == Ended::HangsUp { Outcome::Hangup } else { Outcome::Continue }
}

/// Sets BRIDGERESULT and goes on.
pub(super) fn end(call: &Call, result: &str) -> Outcome {
    call.context().set("BRIDGERESULT", result);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_channel_is_taken_out_of_what_it_does() {
        let plan = "Originate(Local/200@default/n,app,Wait,20,,,a)\nWait(1)\nBridge(Local/200@default-00000000\\;2)\n\
                    NoOp(${BRIDGERESULT})\nexten => 200,1,Answer\nexten => 200,2,Wait(30)\nexten => 200,3,NoOp(not)\n\
                    exten => h,1,NoOp(end of ${CHANNEL})";
        let told = Trial::of(plan).run();
        assert!(told.has("100@default:5 NoOp SUCCESS"), "{:?}", told.lines);
        assert!(told.has("h@default:1 NoOp end of Local/200@default-00000000;2"), "{:?}", told.lines);
        assert!(!told.has("200@default:3"), "{:?}", told.lines);
    }

    #[test]
    fn nobody_and_oneself() {
        let told = Trial::of("Bridge(SIP/none)\nNoOp(${BRIDGERESULT})\nBridge(${CHANNEL})").run();
        assert!(told.has("100@default:3 NoOp NONEXISTENT"), "{:?}", told.lines);
        assert_eq!(told.value("BRIDGERESULT"), Some("LOOP"));
    }
}
