//! `SendMF`

use super::{Signal, milliseconds, receiver};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};
use crate::media::mf;

/// Sends digits of the multi-frequency signalling R1 to the caller, or to another channel.
///
/// `*` is KP, `#` ST, `A` to `C` are its variants, `w` is a pause of half a second, `h` 250 ms of 2600 Hz. Between digits are
/// `timeout` milliseconds (50); a digit lasts `duration` (55), KP `duration_kp` (120), ST `duration_st` (65).
pub static SEND_MF: Application = Application {
    name: "SendMF",
    synopsis: "Sends multi-frequency digits",
    arguments: &[
        Argument::required("digits", Kind::Text),
        Argument::optional("timeout", Kind::Number),
        Argument::optional("duration", Kind::Number),
        Argument::optional("duration_kp", Kind::Number),
        Argument::optional("duration_st", Kind::Number),
        Argument::optional("channel", Kind::Channel),
    ],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(send_mf(call, arguments))),
};

async fn send_mf(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(digits) = arguments.given(0) else {
        call.context().warn("SendMF needs the digits to send");
        return Outcome::Continue;
    };
    let Some(receiver) = receiver(call, "SendMF", arguments.given(5)) else { return Outcome::Continue };
    let between = milliseconds(&arguments, 1, 50);
    let mut signal = Signal::default();
    for digit in digits.chars() {
        let place = match digit.to_ascii_uppercase() {
            '*' => 3,
            '#' | 'A' | 'B' | 'C' => 4,
            _ => 2,
        };
        let usual = u64::try_from(mf::usual_length(digit).as_millis()).unwrap_or_default();
        match (digit, mf::notation(digit)) {
            (_, Some(tones)) => signal.push(&tones, milliseconds(&arguments, place, usual)),
            ('w', None) => signal.push("0", 500),
            ('h' | 'H', None) => signal.push("2600", 250),
            (other, None) => {
                call.context().warn(&format!("SendMF: `{other}` is no digit of this signalling"));
                continue;
            }
        }
        signal.push("0", between);
    }
    signal.play(&receiver).await;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn digits_take_their_time_and_arrive() {
        let told = Trial::of("SendMF(*12#w)\nSendMF(1x)\nSendMF(1,,,,,SIP/nobody)\nSendMF()").run();
        assert!((1.5..1.7).contains(&told.lasted), "{}", told.lasted);
        assert!(told.has("warning SendMF: `x`") && told.has("warning SendMF: there is no channel SIP/nobody"));
        let told = Trial::of(
            "Originate(Local/200@default,app,SendMF,www*5551212#,,,a)
             NoOp(on)
             exten => 200,1,Answer()
             exten => 200,2,ReceiveMF(DIGITS,5)",
        )
        .run();
        assert_eq!(told.value("DIGITS"), Some("*5551212#"), "{:#?}", told.lines);
        assert_eq!(told.value("RECEIVEMFSTATUS"), Some("START"));
    }
}
