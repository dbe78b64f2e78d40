//! Virtual phones: legs whose party is a few lines of a story instead of a device.
//!
//! A phone rings, answers, presses keys, speaks its own tone and remembers what it heard; all in tokio's time, so a
//! paused clock runs a long call at once.

use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use super::leg::{Technology, Unavailable};
use super::{Cause, Channel, Channels, DeviceState, Event, Indication, Leg, Outgoing, Phase, State};
use crate::media::{Frame, Sink};

/// What a phone does when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Rings at once and answers after a while.
    Answers(Duration),
    /// Rings until the caller gives up.
    Rings,
    /// Refuses with a cause.
    Refuses(Cause),
    /// Is not registered: it cannot be called at all.
    Unreachable,
    /// Rings, then refuses with a cause after a while.
    RingsThenRefuses(Duration, Cause),
    /// Sends the call to this `extension@context`.
    Forwards(&'static str),
}

/// A virtual phone's side of one call.
#[derive(Default)]
pub struct Party {
    channel: Mutex<Weak<Channel>>,
    sink: Mutex<Option<Arc<dyn Sink>>>,
    heard: Mutex<Option<Vec<i16>>>,
    behaviour: Mutex<Option<Behaviour>>,
    told: Mutex<Outgoing>,
    texts: Mutex<Vec<String>>,
}

impl Party {
    /// Says one frame; it goes to whoever listens to the channel.
    pub fn say(&self, frame: &Frame) {
        let sink = self.sink.lock().clone();
        if let Some(sink) = sink {
            sink.give(frame);
        }
    }

    /// Presses a key.
    pub fn press(&self, digit: char) {
        if let Some(channel) = self.channel() {
            channel.report(Event::Digit(digit));
        }
    }

    /// Sends a text within the call.
    pub fn write(&self, text: &str) {
        if let Some(channel) = self.channel() {
            channel.report(Event::Text(text.into()));
        }
    }

    /// The texts that came since it was asked last.
    pub fn texts(&self) -> Vec<String> {
        std::mem::take(&mut self.texts.lock())
    }

    /// Takes the call that rings.
    pub fn answer(&self) {
        if let Some(channel) = self.channel() {
            note(&channel, "SIP 200 OK", Cause::NORMAL);
            channel.report(Event::Answered);
        }
    }

    /// Refuses the call that rings.
    pub fn refuse(&self, cause: Cause) {
        if let Some(channel) = self.channel() {
            channel.party_hung_up(cause);
        }
    }

    /// Refuses the call as a telephone does, whose words `HANGUPCAUSE()` tells.
    fn turn_down(&self, cause: Cause) {
        if let Some(channel) = self.channel() {
            let said = match cause {
                Cause::BUSY => "SIP 486 Busy Here",
                Cause::CONGESTION => "SIP 503 Service Unavailable",
                Cause::NO_ANSWER | Cause::NO_USER_RESPONSE => "SIP 480 Temporarily Unavailable",
                _ => "SIP 603 Decline",
            };
            note(&channel, said, cause);
        }
        self.refuse(cause);
    }

    /// Puts the receiver down.
    pub fn hang_up(&self) {
        self.refuse(Cause::NORMAL);
    }

    /// What a called phone was told about the call: its display.
    pub fn display(&self) -> Outgoing {
        self.told.lock().clone()
    }

    /// Begins to remember what is heard.
    pub fn begin_listening(&self) {
        *self.heard.lock() = Some(Vec::new());
    }

    /// The samples (8 kHz) heard since [`Self::begin_listening`].
    pub fn heard(&self) -> Vec<i16> {
        self.heard.lock().take().unwrap_or_default()
    }

    /// The phone's channel, while the call lasts.
    pub fn channel(&self) -> Option<Arc<Channel>> {
        self.channel.lock().upgrade()
    }
}

fn note(channel: &Channel, said: &str, cause: Cause) {
    let settings = &mut channel.state().settings;
    settings.set("HANGUPCAUSE/tech", said);
    settings.set("HANGUPCAUSE/ast", cause.words());
}

struct SimulatedLeg {
    technology: &'static str,
    party: Arc<Party>,
}

