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
        if is_older(&second.linked_id(), &first.linked_id()) {
            first.link_with(second);
        } else {
            second.link_with(first);
        }
        warn_of_silence(first, second);
        share_accounts(first, second);
        first.set_bridged_with(Some(second));
        second.set_bridged_with(Some(first));
        let listening = [first.listen(Arc::clone(second) as _), second.listen(Arc::clone(first) as _)];
        let known = first.channels().create_bridge(BridgeKind::Basic, "", "");
        // As in Asterisk, who called waits for the other one there.
        known.enter(second, Some(first));
        known.enter(first, Some(second));
        Self { parties: [Arc::clone(first), Arc::clone(second)], _listening: listening, known }
    }
}

/// Each party knows the account of the other.
fn share_accounts(first: &Channel, second: &Channel) {
    let of = |channel: &Channel| channel.state().account_code.clone();
    let accounts = (of(first), of(second));
    first.state().peer_account = accounts.1;
    second.state().peer_account = accounts.0;
}

/// Whether a unique id, `epoch.number`, is older than another.
fn is_older(id: &str, other: &str) -> bool {
    let parts = |id: &str| {
        let (epoch, number) = id.split_once('.')?;
        Some((epoch.parse::<u64>().ok()?, number.parse::<u64>().ok()?))
    };
    matches!((parts(id), parts(other)), (Some(one), Some(other)) if one < other)
}

/// Audio that can only be passed on is heard by who has the same codec.
fn warn_of_silence(first: &Channel, second: &Channel) {
    let codecs = [first.leg().codec(), second.leg().codec()];
    if codecs[0] != codecs[1] && codecs.iter().any(|codec| codec.is_opaque()) {
        let [one, other] = codecs.map(|codec| codec.name());
        tracing::warn!(
            "{} ({one}) and {} ({other}) do not hear each other: there is no way from {one} to {other}; allow one codec for both",
            first.name(),
            second.name()
        );
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        // Who hangs up, or goes elsewhere, is the first to leave.
        let [first, second] = &self.parties;
        let order = if second.is_interrupted() && !first.is_interrupted() { [second, first] } else { [first, second] };
        for party in order {
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
