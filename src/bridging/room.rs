//! Conference rooms: who is in them, and the mixer that joins them.
//!
//! A room exists while somebody is in it. It ticks only while somebody is heard: the first frame into a silent room
//! starts its task, and silence ends it.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::mixer::{MemberId, MemberOptions, Mixer};
use crate::channel::{Channel, Happening, Listening};
use crate::media::{FRAME, Frame, Sink};

/// All rooms, by name.
#[derive(Default)]
pub struct Rooms {
    rooms: Mutex<Vec<Arc<Room>>>,
}

/// One conference.
pub struct Room {
    name: String,
    pin: String,
    inside: Mutex<Inside>,
    census: watch::Sender<Census>,
}

struct Inside {
    mixer: Mixer,
    members: Vec<Member>,
    next_id: u64,
    is_ticking: bool,
    is_locked: bool,
}

struct Member {
    id: MemberId,
    channel: Arc<Channel>,
    role: Role,
}

/// What a member is to the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// May lock, mute and kick.
    pub is_admin: bool,
    /// Others wait for it, or leave with it.
    pub is_marked: bool,
}

/// How a channel takes part in a room.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The application that brought it: `MeetMe` or `ConfBridge`.
    pub application: &'static str,
    pub role: Role,
    pub options: MemberOptions,
}

/// Who is in a room, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    pub members: usize,
    pub marked: usize,
    /// How often the last marked member has left.
    pub marked_departures: usize,
    /// The room was closed by an admin.
    pub is_closed: bool,
}

impl Rooms {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The room of this name, if anybody is in it.
    pub fn find(&self, name: &str) -> Option<Arc<Room>> {
        self.rooms.lock().iter().find(|room| room.name == name).cloned()
    }

    /// All rooms, oldest first.
    pub fn all(&self) -> Vec<Arc<Room>> {
        self.rooms.lock().clone()
    }

    /// How many are in the room.
    pub fn count(&self, name: &str) -> usize {
        self.find(name).map_or(0, |room| room.census().members)
    }

    /// Lets a channel into the room, which is made with this PIN if it is not there. The member leaves when the guard
    /// is dropped.
    pub fn join(self: &Arc<Self>, name: &str, pin: &str, channel: &Arc<Channel>, part: Part) -> Membership {
        let mut rooms = self.rooms.lock();
        let room = match rooms.iter().find(|room| room.name == name) {
            Some(room) => Arc::clone(room),
            None => {
                let room = Arc::new(Room {
                    name: name.to_owned(),
                    pin: pin.to_owned(),
                    inside: Mutex::new(Inside {
                        mixer: Mixer::new(),
                        members: Vec::new(),
                        next_id: 0,
                        is_ticking: false,
                        is_locked: false,
                    }),
                    census: watch::Sender::new(Census::default()),
                });
                rooms.push(Arc::clone(&room));
                room
            }
        };
        let id = room.enter(channel, part.role, part.options);
        drop(rooms);
        let listening = channel.listen(Arc::new(Ear { room: Arc::clone(&room), id }));
        let happening = Happening::RoomJoin { channel, room: name, application: part.application };
        channel.channels().publish(&happening);
        Membership {
            rooms: Arc::clone(self),
            room,
            id,
            channel: Arc::clone(channel),
            application: part.application,
            _listening: listening,
        }
    }

    fn leave(&self, room: &Arc<Room>, id: MemberId) {
        let mut rooms = self.rooms.lock();
        room.exit(id);
        if room.census().members == 0 {
            rooms.retain(|other| !Arc::ptr_eq(other, room));
        }
    }
}

impl Room {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The PIN that the first member set; empty for none.
    pub fn pin(&self) -> &str {
        &self.pin
    }

    pub fn census(&self) -> Census {
        *self.census.borrow()
    }

    /// The members' channels, in order of arrival.
    pub fn members(&self) -> Vec<(MemberId, Arc<Channel>, Role)> {
        let inside = self.inside.lock();
        inside.members.iter().map(|member| (member.id, Arc::clone(&member.channel), member.role)).collect()
    }

    pub fn is_locked(&self) -> bool {
        self.inside.lock().is_locked
    }

    /// Lets nobody in any more, or lets them in again.
    pub fn set_locked(&self, locked: bool) {
        self.inside.lock().is_locked = locked;
    }

    /// Sends everybody out.
    pub fn close(&self) {
        self.census.send_modify(|census| census.is_closed = true);
    }

