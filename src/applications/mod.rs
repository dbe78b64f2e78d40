//! The applications of the dialplan, one a file. [`APPLICATIONS`] is their index.

pub mod conference;
pub mod dial;
pub mod keying;
pub mod music;
pub mod playing;
pub mod saying;

mod answer;
mod authenticate;
mod background;
mod control_playback;
mod disa;
mod echo;
mod hangup;
mod music_on_hold;
mod originate;
mod playback;
mod read;
mod read_exten;
mod record;
mod send_dtmf;
mod send_text;
mod tones;
mod zapateller;

use crate::interpreter::Application;

/// All applications, sorted by name without case.
pub static APPLICATIONS: &[&Application] = &[
    &answer::ANSWER,
    &authenticate::AUTHENTICATE,
    &background::BACKGROUND,
    &conference::confbridge::CONFBRIDGE,
    &control_playback::CONTROL_PLAYBACK,
    &saying::DATE_TIME,
    &dial::DIAL,
    &disa::DISA,
    &echo::ECHO,
    &hangup::HANGUP,
    &conference::meetme::MEETME,
    &conference::meetme_count::MEETME_COUNT,
    &tones::MILLIWATT,
    &music_on_hold::MUSIC_ON_HOLD,
    &originate::ORIGINATE,
    &playback::PLAYBACK,
    &tones::PLAY_TONES,
    &read::READ,
    &read_exten::READ_EXTEN,
    &record::RECORD,
    &saying::SAY_ALPHA,
    &saying::SAY_DIGITS,
    &saying::SAY_NUMBER,
    &saying::SAY_ORDINAL,
    &saying::SAY_PHONETIC,
    &saying::SAY_UNIX_TIME,
    &send_dtmf::SEND_DTMF,
    &send_text::SEND_TEXT,
    &music_on_hold::SET_MUSIC_ON_HOLD,
    &music_on_hold::START_MUSIC_ON_HOLD,
    &music_on_hold::STOP_MUSIC_ON_HOLD,
    &tones::STOP_PLAY_TONES,
    &zapateller::ZAPATELLER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_sorted_and_names_each_once() {
        let names: Vec<_> = APPLICATIONS.iter().map(|application| application.name.to_lowercase()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    }
}
