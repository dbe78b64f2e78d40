//! `Park`

use std::time::Duration;

use super::{Manner, SILENT, enter, lot_of, wait};
use crate::applications::playing;
use crate::applications::saying;
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Letter, Outcome, Run, Sets};

/// Parks the call: it waits in a space of a parking lot until somebody takes it with `ParkedCall`.
///
/// Lots stand in `res_parking.conf` (or of old in `[general]` of `features.conf`). The variable PARKINGEXTEN asks for a
/// space. A call that waits too long goes back to who parked it, or to the `comebackcontext`, and knows where it waited.
pub static PARK: Application = Application {
    name: "Park",
    synopsis: "Parks the call",
    arguments: &[Argument::optional("lot", Kind::Text), Argument::optional("options", Kind::Options)],
    options: &[
        Letter::with('c', "context,extension,priority", "where the call goes on when it waited too long"),
        Letter::plain('r', "the call hears ringing instead of music"),
        Letter::plain('R', "takes any free space"),
        Letter::plain('s', "does not say the number of the space"),
        Letter::with('t', "seconds", "waits so long"),
    ],
    sets: &[
        Sets { variable: "PARKING_SPACE", values: &[] },
        Sets { variable: "PARKINGSLOT", values: &[] },
        Sets { variable: "PARKEDLOT", values: &[] },
        Sets { variable: "PARKER", values: &[] },
        Sets { variable: "PARKER_FLAT", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(park(call, arguments))),
};

async fn park(call: &mut Call, arguments: Arguments) -> Outcome {
    let name = lot_of(&call.channel, arguments.get(0));
    let Some(lot) = call.exchange.parking.lot(&name) else {
        call.context().warn(&format!("Park: there is no parking lot `{name}`"));
        return Outcome::Continue;
    };
    let options = arguments.options(1);
    let manner = Manner::of(call, &options);
    call.answer(Duration::ZERO).await;
    let Some(one) = enter(call, &lot, &manner) else {
        call.context().warn(&format!("Park: parking lot `{name}` is full"));
        playing::play(call, "pbx-parkingfailed").await;
        return Outcome::Continue;
    };
    let is_silent = options.has('s') || call.channel.state().settings.get(SILENT).is_some();
    call.channel.state().settings.remove(SILENT);
    let _place = Left { call: (std::sync::Arc::clone(&call.exchange), std::sync::Arc::clone(&call.channel)) };
    if !is_silent {
        playing::play_each(call, &saying::digits(&one.space.to_string()), "").await;
    }
    wait(call, &lot, one, &manner).await
}

/// Leaves the space also where the caller hangs up while the number is said.
struct Left {
    call: (std::sync::Arc<Exchange>, std::sync::Arc<crate::channel::Channel>),
}

impl Drop for Left {
    fn drop(&mut self) {
        self.call.0.parking.leave(&self.call.1);
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    const LOT: &str = "[general]\n[default]\nparkext=700\nparkpos=701-702\nparkingtime=5\ncomebacktoorigin=no\ncomebackcontext=back\n";

    #[test]
    fn a_parked_call_is_fetched_by_its_number() {
        let plan = "Originate(Local/200@callee/n,app,Wait,3,,,a)\nWait(2)\nNoOp(${DEVICE_STATE(park:701@parkedcalls)})\n\
                    Goto(parkedcalls,701,1)\n[callee]\nexten => 200,1,Answer\nexten => 200,2,Park(,s)\nexten => h,1,NoOp(gone)";
        let told = Trial::of(plan).file("res_parking.conf", LOT).run();
        assert!(told.has("event ParkedCall ParkeeChannel=Local/200@callee-00000000;2"), "{:?}", told.lines);
        assert!(told.has("100@default:4 NoOp INUSE"), "{:?}", told.lines);
        assert!(
            told.has("701@parkedcalls:1 ParkedCall default,701") && told.has("event UnParkedCall"),
            "{:?}",
            told.lines
        );
    }

    #[test]
    fn who_waits_too_long_goes_on_in_the_plan() {
        let plan = "Park\nNoOp(not)\n[back]\nexten => SIP_ann,1,NoOp(${PARKINGSLOT} ${PARKER})";
        let told = Trial::of(plan).file("res_parking.conf", LOT).run();
        assert!(told.has("SIP_ann@back:1 NoOp 701 SIP/ann"), "{:?}", told.lines);
        assert_eq!(told.sounds(), ["digits/7", "digits/0", "digits/1"]);
        assert!(told.has("event ParkedCallTimeOut") && told.has("music default"));
        let told =
            Trial::of("Park(,st(2)c(there,1,1))\n[there]\nexten => 1,1,NoOp(x)").file("res_parking.conf", LOT).run();
        assert!(told.has("1@there:1 NoOp x") && told.lasted < 4.0, "{:?}", told.lines);
    }

    #[test]
    fn it_comes_back_to_who_parked_it() {
        let told = Trial::of("Park(,s)")
            .file("res_parking.conf", &LOT.replace("comebacktoorigin=no", "comebacktoorigin=yes"))
            .run();
        assert!(told.has("set PARKER=SIP/ann"), "{:?}", told.lines);
    }

    #[test]
    fn nobody_is_parked_there() {
        let told = Trial::of("ParkedCall(default,702)\nNoOp(on)").run();
        assert!(!told.has("100@default:3") && told.sounds() == ["pbx-invalidpark"], "{:?}", told.lines);
        assert!(Trial::of("Park(nowhere)\nNoOp(on)").run().has("100@default:3 NoOp on"));
    }
}
