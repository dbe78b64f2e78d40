//! One queue: who waits, who takes calls, and its figures.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::empty::Bounds;
use super::{Member, Pausing, Settings, Strategy};
use crate::channel::{Channel, DeviceState};

/// A queue.
pub struct Queue {
    name: String,
    inner: Mutex<Inner>,
    /// Something changed that may give a waiting caller its turn.
    changed: Notify,
}

#[derive(Default)]
struct Inner {
    settings: Arc<Settings>,
    members: Vec<Member>,
    /// In the order in which they are served.
    callers: Vec<Entry>,
    statistics: Statistics,
    next_entry: u64,
    /// The place at which strategies that go in turn begin.
    turn: usize,
    is_retired: bool,
    /// It stands in a database, not in `queues.conf`.
    is_of_database: bool,
}

/// A caller who waits.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: u64,
    pub channel: Arc<Channel>,
    pub priority: i32,
    /// Its place, from 1.
    pub position: usize,
    /// The place at which it began.
    pub original_position: usize,
    pub joined: Instant,
    /// Members are being called for it.
    pub is_pending: bool,
    /// A program wants it to leave, with these words.
    pub withdrawn: Option<String>,
}

/// What a queue has done since it was made, or since its figures were reset. Times are in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// How long callers waited until they were answered: a moving average.
    pub hold_time: u64,
    /// How long the talks were: a moving average.
    pub talk_time: u64,
    pub completed: u64,
    pub abandoned: u64,
    pub completed_in_service_level: u64,
    pub abandoned_in_service_level: u64,
}

impl Statistics {
    fn share(part: u64, all: u64) -> f64 {
        if all == 0 { 0.0 } else { 100.0 * part as f64 / all as f64 }
    }

    /// Of the calls that were answered, how many within the service level, in per cent.
    pub fn service_level(&self) -> f64 {
        Self::share(self.completed_in_service_level, self.completed)
    }

    /// The same of all calls; those that left within the service level count as well served.
    pub fn service_level_of_all(&self) -> f64 {
        let good = self.completed_in_service_level + self.abandoned_in_service_level;
        Self::share(good, self.completed + self.abandoned)
    }
}

/// Why a caller may not join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Unknown,
    Empty,
    Full,
}

impl Refusal {
    /// What `QUEUESTATUS` says.
    pub fn status(self) -> &'static str {
        match self {
            Refusal::Unknown => "UNKNOWN",
            Refusal::Empty => "JOINEMPTY",
            Refusal::Full => "FULL",
        }
    }
}

/// The moving average that keeps three quarters of the old value; it begins with the first.
fn average(old: u64, new: u64) -> u64 {
    if old == 0 { new } else { (old * 3 + new) / 4 }
}

