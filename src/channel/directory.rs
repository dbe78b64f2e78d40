//! All live channels, by name, and the source of their names.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;
use tokio::time::Instant;

use super::bridge::Bridges;
use super::hearing::Hearing;
use super::leg::{Entry, Technology, Unavailable};
use super::message::TextMessage;
use super::occupancy::{Occupancies, Occupancy, Standing};
use super::record::Ledger;
use super::{Channel, DeviceState, Happening, Leg, Observer, Phase, State};

/// Everybody who is in a call. Channels stand in the order in which they were made.
pub struct Channels {
    live: RwLock<Live>,
    pub(super) occupancies: Occupancies,
    technologies: RwLock<Vec<Arc<dyn Technology>>>,
    observers: RwLock<Vec<Arc<dyn Observer>>>,
    ledger: Ledger,
    identity: ArcSwap<SystemIdentity>,
    /// Read at every step, where a lock would cost more than the step.
    has_observers: AtomicBool,
    epoch: u64,
    /// When that was.
    begun: Instant,
    next_unique: AtomicU64,
    counters: Mutex<Vec<(String, Arc<AtomicU32>)>>,
    is_closed: AtomicBool,
    pub(super) bridges: Bridges,
}

/// What the system calls itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemIdentity {
    /// The beginning of unique ids (`systemname` of asterisk.conf); nothing for a system that stands alone.
    pub system_name: String,
    /// The language of channels that have none of their own (`defaultlanguage`).
    pub language: String,
}

impl Default for SystemIdentity {
    fn default() -> Self {
        Self { system_name: String::new(), language: "en".to_owned() }
    }
}

/// The live channels in the order in which they were made, and the way to each by name and by unique id.
#[derive(Default)]
struct Live {
    by_number: BTreeMap<u64, Arc<Channel>>,
    next: u64,
    by_name: HashMap<String, u64>,
    by_unique_id: HashMap<Arc<str>, u64>,
}

impl Live {
    fn enter(&mut self, channel: &Arc<Channel>) {
        let number = self.next;
        self.next += 1;
        self.by_number.insert(number, Arc::clone(channel));
        self.by_name.insert(channel.name.to_ascii_lowercase(), number);
        self.by_unique_id.insert(Arc::clone(&channel.unique_id), number);
    }

    fn leave(&mut self, channel: &Channel) -> bool {
        let is_it = |number: &u64| self.by_number.get(number).is_some_and(|known| std::ptr::eq(&**known, channel));
        let name = channel.name.to_ascii_lowercase();
        let by_id = || self.by_unique_id.get(&channel.unique_id).copied().filter(is_it);
        let Some(number) = self.by_name.get(&name).copied().filter(is_it).or_else(by_id) else { return false };
        self.by_number.remove(&number);
        // Another may have taken the name or the id meanwhile.
        if self.by_name.get(&name) == Some(&number) {
            self.by_name.remove(&name);
        }
        if self.by_unique_id.get(&channel.unique_id) == Some(&number) {
            self.by_unique_id.remove(&channel.unique_id);
        }
        true
    }
}

impl Channels {
    /// `epoch` is the Unix time of the start; unique ids begin with it.
    pub fn new(epoch: u64) -> Arc<Self> {
        Arc::new(Self {
            live: RwLock::default(),
            occupancies: Occupancies::default(),
            technologies: RwLock::default(),
            observers: RwLock::default(),
            ledger: Ledger::default(),
            identity: ArcSwap::default(),
            has_observers: AtomicBool::new(false),
            epoch,
            begun: Instant::now(),
            next_unique: AtomicU64::new(0),
            counters: Mutex::default(),
            is_closed: AtomicBool::new(false),
            bridges: Bridges::new(epoch),
        })
    }

    /// What the system calls itself.
    pub fn identity(&self) -> Arc<SystemIdentity> {
        self.identity.load_full()
    }

    /// New channels are known by this from now on.
    pub fn set_identity(&self, identity: SystemIdentity) {
        self.identity.store(Arc::new(identity));
    }

    pub fn add_technology(&self, technology: Arc<dyn Technology>) {
        self.technologies.write().push(technology);
    }

