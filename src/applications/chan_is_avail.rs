//! `ChanIsAvail`

use crate::channel::{Cause, DeviceState, State};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets};

/// Tells which of several destinations could be called.
///
/// `AVAILCHAN` is the channel that was made for the test, `AVAILORIGCHAN` the destination; both are empty where there is
/// none.
pub static CHAN_IS_AVAIL: Application = Application {
    name: "ChanIsAvail",
    synopsis: "Tells which destination could be called",
    arguments: &[Argument::required("destinations", Kind::Destinations), Argument::optional("options", Kind::Options)],
    options: &[
        Letter::plain('a', "gives all that could be called, not the first only"),
        Letter::plain('j', "jumps to priority n+101 where none could be called"),
        Letter::plain('s', "takes a telephone in a call for one that could not be called"),
        Letter::plain('t', "asks for the state of the telephone only"),
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
    let (mut status, mut cause) = (0, Cause::NONE);
    if arguments.get(0).is_empty() {
        call.context().warn("ChanIsAvail needs a destination");
        return Outcome::Hangup;
    }
    for destination in arguments.get(0).split('&').map(str::trim).filter(|text| !text.is_empty()) {
        let Some((technology, resource)) = destination.split_once('/') else {
            call.context().warn(&format!("ChanIsAvail: `{destination}` is no destination; write technology/resource"));
            return Outcome::Hangup;
        };
        if options.has('s') || options.has('t') {
            status = number(call.exchange.device_state(destination));
            if options.has('t') {
                if status <= 1 {
                    named.push(destination.to_owned());
                }
                continue;
            }
            if status > 1 {
                continue;
            }
        }
        match call.exchange.channels.request(technology, resource, &|_: &mut State| {}) {
            Ok(channels) => {
                made.extend(channels.first().map(|channel| channel.name().to_string()));
                named.push(destination.to_owned());
                channels.iter().for_each(|channel| channel.hang_up(Cause::NONE));
                if !options.has('a') {
                    break;
                }
            }
            Err(error) => {
                cause = error.cause();
                status = number(call.exchange.device_state(destination));
            }
        }
    }
    let is_none = named.is_empty();
    let mut context = call.context();
    context.set("AVAILCHAN", &made.join("&"));
    context.set("AVAILORIGCHAN", &named.join("&"));
    context.set("AVAILSTATUS", &status.to_string());
    context.set("AVAILCAUSECODE", &cause.to_string());
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
        assert_eq!((none.value("AVAILCHAN"), none.value("AVAILCAUSECODE")), (Some(""), Some("3")));
        assert!(none.has("100@default:103 NoOp jumped"), "{:?}", none.lines);
    }
}
