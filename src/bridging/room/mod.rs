//! Conference rooms: who is in them, and the mixer that joins them.
//!
//! A room exists while somebody is in it. It ticks only while somebody is heard: the first frame into a silent room
//! makes it tick, and silence ends that. MeetMe and ConfBridge have rooms of their own: the same number twice is two.

mod beat;
mod directory;
mod events;
mod member;
mod messages;
mod opening;
mod orders;
mod recorder;
mod sound;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::mixer::{MemberId, Mixer};
use crate::channel::{Bridge, BridgeKind, Channel, Happening, Listening};

pub use member::{MemberView, Role, Standing, Terms, VOLUME_STEPS, Volume, Who};
pub use messages::Messages;
pub use opening::{Booking, Opening};
pub use recorder::{NewRecording, RecordSettings};
pub use sound::{Announcement, Source};

use beat::Beats;
use directory::Directory;
use member::Member;
use recorder::Recorder;
use sound::{Announcements, Ear};

/// Whose rooms: each application has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoomKind {
    MeetMe,
    ConfBridge,
}

impl RoomKind {
    /// The application's name.
    pub fn application(self) -> &'static str {
        match self {
            RoomKind::MeetMe => "MeetMe",
            RoomKind::ConfBridge => "ConfBridge",
        }
    }
}

/// All rooms.
#[derive(Default)]
pub struct Rooms {
    rooms: Mutex<Directory>,
    beats: Arc<Beats>,
}

/// One conference.
pub struct Room {
    kind: RoomKind,
    name: String,
    unique_id: Arc<str>,
    bridge: Arc<Bridge>,
    opening: Opening,
    opened: Instant,
    beats: Arc<Beats>,
    /// Counts the beats, where it is not mixed at each.
    beat: AtomicU32,
    inside: Mutex<Inside>,
}

struct Inside {
    mixer: Mixer,
    /// In order of arrival, and so of their ids.
    members: Vec<Member>,
    census: Census,
    next_id: u64,
    is_ticking: bool,
    is_locked: bool,
    /// Who comes and is no admin begins muted.
    is_muted: bool,
    recorder: Option<Recorder>,
    /// The name of the last recording, and its file.
    recorded: Option<(String, PathBuf)>,
    announcements: Announcements,
}

/// Who is in a room, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    pub members: usize,
    /// Those of them that do not wait for a marked one.
    pub active: usize,
    pub marked: usize,
    /// How often the last marked member has left.
    pub marked_departures: usize,
    /// How often a marked member has left.
    pub any_marked_departures: usize,
}

/// Why a member was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Locked,
    Full,
}

impl Rooms {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The room of this name, if anybody is in it.
    pub fn find(&self, kind: RoomKind, name: &str) -> Option<Arc<Room>> {
        self.rooms.lock().find(kind, name).cloned()
    }

    /// All rooms, oldest first.
    pub fn all(&self) -> Vec<Arc<Room>> {
        self.rooms.lock().by_number.values().cloned().collect()
    }

    /// The rooms of an application, oldest first.
    pub fn of(&self, kind: RoomKind) -> Vec<Arc<Room>> {
        self.rooms.lock().by_number.values().filter(|room| room.kind == kind).cloned().collect()
    }

    /// How many are in the rooms of this name, of whichever application.
    pub fn count(&self, name: &str) -> usize {
        let rooms = self.rooms.lock();
        rooms.by_number.values().filter(|room| room.name == name).map(|room| room.census().members).sum()
    }

    /// Lets a channel into the room, which is opened if it is not there. The member leaves when the guard is dropped.
    ///
    /// # Errors
    /// When the room is locked or full, unless the member is an admin.
    pub fn join(
        self: &Arc<Self>,
        (kind, name): (RoomKind, &str),
        opening: &Opening,
        channel: &Arc<Channel>,
        terms: Terms,
    ) -> Result<Membership, Refused> {
        let mut rooms = self.rooms.lock();
        let found = rooms.find(kind, name).cloned();
        let is_new = found.is_none();
        let is_admin = terms.role.is_admin;
        if !is_admin && found.as_ref().is_some_and(|room| room.is_locked()) {
            return Err(Refused::Locked);
        }
        let (limit, active) = match &found {
            Some(room) => (room.opening.limit, room.census().active),
            None => (opening.limit, 0),
        };
        if !is_admin && limit.is_some_and(|limit| active >= limit) {
            return Err(Refused::Full);
        }
        let room = found.unwrap_or_else(|| Room::open(kind, name, opening, channel, Arc::clone(&self.beats)));
        let terms = Arc::new(terms);
        let (id, number, wake) = room.enter(channel, &terms);
        if is_new {
            rooms.enter(&room);
        }
        drop(rooms);
        let denoiser = terms.is_denoised.then(Mutex::default);
        let listening = channel.listen(Arc::new(Ear { room: Arc::clone(&room), id, denoiser }));
        room.bridge.enter(channel, None);
        channel.channels().publish(&Happening::RoomJoin { channel, room: name, application: kind.application() });
        room.welcome(id);
        let rooms = Arc::clone(self);
        let channel = Arc::clone(channel);
        let joined = Instant::now();
        let is_told = AtomicBool::new(false);
        Ok(Membership { rooms, room, id, number, terms, channel, joined, wake, is_new, is_told, _listening: listening })
    }

