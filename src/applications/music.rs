//! What a party hears while it waits: music on hold, and the tones of its country.

use std::sync::Arc;

use crate::bridging::holding::Holding;
use crate::channel::{Channel, Happening};
use crate::interpreter::Call;
use crate::media::tone::{Tone, ToneGenerator};

/// Plays music of a class to a channel for as long as the guard lives. An empty class means the channel's own, else
/// `default`.
pub fn hold(call: &Call, channel: &Arc<Channel>, class: &str) -> Holding {
    let class = class_for(channel, class);
    let seed = call.exchange.random(0, i64::MAX).unsigned_abs();
    let mut music = call.exchange.audio().music.class(&class).cloned().unwrap_or_default().play(seed);
    Holding::music(channel, &class, move || Some(music.next_frame()))
}

/// Plays a tone of the channel's country, such as `ring`, `dial`, `busy` or `congestion`, for as long as the guard
/// lives. A name that is no tone is silent.
pub fn tone(call: &Call, channel: &Arc<Channel>, name: &str) -> Holding {
    named_sound(channel, name, named_tone(call, channel, name).unwrap_or_else(Tone::silence))
}

/// Plays a tone and says so to observers.
pub fn named_sound(channel: &Arc<Channel>, name: &str, tone: Tone) -> Holding {
    channel.channels().publish(&Happening::Tone { channel, tone: name });
    sound(channel, tone)
}

/// The tone of this name in the channel's country.
pub fn named_tone(call: &Call, channel: &Channel, name: &str) -> Option<Tone> {
    let zone = channel.state().tone_zone.clone();
    call.exchange.audio().zones.tone(Some(zone.as_str()).filter(|zone| !zone.is_empty()), name)
}

/// Plays any tone to a channel for as long as the guard lives.
pub fn sound(channel: &Arc<Channel>, tone: Tone) -> Holding {
    let mut generator = ToneGenerator::new(tone);
    Holding::play(channel, move || generator.next_frame())
}

fn class_for(channel: &Channel, class: &str) -> String {
    let own = channel.state().music_class.clone();
    [class, own.as_str()].into_iter().find(|name| !name.is_empty()).unwrap_or("default").to_owned()
}
