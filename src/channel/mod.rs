//! What the rest of exten may do with a call leg, whatever technology carries it.
//!
//! A [`Channel`] is one leg of a call: its names, what the dialplan knows about it ([`State`]), the technology
//! beneath ([`Leg`]), what the party did ([`Event`]) and what others ask of it ([`Interrupt`]).
//!
//! Audio is pushed. What the party says goes to the [`Sink`] that listens to the channel; what the party is to
//! hear is given to [`Channel::write`]. Nothing runs for a channel that is silent.

pub mod arrivals;
pub mod bridge;
pub mod caller_id;
pub mod cause;
pub mod device;
pub mod directory;
pub mod leg;
pub mod local;
pub mod message;
pub mod observer;
pub mod record;
pub mod simulated;
pub mod snapshot;
pub mod state;
pub mod tap;
pub mod variables;
pub mod watching;

mod hearing;
mod interrupting;
mod occupancy;
mod queue;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;
use tokio::time::Instant;

pub use bridge::{Bridge, BridgeKind};
pub use caller_id::Party;
pub use cause::Cause;
pub use device::DeviceState;
pub use directory::{Channels, SystemIdentity};
pub use hearing::Playing;
pub use leg::{Diversion, Indication, Leg, Outgoing};
pub use observer::{Happening, Observer, SoftHangup};
pub use queue::{Event, Interrupt, Winding};
pub use state::{Position, State};
pub use variables::Variables;

use crate::media::Sink;
use hearing::Hearing;
pub use occupancy::Occupancy;
use occupancy::Standing;
use queue::{Events, Interrupts};

/// So long a state is waited for that is locked; who locks it only computes.
const PATIENCE: Duration = Duration::from_millis(50);

/// How far a channel has come, with Asterisk's numbers and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Asterisk's `Down`: nothing has happened yet.
    Down,
    /// An incoming call that the plan has not answered.
    Ring,
    /// An outgoing call whose party is being alerted.
    Ringing,
    /// Answered.
    Up,
    /// An incoming call that is refused as busy or because the network is congested.
    Busy,
}

impl Phase {
    /// The word that `CHANNEL(state)` and the manager show.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Down => "Down",
            Phase::Ring => "Ring",
            Phase::Ringing => "Ringing",
            Phase::Up => "Up",
            Phase::Busy => "Busy",
        }
    }

    /// Asterisk's number of the state.
    pub fn number(self) -> u8 {
        match self {
            Phase::Down => 0,
            Phase::Ring => 4,
            Phase::Ringing => 5,
            Phase::Up => 6,
            Phase::Busy => 7,
        }
    }
}

/// One leg of a call.
// In this order: what is asked at every frame stands beside the reference count that is changed for it.
#[repr(C)]
pub struct Channel {
    hearing: Hearing,
    this: Weak<Channel>,
    name: Arc<str>,
    unique_id: Arc<str>,
    linked_id: Mutex<Arc<str>>,
    created: Instant,
    leg: Box<dyn Leg>,
    standing: Mutex<Standing>,
    state: Mutex<State>,
    bridged_with: watch::Sender<Option<Arc<str>>>,
    bridge: Mutex<Option<Arc<str>>>,
    taps: tap::Taps,
    is_held: AtomicBool,
    events: Events,
    interrupts: Interrupts,
    channels: Arc<Channels>,
}

impl Channel {
    /// The arguments that a called channel's application is shown with.
    pub const OUTGOING_LINE: &str = "(Outgoing Line)";

    /// The channel's name, such as `SIP/2001-00000000`.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Itself, for those who keep it; nothing while it is being dropped.
    pub fn arc(&self) -> Option<Arc<Channel>> {
        self.this.upgrade()
    }

    /// `<epoch>.<counter>`, never used twice.
    pub fn unique_id(&self) -> &Arc<str> {
        &self.unique_id
    }

    /// The unique id of the oldest channel of the same call.
    pub fn linked_id(&self) -> Arc<str> {
        self.linked_id.lock().clone()
    }

    /// A number for all channels of one call: that of the oldest.
    pub fn call_number(&self) -> u32 {
        self.linked_id().rsplit_once('.').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
    }

    /// Joins the call of another channel; the older one names it.
    pub fn link_with(&self, other: &Channel) {
        let theirs = other.linked_id();
        *self.linked_id.lock() = theirs;
    }

