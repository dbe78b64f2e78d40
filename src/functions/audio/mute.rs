//! `MUTEAUDIO`

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::channel::Channel;
use crate::channel::tap::{Tap, Way};
use crate::conf::is_true;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};
use crate::media::Frame;

/// `Set(MUTEAUDIO(in)=on)` silences what the party says, `out` what it hears, `all` both; `off` ends it.
pub static MUTEAUDIO: Function =
    Function::new("MUTEAUDIO", "Silences the channel", &[Argument::required("in|out|all", Kind::Text)]).writes(write);

/// Silences a channel, either way.
#[derive(Default)]
struct Muting {
    said: AtomicBool,
    heard: AtomicBool,
}

impl Tap for Muting {
    fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
        let muted = if way == Way::Said { &self.said } else { &self.heard };
        muted.load(Ordering::Relaxed).then(|| Frame::silence(frame.codec()))
    }
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let Some(channel) = context.channel else { return Ok(()) };
    match mute(channel, arguments.trim(), is_true(value)) {
        true => Ok(()),
        false => Err(FunctionError::arguments(format!("`{arguments}` is none of in, out and all"))),
    }
}

/// Silences a channel's `in`, `out` or `all` audio, or ends that; false where the direction is none of them.
pub fn mute(channel: &Arc<Channel>, direction: &str, muted: bool) -> bool {
    let ways = match direction.to_ascii_lowercase().as_str() {
        "in" => [true, false],
        "out" => [false, true],
        "all" => [true, true],
        _ => return false,
    };
    let tap = channel.taps::<Muting>().pop().unwrap_or_else(|| {
        let tap = Arc::new(Muting::default());
        channel.add_tap(tap.clone());
        tap
    });
    for (is_meant, setting) in ways.into_iter().zip([&tap.said, &tap.heard]) {
        if is_meant {
            setting.store(muted, Ordering::Relaxed);
        }
    }
    if !tap.said.load(Ordering::Relaxed) && !tap.heard.load(Ordering::Relaxed) {
        let tap: Arc<dyn Tap> = tap;
        channel.remove_tap(&tap);
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn the_party_hears_nothing_until_it_is_unmuted() {
        let loud = |steps: &str| {
            let told = Trial::of(steps).listen().run();
            told.heard.iter().any(|sample| sample.unsigned_abs() > 500)
        };
        assert!(!loud("Set(MUTEAUDIO(out)=on)\nPlayback(beep)"));
        assert!(loud("Set(MUTEAUDIO(all)=on)\nSet(MUTEAUDIO(all)=off)\nPlayback(beep)"));
        assert!(Trial::of("Set(MUTEAUDIO(up)=on)").run().has("warning MUTEAUDIO"));
    }
}
