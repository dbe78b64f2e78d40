//! A member's seat in a room: what both applications do alike while it sits there.

use std::time::Duration;

use tokio::time::Instant;

use crate::applications::playing::Played;
use crate::applications::{music, playing};
use crate::bridging::holding::Holding;
use crate::bridging::room::{Census, Membership};
use crate::channel::Event;
use crate::interpreter::Call;

/// What a member has to see to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occurrence {
    /// It pressed a key.
    Key(char),
    /// Somebody came or left, or an admin wants something of it.
    Change,
    /// The time has come.
    Due,
}

/// How long a key sounds that is passed on to others.
const KEY: Duration = Duration::from_millis(100);

/// A place in a room, and the music that plays there.
pub(super) struct Seat {
    // First, so that the music ends before the member leaves.
    music: Option<Holding>,
    pub membership: Membership,
}

impl Seat {
    /// Takes the seat; the member is not in the talk until [`Self::enter`].
    pub fn new(membership: Membership) -> Self {
        membership.set_away(true);
        Self { music: None, membership }
    }

    /// From now on the member talks and hears.
    pub fn enter(&self) {
        self.membership.enter();
    }

    /// Who is in the room now.
    pub fn census(&self) -> Census {
        self.membership.room().census()
    }

    /// Waits for something to see to.
    pub async fn next(&mut self, call: &Call, due: Option<Instant>) -> Occurrence {
        let time = async {
            match due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            event = call.channel.event() => match event {
                Event::Digit(digit) => Occurrence::Key(digit),
                Event::Text(text) => {
                    self.membership.room().pass_text(self.membership.id(), &text);
                    Occurrence::Change
                }
                _ => Occurrence::Change,
            },
            () = self.membership.addressed() => Occurrence::Change,
            () = time => Occurrence::Due,
        }
    }

    /// Plays a sound to the member alone, which is out of the talk meanwhile.
    pub async fn tell(&mut self, call: &mut Call, sound: &str) {
        self.tell_until(call, &[sound.to_owned()], "").await;
    }

    /// Plays sounds to the member alone until a key of `wanted` is pressed.
    pub async fn tell_until(&mut self, call: &mut Call, sounds: &[String], wanted: &str) -> Played {
        self.music = None;
        self.membership.set_away(true);
        let played = playing::play_each(call, sounds, wanted).await;
        self.membership.set_away(false);
        played
    }

    /// Plays music of a class from now on, or none.
    pub fn set_music(&mut self, call: &Call, class: Option<&str>) {
        match (&self.music, class) {
            (None, Some(class)) => self.music = Some(music::hold(call, &call.channel, class)),
            (Some(_), None) => self.music = None,
            _ => {}
        }
    }

    /// Lets the other members' phones get a key.
    pub fn pass_on(&self, key: char) {
        for member in self.membership.room().members() {
            if member.id != self.membership.id() {
                member.channel.send_digit(key, KEY);
            }
        }
    }
}
