//! The open rooms by name: thousands of them may be looked for at every change of a device.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Room, RoomKind};

/// The rooms in order of their opening, and the way to each by name.
#[derive(Default)]
pub(super) struct Directory {
    pub by_number: BTreeMap<u64, Arc<Room>>,
    next: u64,
    by_name: HashMap<(RoomKind, String), u64>,
}

impl Directory {
    /// ConfBridge's names have no case.
    fn key(kind: RoomKind, name: &str) -> (RoomKind, String) {
        match kind {
            RoomKind::MeetMe => (kind, name.to_owned()),
            RoomKind::ConfBridge => (kind, name.to_ascii_lowercase()),
        }
    }

    pub fn find(&self, kind: RoomKind, name: &str) -> Option<&Arc<Room>> {
        self.by_number.get(self.by_name.get(&Self::key(kind, name))?)
    }

    pub fn enter(&mut self, room: &Arc<Room>) {
        self.by_name.insert(Self::key(room.kind, &room.name), self.next);
        self.by_number.insert(self.next, Arc::clone(room));
        self.next += 1;
    }

    pub fn leave(&mut self, room: &Room) {
        if let Some(number) = self.by_name.remove(&Self::key(room.kind, &room.name)) {
            self.by_number.remove(&number);
        }
    }
}