    fn enter(&self, channel: &Arc<Channel>, role: Role, options: MemberOptions) -> MemberId {
        let mut inside = self.inside.lock();
        inside.next_id += 1;
        let id = MemberId(inside.next_id);
        inside.mixer.add(id, options);
        inside.members.push(Member { id, channel: Arc::clone(channel), role });
        drop(inside);
        self.count_again(|_| {});
        id
    }

    fn exit(&self, id: MemberId) {
        let mut inside = self.inside.lock();
        let was_marked = inside.members.iter().any(|member| member.id == id && member.role.is_marked);
        inside.mixer.remove(id);
        inside.members.retain(|member| member.id != id);
        drop(inside);
        self.count_again(|census| {
            if was_marked && census.marked == 0 {
                census.marked_departures += 1;
            }
        });
    }

    fn count_again(&self, then: impl FnOnce(&mut Census)) {
        let inside = self.inside.lock();
        let members = inside.members.len();
        let marked = inside.members.iter().filter(|member| member.role.is_marked).count();
        drop(inside);
        self.census.send_modify(|census| {
            census.members = members;
            census.marked = marked;
            then(census);
        });
    }

    /// Takes what a member or an announcement says.
    fn push(self: &Arc<Self>, id: MemberId, frame: &Frame) {
        let mut inside = self.inside.lock();
        if inside.mixer.push(id, frame) && !std::mem::replace(&mut inside.is_ticking, true) {
            tokio::spawn(Arc::clone(self).tick());
        }
    }

    /// Mixes every 20 ms until nobody is heard.
    async fn tick(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(FRAME);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
        // Handed out after the room is unlocked: a frame may come back into this room, or into one that feeds it.
        let mut heard: Vec<(Arc<Channel>, Frame)> = Vec::new();
        loop {
            ticks.tick().await;
            let idle = self.mix(&mut heard);
            for (channel, frame) in heard.drain(..) {
                channel.write(&frame);
            }
            if idle {
                return;
            }
        }
    }

    /// One tick: gathers what each member hears; true when the room has fallen silent.
    fn mix(&self, heard: &mut Vec<(Arc<Channel>, Frame)>) -> bool {
        let mut inside = self.inside.lock();
        let Inside { mixer, members, is_ticking, .. } = &mut *inside;
        let activity = mixer.tick(|id, frame| {
            // Members are in order of arrival, and so of their numbers.
            let at = members.binary_search_by_key(&id, |member| member.id);
            if let Some(member) = at.ok().and_then(|at| members.get(at)) {
                heard.push((Arc::clone(&member.channel), frame.clone()));
            }
        });
        if activity.idle {
            *is_ticking = false;
        }
        activity.idle
    }

    /// Lets everybody hear a sound, frame by frame, as it is given.
    pub fn announce(self: &Arc<Self>, mut source: impl FnMut() -> Option<Frame> + Send + 'static) {
        let room = Arc::clone(self);
        let id = {
            let mut inside = room.inside.lock();
            inside.next_id += 1;
            let id = MemberId(inside.next_id);
            inside.mixer.add(id, MemberOptions::source(super::mixer::HeardBy::All));
            id
        };
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(FRAME);
            while let Some(frame) = source() {
                ticks.tick().await;
                room.push(id, &frame);
            }
            // What is still queued is heard before the source goes.
            tokio::time::sleep(FRAME * 4).await;
            room.inside.lock().mixer.remove(id);
        });
    }
}

/// Takes what a member says into its room.
struct Ear {
    room: Arc<Room>,
    id: MemberId,
}

impl Sink for Ear {
    fn accept(&self, frame: &Frame) {
        self.room.push(self.id, frame);
    }
}

/// A place in a room; dropping it leaves.
#[must_use = "the member leaves when the guard is dropped"]
pub struct Membership {
    rooms: Arc<Rooms>,
    room: Arc<Room>,
    id: MemberId,
    channel: Arc<Channel>,
    application: &'static str,
    _listening: Listening,
}

impl Membership {
    pub fn room(&self) -> &Arc<Room> {
        &self.room
    }

    /// The member's number in the room, from 1.
    pub fn number(&self) -> u64 {
        self.id.0
    }

    /// Changes how the member takes part.
    pub fn set_options(&self, options: MemberOptions) {
        self.room.inside.lock().mixer.add(self.id, options);
    }

    /// Hears of comings and goings.
    pub fn census(&self) -> watch::Receiver<Census> {
        self.room.census.subscribe()
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.rooms.leave(&self.room, self.id);
        self.channel.note_normal_end();
        let happening =
            Happening::RoomLeave { channel: &self.channel, room: &self.room.name, application: self.application };
        self.channel.channels().publish(&happening);
    }
}
