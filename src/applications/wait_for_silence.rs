//! `WaitForSilence` and `WaitForNoise`

use std::time::Duration;

use super::hearing;
use super::meter::Meter;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};
use crate::media::FRAME;
use crate::media::frame::SILENCE_THRESHOLD;

const ARGUMENTS: &[Argument] = &[
    Argument::optional("milliseconds", Kind::Number),
    Argument::optional("iterations", Kind::Number),
    Argument::optional("timeout", Kind::Seconds),
];

/// Waits until the caller is silent for a while, several times if `iterations` says so.
///
/// By default once for a second. An unanswered call is answered first.
pub static WAIT_FOR_SILENCE: Application = Application {
    name: "WaitForSilence",
    synopsis: "Waits until the caller is silent",
    arguments: ARGUMENTS,
    options: &[],
    sets: &[Sets { variable: "WAITSTATUS", values: &["SILENCE", "TIMEOUT", "HANGUP"] }],
    run: Run::Wait(|call, arguments| Box::pin(wait(call, arguments, false))),
};

/// Waits until the caller makes a noise for a while, several times if `iterations` says so.
///
/// By default once for a second. An unanswered call is answered first.
pub static WAIT_FOR_NOISE: Application = Application {
    name: "WaitForNoise",
    synopsis: "Waits until the caller makes a noise",
    arguments: ARGUMENTS,
    options: &[],
    sets: &[Sets { variable: "WAITSTATUS", values: &["NOISE", "TIMEOUT", "HANGUP"] }],
    run: Run::Wait(|call, arguments| Box::pin(wait(call, arguments, true))),
};

async fn wait(call: &mut Call, arguments: Arguments, noise: bool) -> Outcome {
    let number = |at: usize, usual: f64| arguments.seconds(at).filter(|number| *number > 0.0).unwrap_or(usual);
    let required = Duration::from_millis(number(0, 1000.0) as u64);
    let times = number(1, 1.0) as u32;
    let name = if noise { WAIT_FOR_NOISE.name } else { WAIT_FOR_SILENCE.name };
    for at in 0..3 {
        if arguments.given(at).is_some_and(|text| text.trim().parse::<u32>().is_err()) {
            call.context().warn(&format!("{name}: `{}` is no whole number", arguments.get(at)));
            return Outcome::Hangup;
        }
    }
    let limit = arguments.seconds(2).filter(|seconds| *seconds > 0.0).map(Duration::from_secs_f64);
    call.answer(Duration::ZERO).await;
    let call = &*call;
    let waiting = async {
        let mut meter = Meter::new(&call.channel);
        for _ in 0..times {
            let mut lasted = Duration::ZERO;
            while lasted < required {
                let is_noise = meter.next().await >= SILENCE_THRESHOLD;
                lasted = if is_noise == noise { lasted + FRAME } else { Duration::ZERO };
            }
        }
        if noise { "NOISE" } else { "SILENCE" }
    };
    hearing::wait_for(call, "WAITSTATUS", limit, waiting).await;
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn silence_comes_and_noise_does_not() {
        let silence = Trial::of("WaitForSilence(500,2,10)").run();
        assert_eq!(silence.value("WAITSTATUS"), Some("SILENCE"));
        assert!((0.9..1.5).contains(&silence.lasted), "{}", silence.lasted);
        assert_eq!(Trial::of("WaitForNoise(500,1,2)").run().value("WAITSTATUS"), Some("TIMEOUT"));
        assert_eq!(Trial::of("WaitForNoise").hang_up(3.0).run().value("WAITSTATUS"), Some("HANGUP"));
    }
}
