//! `Echo`

use std::sync::Arc;
use std::time::Duration;

use crate::channel::{Channel, Event};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};
use crate::media::{Frame, Sink};

/// Sends the caller's voice and keys back to it.
///
/// It ends with `#`, or when the caller hangs up. It does not answer the call.
pub static ECHO: Application = Application {
    name: "Echo",
    synopsis: "Sends the caller's voice back",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(echo(call, arguments))),
};

/// Sends the caller's voice back, as `Echo`; the number of streams means something for video only.
pub static STREAM_ECHO: Application = Application {
    name: "StreamEcho",
    synopsis: "Sends the caller's voice back",
    arguments: &[Argument::optional("streams", Kind::Number)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(echo(call, arguments))),
};

/// How long a key that comes back sounds.
const KEY: Duration = Duration::from_millis(100);

struct Back(Arc<Channel>);

impl Sink for Back {
    fn accept(&self, frame: &Frame) {
        self.0.write(frame);
    }
}

async fn echo(call: &mut Call, _arguments: Arguments) -> Outcome {
    call.background = None;
    if call.channel.hangup_cause().is_some() {
        return Outcome::Hangup;
    }
    let _listening = call.channel.listen(Arc::new(Back(Arc::clone(&call.channel))));
    loop {
        match call.channel.event().await {
            Event::Digit('#') => return Outcome::Continue,
            Event::Digit(key) => call.channel.send_digit(key, KEY),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn the_hash_key_ends_it() {
        let told = Trial::of("Echo\nHangup").press("12#").run();
        assert!(told.has("100@default:3 Hangup") && told.lasted < 1.5, "{:?}", told.lines);
        assert!(Trial::of("StreamEcho(2)\nHangup").press("12#").run().has("100@default:3 Hangup"));
    }
}
