//! `SIP/…` and `PJSIP/…`: making channels towards a destination.

use std::sync::{Arc, Weak};

use tokio::time::Instant;

use super::audio::Audio;
use super::contact::{Destination, connection, media_addresses, proxy, with_user};
use super::incoming::describe;
use super::leg::{Facts, Line, SipLeg};
use super::outgoing::Calling;
use super::{Agent, Reach};
use crate::channel::caller_id::{self, Party};
use crate::channel::leg::Unavailable;
use crate::channel::message::TextMessage;
use crate::channel::{Channel, Channels, DeviceState, Phase, State};
use crate::sip::endpoint::{Endpoint, Endpoints, Technology};
use crate::sip::transport::Target;
use crate::sip::wire::{NameAddr, Uri};

/// The called party is who the configuration says it is.
fn present(state: &mut State, endpoint: &Endpoint) {
    if let Some(configured) = endpoint.caller_id.as_deref() {
        let (name, number) = caller_id::parse(configured);
        if !number.is_empty() {
            state.caller = Party::new(&name, &number);
            state.is_caller_known = true;
        }
    }
}

/// One place to call.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The Request-URI.
    pub uri: Uri,
    /// Where it goes, if not to where the URI or the route says.
    pub target: Option<Target>,
    /// The route, topmost first.
    pub route: Vec<NameAddr>,
}

impl Place {
    pub fn of(uri: Uri) -> Self {
        Self { uri, target: None, route: Vec::new() }
    }

    /// The URI that says where to send to.
    pub fn next_hop(&self) -> &Uri {
        self.route.first().map_or(&self.uri, |route| &route.uri)
    }
}

impl crate::channel::leg::Technology for Agent {
    fn names(&self) -> &'static [&'static str] {
        &["SIP", "PJSIP"]
    }

    fn fact(&self, kind: crate::channel::leg::Entry, name: &str, item: &str) -> Option<String> {
        self.known(kind, name, item)
    }

    fn request(
        &self,
        _channels: &Arc<Channels>,
        name: &str,
        resource: &str,
        prepare: &dyn Fn(&mut State),
    ) -> Result<Vec<Arc<Channel>>, Unavailable> {
        let technology = if name == "SIP" { Technology::Sip } else { Technology::Pjsip };
        let (endpoint, places) = self.find(technology, resource)?;
        let mut channels = Vec::new();
        let mut failure = None;
        for place in places {
            match self.outgoing(&endpoint, place, prepare) {
                Ok(channel) => channels.push(channel),
                Err(error) => failure = Some(error),
            }
        }
        match failure {
            Some(error) if channels.is_empty() => Err(error),
            _ => Ok(channels),
        }
    }

    fn send_message(&self, name: &str, to: &str, message: &TextMessage) -> Result<(), Unavailable> {
        self.send_text(if name == "SIP" { Technology::Sip } else { Technology::Pjsip }, to, message)
    }

    fn device_state(&self, name: &str, resource: &str) -> DeviceState {
        let technology = if name == "SIP" { Technology::Sip } else { Technology::Pjsip };
        let settings = self.settings.load();
        let Some(endpoint) = settings.get(technology, resource.split(['/', '@']).next().unwrap_or(resource)) else {
            return DeviceState::Invalid;
        };
        let is_there = !self.contacts(&settings, endpoint, None).is_empty();
        if is_there { DeviceState::NotInUse } else { DeviceState::Unavailable }
    }

    fn busy_at(&self, name: &str, resource: &str) -> Option<usize> {
        let technology = if name == "SIP" { Technology::Sip } else { Technology::Pjsip };
        let settings = self.settings.load();
        let calls = settings.get(technology, resource)?.busy_at;
        usize::try_from(calls).ok().filter(|calls| *calls > 0)
    }
}

