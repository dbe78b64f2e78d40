//! What a room hears of comings and goings.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::applications::saying::{self, Language};
use crate::bridging::room::{Announcement, Room};
use crate::interpreter::Exchange;
use crate::media::Codec;
use crate::media::tone::{Tone, ToneGenerator};

/// Somebody comes.
pub(super) const ENTER: &str = "!440/100,!0/20";
/// Somebody leaves.
pub(super) const LEAVE: &str = "!330/100,!0/20";

/// Lets the room hear sounds, one after the other. Those that are not there are left out. What is returned resolves when
/// all were heard.
pub(super) fn announce(
    exchange: &Exchange,
    room: &Arc<Room>,
    sounds: &[String],
    language: &str,
) -> oneshot::Receiver<()> {
    let (sender, heard) = oneshot::channel();
    let mut last = Some(sender);
    let mut announcements: Vec<Announcement> = Vec::new();
    for (at, sound) in sounds.iter().enumerate() {
        let mut file = match exchange.audio().sounds.open(sound, language, Codec::Linear) {
            Ok(file) => file,
            Err(error) => {
                tracing::warn!(target: "exten::plan", room = room.name(), "{error}");
                continue;
            }
        };
        // Dropped with the last sound, which tells whoever waits.
        let guard = if at + 1 == sounds.len() { last.take() } else { None };
        let source = move || {
            let _held = &guard;
            file.next_frame().ok().flatten()
        };
        announcements.push(Announcement { name: sound.clone(), source: Box::new(source) });
    }
    room.announce(announcements);
    heard
}

/// Lets the room hear a short tone.
pub(super) fn signal(room: &Arc<Room>, tone: &str) {
    if let Ok(tone) = Tone::parse(tone) {
        let mut tone = ToneGenerator::new(tone);
        let source = Box::new(move || tone.next_frame());
        room.announce(vec![Announcement { name: String::new(), source }]);
    }
}

/// How many others are in the room, as the sounds that say it: `one` where it is one, `there are`, the number and `others`
/// where it is more.
pub(super) fn others(count: usize, one: &str, there_are: &str, others: &str, language: Language) -> Vec<String> {
    match count {
        0 => Vec::new(),
        1 => vec![one.to_owned()],
        count => {
            let mut sounds = vec![there_are.to_owned()];
            sounds.extend(saying::number(i64::try_from(count).unwrap_or(i64::MAX), language));
            sounds.push(others.to_owned());
            sounds
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_counted_in_words() {
        let said = |count| others(count, "conf-onlyone", "conf-thereare", "conf-otherinparty", Language::English);
        assert!(said(0).is_empty());
        assert_eq!(said(1), ["conf-onlyone"]);
        assert_eq!(said(21), ["conf-thereare", "digits/20", "digits/1", "conf-otherinparty"]);
    }
}
