//! Virtual phones: legs whose party is a few lines of a story instead of a device.
//!
//! A phone rings, answers, presses keys, speaks its own tone and remembers what it heard; all in tokio's time, so a
//! paused clock runs a long call at once.

use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use super::leg::{Technology, Unavailable};
use super::{Cause, Channel, Channels, Event, Indication, Interrupt, Leg, Outgoing, Phase, State};
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
    /// Rings, then refuses with a cause after a while.
    RingsThenRefuses(Duration, Cause),
}

/// A virtual phone's side of one call.
#[derive(Default)]
pub struct Party {
    channel: Mutex<Weak<Channel>>,
    sink: Mutex<Option<Arc<dyn Sink>>>,
    heard: Mutex<Option<Vec<i16>>>,
    behaviour: Mutex<Option<Behaviour>>,
}

impl Party {
    /// Says one frame; it goes to whoever listens to the channel.
    pub fn say(&self, frame: &Frame) {
        let sink = self.sink.lock().clone();
        if let Some(sink) = sink {
            sink.accept(frame);
        }
    }

    /// Presses a key.
    pub fn press(&self, digit: char) {
        if let Some(channel) = self.channel() {
            channel.report(Event::Digit(digit));
        }
    }

    /// Puts the receiver down.
    pub fn hang_up(&self) {
        if let Some(channel) = self.channel() {
            channel.interrupt(Interrupt::Hangup(Cause::NORMAL));
        }
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

struct SimulatedLeg {
    technology: &'static str,
    party: Arc<Party>,
}

impl Leg for SimulatedLeg {
    fn technology(&self) -> &'static str {
        self.technology
    }

    fn call(&self, _outgoing: &Outgoing) {
        let party = Arc::clone(&self.party);
        let behaviour = party.behaviour.lock().unwrap_or(Behaviour::Rings);
        tokio::spawn(async move {
            let report = |event| party.channel().map(|channel| channel.report(event));
            let refuse = |cause| party.channel().map(|channel| channel.interrupt(Interrupt::Hangup(cause)));
            match behaviour {
                Behaviour::Refuses(cause) => {
                    refuse(cause);
                }
                Behaviour::Rings => {
                    report(Event::Ringing);
                }
                Behaviour::Answers(after) => {
                    report(Event::Ringing);
                    tokio::time::sleep(after).await;
                    report(Event::Answered);
                }
                Behaviour::RingsThenRefuses(after, cause) => {
                    report(Event::Ringing);
                    tokio::time::sleep(after).await;
                    refuse(cause);
                }
            }
        });
    }

    fn answer(&self) {}

    fn indicate(&self, _indication: Indication) {}

    fn hang_up(&self, _cause: Cause) {}

    fn write(&self, frame: &Frame) {
        if let Some(heard) = &mut *self.party.heard.lock() {
            heard.extend_from_slice(&frame.samples());
        }
    }

    fn hears(&self) -> bool {
        self.party.heard.lock().is_some()
    }

    fn listen(&self, sink: Option<Arc<dyn Sink>>) {
        *self.party.sink.lock() = sink;
    }

    fn send_text(&self, _text: &str) -> bool {
        true
    }

    fn send_digit(&self, _digit: char, _duration: Duration) {}
}

/// Virtual phones under the technology names of real ones.
pub struct SimulatedTechnology {
    phones: Mutex<Vec<Phone>>,
    /// Called for each phone that is rung, with the party of that call.
    default: Behaviour,
}

struct Phone {
    name: String,
    behaviour: Option<Behaviour>,
    party: Option<Arc<Party>>,
}

impl SimulatedTechnology {
    /// Phones of these names; each behaves as `default` says until [`Self::set_behaviour`].
    pub fn new(names: impl IntoIterator<Item = String>, default: Behaviour) -> Arc<Self> {
        let phones = names.into_iter().map(|name| Phone { name, behaviour: None, party: None }).collect();
        Arc::new(Self { phones: Mutex::new(phones), default })
    }

    /// Says what a phone does when it is called next.
    pub fn set_behaviour(&self, name: &str, behaviour: Behaviour) {
        let mut phones = self.phones.lock();
        match phones.iter_mut().find(|phone| phone.name == name) {
            Some(phone) => phone.behaviour = Some(behaviour),
            None => phones.push(Phone { name: name.to_owned(), behaviour: Some(behaviour), party: None }),
        }
    }

    /// The party of the phone's latest call.
    pub fn party(&self, name: &str) -> Option<Arc<Party>> {
        self.phones.lock().iter().find(|phone| phone.name == name)?.party.clone()
    }

    /// Makes an incoming call from a phone: a channel that is to be handed to the plan.
    pub fn dial(
        &self,
        channels: &Arc<Channels>,
        technology: &'static str,
        name: &str,
        prepare: impl FnOnce(&mut State),
    ) -> (Arc<Channel>, Arc<Party>) {
        let (channel, party) = make(channels, technology, name, Phase::Ring, prepare);
        let mut phones = self.phones.lock();
        match phones.iter_mut().find(|phone| phone.name == name) {
            Some(phone) => phone.party = Some(Arc::clone(&party)),
            None => {
                phones.push(Phone { name: name.to_owned(), behaviour: None, party: Some(Arc::clone(&party)) });
            }
        }
        (channel, party)
    }
}

fn make(
    channels: &Arc<Channels>,
    technology: &'static str,
    name: &str,
    phase: Phase,
    prepare: impl FnOnce(&mut State),
) -> (Arc<Channel>, Arc<Party>) {
    let party = Arc::new(Party::default());
    let name = format!("{technology}/{name}-{:08x}", channels.next_number(technology));
    let channel = channels.create(name, phase, prepare, |channel| {
        *party.channel.lock() = Weak::clone(channel);
        SimulatedLeg { technology, party: Arc::clone(&party) }
    });
    (channel, party)
}

impl Technology for SimulatedTechnology {
    fn names(&self) -> &'static [&'static str] {
        &["SIP", "PJSIP"]
    }

    fn request(
        &self,
        channels: &Arc<Channels>,
        name: &str,
        resource: &str,
        prepare: &dyn Fn(&mut State),
    ) -> Result<Vec<Arc<Channel>>, Unavailable> {
        let technology = if name == "SIP" { "SIP" } else { "PJSIP" };
        // `SIP/number@trunk`, `SIP/trunk/number`, `PJSIP/number@endpoint`: the device is what stands last but for a host.
        let device = resource.split(['@', '/', ':']).next().unwrap_or(resource);
        let mut phones = self.phones.lock();
        let phone = phones
            .iter_mut()
            .find(|phone| phone.name == device)
            .ok_or_else(|| Unavailable::Unknown(format!("there is no phone {device}")))?;
        let (channel, party) = make(channels, technology, device, Phase::Down, |state| {
            prepare(state);
            state.is_outgoing = true;
        });
        *party.behaviour.lock() = Some(phone.behaviour.unwrap_or(self.default));
        phone.party = Some(party);
        Ok(vec![channel])
    }
}
