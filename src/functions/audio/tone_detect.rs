//! `TONE_DETECT`

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use crate::channel::tap::{Tap, Way};
use crate::channel::{Channel, Interrupt, Position};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind, Options};
use crate::media::dtmf::tone_level;
use crate::media::{FRAME, Frame};

/// `Set(TONE_DETECT(2600,1000,g(got-it,s,1))=)` listens for a tone of one frequency while the plan goes on.
///
/// Read with `rx` or `tx` it gives how often the tone was heard from the party, or by it. The tone lasts so many
/// milliseconds at least (500). Options: `g(place)` and `h(place)` send the call there when the party sounds the tone, or
/// hears it; `n(times)` only after so many; `d(decibels)` says by how much the tone stands out (16); `r` and `t` listen one
/// way only; `s` keeps the tone from being heard; `x` ends the listening. `a`, `b`, `c` and `p` (special information,
/// busy, dial and ringback tones) are not there.
pub static TONE_DETECT: Function = Function::new(
    "TONE_DETECT",
    "Listens for a tone",
    &[
        Argument::required("frequency", Kind::Text),
        Argument::optional("milliseconds", Kind::Number),
        Argument::optional("options", Kind::Options),
    ],
)
.reads(read)
.writes(write);

/// What is quieter than this, in dBov, is no tone.
const QUIET: f32 = -45.0;

/// With this threshold half of what is heard has to be the tone.
const USUAL_THRESHOLD: f64 = 16.0;

/// What is heard one way.
#[derive(Default)]
struct Track {
    lasted: Mutex<Duration>,
    count: AtomicU32,
    /// Where the call goes.
    place: Option<Position>,
    is_off: bool,
}

struct Detector {
    channel: Weak<Channel>,
    frequency: f64,
    below: f32,
    least: Duration,
    times: u32,
    squelches: bool,
    said: Track,
    heard: Track,
}

impl Tap for Detector {
    fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
        let track = if way == Way::Said { &self.said } else { &self.heard };
        if track.is_off {
            return None;
        }
        let samples = frame.narrow();
        let (all, tone) = (frame.level(), tone_level(&samples, self.frequency, 8000));
        let mut lasted = track.lasted.lock();
        if all < QUIET || tone < all - self.below {
            *lasted = Duration::ZERO;
            return None;
        }
        let before = *lasted;
        *lasted += FRAME;
        if before < self.least && *lasted >= self.least {
            let count = track.count.fetch_add(1, Ordering::Relaxed) + 1;
            if let (Some(place), Some(channel)) = (&track.place, self.channel.upgrade())
                && count % self.times == 0
            {
                channel.interrupt(Interrupt::Goto(place.clone()));
            }
        }
        self.squelches.then(|| frame.amplified(0.0))
    }
}

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let detector = context.channel.and_then(|channel| channel.taps::<Detector>().pop());
    let track = match arguments.trim().to_ascii_lowercase().as_str() {
        "rx" => detector.map(|detector| detector.said.count.load(Ordering::Relaxed)),
        "tx" => detector.map(|detector| detector.heard.count.load(Ordering::Relaxed)),
        other => return Err(FunctionError::arguments(format!("`{other}` is neither rx nor tx"))),
    };
    if let Some(count) = track {
        out.push_str(&count.to_string());
    }
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, _: &str) -> Result<(), FunctionError> {
    let [frequency, least, options] = fields::standard(arguments);
    let options = Options::parse(options.as_deref().unwrap_or(""));
    let Some(channel) = context.channel else { return Ok(()) };
    let before = channel.taps::<Detector>();
    if options.has('x') && before.is_empty() {
        return Err(FunctionError::not_found("nothing listens for a tone on this channel"));
    }
    let frequency = frequency.unwrap_or_default();
    let frequency = frequency.trim().parse::<u32>().ok().filter(|frequency| *frequency < 4000);
    let frequency = frequency.ok_or_else(|| FunctionError::arguments("a frequency below 4000 Hz is needed"))?;
    for old in before {
        let old: Arc<dyn Tap> = old;
        channel.remove_tap(&old);
    }
    if options.has('x') {
        return Ok(());
    }
    if frequency == 0 || ['a', 'b', 'c', 'p'].into_iter().any(|letter| options.has(letter)) {
        return Err(FunctionError::arguments("it listens for one frequency only: options a, b, c and p are not there"));
    }
    let number = |letter: char| options.argument(letter).and_then(|text| text.trim().parse::<f64>().ok());
    let (only_said, only_heard) = (options.has('r'), options.has('t'));
    let detector = Detector {
        channel: Arc::downgrade(channel),
        frequency: f64::from(frequency),
        // A sine's level is 3 dB below what it is counted from.
        below: (3.0 + USUAL_THRESHOLD - number('d').unwrap_or(USUAL_THRESHOLD)) as f32,
        least: Duration::from_millis(least.and_then(|text| text.trim().parse().ok()).unwrap_or(500)),
        times: number('n').map_or(1, |times| times as u32).max(1),
        squelches: options.has('s'),
        said: Track {
            place: options.argument('g').and_then(|place| context.resolve(place)),
            is_off: only_heard,
            ..Track::default()
        },
        heard: Track {
            place: options.argument('h').and_then(|place| context.resolve(place)),
            is_off: only_said,
            ..Track::default()
        },
    };
    channel.add_tap(Arc::new(detector));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::Bench;

    #[tokio::test(start_paused = true)]
    async fn a_tone_is_counted_once_it_has_lasted() {
        let bench = Bench::new("");
        assert_eq!(bench.value("[${TONE_DETECT(rx)}]"), "[]");
        bench.set("TONE_DETECT(1000,100,r)", "");
        let detector = bench.channel.taps::<Detector>().pop().unwrap();
        let tone = |hertz: f64| {
            let sample = |at: usize| (8000.0 * (at as f64 * hertz * std::f64::consts::TAU / 8000.0).sin()) as i16;
            Frame::linear(std::array::from_fn::<i16, 160, _>(sample))
        };
        (0..10).for_each(|_| assert!(detector.pass(Way::Said, &tone(1000.0)).is_none()));
        (0..10).for_each(|_| assert!(detector.pass(Way::Said, &tone(500.0)).is_none()));
        (0..10).for_each(|_| assert!(detector.pass(Way::Heard, &tone(1000.0)).is_none()));
        assert_eq!(bench.value("[${TONE_DETECT(rx)}] [${TONE_DETECT(tx)}]"), "[1] [0]");
        bench.set("TONE_DETECT(0,,x)", "");
        assert!(bench.channel.taps::<Detector>().is_empty());
    }
}
