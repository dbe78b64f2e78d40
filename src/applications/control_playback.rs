//! `ControlPlayback`

use std::time::Duration;

use super::playing;
use crate::channel::{Event, Winding};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets};
use crate::media::FRAME;
use crate::media::sound::Sound;

/// Plays a sound file that the caller can wind, pause and stop with keys.
///
/// `*` goes back and `#` forward by `skipms` unless other keys are named; the keys for stop, pause and restart have no
/// default. An unanswered call is answered first.
pub static CONTROL_PLAYBACK: Application = Application {
    name: "ControlPlayback",
    synopsis: "Plays a sound file that the caller can wind",
    arguments: &[
        Argument::required("filename", Kind::Sounds),
        Argument::optional("skipms", Kind::Number),
        Argument::optional("forward", Kind::Text),
        Argument::optional("back", Kind::Text),
        Argument::optional("stop", Kind::Text),
        Argument::optional("pause", Kind::Text),
        Argument::optional("restart", Kind::Text),
        Argument::optional("options", Kind::Options),
    ],
    options: &[Letter::with('o', "milliseconds", "begins this far into the file")],
    sets: &[
        Sets { variable: "CPLAYBACKSTATUS", values: &["SUCCESS", "USERSTOPPED", "REMOTESTOPPED", "ERROR"] },
        Sets { variable: "CPLAYBACKOFFSET", values: &[] },
        Sets { variable: "CPLAYBACKSTOPKEY", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(control_playback(call, arguments))),
};

/// What is reported, also where the caller hangs up.
struct Report<'a> {
    call: &'a mut Call,
    status: &'static str,
    offset: i64,
    key: Option<char>,
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        let mut context = self.call.context();
        context.set("CPLAYBACKSTATUS", self.status);
        context.set("CPLAYBACKOFFSET", &self.offset.to_string());
        if let Some(key) = self.key {
            context.set("CPLAYBACKSTOPKEY", &key.to_string());
        }
    }
}

/// The keys that control.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    pub forward: &'a str,
    pub back: &'a str,
    pub stop: &'a str,
    pub pause: &'a str,
    pub restart: &'a str,
}

/// How a playback that keys control ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wound {
    Whole,
    /// A key stopped it.
    Stopped(char),
    /// Somebody outside stopped it.
    Ended,
    Failed,
}

impl<'a> Keys<'a> {
    fn of(arguments: &'a Arguments) -> Self {
        let named = |index: usize| {
            let keys = arguments.get(index);
            if keys.starts_with(|key: char| playing::ANY_KEY.contains(key)) { keys } else { "" }
        };
        let (forward, back, stop, pause, restart) = (named(2), named(3), named(4), named(5), named(6));
        let is_free = |key: char| ![forward, back, stop, pause, restart].iter().any(|keys| keys.contains(key));
        Self {
            forward: if forward.is_empty() && is_free('#') { "#" } else { forward },
            back: if back.is_empty() && is_free('*') { "*" } else { back },
            stop,
            pause,
            restart,
        }
    }

    /// What a key asks for.
    fn winding(&self, key: char) -> Option<Winding> {
        let keys = [
            (self.pause, Winding::Pause),
            (self.forward, Winding::Forward),
            (self.back, Winding::Back),
            (self.restart, Winding::Restart),
        ];
        keys.iter().find(|(keys, _)| keys.contains(key)).map(|(_, winding)| *winding)
    }
}

async fn control_playback(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.is_empty() {
        call.context().warn("ControlPlayback needs the name of a sound file");
        return Outcome::Hangup;
    }
    call.answer(Duration::ZERO).await;
    wind(call, &arguments).await;
    Outcome::Continue
}

