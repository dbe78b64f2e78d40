//! `SendSF`

use super::{Signal, milliseconds, receiver};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};

/// How long a pulse and the pause behind it last, and the pause behind a digit, in milliseconds.
const PULSE: u64 = 67;
const PAUSE: u64 = 33;
const BETWEEN: u64 = 600;

/// Sends digits as pulses of a single frequency to the caller, or to another channel: as many as the digit says, ten for 0.
///
/// `w` is a pause of half a second, `h` 250 ms of the frequency, which is 2600 Hz unless told otherwise.
pub static SEND_SF: Application = Application {
    name: "SendSF",
    synopsis: "Sends digits as pulses of a single frequency",
    arguments: &[
        Argument::required("digits", Kind::Text),
        Argument::optional("frequency", Kind::Number),
        Argument::optional("channel", Kind::Channel),
    ],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(send_sf(call, arguments))),
};

async fn send_sf(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(digits) = arguments.given(0) else {
        call.context().warn("SendSF needs the digits to send");
        return Outcome::Continue;
    };
    let Some(receiver) = receiver(call, "SendSF", arguments.given(2)) else { return Outcome::Continue };
    let frequency = milliseconds(&arguments, 1, 2600).to_string();
    let mut signal = Signal::default();
    for digit in digits.chars() {
        match (digit, digit.to_digit(10)) {
            (_, Some(pulses)) => {
                for _ in 0..if pulses == 0 { 10 } else { pulses } {
                    signal.push(&frequency, PULSE);
                    signal.push("0", PAUSE);
                }
                signal.push("0", BETWEEN);
            }
            ('w', None) => signal.push("0", 500),
            ('h' | 'H', None) => signal.push(&frequency, 250),
            (other, None) => call.context().warn(&format!("SendSF: `{other}` cannot be sent as pulses")),
        }
    }
    signal.play(&receiver).await;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn pulses_arrive() {
        let told = Trial::of(
            "SendSF(x)
             Originate(Local/200@default,app,SendSF,www3170,,,a)
             NoOp(on)
             exten => 200,1,Answer()
             exten => 200,2,ReceiveSF(DIGITS,4,20)",
        )
        .run();
        assert!(told.has("warning SendSF: `x`"));
        assert_eq!(told.value("DIGITS"), Some("3170"), "{:#?}", told.lines);
        assert_eq!(told.value("RECEIVESFSTATUS"), Some("MAXDIGITS"));
    }
}