    /// Whether destinations of this technology can be called; compared without case.
    pub fn has_technology(&self, name: &str) -> bool {
        let technologies = self.technologies.read();
        technologies.iter().any(|known| known.names().iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Sends a text outside of calls.
    ///
    /// # Errors
    /// Where there is nobody to send it to.
    pub fn send_message(&self, technology: &str, to: &str, message: &TextMessage) -> Result<(), Unavailable> {
        let known = self.technologies.read().iter().find_map(|known| {
            let name = known.names().iter().find(|name| name.eq_ignore_ascii_case(technology))?;
            Some((Arc::clone(known), *name))
        });
        let (known, name) = known.ok_or_else(|| Unavailable::UnknownTechnology(technology.to_owned()))?;
        known.send_message(name, to, message)
    }

    /// How a telephone is that has no call, and with how many calls it is busy. `None` where there is no such technology.
    pub fn idle_state(&self, technology: &str, resource: &str) -> Option<(DeviceState, Option<usize>)> {
        let known = self.technologies.read().iter().find_map(|known| {
            let name = known.names().iter().find(|name| name.eq_ignore_ascii_case(technology))?;
            Some((Arc::clone(known), *name))
        });
        known.map(|(known, name)| (known.device_state(name, resource), known.busy_at(name, resource)))
    }

    pub fn add_observer(&self, observer: Arc<dyn Observer>) {
        self.observers.write().push(observer);
        self.has_observers.store(true, Ordering::Release);
    }

    /// The call records of all channels.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Takes an observer out again.
    pub fn remove_observer(&self, observer: &Arc<dyn Observer>) {
        self.observers.write().retain(|other| !std::ptr::addr_eq(Arc::as_ptr(other), Arc::as_ptr(observer)));
    }

    /// Whether anybody hears of what happens.
    pub fn is_observed(&self) -> bool {
        self.has_observers.load(Ordering::Acquire)
    }

    /// Tells every observer.
    pub fn publish(&self, happening: &Happening<'_>) {
        self.ledger.note(happening);
        for observer in &*self.observers.read() {
            observer.happened(happening);
        }
    }

    /// Takes no calls from outside any more, or takes them again. Those in progress go on.
    pub fn set_closed(&self, is_closed: bool) {
        self.is_closed.store(is_closed, Ordering::Relaxed);
    }

    /// Whether calls from outside are to be turned away.
    pub fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    /// Tells every observer of what happened to a channel whose state is locked.
    pub fn publish_with(&self, happening: &Happening<'_>, state: &State) {
        for observer in &*self.observers.read() {
            observer.happened_to(happening, state);
        }
    }

    /// The next number of a technology's channel names: one counter each, from 0, as in Asterisk.
    pub fn next_number(&self, technology: &str) -> u32 {
        let mut counters = self.counters.lock();
        if let Some((_, counter)) = counters.iter().find(|(name, _)| name == technology) {
            return counter.fetch_add(1, Ordering::Relaxed);
        }
        counters.push((technology.to_owned(), Arc::new(AtomicU32::new(1))));
        0
    }

    /// The Unix time of a moment.
    pub fn unix_time(&self, moment: Instant) -> Duration {
        Duration::from_secs(self.epoch) + moment.saturating_duration_since(self.begun)
    }

    fn next_unique_id(&self) -> Arc<str> {
        let number = self.next_unique.fetch_add(1, Ordering::Relaxed);
        let second = self.unix_time(Instant::now()).as_secs();
        match self.identity.load().system_name.as_str() {
            "" => format!("{second}.{number}").into(),
            name => format!("{name}-{second}.{number}").into(),
        }
    }

    /// Makes a channel and enters it. `make_leg` may keep the channel's weak reference for its events.
    pub fn create<L: Leg + 'static>(
        self: &Arc<Self>,
        name: String,
        phase: Phase,
        prepare: impl FnOnce(&mut State),
        make_leg: impl FnOnce(&std::sync::Weak<Channel>) -> L,
    ) -> Arc<Channel> {
        let now = Instant::now();
        let mut state = State::new(now);
        state.records = self.ledger.open(now);
        state.language.clone_from(&self.identity.load().language);
        prepare(&mut state);
        if state.position.context.is_empty() {
            state.position.set("default", "s", 1);
        } else if state.position.extension.is_empty() {
            state.position.extension.push('s');
            state.position.priority = 1;
        }
        if state.position.extension.is_empty() {
            state.position.extension.push('s');
        }
        state.records.note_entry(&state.position);
        let wanted = std::mem::take(&mut state.wanted);
        let unique_id = wanted.unique_id.unwrap_or_else(|| self.next_unique_id());
        let linked_id = wanted.linked_id.unwrap_or_else(|| Arc::clone(&unique_id));
        let standing = Standing { phase, is_held: false, is_live: true };
        let channel = Arc::new_cyclic(|weak| {
            let leg: Box<dyn Leg> = Box::new(make_leg(weak));
            Channel {
                this: std::sync::Weak::clone(weak),
                name: name.into(),
                linked_id: Mutex::new(linked_id),
                unique_id,
                created: now,
                hearing: Hearing::of(&*leg),
                leg,
                standing: Mutex::new(standing),
                state: Mutex::new(state),
                bridged_with: watch::Sender::default(),
                bridge: Mutex::default(),
                taps: super::tap::Taps::default(),
                is_held: std::sync::atomic::AtomicBool::default(),
                events: super::queue::Events::default(),
                interrupts: super::queue::Interrupts::default(),
                channels: Arc::clone(self),
            }
        });
        self.live.write().enter(&channel);
        self.occupancies.change(&channel.name, None, standing);
        self.publish(&Happening::Created { channel: &channel });
        channel.tell_variables(&super::Variables::default());
        channel
    }

    /// Takes a channel out; false if it was out already.
    pub(super) fn remove(&self, channel: &Channel) -> bool {
        let was_live = self.live.write().leave(channel);
        if was_live {
            channel.change_standing(|standing| standing.is_live = false);
        }
        was_live
    }

    /// The channel of this name (without case), or whose name begins with it before the counter, as Asterisk's
    /// applications accept.
    pub fn find(&self, name: &str) -> Option<Arc<Channel>> {
        if name.is_empty() {
            return None;
        }
        let live = self.live.read();
        let exact = live.by_name.get(&name.to_ascii_lowercase()).or_else(|| live.by_unique_id.get(name));
        if let Some(channel) = exact.and_then(|number| live.by_number.get(number)) {
            return Some(Arc::clone(channel));
        }
        let begins = |channel: &&Arc<Channel>| {
            channel.name.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                && channel.name.as_bytes().get(name.len()) == Some(&b'-')
        };
        live.by_number.values().find(begins).cloned()
    }

    /// All live channels, oldest first.
    pub fn all(&self) -> Vec<Arc<Channel>> {
        self.live.read().by_number.values().cloned().collect()
    }

    pub fn count(&self) -> usize {
        self.live.read().by_number.len()
    }

    /// How many channels a device such as `SIP/2001` has, and what they do.
    pub fn occupancy(&self, device: &str) -> Occupancy {
        self.occupancies.of(device)
    }

    /// What a technology knows about an entry of its configuration.
    pub fn fact(&self, kind: Entry, name: &str, item: &str) -> Option<String> {
        let technologies = self.technologies.read().clone();
        technologies.iter().find_map(|technology| technology.fact(kind, name, item))
    }

    /// Makes channels towards `technology/resource`.
    ///
    /// # Errors
    /// Where there is nothing to call.
    pub fn request(
        self: &Arc<Self>,
        technology: &str,
        resource: &str,
        prepare: &dyn Fn(&mut State),
    ) -> Result<Vec<Arc<Channel>>, Unavailable> {
        let known = self.technologies.read().iter().find_map(|known| {
            let name = known.names().iter().find(|name| name.eq_ignore_ascii_case(technology))?;
            Some((Arc::clone(known), *name))
        });
        let (known, name) = known.ok_or_else(|| Unavailable::UnknownTechnology(technology.to_owned()))?;
        known.request(self, name, resource, prepare)
    }
}
