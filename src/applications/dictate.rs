//! `Dictate`

use std::path::PathBuf;
use std::time::Duration;

use super::control_playback::{Keys, Wound, play};
use super::keying::{self, Wanted};
use super::playing;
use super::recording::{Ended, Recorder};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};
use crate::storage::voicemail::with_extension;

/// Records and plays a dictation.
///
/// The caller enters a name of digits, unless one is given; the file lies in the folder, by default `dictate` of the spool.
/// `1` plays and records by turns, `*` pauses, and while it plays `7` goes back and `8` forward. `0` tells what the keys do,
/// `#` leaves the dictation. An unanswered call is answered first.
pub static DICTATE: Application = Application {
    name: "Dictate",
    synopsis: "Records and plays a dictation",
    arguments: &[Argument::optional("folder", Kind::File), Argument::optional("filename", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(dictate(call, arguments))),
};

async fn dictate(call: &mut Call, arguments: Arguments) -> Outcome {
    call.answer(Duration::ZERO).await;
    let folder = match arguments.given(0) {
        Some(folder) => PathBuf::from(folder),
        None => call.exchange.directories.spool.join("dictate"),
    };
    // If that fails, so does the recording, which tells why.
    let _ = std::fs::create_dir_all(&folder);
    let mut given = arguments.given(1).map(str::to_owned);
    loop {
        let name = match given.take() {
            Some(name) => name,
            None => {
                let mut digits = String::new();
                let wanted = Wanted::of(call).within(Duration::from_secs(5));
                keying::ask(call, "dictate/enter_filename", &wanted, &mut digits).await;
                digits
            }
        };
        if name.is_empty() {
            return Outcome::Continue;
        }
        let stem = folder.join(name.replace(['/', '.'], "_"));
        if !work(call, &stem).await {
            return Outcome::Continue;
        }
        if arguments.given(1).is_some() {
            return Outcome::Continue;
        }
    }
}

/// Works on one dictation until `#`; false where its file cannot be written.
async fn work(call: &mut Call, stem: &std::path::Path) -> bool {
    let path = with_extension(stem, "wav");
    let keys = Keys { forward: "8", back: "7", stop: "10#", pause: "*", restart: "" };
    let mut is_paused = true;
    let mut plays = path.exists();
    loop {
        if is_paused {
            playing::play(call, "dictate/pause").await;
            let pressed = match call.key(Duration::from_secs(60)).await {
                crate::interpreter::Keyed::Key(key) => key,
                crate::interpreter::Keyed::TimedOut => return true,
            };
            match pressed {
                '#' => return true,
                '0' => playing::play(call, "dictate/both_help").await,
                '1' => {
                    plays = !plays;
                    playing::play(call, if plays { "dictate/playback_mode" } else { "dictate/record_mode" }).await;
                }
                '*' => is_paused = false,
                _ => {}
            }
            continue;
        }
        is_paused = true;
        if plays {
            playing::play(call, "dictate/playback").await;
            match play(call, &stem.to_string_lossy(), &keys, Duration::from_secs(3)).await {
                Wound::Stopped('#') => return true,
                Wound::Stopped('1') => plays = false,
                _ => {}
            }
            continue;
        }
        playing::play(call, "dictate/record").await;
        let part = with_extension(stem, "part");
        let recorder = match Recorder::open(call, &part, &["wav".to_owned()], 256) {
            Ok(recorder) => recorder,
            Err(error) => {
                call.context().warn(&format!("Dictate: {error}"));
                return false;
            }
        };
        let ended = recorder.record(call, "*1#", None, None).await;
        if let Err(error) = recorder.finish().and_then(|()| append(&with_extension(&part, "wav"), &path)) {
            call.context().warn(&format!("Dictate: {error}"));
            return false;
        }
        match ended {
            Ended::Key('#') => return true,
            Ended::Key('1') => plays = true,
            Ended::Lost | Ended::Failed => return false,
            _ => {}
        }
    }
}

/// Adds a recording to the dictation.
fn append(part: &std::path::Path, whole: &std::path::Path) -> Result<(), crate::media::sound::SoundError> {
    let mut from = crate::media::sound::Sound::open(part)?;
    let mut to = crate::media::sound::Recording::append(whole)?;
    while let Some(frame) = from.next_frame()? {
        to.write(&frame)?;
    }
    to.finish()?;
    // What is left over is overwritten next time.
    let _ = std::fs::remove_file(part);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_dictation_is_kept_under_its_name() {
        let keys = format!("12#{}*{}#wwwwww#", "w".repeat(12), "w".repeat(12));
        let told = Trial::of("Dictate\nNoOp(on)").file("note", "").press(&keys).run();
        assert_eq!(told.names("var/spool/dictate"), ["12.wav"], "{:?}", told.lines);
        let none = Trial::of("Dictate(,x)\nNoOp(on)").file("note", "").press("wwwwww#").run();
        assert!(none.has("100@default:3 NoOp on"), "{:?}", none.lines);
    }
}