impl Leg for SimulatedLeg {
    fn technology(&self) -> &'static str {
        self.technology
    }

    fn call(&self, outgoing: &Outgoing) {
        outgoing.clone_into(&mut self.party.told.lock());
        let party = Arc::clone(&self.party);
        let behaviour = party.behaviour.lock().unwrap_or(Behaviour::Rings);
        tokio::spawn(async move {
            let ring = || party.channel().map(|channel| channel.report(Event::Ringing));
            match behaviour {
                Behaviour::Refuses(cause) => party.turn_down(cause),
                Behaviour::Forwards(target) => {
                    if let Some(channel) = party.channel() {
                        channel.report(Event::Forwarded(target.into()));
                    }
                }
                Behaviour::Unreachable => party.turn_down(Cause::NO_USER_RESPONSE),
                Behaviour::Rings => {
                    ring();
                }
                Behaviour::Answers(after) => {
                    ring();
                    tokio::time::sleep(after).await;
                    party.answer();
                }
                Behaviour::RingsThenRefuses(after, cause) => {
                    ring();
                    tokio::time::sleep(after).await;
                    party.turn_down(cause);
                }
            }
        });
    }

    fn answer(&self) {}

    fn indicate(&self, _indication: Indication) {}

    fn hang_up(&self, _cause: Cause) {}

    fn write(&self, frame: &Frame) {
        if let Some(heard) = &mut *self.party.heard.lock() {
            heard.extend_from_slice(&frame.narrow());
        }
    }

    fn hears(&self) -> bool {
        self.party.heard.lock().is_some()
    }

    fn listen(&self, sink: Option<Arc<dyn Sink>>) {
        *self.party.sink.lock() = sink;
    }

    fn send_text(&self, text: &str) -> bool {
        self.party.texts.lock().push(text.to_owned());
        true
    }

    fn send_document(&self, _kind: &'static str, text: &str) -> bool {
        self.send_text(text)
    }

    fn send_digit(&self, _digit: char, _duration: Duration) {}
}

/// Virtual phones under the technology names of real ones.
pub struct SimulatedTechnology {
    phones: Mutex<Vec<Phone>>,
    /// What phones do of which nothing else is said.
    default: Behaviour,
}

struct Phone {
    name: String,
    behaviour: Option<Behaviour>,
    calls: Vec<PhoneCall>,
}

/// A call of a virtual phone. The channel can still be asked after the call.
#[derive(Clone)]
pub struct PhoneCall {
    pub channel: Arc<Channel>,
    pub party: Arc<Party>,
}

impl SimulatedTechnology {
    /// Phones of these names; each behaves as `default` says until [`Self::set_behaviour`].
    pub fn new(names: impl IntoIterator<Item = String>, default: Behaviour) -> Arc<Self> {
        let phones = names.into_iter().map(|name| Phone { name, behaviour: None, calls: Vec::new() }).collect();
        Arc::new(Self { phones: Mutex::new(phones), default })
    }

    /// Says what a phone does when it is called next.
    pub fn set_behaviour(&self, name: &str, behaviour: Behaviour) {
        phone(&mut self.phones.lock(), name).behaviour = Some(behaviour);
    }

    /// The names of all phones.
    pub fn names(&self) -> Vec<String> {
        self.phones.lock().iter().map(|phone| phone.name.clone()).collect()
    }

    /// Whether there is a phone of this name.
    pub fn has(&self, name: &str) -> bool {
        self.phones.lock().iter().any(|phone| phone.name == name)
    }

    /// The calls of a phone, those that are over too, in order.
    pub fn calls(&self, name: &str) -> Vec<PhoneCall> {
        let phones = self.phones.lock();
        phones.iter().find(|phone| phone.name == name).map_or_else(Vec::new, |phone| phone.calls.clone())
    }

    /// The party of the phone's latest call.
    pub fn party(&self, name: &str) -> Option<Arc<Party>> {
        let phones = self.phones.lock();
        let call = phones.iter().find(|phone| phone.name == name)?.calls.last()?;
        Some(Arc::clone(&call.party))
    }

    /// Forgets all calls, so that nothing of them is kept any longer.
    pub fn forget_calls(&self) {
        self.phones.lock().iter_mut().for_each(|phone| phone.calls.clear());
    }

    /// Makes an incoming call from a phone: a channel that is to be handed to the plan.
    pub fn dial(
        &self,
        channels: &Arc<Channels>,
        technology: &'static str,
        name: &str,
        prepare: impl FnOnce(&mut State),
    ) -> (Arc<Channel>, Arc<Party>) {
        self.dial_through(channels, technology, name, name, prepare)
    }