    /// Takes a member out; true if the room is gone with it.
    fn leave(&self, room: &Arc<Room>, id: MemberId) -> bool {
        let mut rooms = self.rooms.lock();
        let is_empty = room.exit(id);
        if is_empty {
            rooms.leave(room);
        }
        is_empty
    }
}

impl Room {
    fn open(kind: RoomKind, name: &str, opening: &Opening, channel: &Channel, beats: Arc<Beats>) -> Arc<Self> {
        let bridge = channel.channels().create_bridge(BridgeKind::Conference, kind.application(), name);
        let mut mixer = Mixer::new();
        mixer.set_most_talkers(opening.most_talkers);
        mixer.set_highest_rate(opening.highest_rate);
        Arc::new(Self {
            kind,
            name: name.to_owned(),
            unique_id: Arc::clone(match kind {
                RoomKind::MeetMe => channel.unique_id(),
                RoomKind::ConfBridge => bridge.unique_id(),
            }),
            bridge,
            opening: opening.clone(),
            opened: Instant::now(),
            beats,
            beat: AtomicU32::default(),
            inside: Mutex::new(Inside {
                mixer,
                members: Vec::new(),
                census: Census::default(),
                next_id: 0,
                is_ticking: false,
                is_locked: false,
                is_muted: false,
                recorder: None,
                recorded: None,
                announcements: Announcements::default(),
            }),
        })
    }

    pub fn kind(&self) -> RoomKind {
        self.kind
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// ConfBridge: the id of the room's bridge, as `BridgeUniqueid` shows it. MeetMe: that of the first member's channel.
    pub fn unique_id(&self) -> &str {
        &self.unique_id
    }

    /// What the first member opened it with.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// How long the room has been open.
    pub fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    pub fn census(&self) -> Census {
        self.inside.lock().census
    }

    /// The members, in order of arrival.
    pub fn members(&self) -> Vec<MemberView> {
        self.inside.lock().members.iter().map(Member::view).collect()
    }

    pub fn is_locked(&self) -> bool {
        self.inside.lock().is_locked
    }

    /// Whether who comes and is no admin begins muted.
    pub fn is_muted(&self) -> bool {
        self.inside.lock().is_muted
    }

    fn enter(&self, channel: &Arc<Channel>, terms: &Arc<Terms>) -> (MemberId, u32, Arc<Notify>) {
        let mut inside = self.inside.lock();
        let id = inside.new_id();
        let number = inside.members.iter().map(|member| member.number).max().unwrap_or(0) + 1;
        let wake = Arc::new(Notify::new());
        let muted_by_room = inside.is_muted && !terms.role.is_admin;
        let is_waiting = terms.waits_for_marked && !terms.role.is_marked && !inside.has_marked();
        let member = Member {
            id,
            number,
            channel: Arc::clone(channel),
            terms: Arc::clone(terms),
            standing: Standing {
                is_muted: terms.begins_muted || (muted_by_room && self.kind == RoomKind::ConfBridge),
                // It cannot let itself talk.
                is_muted_by_admin: muted_by_room && self.kind == RoomKind::MeetMe,
                ..Standing::default()
            },
            is_waiting,
            is_away: false,
            is_talking: false,
            talk_volume: 0,
            listen_volume: 0,
            whispers_to: None,
            joined: Instant::now(),
            wake: Arc::clone(&wake),
        };
        inside.mixer.add(id, member.sound());
        channel.set_collected(inside.is_ticking);
        inside.members.push(member);
        if terms.role.is_marked {
            inside.release_waiting();
        }
        inside.count_again(|_| {});
        (id, number, wake)
    }

    /// Takes a member out; true if it was the last.
    fn exit(&self, id: MemberId) -> bool {
        let mut inside = self.inside.lock();
        let was_marked = inside.members.iter().any(|member| member.id == id && member.terms.role.is_marked);
        inside.mixer.remove(id);
        inside.members.extract_if(.., |member| member.id == id).for_each(|member| member.channel.set_collected(false));
        inside.end_whispers_to(id);
        let is_empty = inside.members.is_empty();
        if was_marked && !inside.has_marked() {
            inside.suspend_waiting();
        }
        inside.count_again(|census| {
            census.any_marked_departures += usize::from(was_marked);
            if was_marked && census.marked == 0 {
                census.marked_departures += 1;
            }
        });
        is_empty
    }
}

impl Inside {
    fn new_id(&mut self) -> MemberId {
        self.next_id += 1;
        MemberId(self.next_id)
    }

