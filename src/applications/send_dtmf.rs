//! `SendDTMF`

use std::sync::Arc;
use std::time::Duration;

use crate::channel::Channel;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run};

/// The pause between keys, and how long each lasts.
const BETWEEN: Duration = Duration::from_millis(250);
const DURATION: Duration = Duration::from_millis(100);

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
    let milliseconds = |index: usize, default: Duration| {
        let given = arguments.seconds(index).filter(|number| *number >= 1.0);
        given.map_or(default, |number| Duration::from_millis(number as u64))
    };
    let (between, duration) = (milliseconds(1, BETWEEN), milliseconds(2, DURATION));
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
    for key in send(&receiver, digits, between, duration).await {
        call.context().warn(&format!("SendDTMF: `{key}` is no key of a telephone"));
    }
    call.channel.discard_digits();
    Outcome::Continue
}

/// Sends keys and pauses; gives what is neither.
pub async fn send(channel: &Channel, keys: &str, between: Duration, duration: Duration) -> Vec<char> {
    let mut others = Vec::new();
    for key in keys.chars() {
        match key {
            'w' => tokio::time::sleep(Duration::from_millis(500)).await,
            'W' => tokio::time::sleep(Duration::from_secs(1)).await,
            '0'..='9' | '*' | '#' | 'a'..='d' | 'A'..='D' => {
                channel.send_digit(key.to_ascii_uppercase(), duration);
                tokio::time::sleep(duration + between).await;
            }
            _ => others.push(key),
        }
    }
    others
}

/// The same as fast as keys usually come.
pub async fn send_usually(channel: &Channel, keys: &str) {
    let others = send(channel, keys, BETWEEN, DURATION).await;
    if !others.is_empty() {
        tracing::warn!("{}: {others:?} are no keys of a telephone", channel.name());
    }
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
