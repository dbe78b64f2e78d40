//! `MusicOnHold`, `StartMusicOnHold`, `StopMusicOnHold` and `SetMusicOnHold`

use super::{music, tones};
use crate::interpreter::{Application, Argument, Arguments, Call, Context, Exchange, Kind, Outcome, Run};

/// Plays music on hold, for a while or until the caller hangs up.
///
/// Without a class the channel's own is heard (see `SetMusicOnHold`), else `default` of `musiconhold.conf`, else the tune
/// that comes with exten.
pub static MUSIC_ON_HOLD: Application = Application {
    name: "MusicOnHold",
    synopsis: "Plays music on hold",
    arguments: &[Argument::optional("class", Kind::Text), Argument::optional("duration", Kind::Seconds)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(music_on_hold(call, arguments))),
};

async fn music_on_hold(call: &mut Call, arguments: Arguments) -> Outcome {
    call.background = None;
    if call.channel.hangup_cause().is_some() {
        return Outcome::Hangup;
    }
    let holding = music::hold(call, &call.channel, arguments.get(0));
    // Whole seconds; none of them is no limit.
    match arguments.seconds(1).map(f64::trunc).filter(|seconds| *seconds > 0.0) {
        Some(seconds) => tokio::time::sleep(Exchange::pause(seconds)).await,
        None => std::future::pending().await,
    }
    drop(holding);
    call.channel.discard_digits();
    Outcome::Continue
}

/// Begins music on hold while the plan goes on; it ends with `StopMusicOnHold`, or when the caller is to hear something
/// else.
pub static START_MUSIC_ON_HOLD: Application = Application {
    name: "StartMusicOnHold",
    synopsis: "Begins music on hold while the plan goes on",
    arguments: &[Argument::optional("class", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(start(call, arguments))),
};

async fn start(call: &mut Call, arguments: Arguments) -> Outcome {
    // The old one ends before the new one begins.
    call.background = None;
    call.background = Some(music::hold(call, &call.channel, arguments.get(0)));
    Outcome::Continue
}

/// Ends the music that `StartMusicOnHold` began.
pub static STOP_MUSIC_ON_HOLD: Application = Application {
    name: "StopMusicOnHold",
    synopsis: "Ends the music of StartMusicOnHold",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, _| Box::pin(tones::stop(call))),
};

/// Chooses the class of music that the channel hears when it is put on hold.
pub static SET_MUSIC_ON_HOLD: Application = Application {
    name: "SetMusicOnHold",
    synopsis: "Chooses the channel's class of music on hold",
    arguments: &[Argument::required("class", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(choose),
};

fn choose(context: &mut Context<'_>, class: &str) -> Outcome {
    if class.is_empty() {
        context.warn("SetMusicOnHold needs the name of a class");
        return Outcome::Hangup;
    }
    context.state.music_class = class.to_owned();
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn music_plays_for_a_while_or_in_the_background() {
        let steps = "MusicOnHold(,3)\nSetMusicOnHold(jazz)\nStartMusicOnHold\nPlayback(beep)\n\
                     StartMusicOnHold\nStopMusicOnHold\nWait(1)";
        let told = Trial::of(steps).listen().run();
        let music: Vec<_> = told.lines.iter().filter(|line| line.starts_with("music")).collect();
        assert_eq!(music, ["music default", "music off", "music jazz", "music off", "music jazz", "music off"]);
        assert!(told.heard.iter().any(|sample| sample.unsigned_abs() > 100), "the tune that comes with exten");
    }
}
