//! `ChanIsAvail`

use crate::channel::{Cause, DeviceState, State};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets};

/// Tells which of several destinations could be called.
///
/// `AVAILCHAN` is the channel that was made for the test, `AVAILORIGCHAN` the destination; both are empty where there is
/// none. `AVAILSTATUS` has the number of the device's state for each destination that was tried (0 without option `s`),
/// `AVAILCAUSECODE` a cause for each that could be called.
pub static CHAN_IS_AVAIL: Application = Application {
    name: "ChanIsAvail",
    synopsis: "Tells which destination could be called",
    arguments: &[Argument::required("destinations", Kind::Destinations), Argument::optional("options", Kind::Options)],
    options: &[
        Letter::plain('a', "gives all that could be called, not the first only"),
        Letter::plain('j', "jumps to priority n+101 where none could be called"),
        Letter::plain('s', "takes a telephone in a call for one that could not be called"),
        Letter::plain('t', "looks no further than whether the destination is there"),
    ],
    sets: &[
        Sets { variable: "AVAILCHAN", values: &[] },
        Sets { variable: "AVAILORIGCHAN", values: &[] },
        Sets { variable: "AVAILSTATUS", values: &[] },
        Sets { variable: "AVAILCAUSECODE", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(chan_is_avail(call, arguments))),
};

async fn chan_is_avail(call: &mut Call, arguments: Arguments) -> Outcome {
    let options = arguments.options(1);
    let (mut made, mut named) = (Vec::new(), Vec::new());
    let (mut states, mut causes) = (Vec::new(), Vec::new());
    for destination in arguments.get(0).split('&').map(str::trim).filter(|text| !text.is_empty()) {
        let Some((technology, resource)) = destination.split_once('/') else {
            call.context().warn(&format!("ChanIsAvail: `{destination}` is no destination; write technology/resource"));
            return Outcome::Hangup;
        };
        let state = if options.has('s') { number(call.exchange.device_state(destination)) } else { 0 };
        states.push(state.to_string());
        if state > 1 {
            continue;
        }
        if let Ok(channels) = call.exchange.channels.request(technology, resource, &|_: &mut State| {}) {
            made.extend(channels.first().map(|channel| channel.name().to_string()));
            named.push(destination.to_owned());
            causes.push(Cause::NONE.to_string());
            channels.iter().for_each(|channel| channel.hang_up(Cause::NONE));
            if !options.has('a') {
                break;
            }
        }
    }
    let is_none = named.is_empty();
    let mut context = call.context();
    context.set("AVAILCHAN", &made.join("&"));
    context.set("AVAILORIGCHAN", &named.join("&"));
    // Asked about nobody, Asterisk gives the state of a device that is not there.
    let states = if states.is_empty() { number(DeviceState::Invalid).to_string() } else { states.join("&") };
    context.set("AVAILSTATUS", &states);
    context.set("AVAILCAUSECODE", &causes.join("&"));
    if is_none && options.has('j') {
        let here = context.state.position.clone();
        let caller = context.state.caller.number().to_owned();
        let to = here.priority.saturating_add(101);
        if context.lookup().exists(&here.context, &here.extension, to, &caller) {
            context.state.jump_within(to);
        }
    }
    Outcome::Continue
}

/// Asterisk's number of a device's state.
fn number(state: DeviceState) -> u8 {
    const WORDS: [&str; 9] =
        ["UNKNOWN", "NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE", "ONHOLD"];
    WORDS.iter().position(|word| *word == state.word()).and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn the_first_that_could_be_called() {
        let told = Trial::of("ChanIsAvail(SIP/none&SIP/bob&Local/100@default)").run();
        assert_eq!(told.value("AVAILORIGCHAN"), Some("SIP/bob"));
        assert!(told.value("AVAILCHAN").unwrap().starts_with("SIP/bob-"));
        let all = Trial::of("ChanIsAvail(SIP/bob&Local/100@default,as)").run();
        assert_eq!(all.value("AVAILORIGCHAN"), Some("SIP/bob&Local/100@default"));
        let none = Trial::of("ChanIsAvail(SIP/none,j)\nNoOp(plain)\nexten => 100,103,NoOp(jumped)").run();
        assert_eq!((none.value("AVAILCHAN"), none.value("AVAILCAUSECODE")), (Some(""), Some("")));
        let states = Trial::of("ChanIsAvail(Local/9@nowhere&Local/100@default,s)").run();
        assert_eq!(states.value("AVAILSTATUS"), Some("4&1"));
        assert!(none.has("100@default:103 NoOp jumped"), "{:?}", none.lines);
    }
}