impl Queue {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), inner: Mutex::default(), changed: Notify::new() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn settings(&self) -> Arc<Settings> {
        self.inner.lock().settings.clone()
    }

    /// The members of the file take the place of those of the old file; what is known of those that stay is kept.
    pub(super) fn apply(&self, settings: Settings, members: Vec<Member>, now: i64) {
        let mut inner = self.inner.lock();
        let before = std::mem::take(&mut inner.members);
        let of_file = members.into_iter().map(|member| match known(&before, &member.interface) {
            Some(old) => Member {
                calls: old.calls,
                last_call: old.last_call,
                login: old.login,
                is_paused: old.is_paused,
                pause_reason: old.pause_reason.clone(),
                last_pause: old.last_pause,
                is_in_call: old.is_in_call,
                ringing: old.ringing,
                ..member
            },
            None => Member { login: now, last_pause: if member.is_paused { now } else { 0 }, ..member },
        });
        inner.members = of_file.collect();
        for member in before.into_iter().filter(|member| member.is_dynamic) {
            if known(&inner.members, &member.interface).is_none() {
                inner.members.push(member);
            }
        }
        inner.settings = Arc::new(settings);
        inner.is_retired = false;
        inner.number_members();
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Says that it stands in a database.
    pub(super) fn set_of_database(&self) {
        self.inner.lock().is_of_database = true;
    }

    /// Whether it stands in a database and is to be read again.
    pub fn is_of_database(&self) -> bool {
        self.inner.lock().is_of_database
    }

    /// Nobody joins any more.
    pub(super) fn retire(&self) {
        self.inner.lock().is_retired = true;
    }

    pub fn members(&self) -> Vec<Member> {
        self.inner.lock().members.clone()
    }

    /// The members in the order in which the reference goes through them, which decides among equals.
    pub fn members_as_called(&self) -> Vec<Member> {
        let mut members = self.members();
        members.sort_by_key(Member::chain);
        members.reverse();
        members
    }

    pub fn member(&self, interface: &str) -> Option<Member> {
        known(&self.inner.lock().members, interface).cloned()
    }

    /// Adds a member; false where the interface is one already.
    pub fn add(&self, member: Member) -> bool {
        let mut inner = self.inner.lock();
        if known(&inner.members, &member.interface).is_some() {
            return false;
        }
        inner.members.push(member);
        inner.number_members();
        drop(inner);
        self.changed.notify_waiters();
        true
    }

    pub(super) fn remove(&self, interface: &str) {
        let mut inner = self.inner.lock();
        inner.members.retain(|member| !member.interface.eq_ignore_ascii_case(interface));
        inner.number_members();
    }

    /// Changes a member; `None` where there is none of this interface.
    pub fn change<T>(&self, interface: &str, change: impl FnOnce(&mut Member) -> T) -> Option<T> {
        let mut inner = self.inner.lock();
        let member = inner.members.iter_mut().find(|member| member.interface.eq_ignore_ascii_case(interface))?;
        let changed = change(member);
        drop(inner);
        self.changed.notify_waiters();
        Some(changed)
    }

    /// Pauses a member, or lets it work again.
    pub fn pause(&self, interface: &str, is_paused: bool, reason: &str, now: i64) -> Pausing {
        let changed = self.change(interface, |member| {
            if member.is_paused == is_paused {
                return Pausing::Unchanged;
            }
            member.is_paused = is_paused;
            // Also the reason for working again is kept.
            reason.clone_into(&mut member.pause_reason);
            if is_paused {
                member.last_pause = now;
            }
            Pausing::Done
        });
        changed.unwrap_or(Pausing::NotFound)
    }

    /// Who waits, in order.
    pub fn callers(&self) -> Vec<Entry> {
        self.inner.lock().callers.clone()
    }

    pub fn count(&self) -> usize {
        self.inner.lock().callers.len()
    }

    /// A caller's entry as it is now.
    pub fn entry(&self, id: u64) -> Option<Entry> {
        self.inner.lock().callers.iter().find(|entry| entry.id == id).cloned()
    }

    /// Takes a caller in: behind those of its priority, or at a wanted position (from 1; 0 for none) among them.
    ///
    /// # Errors
    /// Where the queue is full or gone.
    pub fn join(&self, channel: &Arc<Channel>, priority: i32, wanted: usize) -> Result<Entry, Refusal> {
        let mut inner = self.inner.lock();
        if inner.is_retired {
            return Err(Refusal::Unknown);
        }
        if inner.settings.max_length > 0 && inner.callers.len() >= inner.settings.max_length {
            return Err(Refusal::Full);
        }
        let ahead = inner.callers.iter().filter(|entry| entry.priority > priority).count();
        let of_priority = inner.callers.iter().filter(|entry| entry.priority >= priority).count();
        let at = if wanted > 0 { (wanted - 1).clamp(ahead, of_priority) } else { of_priority };
        inner.next_entry += 1;
        let entry = Entry {
            id: inner.next_entry,
            channel: Arc::clone(channel),
            priority,
            position: at + 1,
            original_position: at + 1,
            joined: Instant::now(),
            is_pending: false,
            withdrawn: None,
        };
        inner.callers.insert(at, entry.clone());
        inner.number_callers();
        Ok(entry)
    }

    /// Takes a caller out; gives its entry as it was.
    pub fn leave(&self, id: u64) -> Option<Entry> {
        let mut inner = self.inner.lock();
        let at = inner.callers.iter().position(|entry| entry.id == id)?;
        let entry = inner.callers.remove(at);
        inner.number_callers();
        drop(inner);
        self.changed.notify_waiters();
        Some(entry)
    }

    /// Notes that members are called for a caller, or no longer.
    pub fn set_pending(&self, id: u64, is_pending: bool) {
        let mut inner = self.inner.lock();
        if let Some(entry) = inner.callers.iter_mut().find(|entry| entry.id == id) {
            entry.is_pending = is_pending;
        }
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Asks a waiting caller to leave; false where it does not wait here.
    pub fn withdraw(&self, channel: &str, words: &str) -> bool {
        let mut inner = self.inner.lock();
        let Some(entry) = inner.callers.iter_mut().find(|entry| **entry.channel.name() == *channel) else {
            return false;
        };
        entry.withdrawn = Some(words.to_owned());
        drop(inner);
        self.changed.notify_waiters();
        true
    }

    /// Gives a waiting caller another priority; false where it does not wait here.
    pub fn set_priority(&self, channel: &str, priority: i32) -> bool {
        let mut inner = self.inner.lock();
        let Some(at) = inner.callers.iter().position(|entry| **entry.channel.name() == *channel) else { return false };
        let mut entry = inner.callers.remove(at);
        entry.priority = priority;
        let at = inner.callers.iter().filter(|other| other.priority >= priority).count();
        inner.callers.insert(at, entry);
        inner.number_callers();
        drop(inner);
        self.changed.notify_waiters();
        true
    }

    /// Whether it is a caller's turn, with so many members free.
    pub fn is_turn_of(&self, id: u64, free: usize) -> bool {
        let inner = self.inner.lock();
        let ahead = inner.callers.iter().take_while(|entry| entry.id != id).filter(|entry| !entry.is_pending).count();
        ahead < free && inner.callers.iter().any(|entry| entry.id == id)
    }

    /// How many members are free, with the states of their devices; at most one where the first caller alone is served.
    pub fn free_members(&self, members: &[(Member, DeviceState)], now: i64) -> usize {
        let settings = self.settings();
        let is_free = |(member, state): &&(Member, DeviceState)| member.is_available(*state, settings.wrapup_time, now);
        let free = members.iter().filter(is_free).count();
        if !settings.autofill || settings.strategy == Strategy::RingAll { free.min(1) } else { free }
    }

    /// Whether nobody is here for a caller, as `leavewhenempty` and `joinempty` mean it.
    pub fn is_empty_by(
        &self,
        conditions: super::Conditions,
        members: &[(Member, DeviceState)],
        max_penalty: Option<i32>,
        min_penalty: Option<i32>,
        now: i64,
    ) -> bool {
        let wrapup = self.settings().wrapup_time;
        conditions.are_met(members, &Bounds { max_penalty, min_penalty, wrapup, now })
    }

    /// Waits until something changes that may concern a waiting caller.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    pub fn statistics(&self) -> Statistics {
        self.inner.lock().statistics
    }

    /// A caller was answered after so long.
    pub fn note_hold_time(&self, seconds: u64) {
        let statistics = &mut self.inner.lock().statistics;
        statistics.hold_time = average(statistics.hold_time, seconds);
    }

    /// A talk is over.
    pub fn note_completed(&self, talked: u64, was_in_service_level: bool) {
        let statistics = &mut self.inner.lock().statistics;
        statistics.talk_time = average(statistics.talk_time, talked);
        statistics.completed += 1;
        statistics.completed_in_service_level += u64::from(was_in_service_level);
    }

    /// A caller left unanswered after so long.
    pub fn note_abandoned(&self, seconds: u64) {
        let mut inner = self.inner.lock();
        let was_in_service_level = seconds <= inner.settings.service_level;
        inner.statistics.abandoned += 1;
        inner.statistics.abandoned_in_service_level += u64::from(was_in_service_level);
    }

    /// Begins all figures anew, those of the members too.
    pub fn reset_statistics(&self) {
        let mut inner = self.inner.lock();
        inner.statistics = Statistics::default();
        for member in &mut inner.members {
            member.calls = 0;
            member.last_call = 0;
        }
    }

    /// Where strategies in turn begin.
    pub fn turn(&self) -> usize {
        self.inner.lock().turn
    }

    pub fn set_turn(&self, turn: usize) {
        self.inner.lock().turn = turn;
    }
}