/// Plays the file, answered or not, and sets the variables that tell how it ended.
pub async fn wind(call: &mut Call, arguments: &Arguments) {
    let milliseconds = |number: f64| Duration::from_millis(number.max(0.0) as u64);
    let skip = milliseconds(arguments.seconds(1).filter(|skip| *skip >= 1.0).unwrap_or(3000.0));
    let options = arguments.options(7);
    let start = milliseconds(options.argument('o').map_or(0.0, crate::interpreter::leading_number));
    let language = call.channel.state().language.clone();
    let mut report = Report { call, status: "ERROR", offset: 0, key: None };
    let Some(mut file) = playing::open(report.call, arguments.get(0), &language) else { return };
    if file.seek(start).is_err() {
        return;
    }
    let Report { call, offset, .. } = &mut report;
    match control(call, &mut file, &Keys::of(arguments), skip, offset).await {
        Wound::Whole => (report.status, report.offset) = ("SUCCESS", -1),
        Wound::Stopped(key) => (report.status, report.key) = ("USERSTOPPED", Some(key)),
        Wound::Ended => report.status = "REMOTESTOPPED",
        Wound::Failed => {}
    }
}

/// Plays a sound that keys wind by `skip`, pause, restart and stop.
pub async fn play(call: &mut Call, sound: &str, keys: &Keys<'_>, skip: Duration) -> Wound {
    let language = call.channel.state().language.clone();
    match playing::open(call, sound, &language) {
        Some(mut file) => control(call, &mut file, keys, skip, &mut 0).await,
        None => Wound::Failed,
    }
}

/// Plays the file from where it stands; `offset` is where it is, in milliseconds.
async fn control(call: &Call, file: &mut Sound, keys: &Keys<'_>, skip: Duration, offset: &mut i64) -> Wound {
    if call.channel.hangup_cause().is_some() {
        return Wound::Failed;
    }
    let mut is_paused = false;
    let mut ticks = tokio::time::interval(FRAME);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        *offset = i64::try_from(file.position().as_millis()).unwrap_or(i64::MAX);
        tokio::select! {
            biased;
            event = call.channel.event() => {
                let winding = match event {
                    Event::Digit(key) if keys.stop.contains(key) => return Wound::Stopped(key),
                    Event::Digit(key) => keys.winding(key),
                    Event::Winding(Winding::Stop) => return Wound::Ended,
                    Event::Winding(winding) => Some(winding),
                    _ => None,
                };
                let place = file.position();
                let to = match winding {
                    Some(Winding::Pause) => {
                        is_paused = !is_paused;
                        continue;
                    }
                    Some(Winding::Forward) => place + skip,
                    Some(Winding::Back) => place.saturating_sub(skip),
                    Some(Winding::Restart) => Duration::ZERO,
                    Some(Winding::Stop) | None => continue,
                };
                is_paused = false;
                if file.seek(to).is_err() {
                    return Wound::Failed;
                }
            }
            _ = ticks.tick(), if !is_paused => match file.next_frame() {
                Ok(Some(frame)) => call.channel.write(&frame),
                Ok(None) => return Wound::Whole,
                Err(_) => return Wound::Failed,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_key_stops_it_and_is_told() {
        let told = Trial::of("ControlPlayback(silence/9,3000,#,*,5)").press("5").run();
        assert_eq!(told.value("CPLAYBACKSTATUS"), Some("USERSTOPPED"));
        assert_eq!(told.value("CPLAYBACKSTOPKEY"), Some("5"));
        let offset: i64 = told.value("CPLAYBACKOFFSET").unwrap().parse().unwrap();
        assert!((400..600).contains(&offset), "{offset}");
    }

    #[test]
    fn the_caller_winds_and_pauses() {
        let lasted = |keys: &str| Trial::of("ControlPlayback(silence/9,3000,,,,8)").press(keys).run().lasted;
        assert!((9.4..9.7).contains(&lasted("")));
        assert!((6.4..6.7).contains(&lasted("#")));
        assert!((9.8..10.1).contains(&lasted("*")), "it cannot go back beyond the beginning");
        assert!((10.4..10.8).contains(&lasted("8ww8")));
        let told = Trial::of("ControlPlayback(silence/1)").run();
        assert_eq!((told.value("CPLAYBACKSTATUS"), told.value("CPLAYBACKOFFSET")), (Some("SUCCESS"), Some("-1")));
    }
}
