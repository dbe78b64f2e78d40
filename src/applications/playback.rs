//! `Playback`

use super::playing;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Plays sound files, one after the other.
///
/// Files are named without extension and joined by `&`; they are looked for in the channel's language first. Keys that
/// the caller presses meanwhile are lost; see `Background` and `Read`. An unanswered call is answered first, unless the
/// option `noanswer` lets the files be heard before the answer, or `skip` leaves them out. With `say` the text is spelled
/// out instead, character by character; with `mix` a part that begins with a digit is said, the others are files.
pub static PLAYBACK: Application = Application {
    name: "Playback",
    synopsis: "Plays sound files",
    arguments: &[Argument::required("filenames", Kind::Sounds), Argument::optional("options", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "PLAYBACKSTATUS", values: &["SUCCESS", "FAILED"] }],
    run: Run::Wait(|call, arguments| Box::pin(playback(call, arguments))),
};

/// Tells how the playing went, also where the caller hangs up in the middle of it.
struct Playing<'a> {
    call: &'a mut Call,
    status: &'static str,
}

impl Drop for Playing<'_> {
    fn drop(&mut self) {
        self.call.context().set("PLAYBACKSTATUS", self.status);
    }
}

async fn playback(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.is_empty() {
        call.context().warn("Playback needs the name of a sound file");
        return Outcome::Hangup;
    }
    let options = arguments.rest(1).to_lowercase();
    let playing = Playing { call, status: "SUCCESS" };
    if !playing.call.channel.is_up() {
        if options.contains("skip") {
            return Outcome::Continue;
        }
        if !options.contains("noanswer") {
            playing.call.answer(std::time::Duration::ZERO).await;
        }
    }
    play(playing, arguments.get(0), &options).await;
    Outcome::Continue
}

async fn play(mut playing: Playing<'_>, files: &str, options: &str) {
    // A name missing behind the last ampersand is no failure, one between two is.
    let files = files.strip_suffix('&').unwrap_or(files);
    for file in files.split('&') {
        let is_said = options.contains("say")
            || options.contains("mix") && file.starts_with(|character: char| character.is_ascii_digit());
        let played = if is_said {
            playing::play_each(playing.call, &super::saying::characters(file), "").await
        } else {
            playing::play_until(playing.call, file, "").await
        };
        if played == playing::Played::Failed {
            playing.status = "FAILED";
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn files_play_one_after_the_other_as_long_as_they_last() {
        let told = Trial::of("Playback(silence/1&silence/2)").run();
        assert_eq!(told.sounds(), ["silence/1", "silence/2"]);
        assert_eq!(told.value("PLAYBACKSTATUS"), Some("SUCCESS"));
        assert!((3.4..3.6).contains(&told.lasted), "answer and both files: {}", told.lasted);
        let heard = Trial::of("Playback(silence/1&silence/2)").listen().run().heard;
        assert_eq!(heard.len(), 3 * 8000);
    }

    #[test]
    fn a_missing_file_is_told_with_the_folders_searched() {
        let told = Trial::of("Playback(beep&no-such-file&beep)").run();
        assert_eq!(told.value("PLAYBACKSTATUS"), Some("FAILED"));
        assert_eq!(told.sounds(), ["beep", "beep"]);
        assert!(
            told.lines.iter().any(|line| line.starts_with("warning") && line.contains("sounds")),
            "{:?}",
            told.lines
        );
    }

    #[test]
    fn keys_end_nothing_and_a_hang_up_is_no_failure() {
        let told = Trial::of("Playback(silence/5)\nexten => 1,1,Hangup").press("1").hang_up(2.0).run();
        assert_eq!(told.value("PLAYBACKSTATUS"), Some("SUCCESS"));
        assert!(told.lasted < 2.1 && told.lasted > 1.9, "{}", told.lasted);
    }

    #[test]
    fn text_can_be_spelled() {
        assert_eq!(Trial::of("Playback(a1,say)").run().sounds(), ["letters/a", "digits/1"]);
        assert_eq!(Trial::of("Playback(12&beep,mix)").run().sounds(), ["digits/1", "digits/2", "beep"]);
    }
}
