//! Two parties who hear each other.
//!
//! Frames go straight from one leg to the other as they come: there is no tick, no queue and no task.

use std::sync::Arc;

use crate::channel::{self, BridgeKind, Channel};

/// Joins two channels for as long as it lives.
#[must_use = "the parties are separated when the bridge is dropped"]
pub struct Bridge {
    parties: [Arc<Channel>; 2],
    _listening: [channel::Listening; 2],
    known: Arc<channel::Bridge>,
}

impl Bridge {
    pub fn join(first: &Arc<Channel>, second: &Arc<Channel>) -> Self {
        first.set_bridged_with(Some(second));
        second.set_bridged_with(Some(first));
        let listening = [first.listen(Arc::clone(second) as _), second.listen(Arc::clone(first) as _)];
        let known = first.channels().create_bridge(BridgeKind::Basic, "", "");
        known.enter(first, Some(second));
        known.enter(second, Some(first));
        Self { parties: [Arc::clone(first), Arc::clone(second)], _listening: listening, known }
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        for party in &self.parties {
            party.note_normal_end();
            party.set_bridged_with(None);
            self.known.leave(party);
        }
        self.known.destroy();
    }
}

/// Lets one party hear another before the call is answered: the network's ringing tone or announcement.
#[must_use = "the audio stops when the guard is dropped"]
pub fn early_media(callee: &Arc<Channel>, caller: &Arc<Channel>) -> channel::Listening {
    callee.listen(Arc::clone(caller) as _)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::Channels;
    use crate::channel::simulated::{Behaviour, SimulatedTechnology};
    use crate::media::Frame;

    #[test]
    fn what_plays_to_a_party_is_not_interrupted_by_the_other() {
        let channels = Channels::new(1);
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        let (first, ann) = phones.dial(&channels, "SIP", "2001", |_| {});
        let (second, bob) = phones.dial(&channels, "SIP", "2002", |_| {});
        let _bridge = Bridge::join(&first, &second);
        let voice = Frame::linear([1000; 160]);
        let heard = |how_often: usize| {
            bob.begin_listening();
            (0..how_often).for_each(|_| ann.say(&voice));
            bob.heard().len() / 160
        };
        assert_eq!(heard(2), 2);
        let music = second.begin_playing();
        assert_eq!(heard(2), 0);
        drop(music);
        assert_eq!(heard(2), 2);
    }
}
