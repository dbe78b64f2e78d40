//! Playing sound files to a party, and hearing the keys it presses meanwhile.
//!
//! Every application that speaks goes through here, so that all of them find files, warn and lose or keep keys alike.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::keying::{self, Wanted};
use crate::channel::{Channel, Event, Happening};
use crate::interpreter::{Call, Exchange};
use crate::media::FRAME;
use crate::media::sound::{Sound, SoundError};

/// How playing a sound ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Played {
    /// It was heard to its end.
    Whole,
    /// The party pressed a key that was waited for; later keys are still to be read.
    Key(char),
    /// It could not be played, and the admin was told why.
    Failed,
}

impl Played {
    /// The key that was pressed.
    pub fn key(self) -> Option<char> {
        match self {
            Played::Key(key) => Some(key),
            Played::Whole | Played::Failed => None,
        }
    }
}

/// The keys of a telephone.
pub const ANY_KEY: &str = "0123456789*#ABCD";

/// Plays a sound; a warning says where it cannot be played. Keys pressed meanwhile are lost.
pub async fn play(call: &mut Call, sound: &str) {
    play_until(call, sound, "").await;
}

/// Plays `a&b&c` one after the other. False if one of them could not be played; the others are.
pub async fn play_all(call: &mut Call, sounds: &str) -> bool {
    let mut is_whole = true;
    for sound in sounds.split('&') {
        is_whole &= play_until(call, sound, "").await != Played::Failed;
    }
    is_whole
}

/// Plays a sound until a key of `wanted` is pressed. Other keys are lost.
pub async fn play_until(call: &mut Call, sound: &str, wanted: &str) -> Played {
    play_while(call, sound, |key| !wanted.contains(key)).await
}

/// Plays a sound for as long as `goes_on` says so of the keys that are pressed.
pub async fn play_while(call: &mut Call, sound: &str, goes_on: impl Fn(char) -> bool) -> Played {
    let language = call.channel.state().language.clone();
    play_in(call, sound, &language, goes_on).await
}

/// Plays a sound in a language, for as long as `goes_on` says so of the keys that are pressed.
pub async fn play_in(call: &mut Call, sound: &str, language: &str, goes_on: impl Fn(char) -> bool) -> Played {
    match open(call, sound, language) {
        Some(mut file) => play_file(call, &mut file, goes_on).await,
        None => Played::Failed,
    }
}

/// Plays a file from where it stands, for as long as `goes_on` says so of the keys that are pressed.
pub async fn play_file(call: &mut Call, file: &mut Sound, goes_on: impl Fn(char) -> bool) -> Played {
    let channel = &*call.channel;
    let _playing = call.channel.begin_playing();
    let frames = stream(channel, file);
    tokio::pin!(frames);
    loop {
        tokio::select! {
            biased;
            event = channel.event() => match event {
                Event::Digit(key) if !goes_on(key) => return Played::Key(key),
                _ => {}
            },
            whole = &mut frames => return settle(call, whole),
        }
    }
}

/// Plays a prompt and gives the digits that the party presses, up to `#` or until it presses none for `seconds`.
pub async fn ask(call: &mut Call, prompt: &str, seconds: u64) -> String {
    let wanted = Wanted::of(call).within(Duration::from_secs(seconds));
    let mut digits = String::new();
    keying::ask(call, prompt, &wanted, &mut digits).await;
    digits
}

/// Plays sounds one after the other until a key of `wanted` is pressed; what cannot be played is left out.
pub async fn play_each(call: &mut Call, sounds: &[String], wanted: &str) -> Played {
    let mut result = Played::Whole;
    for sound in sounds {
        match play_until(call, sound, wanted).await {
            Played::Whole => {}
            Played::Failed => result = Played::Failed,
            key @ Played::Key(_) => return key,
        }
    }
    result
}

/// Plays a sound instead of what the party hears in its talk, while others read its keys.
pub async fn announce(exchange: &Exchange, channel: &Arc<Channel>, sound: &str) -> Result<(), SoundError> {
    let language = channel.state().language.clone();
    let mut file = exchange.audio().sounds.open(sound, &language, channel.leg().codec())?;
    channel.channels().publish(&Happening::Plays { channel, sound });
    let _playing = channel.begin_playing();
    stream(channel, &mut file).await
}

/// Finds the sound and says that it plays; nothing, with a warning, where there is none or nobody to hear it.
pub fn open(call: &mut Call, sound: &str, language: &str) -> Option<Sound> {
    call.background = None;
    let codec = call.channel.leg().codec();
    if codec.is_opaque() {
        let name = codec.name();
        call.context().warn(&format!("{sound} is not played: the party hears only {name}, which exten cannot make"));
        return None;
    }
    match call.exchange.audio().sounds.open(sound, language, call.channel.leg().codec()) {
        Ok(file) => {
            let channel = &*call.channel;
            channel.channels().publish(&Happening::Plays { channel, sound });
            Some(file)
        }
        Err(error) => {
            call.context().warn(&error.to_string());
            None
        }
    }
}

fn settle(call: &Call, whole: Result<(), SoundError>) -> Played {
    match whole {
        Ok(()) => Played::Whole,
        Err(error) => {
            call.context().warn(&error.to_string());
            Played::Failed
        }
    }
}

/// How far an unheard sound goes at once.
const UNHEARD: Duration = Duration::from_millis(200);

/// Writes the file to the channel, a frame every 20 ms, as long as it lasts.
async fn stream(channel: &Channel, file: &mut Sound) -> Result<(), SoundError> {
    if channel.hangup_cause().is_some() {
        return Ok(());
    }
    let mut ticks = tokio::time::interval(FRAME);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        if !channel.hears() {
            let rest = file.length().saturating_sub(file.position());
            tokio::time::sleep(rest.min(UNHEARD)).await;
            if rest <= UNHEARD {
                return Ok(());
            }
            file.seek(file.position() + UNHEARD)?;
            ticks.reset_immediately();
            continue;
        }
        let frame = file.next_frame()?;
        ticks.tick().await;
        match frame {
            Some(frame) => channel.write(&frame),
            None => return Ok(()),
        }
    }
}
