//! What joins channels, as programs outside see it: bridges by their unique ids, and who is in them.

use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use tokio::time::Instant;

use super::{Channel, Channels, Happening};

/// What a bridge is for, with Asterisk's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BridgeKind {
    /// Two parties talk.
    Basic,
    /// A conference.
    Conference,
    /// Parties wait for something.
    Holding,
    /// Parties are parked.
    Parking,
}

impl BridgeKind {
    /// `BridgeType`
    pub fn word(self) -> &'static str {
        match self {
            BridgeKind::Basic => "basic",
            BridgeKind::Conference => "base",
            BridgeKind::Holding => "holding",
            BridgeKind::Parking => "parking",
        }
    }

    /// `BridgeTechnology`
    pub fn technology(self) -> &'static str {
        match self {
            BridgeKind::Basic => "simple_bridge",
            BridgeKind::Conference => "softmix",
            BridgeKind::Holding | BridgeKind::Parking => "holding_bridge",
        }
    }
}

/// A live bridge. Who joins the audio keeps it up to date.
pub struct Bridge {
    unique_id: Arc<str>,
    kind: BridgeKind,
    creator: &'static str,
    name: String,
    created: Instant,
    members: Mutex<Vec<Arc<Channel>>>,
    channels: Arc<Channels>,
}

impl Bridge {
    /// Never used twice.
    pub fn unique_id(&self) -> &Arc<str> {
        &self.unique_id
    }

    pub fn kind(&self) -> BridgeKind {
        self.kind
    }

    /// The application that made it, where it is not just two who talk.
    pub fn creator(&self) -> &'static str {
        self.creator
    }

    /// The conference's name; empty where there is none.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn created(&self) -> Instant {
        self.created
    }

    /// Everybody who is in a call, here or elsewhere.
    pub fn channels(&self) -> &Arc<Channels> {
        &self.channels
    }

    /// Who is in it, those that came first.
    pub fn members(&self) -> Vec<Arc<Channel>> {
        self.members.lock().clone()
    }

    /// How many are in it.
    pub fn count(&self) -> usize {
        self.members.lock().len()
    }

    /// A channel joins; `peer` is the other one where only two talk.
    pub fn enter(&self, channel: &Arc<Channel>, peer: Option<&Channel>) {
        self.enter_for(channel, peer, None);
    }

    /// A channel joins in the place of another one that left.
    pub fn enter_for(&self, channel: &Arc<Channel>, peer: Option<&Channel>, swap: Option<&Channel>) {
        self.members.lock().push(Arc::clone(channel));
        *channel.bridge.lock() = Some(Arc::clone(&self.unique_id));
        self.channels.publish(&Happening::BridgeEnter { channel, peer, bridge: self, swap });
    }

    /// A channel leaves.
    pub fn leave(&self, channel: &Channel) {
        self.members.lock().retain(|member| !std::ptr::eq(&**member, channel));
        *channel.bridge.lock() = None;
        self.channels.publish(&Happening::BridgeLeave { channel, bridge: self });
    }

    /// It is gone: nobody is in it any more.
    pub fn destroy(self: &Arc<Self>) {
        self.channels.bridges.live.write().retain(|bridge| !Arc::ptr_eq(bridge, self));
        self.channels.publish(&Happening::BridgeDestroy { bridge: self });
    }
}

impl std::fmt::Debug for Bridge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Bridge").field(&self.unique_id).finish()
    }
}

/// The live bridges, oldest first.
pub(super) struct Bridges {
    live: RwLock<Vec<Arc<Bridge>>>,
    ids: Mutex<fastrand::Rng>,
}

impl Bridges {
    pub fn new(seed: u64) -> Self {
        Self { live: RwLock::default(), ids: Mutex::new(fastrand::Rng::with_seed(seed)) }
    }

    /// A random UUID.
    fn next_id(&self) -> Arc<str> {
        let random = self.ids.lock().u128(..);
        let id = random & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
        let digits = format!("{id:032x}");
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)).into()
    }
}

impl Channels {
    /// Makes a bridge with nobody in it.
    pub fn create_bridge(self: &Arc<Self>, kind: BridgeKind, creator: &'static str, name: &str) -> Arc<Bridge> {
        let bridge = Arc::new(Bridge {
            unique_id: self.bridges.next_id(),
            kind,
            creator,
            name: name.to_owned(),
            created: Instant::now(),
            members: Mutex::default(),
            channels: Arc::clone(self),
        });
        self.bridges.live.write().push(Arc::clone(&bridge));
        self.publish(&Happening::BridgeCreate { bridge: &bridge });
        bridge
    }

    /// The live bridges, oldest first.
    pub fn bridges(&self) -> Vec<Arc<Bridge>> {
        self.bridges.live.read().clone()
    }

    /// The bridge of this unique id, or of this name.
    pub fn find_bridge(&self, id: &str) -> Option<Arc<Bridge>> {
        let live = self.bridges.live.read();
        let named = || live.iter().find(|bridge| !bridge.name.is_empty() && bridge.name == id);
        live.iter().find(|bridge| *bridge.unique_id == *id).or_else(named).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bridges_have_ids_of_their_own() {
        let channels = Channels::new(1);
        let [first, second] = [(), ()].map(|()| channels.create_bridge(BridgeKind::Conference, "ConfBridge", "77"));
        assert_ne!(first.unique_id(), second.unique_id());
        assert_eq!((first.unique_id().len(), first.unique_id().as_bytes()[14]), (36, b'4'));
        assert_eq!(channels.find_bridge(second.unique_id()).unwrap().unique_id(), second.unique_id());
        first.destroy();
        assert_eq!(channels.find_bridge("77").unwrap().unique_id(), second.unique_id());
    }
}
