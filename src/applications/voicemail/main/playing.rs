//! Playing a message with what is known of it.

use super::session::Session;
use crate::applications::control_playback::{Keys, Wound, play as play_sound};
use crate::applications::saying::{Language, number};
use crate::applications::voicemail::{prompts, telling};
use crate::interpreter::Call;

/// Plays the current message; gives the key that ended it.
pub(super) async fn play(call: &mut Call, session: &mut Session) -> Option<char> {
    session.is_starting = false;
    let user = session.user.clone();
    let envelope = session.envelope();
    let mut words = Vec::new();
    if session.current == 0 {
        words.push("vm-first".to_owned());
    } else if session.is_last() {
        words.push("vm-last".to_owned());
    }
    if envelope.is_urgent() {
        words.push("vm-Urgent".to_owned());
    }
    words.push("vm-message".to_owned());
    if session.current > 0 && !session.is_last() {
        words
            .extend(number(i64::try_from(session.current + 1).unwrap_or(i64::MAX), Language::spoken_to(&call.channel)));
    }
    let mut pressed = prompts(call, &words).await;
    let own = &user.preferences;
    if pressed.is_none() && own.envelope {
        pressed = telling::date(call, &user, &envelope).await;
    }
    if pressed.is_none() && own.says_caller {
        pressed = telling::caller(call, &user, &envelope).await;
    }
    if pressed.is_none() && own.says_duration {
        pressed = telling::duration(call, &user, &envelope).await;
    }
    // 1 passes over what is told before the message.
    if let Some(key) = pressed.filter(|key| *key != '1') {
        return Some(key);
    }
    let sound = session.sound()?;
    session.note_heard();
    let settings = call.exchange.voicemail.settings();
    let named = &settings.keys;
    let keys = Keys {
        forward: &named.forward,
        back: &named.back,
        stop: &named.stop,
        pause: &named.pause,
        restart: &named.restart,
    };
    match play_sound(call, &sound, &keys, settings.skip).await {
        Wound::Stopped(key) => Some(key),
        Wound::Whole | Wound::Ended | Wound::Failed => None,
    }
}