    /// While a room ticks it asks its members' streams itself.
    fn set_ticking(&mut self, is_ticking: bool) {
        self.is_ticking = is_ticking;
        self.members.iter().for_each(|member| member.channel.set_collected(is_ticking));
    }

    /// Counts, and wakes the members' tasks where that means something to one of them: a large room does not wake for
    /// every member that comes.
    fn count_again(&mut self, then: impl FnOnce(&mut Census)) {
        let before = self.census;
        let census = &mut self.census;
        census.members = self.members.len();
        census.active = self.members.iter().filter(|member| !member.is_waiting).count();
        census.marked = self.members.iter().filter(|member| member.terms.role.is_marked).count();
        then(census);
        let told = |census: &Census| {
            (census.members <= 1, census.active <= 1, census.marked == 0, census.any_marked_departures)
        };
        if told(&before) != told(census) {
            self.members.iter().for_each(|member| member.wake.notify_one());
        }
    }

    fn has_marked(&self) -> bool {
        self.members.iter().any(|member| member.terms.role.is_marked)
    }

    fn member(&mut self, id: MemberId) -> Option<&mut Member> {
        let at = self.members.binary_search_by_key(&id, |member| member.id).ok()?;
        self.members.get_mut(at)
    }

    /// Changes a member, and what the mixer does with it.
    fn change(&mut self, id: MemberId, change: impl FnOnce(&mut Member)) {
        let Some(member) = self.member(id) else { return };
        change(member);
        let sound = member.sound();
        self.mixer.add(id, sound);
    }

    /// Who whispered to a member that has left talks to all again.
    fn end_whispers_to(&mut self, id: MemberId) {
        for member in self.members.iter_mut().filter(|member| member.whispers_to.is_some_and(|(to, _)| to == id)) {
            member.whispers_to = None;
            self.mixer.add(member.id, member.sound());
        }
    }

    /// A marked member is there: nobody waits any more.
    fn release_waiting(&mut self) {
        self.set_waiting(|_| false);
    }

    /// The last marked member has left: who waits for marked ones waits again.
    fn suspend_waiting(&mut self) {
        self.set_waiting(|terms| terms.waits_for_marked);
    }

    fn set_waiting(&mut self, waits: impl Fn(&Terms) -> bool) {
        for member in &mut self.members {
            member.is_waiting = waits(&member.terms);
            self.mixer.add(member.id, member.sound());
        }
    }
}

/// A place in a room; dropping it leaves.
#[must_use = "the member leaves when the guard is dropped"]
pub struct Membership {
    rooms: Arc<Rooms>,
    room: Arc<Room>,
    id: MemberId,
    number: u32,
    terms: Arc<Terms>,
    channel: Arc<Channel>,
    joined: Instant,
    wake: Arc<Notify>,
    /// The room was opened for it.
    is_new: bool,
    /// Manager programs heard that the member came.
    is_told: AtomicBool,
    _listening: Listening,
}

impl Membership {
    pub fn room(&self) -> &Arc<Room> {
        &self.room
    }

    pub fn id(&self) -> MemberId {
        self.id
    }

    /// Whether the room was opened for this member.
    pub fn is_first(&self) -> bool {
        self.is_new
    }

    /// The member's number in the room, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What others want of the member.
    pub fn standing(&self) -> Standing {
        let mut inside = self.room.inside.lock();
        inside.member(self.id).map(|member| member.standing).unwrap_or_default()
    }

    /// Whether the member waits for a marked one.
    pub fn is_waiting(&self) -> bool {
        self.room.inside.lock().member(self.id).is_some_and(|member| member.is_waiting)
    }

    /// From now on the member is in the talk, and manager programs hear that it came.
    pub fn enter(&self) {
        self.set_away(false);
        let view = self.room.inside.lock().member(self.id).map(|member| member.view());
        if let Some(view) = view.filter(|_| !self.is_told.swap(true, Ordering::Relaxed)) {
            self.room.tell_joined(&view);
        }
    }

    /// Takes the member out of the talk while it hears something of its own, or back.
    pub fn set_away(&self, away: bool) {
        self.room.inside.lock().change(self.id, |member| member.is_away = away);
    }

    /// Resolves when the member's standing changed, or what others in the room are to it.
    pub async fn addressed(&self) {
        self.wake.notified().await;
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let is_gone = self.rooms.leave(&self.room, self.id);
        self.channel.note_normal_end();
        self.room.bridge.leave(&self.channel);
        let application = self.room.kind.application();
        let happening = Happening::RoomLeave { channel: &self.channel, room: &self.room.name, application };
        self.channel.channels().publish(&happening);
        if *self.is_told.get_mut() {
            self.room.tell_left(&self.channel, self.number, &self.terms, self.joined.elapsed());
        }
        if is_gone {
            self.room.tell_ended(&self.channel);
            self.room.stop_recording(self.channel.channels());
            self.room.bridge.destroy();
        }
    }
}
