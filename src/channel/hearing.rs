//! What a channel's party hears: the way of a frame that is written to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::{Channel, Leg, tap};
use crate::media::{Codec, Frame, Sink, Stream};

/// All that is asked at every frame, side by side: the state of a thousand calls is never in the cache.
pub(super) struct Hearing {
    /// How many play music, a tone or an announcement to the party.
    players: AtomicUsize,
    /// Whether taps stand in the way.
    pub(super) is_tapped: AtomicBool,
    stream: Option<Arc<dyn Stream>>,
}

impl Hearing {
    pub(super) fn of(leg: &dyn Leg) -> Self {
        Self { players: AtomicUsize::default(), is_tapped: AtomicBool::default(), stream: leg.stream() }
    }
}

impl Channel {
    /// Lets the party hear a frame of 20 ms.
    pub fn write(&self, frame: &Frame) {
        let changed = if self.is_tapped() { self.taps.pass(tap::Way::Heard, frame) } else { None };
        let frame = changed.as_ref().unwrap_or(frame);
        match &self.hearing.stream {
            Some(stream) => stream.write(frame),
            None => self.leg.write(frame),
        }
    }

    /// Leaves what the party says where it arrives until [`Self::collect`] asks for it, every 20 ms; or no longer.
    pub fn set_collected(&self, is_collected: bool) {
        if let Some(stream) = &self.hearing.stream {
            stream.set_collected(is_collected);
        }
    }

    /// Has what the party said come to the sink that listens.
    pub fn collect(&self) {
        if let Some(stream) = &self.hearing.stream {
            stream.collect();
        }
    }

    /// Says that music, a tone or an announcement plays to the party for as long as the returned guard lives: a bridge
    /// leaves out what the other one says meanwhile, which would come between its frames.
    pub fn begin_playing(self: &Arc<Self>) -> Playing {
        self.hearing.players.fetch_add(1, Ordering::Relaxed);
        Playing { channel: Arc::clone(self) }
    }

    /// Whether something plays to the party.
    pub fn is_played_to(&self) -> bool {
        self.hearing.players.load(Ordering::Relaxed) > 0
    }

    /// Whether anybody hears what is written: the party, or a tap.
    pub fn hears(&self) -> bool {
        self.is_tapped() || self.leg.hears()
    }

    pub fn is_tapped(&self) -> bool {
        self.hearing.is_tapped.load(Ordering::Relaxed)
    }
}

/// What another says is heard by the party, unless something plays to it.
impl Sink for Channel {
    fn accept(&self, frame: &Frame) {
        if !self.is_played_to() {
            self.write(frame);
        }
    }

    fn is_wide(&self) -> bool {
        true
    }

    fn carries(&self, codec: Codec) -> bool {
        let takes = || match &self.hearing.stream {
            Some(stream) => stream.carries(codec),
            None => self.leg.carries(codec),
        };
        !self.is_tapped() && takes()
    }
}

/// Something plays to a channel's party.
#[must_use = "what plays is over when the guard is dropped"]
pub struct Playing {
    channel: Arc<Channel>,
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.channel.hearing.players.fetch_sub(1, Ordering::Relaxed);
    }
}
