//! `PlayTones`, `StopPlayTones` and `Milliwatt`

use super::music;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run};
use crate::media::tone::Tone;

/// Plays a tone while the plan goes on.
///
/// The tone is a name of the channel's country (`dial`, `busy`, `congestion`, `ring`, …) or written as in
/// `indications.conf`: `425/500,0/500`. It lasts until `StopPlayTones`, or until the caller is to hear something else. What
/// is no tone ends the call, as in Asterisk.
pub static PLAY_TONES: Application = Application {
    name: "PlayTones",
    synopsis: "Plays a tone while the plan goes on",
    arguments: &[Argument::required("tone", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(play_tones(call, arguments))),
};

async fn play_tones(call: &mut Call, arguments: Arguments) -> Outcome {
    let text = arguments.text();
    let named = music::named_tone(call, &call.channel, text).map(Ok);
    match named.unwrap_or_else(|| Tone::parse(text)) {
        Ok(tone) => {
            // The old one is silent before the new one sounds.
            call.background = None;
            call.background = Some(music::named_sound(&call.channel, text, tone));
            Outcome::Continue
        }
        Err(error) => {
            call.context().warn(&format!("PlayTones: {error}"));
            Outcome::Hangup
        }
    }
}

/// Ends the tone that `PlayTones` began.
pub static STOP_PLAY_TONES: Application = Application {
    name: "StopPlayTones",
    synopsis: "Ends the tone of PlayTones",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, _| Box::pin(stop(call))),
};

/// Ends what sounds in the background.
pub(super) async fn stop(call: &mut Call) -> Outcome {
    call.background = None;
    Outcome::Continue
}

/// Plays the test tone of 1004 Hz at one milliwatt until the caller hangs up.
pub static MILLIWATT: Application = Application {
    name: "Milliwatt",
    synopsis: "Plays the test tone of one milliwatt",
    arguments: &[Argument::optional("options", Kind::Options)],
    options: &[Letter::plain('m', "pauses for a second after every nine"), Letter::plain('o', "plays 1000 Hz")],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(milliwatt(call, arguments))),
};

async fn milliwatt(call: &mut Call, arguments: Arguments) -> Outcome {
    use crate::media::tone::MILLIWATT_AMPLITUDE;

    let options = arguments.options(0);
    let notation = match (options.has('o'), options.has('m')) {
        (false, false) => "1004",
        (false, true) => "1004/9000,0/1000",
        (true, _) => "1000",
    };
    let tone =
        Tone::parse(notation).map_or_else(|_| Tone::milliwatt(), |tone| tone.with_amplitude(MILLIWATT_AMPLITUDE));
    call.background = None;
    call.answer(std::time::Duration::ZERO).await;
    if call.channel.hangup_cause().is_some() {
        return Outcome::Hangup;
    }
    let _sounding = music::named_sound(&call.channel, "milliwatt", tone);
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_tone_goes_on_until_something_else_is_heard() {
        let told = Trial::of("PlayTones(busy)\nRead(D,,1,,1,2)\nStopPlayTones\nRead(D,,1,,1,2)").listen().run();
        assert!(told.has("tone busy"));
        assert!((15_000..18_000).contains(&told.heard.len()), "two seconds of it: {}", told.heard.len());
        assert!(told.heard.iter().any(|sample| sample.unsigned_abs() > 5000));
    }

    #[test]
    fn what_is_no_tone_ends_the_call() {
        let told = Trial::of("PlayTones(425/100,0/100)\nPlayTones(nosuchtone)\nHangup").run();
        assert!(told.has("warning PlayTones") && !told.has("100@default:4"), "{:?}", told.lines);
    }
}
