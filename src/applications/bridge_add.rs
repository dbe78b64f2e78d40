//! `BridgeAdd`

use std::time::Duration;

use super::bridge::end;
use super::spying;
use crate::channel::Event;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Lets the caller take part in the talk of another channel, as a third one.
///
/// The channel is named by the beginning of its name. The plan goes on when its talk is over.
pub static BRIDGE_ADD: Application = Application {
    name: "BridgeAdd",
    synopsis: "Lets the caller take part in a talk of others",
    arguments: &[Argument::required("channel", Kind::Channel)],
    options: &[],
    sets: &[Sets { variable: "BRIDGERESULT", values: &["SUCCESS", "FAILURE", "LOOP", "NONEXISTENT"] }],
    run: Run::Wait(|call, arguments| Box::pin(bridge_add(call, arguments))),
};

/// So long a key of the third one lasts.
const KEY: Duration = Duration::from_millis(100);

async fn bridge_add(call: &mut Call, arguments: Arguments) -> Outcome {
    let prefix = arguments.get(0);
    let is_it = |name: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let found = call.exchange.channels.all().into_iter().find(|channel| !prefix.is_empty() && is_it(channel.name()));
    let Some(other) = found else { return end(call, "NONEXISTENT") };
    if std::sync::Arc::ptr_eq(&other, &call.channel) {
        return end(call, "LOOP");
    }
    if other.bridged_with().is_none() {
        call.context().warn(&format!("BridgeAdd: {} is in no talk", other.name()));
        return end(call, "FAILURE");
    }
    call.channel.answer();
    call.background = None;
    let third = spying::join_talk(&call.channel, &other);
    loop {
        tokio::select! {
            () = other.unbridged() => break,
            event = call.channel.event() => {
                if let Event::Digit(key) = event {
                    other.send_digit(key, KEY);
                }
            }
        }
    }
    drop(third);
    end(call, "SUCCESS")
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_third_one_hears_the_talk_of_two() {
        let plan = "Originate(Local/200@default/n,exten,default,300,1,,a)\nWait(1)\nBridgeAdd(Local/200@default)\n\
                    NoOp(${BRIDGERESULT})\nBridgeAdd(SIP/none)\nNoOp(${BRIDGERESULT})\nBridgeAdd(${CHANNEL})\n\
                    exten => 200,1,Answer\nexten => 200,2,Playback(tt-monkeys)\n\
                    exten => 300,1,Dial(Local/400@default/n)\nexten => 400,1,Answer\nexten => 400,2,Wait(9)\n";
        let told = Trial::of(plan).listen().run();
        assert!(told.has("100@default:5 NoOp SUCCESS"), "{:?}", told.lines);
        assert!(told.has("100@default:7 NoOp NONEXISTENT"), "{:?}", told.lines);
        assert!(told.heard.iter().any(|sample| sample.unsigned_abs() > 1000), "nothing was heard");
    }
}
