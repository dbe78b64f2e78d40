//! Halls: holding bridges by name, where parties wait and others speak to all of them.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::channel::bridge::{Bridge, BridgeKind};
use crate::channel::{Channel, Listening};
use crate::media::{Frame, Sink};

/// Why a party is in a hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It waits, and hears who speaks.
    Participant,
    /// It speaks to those who wait.
    Announcer,
}

/// The halls by their names.
#[derive(Default)]
pub struct Halls {
    all: Mutex<HashMap<String, Arc<Hall>>>,
}

struct Hall {
    bridge: Arc<Bridge>,
    participants: Mutex<Vec<Arc<Channel>>>,
    /// How many speak.
    announcers: watch::Sender<usize>,
}

/// A party in a hall; dropping it leaves.
pub struct Stay<'a> {
    halls: &'a Halls,
    name: String,
    hall: Arc<Hall>,
    channel: Arc<Channel>,
    role: Role,
    _speaking: Option<Listening>,
}

/// Sends what an announcer says to all who wait.
struct Announcement(Arc<Hall>);

impl Sink for Announcement {
    fn accept(&self, frame: &Frame) {
        for participant in &*self.0.participants.lock() {
            participant.write(frame);
        }
    }
}

impl Halls {
    /// A party comes in. The hall is made with its first party and goes with its last.
    pub fn enter(&self, channel: &Arc<Channel>, name: &str, role: Role) -> Stay<'_> {
        self.enter_kind(channel, (BridgeKind::Holding, "BridgeWait"), name, role)
    }

    /// The same for a party that is parked in a lot.
    pub fn park(&self, channel: &Arc<Channel>, lot: &str) -> Stay<'_> {
        self.enter_kind(channel, (BridgeKind::Parking, "Parking"), lot, Role::Participant)
    }

    fn enter_kind(
        &self,
        channel: &Arc<Channel>,
        (kind, creator): (BridgeKind, &'static str),
        name: &str,
        role: Role,
    ) -> Stay<'_> {
        let key = format!("{creator}/{name}");
        let hall = {
            let mut all = self.all.lock();
            let hall = all.entry(key.clone()).or_insert_with(|| {
                Arc::new(Hall {
                    bridge: channel.channels().create_bridge(kind, creator, name),
                    participants: Mutex::default(),
                    announcers: watch::Sender::default(),
                })
            });
            hall.bridge.enter(channel, None);
            Arc::clone(hall)
        };
        let speaking = match role {
            Role::Participant => {
                hall.participants.lock().push(Arc::clone(channel));
                None
            }
            Role::Announcer => {
                hall.announcers.send_modify(|count| *count += 1);
                Some(channel.listen(Arc::new(Announcement(Arc::clone(&hall)))))
            }
        };
        Stay { halls: self, name: key, hall, channel: Arc::clone(channel), role, _speaking: speaking }
    }
}

impl Stay<'_> {
    /// How many speak.
    pub fn announcers(&self) -> watch::Receiver<usize> {
        self.hall.announcers.subscribe()
    }
}

impl Drop for Stay<'_> {
    fn drop(&mut self) {
        match self.role {
            Role::Participant => self.hall.participants.lock().retain(|known| !Arc::ptr_eq(known, &self.channel)),
            Role::Announcer => self.hall.announcers.send_modify(|count| *count = count.saturating_sub(1)),
        }
        let mut all = self.halls.all.lock();
        self.hall.bridge.leave(&self.channel);
        if self.hall.bridge.count() == 0 {
            all.remove(&self.name);
            self.hall.bridge.destroy();
        }
    }
}
