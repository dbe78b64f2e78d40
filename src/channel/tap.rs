//! Taps: what listens in on a channel's audio, or changes it, beside whoever has charge of the channel.
//!
//! A channel without taps pays one relaxed load for a frame that is written, and nothing for one that is read.

use std::any::Any;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use parking_lot::{Mutex, RwLock};

use super::Channel;
use crate::media::resample::Rates;
use crate::media::{Frame, Sink};

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// What the party says.
    Said,
    /// What the party is to hear.
    Heard,
}

/// Sees every frame of a channel, in both ways.
pub trait Tap: Any + Send + Sync {
    /// Takes note of a frame; gives another in its place, or nothing to leave it as it is. It must not block.
    fn pass(&self, way: Way, frame: &Frame) -> Option<Frame>;
}

/// The taps of a channel, and who listens behind them.
#[derive(Default)]
pub(super) struct Taps {
    taps: RwLock<Vec<Arc<dyn Tap>>>,
    /// Who listens to the channel, while taps stand before it.
    listener: Mutex<Option<Arc<dyn Sink>>>,
    /// What brings wide audio down, for each way.
    narrowing: [Mutex<Rates>; 2],
}

/// Stands between the leg and who listens to the channel.
struct Tapped(Weak<Channel>);

impl Sink for Tapped {
    fn accept(&self, frame: &Frame) {
        let Some(channel) = self.0.upgrade() else { return };
        let changed = channel.taps.pass(Way::Said, frame);
        let listener = channel.taps.listener.lock().clone();
        if let Some(listener) = listener {
            listener.accept(changed.as_ref().unwrap_or(frame));
        }
    }
}

impl Taps {
    /// What the taps make of a frame; nothing where they leave it.
    pub fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
        let taps = self.taps.read().clone();
        // Taps compute with 8 kHz.
        let mut changed = frame.codec().is_wide().then(|| self.narrowing[way as usize].lock().bring(frame, 8000));
        for tap in &taps {
            if let Some(other) = tap.pass(way, changed.as_ref().unwrap_or(frame)) {
                changed = Some(other);
            }
        }
        changed
    }
}

impl Channel {
    /// Who listens to the channel from now on.
    pub(super) fn set_listener(&self, sink: Option<Arc<dyn Sink>>) {
        let mut listener = self.taps.listener.lock();
        listener.clone_from(&sink);
        if !self.is_tapped() {
            self.leg.listen(sink);
        }
    }

    /// Lets a tap see the channel's audio until [`Self::remove_tap`] or the hang-up. Later taps see what earlier ones
    /// changed.
    pub fn add_tap(self: &Arc<Self>, tap: Arc<dyn Tap>) {
        if self.hangup_cause().is_some() {
            return;
        }
        let _listener = self.taps.listener.lock();
        self.taps.taps.write().push(tap);
        if !self.hearing.is_tapped.swap(true, Ordering::Relaxed) {
            self.leg.listen(Some(Arc::new(Tapped(Arc::downgrade(self)))));
        }
    }

    /// Takes a tap away; false if it was not there.
    pub fn remove_tap(&self, tap: &Arc<dyn Tap>) -> bool {
        let listener = self.taps.listener.lock();
        let mut taps = self.taps.taps.write();
        let before = taps.len();
        taps.retain(|known| !Arc::ptr_eq(known, tap));
        let is_removed = taps.len() < before;
        if taps.is_empty() && self.hearing.is_tapped.swap(false, Ordering::Relaxed) {
            self.leg.listen(listener.clone());
        }
        is_removed
    }

    /// The taps of one kind, in the order in which they were added.
    pub fn taps<T: Tap>(&self) -> Vec<Arc<T>> {
        let all = self.taps.taps.read().clone();
        all.into_iter().filter_map(|tap| (tap as Arc<dyn Any + Send + Sync>).downcast().ok()).collect()
    }

    /// Takes all taps away at the end of the call.
    pub(super) fn clear_taps(&self) {
        self.hearing.is_tapped.store(false, Ordering::Relaxed);
        let gone = std::mem::take(&mut *self.taps.taps.write());
        self.taps.listener.lock().take();
        // Recordings are completed here, with nothing locked.
        drop(gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::simulated::{Behaviour, SimulatedTechnology};
    use crate::channel::{Cause, Channels};

    struct Doubling(Mutex<Vec<(Way, i16)>>);

    impl Tap for Doubling {
        fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
            self.0.lock().push((way, frame.samples()[0]));
            Some(frame.amplified(2.0))
        }
    }

    struct Ear(Mutex<Vec<i16>>);

    impl Sink for Ear {
        fn accept(&self, frame: &Frame) {
            self.0.lock().push(frame.samples()[0]);
        }
    }

    #[test]
    fn taps_see_and_change_both_ways_and_go() {
        let channels = Channels::new(1);
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        let (channel, ann) = phones.dial(&channels, "SIP", "2001", |_| {});
        let voice = |level: i16| Frame::linear([level; 160]);
        let tap = Arc::new(Doubling(Mutex::default()));
        channel.add_tap(tap.clone());
        ann.say(&voice(1));
        let ear = Arc::new(Ear(Mutex::default()));
        let listening = channel.listen(ear.clone());
        ann.say(&voice(2));
        ann.begin_listening();
        channel.write(&voice(3));
        assert_eq!(*tap.0.lock(), [(Way::Said, 1), (Way::Said, 2), (Way::Heard, 3)]);
        assert_eq!((ear.0.lock().clone(), ann.heard()[0]), (vec![4], 6));
        assert_eq!(channel.taps::<Doubling>().len(), 1);
        let any: Arc<dyn Tap> = tap;
        assert!(channel.remove_tap(&any) && !channel.remove_tap(&any));
        ann.say(&voice(5));
        assert_eq!(*ear.0.lock(), [4, 5]);
        drop(listening);
        channel.add_tap(any.clone());
        channel.hang_up(Cause::NORMAL);
        assert_eq!(Arc::strong_count(&any), 1);
    }
}