    /// When the channel came into being.
    pub fn created(&self) -> Instant {
        self.created
    }

    /// What the dialplan knows about the channel. Hold the lock for computing only, never over an await.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// The same, unless somebody is at work with it just now: for observers, who are told of things from within.
    pub fn try_state(&self) -> Option<MutexGuard<'_, State>> {
        self.state.try_lock()
    }

    /// The directory that the channel stands in.
    pub fn channels(&self) -> &Arc<Channels> {
        &self.channels
    }

    /// The technology beneath.
    pub fn leg(&self) -> &dyn Leg {
        &*self.leg
    }

    pub fn phase(&self) -> Phase {
        self.standing.lock().phase
    }

    pub fn is_up(&self) -> bool {
        self.phase() == Phase::Up
    }

    fn set_phase(&self, phase: Phase) {
        if self.phase() == phase {
            return;
        }
        self.change_standing(|standing| standing.phase = phase);
        self.channels.publish(&Happening::Phase { channel: self, phase });
    }

    /// Changes what it does, and with it what its device is.
    fn change_standing(&self, change: impl FnOnce(&mut Standing)) {
        let mut standing = self.standing.lock();
        let before = *standing;
        change(&mut standing);
        self.channels.occupancies.change(&self.name, Some(before), *standing);
    }

    /// Places the call of an outgoing channel, with the headers that the plan gave it for itself too.
    pub fn call(&self, outgoing: &Outgoing) {
        let own = self.state().headers.clone();
        match own.as_slice() {
            [] => self.leg.call(outgoing),
            own => self.leg.call(&Outgoing { headers: [&outgoing.headers, own].concat(), ..outgoing.clone() }),
        }
    }

    /// Answers an incoming channel; a channel that is up already stays so.
    pub fn answer(&self) {
        if self.is_up() || self.hangup_cause().is_some() {
            return;
        }
        self.leg.answer();
        self.mark_answered();
    }

    /// Notes that the leg is up, without telling its technology.
    pub fn mark_answered(&self) {
        self.set_phase(Phase::Up);
    }

    /// Tells the party about the progress of the call.
    pub fn indicate(&self, indication: Indication) {
        if indication == Indication::Ringing && self.phase() == Phase::Down {
            self.set_phase(Phase::Ring);
        }
        if matches!(indication, Indication::Busy | Indication::Congestion) && self.phase() == Phase::Ring {
            self.set_phase(Phase::Busy);
        }
        self.leg.indicate(indication);
        self.channels.publish(&Happening::Indicated { channel: self, indication });
    }

    /// Sends what the party says to `sink` for as long as the returned guard lives.
    #[must_use = "the sink is disconnected when the guard is dropped"]
    pub fn listen(self: &Arc<Self>, sink: Arc<dyn Sink>) -> Listening {
        self.set_listener(Some(sink));
        Listening { channel: Arc::clone(self) }
    }

    /// Sends a DTMF digit to the party.
    pub fn send_digit(&self, digit: char, duration: Duration) {
        self.leg.send_digit(digit, duration);
        self.channels.publish(&Happening::Keyed { channel: self, digit, duration });
    }

    /// The next thing that the party or the network did. Only the task that has charge of the channel asks.
    pub async fn event(&self) -> Event {
        self.events.next().await
    }

    /// The next event if one is there already.
    pub fn poll_event(&self) -> Option<Event> {
        self.events.try_next()
    }

    /// Forgets digits that nobody asked for, as Asterisk does while an application does not listen.
    pub fn discard_digits(&self) {
        self.events.discard_digits();
    }

    /// Puts digits back that were taken too early; they come first again.
    pub fn return_event(&self, event: Event) {
        self.events.push_front(event);
    }

    /// Reports something that the party or the network did; called by the technology.
    pub fn report(&self, event: Event) {
        match &event {
            Event::Answered => self.mark_answered(),
            Event::Ringing => self.set_phase(Phase::Ringing),
            Event::Digit(digit) => self.channels.publish(&Happening::Pressed { channel: self, digit: *digit }),
            Event::Held => self.set_held(true),
            Event::Resumed => self.set_held(false),
            _ => {}
        }
        self.events.push(event);
    }

    /// Sets a variable of the channel, and says so.
    pub fn set_variable(&self, name: &str, value: &str) {
        let mut state = self.state();
        state.variables.set(name, value);
        if self.channels.is_observed() {
            self.channels.publish_with(&Happening::VariableSet { channel: Some(self), name, value }, &state);
        }
    }

    /// Removes a variable of the channel, and says so where it had a value.
    pub fn unset_variable(&self, name: &str) {
        let mut state = self.state();
        let had_value = state.variables.get(name).is_some_and(|value| !value.is_empty());
        state.variables.remove(name);
        if had_value {
            self.channels.publish_with(&Happening::VariableSet { channel: Some(self), name, value: "" }, &state);
        }
    }

    /// Tells of every variable that the channel was given from elsewhere, besides those that are known.
    pub(super) fn tell_variables(&self, known: &Variables) {
        if !self.channels.is_observed() {
            return;
        }
        let state = self.state();
        let is_new =
            |(name, value): &(std::borrow::Cow<'_, str>, &str)| known.get(name.trim_start_matches('_')) != Some(*value);
        for (name, value) in state.variables.iter_written().filter(is_new) {
            self.channels.publish_with(&Happening::VariableSet { channel: Some(self), name: &name, value }, &state);
        }
    }

    /// Tells programs that a called channel is in no extension any more, unless they know.
    pub fn tell_left_extension(&self) {
        let application = self.state().has_left_extension.take();
        if let Some(application) = application {
            self.channels.publish(&Happening::Purpose { channel: self, application });
        }
    }

    /// Tells everybody of a caller that is new, of an account other than `old_account`, and of a connected party that is new.
    pub fn tell_parties(&self, is_caller_new: bool, old_account: &str, is_connected_new: bool) {
        if is_caller_new {
            self.channels.publish(&Happening::CallerChanged { channel: self });
        }
        if self.state().account_code != old_account {
            self.channels.publish(&Happening::AccountChanged { channel: self, old: old_account });
        }
        if is_connected_new {
            self.channels.publish(&Happening::ConnectedChanged { channel: self });
        }
    }

    /// Tells the channel and its party whom it is connected with from now on.
    pub fn connect_with(&self, party: &Party) {
        self.state().connected = party.clone();
        self.leg.show_connected(party);
        self.channels.publish(&Happening::ConnectedChanged { channel: self });
    }

    /// The unique id of the bridge that the channel is in.
    pub fn bridge_id(&self) -> Option<Arc<str>> {
        self.bridge.lock().clone()
    }

    /// The channel's state if nobody holds it for long.
    pub fn state_within(&self, patience: Duration) -> Option<MutexGuard<'_, State>> {
        self.state.try_lock_for(patience)
    }

    /// Whether the party has put its call on hold.
    pub fn is_held(&self) -> bool {
        self.is_held.load(Ordering::Relaxed)
    }

    fn set_held(&self, is_held: bool) {
        self.is_held.store(is_held, Ordering::Relaxed);
        self.change_standing(|standing| standing.is_held = is_held);
        self.channels.publish(&match is_held {
            true => Happening::Held { channel: self },
            false => Happening::Resumed { channel: self },
        });
    }

    /// The name of the channel that this one talks with in a bridge.
    pub fn bridged_with(&self) -> Option<Arc<str>> {
        self.bridged_with.borrow().clone()
    }

    /// Notes the bridge's other party, or that there is none.
    pub fn set_bridged_with(&self, peer: Option<&Channel>) {
        self.bridged_with.send_replace(peer.map(|peer| Arc::clone(&peer.name)));
    }

    /// Waits until the channel talks with somebody; gives the other's name.
    pub async fn bridged(&self) -> Option<Arc<str>> {
        let mut peer = self.bridged_with.subscribe();
        peer.wait_for(Option::is_some).await.ok()?.clone()
    }

    /// Waits until the channel talks with somebody else than this channel, or with nobody.
    pub async fn parted(&self, peer: &str) {
        // The sender lives as long as the channel.
        let _ = self.bridged_with.subscribe().wait_for(|now| now.as_deref() != Some(peer)).await;
    }

    /// Waits until the channel talks with nobody.
    pub async fn unbridged(&self) {
        // The sender lives as long as the channel.
        let _ = self.bridged_with.subscribe().wait_for(Option::is_none).await;
    }
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Channel").field(&self.name).finish()
    }
}

/// Holds a sink at a channel; dropping it disconnects the sink.
pub struct Listening {
    channel: Arc<Channel>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.channel.set_listener(None);
    }
}
