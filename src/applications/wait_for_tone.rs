//! `WaitForTone`

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::hearing;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets, leading_number};
use crate::media::dtmf::tone_level;
use crate::media::{FRAME, Frame, Sink};

/// Waits until the caller's side sounds a tone of one frequency.
///
/// The tone lasts `duration` milliseconds at least (500), and is waited for `times` times (once), for `timeout` seconds at
/// most, or without end. The call goes on in any case.
pub static WAIT_FOR_TONE: Application = Application {
    name: "WaitForTone",
    synopsis: "Waits for a tone",
    arguments: &[
        Argument::required("frequency", Kind::Number),
        Argument::optional("duration", Kind::Number),
        Argument::optional("timeout", Kind::Seconds),
        Argument::optional("times", Kind::Number),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::with('d', "decibels", "by how much the tone stands out, 16 unless told otherwise"),
        Letter::plain('s', "keeps the tone from whom the caller talks with: nobody hears it here"),
    ],
    sets: &[Sets { variable: "WAITFORTONESTATUS", values: &["SUCCESS", "ERROR", "TIMEOUT", "HANGUP"] }],
    run: Run::Wait(|call, arguments| Box::pin(wait_for_tone(call, arguments))),
};

/// What is quieter than this, in dBov, is no tone.
const QUIET: f32 = -45.0;

/// With this threshold half of what is heard has to be the tone.
const USUAL_THRESHOLD: f64 = 16.0;

/// Counts the tones that are heard.
struct Ear {
    frequency: f64,
    /// How far below everything together the tone may be, in decibels.
    below: f32,
    least: Duration,
    lasted: Mutex<Duration>,
    heard: watch::Sender<u32>,
}

impl Sink for Ear {
    fn accept(&self, frame: &Frame) {
        let samples = frame.narrow();
        let (all, tone) = (frame.level(), tone_level(&samples, self.frequency, 8000));
        let mut lasted = self.lasted.lock();
        if all < QUIET || tone < all - self.below {
            *lasted = Duration::ZERO;
            return;
        }
        let before = *lasted;
        *lasted += FRAME;
        if before < self.least && *lasted >= self.least {
            self.heard.send_modify(|count| *count += 1);
        }
    }
}

async fn wait_for_tone(call: &mut Call, arguments: Arguments) -> Outcome {
    let positive = |at: usize| arguments.seconds(at).filter(|number| *number > 0.0);
    let Some(frequency) = positive(0).filter(|frequency| *frequency < 4000.0) else {
        call.context().warn("WaitForTone needs a frequency below 4000 Hz");
        call.context().set("WAITFORTONESTATUS", "ERROR");
        return Outcome::Continue;
    };
    let threshold = arguments.options(4).argument('d').map_or(USUAL_THRESHOLD, leading_number);
    let ear = Arc::new(Ear {
        frequency,
        // A sine's level is 3 dB below what it is counted from.
        below: (3.0 + USUAL_THRESHOLD - threshold) as f32,
        least: Duration::from_millis(positive(1).map_or(500, |milliseconds| milliseconds as u64)),
        lasted: Mutex::default(),
        heard: watch::Sender::default(),
    });
    let times = arguments.given(3).map_or(Some(1), |times| times.trim().parse().ok().filter(|times| *times > 0));
    let Some(times) = times else {
        call.context().warn(&format!("WaitForTone: `{}` is no number of tones", arguments.get(3)));
        call.context().set("WAITFORTONESTATUS", "ERROR");
        return Outcome::Hangup;
    };
    let limit = positive(2).map(Duration::from_secs_f64);
    let mut heard = ear.heard.subscribe();
    let _listening = call.channel.listen(ear.clone());
    let tones = async { if heard.wait_for(|heard| *heard >= times).await.is_ok() { "SUCCESS" } else { "ERROR" } };
    hearing::wait_for(call, "WAITFORTONESTATUS", limit, tones).await;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::testing::Trial;

    fn ear(frequency: f64) -> Ear {
        let least = Duration::from_millis(100);
        Ear { frequency, below: 3.0, least, lasted: Mutex::default(), heard: watch::Sender::default() }
    }

    fn sine(frequencies: &[f64], from: usize) -> Frame {
        let at = |sample: usize| {
            let turn = |frequency: &f64| (std::f64::consts::TAU * frequency * sample as f64 / 8000.0).sin();
            (frequencies.iter().map(turn).sum::<f64>() * 4000.0) as i16
        };
        Frame::linear(std::array::from_fn(|index| at(from + index)))
    }

    #[test]
    fn a_tone_counts_once_it_lasts_and_nothing_else_does() {
        let heard = |wanted: f64, frequencies: &[f64]| {
            let ear = ear(wanted);
            for turn in 0..2 {
                (0..10).for_each(|frame| ear.accept(&sine(frequencies, frame * 160)));
                let _ = turn;
                ear.accept(&sine(&[], 0));
            }
            *ear.heard.borrow()
        };
        assert_eq!(heard(1004.0, &[1004.0]), 2);
        assert_eq!(heard(1004.0, &[1300.0]), 0);
        assert_eq!(heard(1004.0, &[500.0, 1300.0, 1004.0]), 0);
        assert_eq!(heard(1004.0, &[]), 0);
    }

    #[test]
    fn a_caller_without_the_tone_lets_the_time_run_out() {
        assert_eq!(Trial::of("WaitForTone(1004,,2)").run().value("WAITFORTONESTATUS"), Some("TIMEOUT"));
        assert_eq!(Trial::of("WaitForTone(x)").run().value("WAITFORTONESTATUS"), Some("ERROR"));
        assert_eq!(Trial::of("WaitForTone(1004)").hang_up(2.0).run().value("WAITFORTONESTATUS"), Some("HANGUP"));
    }

    #[test]
    fn the_tone_of_another_call_is_heard() {
        let told = Trial::of(
            "Originate(Local/200@default,app,Milliwatt,o,,,a)
             NoOp(on)
             exten => 200,1,Answer()
             exten => 200,2,WaitForTone(1000,500,5,2)
             exten => 200,3,WaitForTone(1000,500,5)",
        )
        .run();
        assert!(told.has("set WAITFORTONESTATUS=SUCCESS"), "{:#?}", told.lines);
        assert!(told.has("set WAITFORTONESTATUS=TIMEOUT"), "one tone that goes on is heard once: {:#?}", told.lines);
    }
}
