//! Two parties who hear each other.
//!
//! Frames go straight from one leg to the other as they come: there is no tick, no queue and no task.

use std::sync::Arc;

use crate::channel::{self, BridgeKind, Channel};

/// Joins two channels for as long as it lives.
#[must_use = "the parties are separated when the bridge is dropped"]
pub struct Bridge {
    parties: [Arc<Channel>; 2],
    listening: Option<[channel::Listening; 2]>,
    leaves_first: Option<Arc<Channel>>,
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
        let listening = Some(listen(first, second));
        let known = first.channels().create_bridge(BridgeKind::Basic, "", "");
        // As in Asterisk, who called waits for the other one there.
        for (party, peer) in [(second, first), (first, second)] {
            party.tell_left_extension();
            known.enter(party, Some(peer));
            party.unset_variable("BLINDTRANSFER");
        }
        name_peers(first, second);
        Self { parties: [Arc::clone(first), Arc::clone(second)], listening, leaves_first: None, known }
    }

    /// This party is the first to leave.
    pub fn lets_leave_first(&mut self, party: &Arc<Channel>) {
        self.leaves_first = Some(Arc::clone(party));
    }

    /// Another channel takes the place of one of the two.
    pub fn swap(&mut self, old: &Arc<Channel>, new: &Arc<Channel>) {
        let Some(at) = self.parties.iter().position(|party| Arc::ptr_eq(party, old)) else { return };
        self.listening = None;
        old.unset_variable("BRIDGEPEER");
        old.unset_variable("BRIDGEPVTCALLID");
        old.note_normal_end();
        old.set_bridged_with(None);
        self.known.leave(old);
        self.parties[at] = Arc::clone(new);
        let [first, second] = &self.parties;
        let other = if at == 0 { second } else { first };
        new.link_with(other);
        new.set_bridged_with(Some(other));
        other.set_bridged_with(Some(new));
        self.listening = Some(listen(first, second));
        new.tell_left_extension();
        self.known.enter_for(new, Some(other), Some(old));
        name_peers(new, other);
    }

    /// The two stay in the bridge, and do not hear each other until it is resumed.
    pub fn pause(&mut self) {
        self.listening = None;
    }

    /// Lets the two hear each other again.
    pub fn resume(&mut self) {
        let [first, second] = &self.parties;
        self.listening = Some(listen(first, second));
    }
}

/// Each has the other's name, and its technology's name of the call.
fn name_peers(first: &Channel, second: &Channel) {
    for (party, peer) in [(first, second), (second, first)] {
        party.set_variable("BRIDGEPEER", peer.name());
        if let Some(id) = peer.leg().call_id() {
            party.set_variable("BRIDGEPVTCALLID", &id);
        }
    }
}

fn listen(first: &Arc<Channel>, second: &Arc<Channel>) -> [channel::Listening; 2] {
    [first.listen(Arc::clone(second) as _), second.listen(Arc::clone(first) as _)]
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
        let order = match (first.is_interrupted(), second.is_interrupted()) {
            _ if self.leaves_first.as_ref().is_some_and(|party| Arc::ptr_eq(party, second)) => [second, first],
            _ if self.leaves_first.is_some() || transfers(first, second) => [first, second],
            _ if transfers(second, first) => [second, first],
            (false, true) => [second, first],
            // It goes elsewhere, and the first one is given up for it.
            (true, true) if second.hangup_cause().is_none() => [second, first],
            _ => [first, second],
        };
        self.listening = None;
        for party in order {
            party.unset_variable("BRIDGEPEER");
            party.unset_variable("BRIDGEPVTCALLID");
        }
        for party in order {
            party.note_normal_end();
            party.set_bridged_with(None);
            self.known.leave(party);
        }
        self.known.destroy();
    }
}

/// Whether the first sent the second elsewhere.
fn transfers(first: &Channel, second: &Channel) -> bool {
    second.state().variables.get("BLINDTRANSFER").is_some_and(|by| by == &**first.name())
        && second.is_interrupted()
        && !first.is_interrupted()
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
