//! `SendDTMF`

use std::sync::Arc;
use std::time::Duration;

use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run};

/// Sends keys to the caller, or to another channel.
///
/// `w` is a pause of half a second, `W` of one second. Between keys are `timeout` milliseconds (250), each lasts
/// `duration` milliseconds (100).
pub static SEND_DTMF: Application = Application {
    name: "SendDTMF",
    synopsis: "Sends keys",
    arguments: &[
        Argument::required("digits", Kind::Text),
        Argument::optional("timeout", Kind::Number),
        Argument::optional("duration", Kind::Number),
        Argument::optional("channel", Kind::Channel),
        Argument::optional("options", Kind::Options),
    ],
    options: &[Letter::plain('a', "answers the call first")],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(send_dtmf(call, arguments))),
};

async fn send_dtmf(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(digits) = arguments.given(0) else {
        call.context().warn("SendDTMF needs the keys to send");
        return Outcome::Continue;
    };
    let milliseconds = |index: usize, default: u64| {
        let given = arguments.seconds(index).filter(|number| *number >= 1.0);
        Duration::from_millis(given.map_or(default, |number| number as u64))
    };
    let (between, duration) = (milliseconds(1, 250), milliseconds(2, 100));
    let receiver = match arguments.given(3) {
        None => Arc::clone(&call.channel),
        Some(name) => match call.exchange.channels.find(name) {
            Some(channel) => channel,
            None => {
                call.context().warn(&format!("SendDTMF: there is no channel {name}"));
                return Outcome::Continue;
            }
        },
    };
    if arguments.options(4).has('a') {
        call.answer(Duration::ZERO).await;
    }
    for key in digits.chars() {
        match key {
            'w' => tokio::time::sleep(Duration::from_millis(500)).await,
            'W' => tokio::time::sleep(Duration::from_secs(1)).await,
            '0'..='9' | '*' | '#' | 'a'..='d' | 'A'..='D' => {
                receiver.send_digit(key.to_ascii_uppercase(), duration);
                tokio::time::sleep(duration + between).await;
            }
            _ => call.context().warn(&format!("SendDTMF: `{key}` is no key of a telephone")),
        }
    }
    call.channel.discard_digits();
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn keys_and_pauses_take_their_time() {
        let told = Trial::of("SendDTMF(1w2)").run();
        assert!((1.6..1.8).contains(&told.lasted), "{}", told.lasted);
        let told = Trial::of("SendDTMF(12,50,50)\nSendDTMF(1x)\nSendDTMF(1,,,SIP/nobody)").run();
        assert!(told.has("warning SendDTMF: `x`") && told.has("warning SendDTMF: there is no channel SIP/nobody"));
    }
}
