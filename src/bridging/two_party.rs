//! Two parties who hear each other.
//!
//! Frames go straight from one leg to the other as they come: there is no tick, no queue and no task.

use std::sync::Arc;

use crate::channel::{Channel, Happening};
use crate::media::{Frame, Sink};

/// What arrives is heard by the channel.
struct Into(Arc<Channel>);

impl Sink for Into {
    fn accept(&self, frame: &Frame) {
        self.0.write(frame);
    }
}

/// Joins two channels for as long as it lives.
#[must_use = "the parties are separated when the bridge is dropped"]
pub struct Bridge {
    parties: [Arc<Channel>; 2],
    _listening: [crate::channel::Listening; 2],
}

impl Bridge {
    pub fn join(first: &Arc<Channel>, second: &Arc<Channel>) -> Self {
        first.set_bridged_with(Some(second));
        second.set_bridged_with(Some(first));
        let listening =
            [first.listen(Arc::new(Into(Arc::clone(second)))), second.listen(Arc::new(Into(Arc::clone(first))))];
        let channels = first.channels();
        channels.publish(&Happening::BridgeEnter { channel: first, peer: second });
        channels.publish(&Happening::BridgeEnter { channel: second, peer: first });
        Self { parties: [Arc::clone(first), Arc::clone(second)], _listening: listening }
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        for party in &self.parties {
            party.note_normal_end();
            party.set_bridged_with(None);
            party.channels().publish(&Happening::BridgeLeave { channel: party });
        }
    }
}

/// Lets one party hear another before the call is answered: the network's ringing tone or announcement.
#[must_use = "the audio stops when the guard is dropped"]
pub fn early_media(callee: &Arc<Channel>, caller: &Arc<Channel>) -> crate::channel::Listening {
    callee.listen(Arc::new(Into(Arc::clone(caller))))
}
