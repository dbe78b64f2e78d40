//! `BackgroundDetect`

use std::time::Duration;

use super::meter::Meter;
use super::playing::{self, ANY_KEY, Played};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};
use crate::media::FRAME;
use crate::media::frame::SILENCE_THRESHOLD;

/// Plays a sound and goes to `talk` when the caller speaks meanwhile.
///
/// The caller speaks for at least `min` (100) and at most `max` milliseconds, and is silent for `sil` (1000) afterwards. A key
/// begins an extension. An unanswered call is answered first.
pub static BACKGROUND_DETECT: Application = Application {
    name: "BackgroundDetect",
    synopsis: "Plays a sound and notices when the caller speaks",
    arguments: &[
        Argument::required("filename", Kind::Sounds),
        Argument::optional("sil", Kind::Number),
        Argument::optional("min", Kind::Number),
        Argument::optional("max", Kind::Number),
        Argument::optional("analysistime", Kind::Number),
    ],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(background_detect(call, arguments))),
};

async fn background_detect(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(sound) = arguments.given(0).map(str::to_owned) else {
        call.context().warn("BackgroundDetect needs the name of a sound file");
        return Outcome::Hangup;
    };
    let time = |at: usize, usual: Duration| {
        let given = arguments.seconds(at).filter(|number| *number > 0.0);
        given.map_or(usual, |milliseconds| Duration::from_millis(milliseconds as u64))
    };
    let (silence, least) = (time(1, Duration::from_secs(1)), time(2, Duration::from_millis(100)));
    let (most, longest) = (time(3, Duration::MAX), time(4, Duration::MAX));
    call.answer(Duration::ZERO).await;
    let channel = std::sync::Arc::clone(&call.channel);
    let spoken = async move {
        let mut meter = Meter::new(&channel);
        let (mut spoke, mut quiet, mut total) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        while total < longest {
            total += FRAME;
            if meter.next().await >= SILENCE_THRESHOLD {
                spoke += FRAME;
                quiet = Duration::ZERO;
                continue;
            }
            quiet += FRAME;
            if quiet < silence || spoke.is_zero() {
                continue;
            }
            if spoke >= least && spoke <= most {
                return;
            }
            spoke = Duration::ZERO;
        }
        std::future::pending::<()>().await;
    };
    let played = tokio::select! {
        biased;
        played = playing::play_until(call, &sound, ANY_KEY) => Some(played),
        () = spoken => None,
    };
    match played {
        Some(Played::Key(key)) => {
            call.channel.state().keyed.push(key);
            Outcome::Collect
        }
        Some(_) => Outcome::Continue,
        None => {
            let mut context = call.context();
            let here = context.state.position.context.clone();
            match context.has_here("talk") {
                true => context.state.jump(&here, "talk", 1),
                false => context.warn("BackgroundDetect: there is no extension `talk` here"),
            }
            Outcome::Continue
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_key_begins_an_extension_and_silence_goes_on() {
        let told =
            |keys: &str| Trial::of("BackgroundDetect(tt-monkeys)\nNoOp(on)\nexten => 7,1,NoOp(key)").press(keys).run();
        assert!(told("").has("100@default:3 NoOp on"));
        assert!(told("7").has("7@default:1 NoOp key"));
    }
}