impl Agent {
    /// The endpoint and the places that a destination means.
    pub(super) fn find(
        &self,
        technology: Technology,
        resource: &str,
    ) -> Result<(Arc<Endpoint>, Vec<Place>), Unavailable> {
        let malformed = || Unavailable::Malformed(format!("{technology}/{resource} names no destination"));
        let destination = Destination::parse(technology, resource).ok_or_else(malformed)?;
        let settings = self.settings.load();
        let Some(endpoint) = settings.get(technology, destination.peer) else {
            let uri = destination.host_uri().filter(|_| technology == Technology::Sip);
            let Some(uri) = uri else {
                let reason = format!("no {technology} endpoint is called '{}'", destination.peer);
                return Err(match technology {
                    Technology::Sip => Unavailable::NotReachable(reason),
                    Technology::Pjsip => Unavailable::Unknown(reason),
                });
            };
            return Ok((Arc::new(Endpoint::new(technology, destination.peer)), vec![Place::of(uri)]));
        };
        let mut places = match destination.uri {
            Some(uri) => {
                let uri = Uri::parse(uri).ok_or_else(malformed)?;
                // A contact that a telephone registered is reached by its connection and route.
                let known = self.contacts(&settings, endpoint, uri.user().as_deref()).into_iter();
                vec![known.into_iter().find(|place| place.uri == uri).unwrap_or_else(|| Place::of(uri))]
            }
            None => self.contacts(&settings, endpoint, destination.number),
        };
        if places.is_empty() {
            return Err(Unavailable::NotReachable(format!("{technology}/{} is not registered", endpoint.name)));
        }
        // As in Asterisk, `PJSIP/name` is the first contact that answers; `PJSIP_DIAL_CONTACTS` names all of them.
        places.truncate(1);
        if let Some(proxy) = endpoint.outbound_proxy.as_deref().and_then(proxy) {
            places.iter_mut().for_each(|place| place.route.insert(0, proxy.clone()));
        }
        Ok((Arc::new(endpoint.clone()), places))
    }

    /// Where an endpoint's addresses of record can be reached now. Contacts that do not answer are left out.
    pub(super) fn contacts(&self, settings: &Endpoints, endpoint: &Endpoint, number: Option<&str>) -> Vec<Place> {
        let mut places = Vec::new();
        let now = Instant::now();
        for aor in endpoint.aors.iter().filter_map(|name| settings.aor(name)) {
            let registrar = self.registrar.lock();
            let from = places.len();
            for binding in registrar.bindings(&aor.name, now) {
                if self.reachability.of(&binding.target) == Some(Reach::Unreachable) {
                    continue;
                }
                // A connection that the phone opened is the only way back to it.
                let target = connection(binding);
                let route = binding.path.iter().filter_map(|route| NameAddr::parse(route)).collect();
                places.push(Place { uri: with_user(binding.target.clone(), number), target, route });
            }
            drop(registrar);
            let standing = aor.contacts.iter().filter_map(|contact| Uri::parse(contact));
            let standing = standing.filter(|uri| self.reachability.of(uri) != Some(Reach::Unreachable));
            places.extend(standing.map(|uri| Place::of(with_user(uri, number))));
            if let Some(proxy) = aor.outbound_proxy.as_deref().and_then(proxy) {
                places.iter_mut().skip(from).for_each(|place| place.route.insert(0, proxy.clone()));
            }
        }
        places
    }

    fn outgoing(
        &self,
        endpoint: &Arc<Endpoint>,
        place: Place,
        prepare: &dyn Fn(&mut State),
    ) -> Result<Arc<Channel>, Unavailable> {
        let unavailable = |reason: String| Unavailable::NotReachable(reason);
        let agent = self.this.upgrade().ok_or_else(|| unavailable("SIP is shutting down".to_owned()))?;
        let call =
            self.calls.enter(endpoint).map_err(|_| unavailable(format!("{} has too many calls", endpoint.name)))?;
        let target = place.target.or_else(|| Target::of(place.next_hop()));
        let way = target.and_then(|target| self.way_for(endpoint, target).ok());
        let local = way.as_ref().map_or([0, 0, 0, 0].into(), |way| media_addresses(way).1);
        let audio = Audio::open(local, self.settings.load().general.rtp, endpoint.dtmf_mode)
            .map_err(|error| unavailable(error.to_string()))?;
        let facts = Facts { uri: place.uri.to_string(), ..Facts::default() };
        let (line, orders) = Line::new(Arc::clone(endpoint), audio, facts);
        let calling = Calling { agent, line: Arc::clone(&line), orders, call, place, contact: None, early: None };
        Ok(self.make_channel(&line, Phase::Down, Some(calling), |state| {
            describe(state, endpoint);
            state.position.context.clone_from(&endpoint.context);
            state.is_outgoing = true;
            prepare(state);
            present(state, endpoint);
        }))
    }

    /// Makes the channel `TECHNOLOGY/endpoint-number` above a line.
    pub(super) fn make_channel(
        &self,
        line: &Arc<Line>,
        phase: Phase,
        calling: Option<Calling>,
        prepare: impl FnOnce(&mut State),
    ) -> Arc<Channel> {
        let technology = line.endpoint.technology.to_string();
        let number = self.channels.next_number(&technology);
        let name = format!("{technology}/{}-{number:08x}", line.endpoint.name);
        let channel = self
            .channels
            .create(name, phase, prepare, |channel| SipLeg::new(Arc::clone(line), Weak::clone(channel), calling));
        line.audio.attach(&channel);
        channel
    }
}