impl Inner {
    fn number_callers(&mut self) {
        for (entry, position) in self.callers.iter_mut().zip(1..) {
            entry.position = position;
        }
    }

    fn number_members(&mut self) {
        for (position, member) in self.members.iter_mut().enumerate() {
            member.position = position;
        }
    }
}

fn known<'a>(members: &'a [Member], interface: &str) -> Option<&'a Member> {
    members.iter().find(|member| member.interface.eq_ignore_ascii_case(interface))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::Channels;
    use crate::channel::simulated::{Behaviour, SimulatedTechnology};

    fn callers(count: usize) -> Vec<Arc<Channel>> {
        let channels = Channels::new(1);
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        (0..count).map(|at| phones.dial(&channels, "SIP", &at.to_string(), |_| {}).0).collect()
    }

    #[tokio::test]
    async fn priorities_and_wanted_positions() {
        let queue = Queue::new("sales");
        let channels = callers(4);
        queue.join(&channels[0], 0, 0).unwrap();
        queue.join(&channels[1], 5, 0).unwrap();
        queue.join(&channels[2], 0, 1).unwrap();
        let last = queue.join(&channels[3], 0, 0).unwrap();
        let names = |queue: &Queue| {
            queue.callers().iter().map(|entry| entry.channel.name().to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&queue), "SIP/1-00000001 SIP/2-00000002 SIP/0-00000000 SIP/3-00000003");
        assert_eq!((last.position, last.original_position), (4, 4));
        assert!(queue.is_turn_of(queue.callers()[1].id, 2) && !queue.is_turn_of(last.id, 3));
        assert!(queue.set_priority("SIP/3-00000003", 9));
        assert_eq!(queue.leave(last.id).unwrap().position, 1);
        assert_eq!(queue.callers()[0].position, 1);
    }

    #[test]
    fn a_reload_keeps_dynamic_members_and_what_is_known() {
        let queue = Queue::new("sales");
        queue.apply(Settings::default(), vec![Member::new("SIP/1"), Member::new("SIP/2")], 1);
        queue.add(Member { is_dynamic: true, ..Member::new("SIP/3") });
        assert_eq!(queue.pause("sip/1", true, "lunch", 7), Pausing::Done);
        assert_eq!(queue.pause("SIP/1", true, "", 7), Pausing::Unchanged);
        queue.apply(Settings::default(), vec![Member::new("SIP/1")], 9);
        let names: Vec<_> = queue.members().into_iter().map(|member| member.interface).collect();
        assert_eq!(names, ["SIP/1", "SIP/3"]);
        let ann = queue.member("SIP/1").unwrap();
        assert_eq!((ann.is_paused, ann.pause_reason.as_str(), ann.login), (true, "lunch", 1));
    }

    #[test]
    fn figures() {
        let queue = Queue::new("sales");
        queue.note_hold_time(8);
        queue.note_completed(40, true);
        queue.note_abandoned(3);
        let statistics = queue.statistics();
        assert_eq!((statistics.hold_time, statistics.talk_time), (8, 40));
        queue.note_hold_time(4);
        assert_eq!(queue.statistics().hold_time, 7);
        assert_eq!(statistics.service_level(), 100.0);
        assert_eq!(statistics.service_level_of_all(), 50.0);
    }
}