    /// Makes an incoming call from somebody outside, through a trunk that names the channel.
    pub fn dial_through(
        &self,
        channels: &Arc<Channels>,
        technology: &'static str,
        trunk: &str,
        name: &str,
        prepare: impl FnOnce(&mut State),
    ) -> (Arc<Channel>, Arc<Party>) {
        let call = make(channels, technology, trunk, Phase::Ring, prepare);
        phone(&mut self.phones.lock(), name).calls.push(call.clone());
        (call.channel, call.party)
    }
}

/// The phone of this name; a new one where there is none.
fn phone<'a>(phones: &'a mut Vec<Phone>, name: &str) -> &'a mut Phone {
    let at = phones.iter().position(|phone| phone.name == name).unwrap_or(phones.len());
    if at == phones.len() {
        phones.push(Phone { name: name.to_owned(), behaviour: None, calls: Vec::new() });
    }
    &mut phones[at]
}

fn make(
    channels: &Arc<Channels>,
    technology: &'static str,
    name: &str,
    phase: Phase,
    prepare: impl FnOnce(&mut State),
) -> PhoneCall {
    let party = Arc::new(Party::default());
    let name = format!("{technology}/{name}-{:08x}", channels.next_number(technology));
    let channel = channels.create(name, phase, prepare, |channel| {
        *party.channel.lock() = Weak::clone(channel);
        SimulatedLeg { technology, party: Arc::clone(&party) }
    });
    PhoneCall { channel, party }
}

impl Technology for SimulatedTechnology {
    fn names(&self) -> &'static [&'static str] {
        &["SIP", "PJSIP"]
    }

    fn device_state(&self, _name: &str, resource: &str) -> DeviceState {
        let (device, _) = called(resource, |name| self.has(name));
        if self.has(device) { DeviceState::NotInUse } else { DeviceState::Invalid }
    }

    fn request(
        &self,
        channels: &Arc<Channels>,
        name: &str,
        resource: &str,
        prepare: &dyn Fn(&mut State),
    ) -> Result<Vec<Arc<Channel>>, Unavailable> {
        let technology = if name == "SIP" { "SIP" } else { "PJSIP" };
        let mut phones = self.phones.lock();
        let find = |name: &str| phones.iter().find(|phone| phone.name == name);
        let (device, number) = called(resource, |name| find(name).is_some());
        let unknown = || Unavailable::Unknown(format!("there is no phone {device}"));
        let trunk = find(device).ok_or_else(unknown)?.behaviour;
        let outside = number.and_then(find).and_then(|phone| phone.behaviour);
        let behaviour = outside.or(trunk).unwrap_or(self.default);
        if behaviour == Behaviour::Unreachable {
            return Err(Unavailable::NotReachable(format!("{device} is not registered")));
        }
        let call = make(channels, technology, device, Phase::Down, |state| {
            prepare(state);
            state.is_outgoing = true;
        });
        *call.party.behaviour.lock() = Some(behaviour);
        if let Some(number) = number {
            phone(&mut phones, number).calls.push(call.clone());
        }
        phone(&mut phones, device).calls.push(call.clone());
        Ok(vec![call.channel])
    }
}

/// The device that `SIP/2001`, `SIP/number@trunk`, `SIP/trunk/number`, `PJSIP/trunk/sip:number@host` call, and the number
/// behind a trunk.
fn called<'r>(resource: &'r str, is_known: impl Fn(&str) -> bool) -> (&'r str, Option<&'r str>) {
    let before = |text: &'r str, marks: &[char]| text.split(marks).next().unwrap_or(text);
    if let Some((device, number)) = resource.split_once('/') {
        let number = before(number.strip_prefix("sip:").unwrap_or(number), &['@', ':', '/']);
        return (before(device, &[':']), Some(number).filter(|number| !number.is_empty()));
    }
    match resource.split_once('@') {
        Some((number, device)) if is_known(before(device, &[':'])) => {
            (before(device, &[':']), Some(before(number, &[':'])))
        }
        _ => (before(resource, &['@', ':']), None),
    }
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn a_resource_names_a_phone_or_a_number_behind_a_trunk() {
        let is_known = |name: &str| ["2001", "provider"].contains(&name);
        assert_eq!(called("2001", is_known), ("2001", None));
        assert_eq!(called("2001@192.0.2.1", is_known), ("2001", None));
        assert_eq!(called("4930@provider", is_known), ("provider", Some("4930")));
        assert_eq!(called("provider/4930", is_known), ("provider", Some("4930")));
        assert_eq!(called("provider/sip:4930@192.0.2.1:5060", is_known), ("provider", Some("4930")));
        assert_eq!(called("4930@provider:5060", is_known), ("provider", Some("4930")));
    }
}
