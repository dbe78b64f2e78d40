//! Asking contacts whether they are there (`qualify`).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::contact::connection;
use super::{Agent, identity};
use crate::channel::Outgoing;
use crate::sip::endpoint::{Endpoint, Qualify, Technology};
use crate::sip::transport::Target;
use crate::sip::wire::{Method, NameAddr, Request, Uri};

/// Contacts asked at once, and the pause before the next ones: thousands of phones are not asked in one burst.
const BURST: usize = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// What is known of a contact that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It answered in time, after so long.
    Reachable(Duration),
    /// It did not.
    Unreachable,
}

/// What is known of all contacts, by their URIs.
#[derive(Debug, Default)]
pub(super) struct Reachability(Mutex<HashMap<String, State>>);

#[derive(Clone, Copy, Debug)]
struct State {
    reach: Option<Reach>,
    due: Instant,
}

impl Reachability {
    /// What is known of a contact; `None` if it was not asked yet.
    pub fn of(&self, contact: &Uri) -> Option<Reach> {
        self.0.lock().get(&contact.to_string()).and_then(|state| state.reach)
    }

    /// Keeps the given contacts, and says which of them are to be asked now and when the next one is.
    fn due(&self, contacts: &[(Uri, Qualify)], now: Instant) -> (Vec<usize>, Option<Instant>) {
        let mut states = self.0.lock();
        let before = std::mem::take(&mut *states);
        let mut due = Vec::new();
        for (index, (uri, qualify)) in contacts.iter().enumerate() {
            let key = uri.to_string();
            let mut state = before.get(&key).copied().unwrap_or(State { reach: None, due: now });
            if state.due <= now && due.len() < BURST {
                state.due = now + qualify.every.max(Duration::from_secs(1));
                due.push(index);
            }
            states.insert(key, state);
        }
        (due, states.values().map(|state| state.due.max(now + PAUSE)).min())
    }

    /// Notes an answer; true if it changes what was known.
    fn note(&self, contact: &Uri, reach: Reach) -> bool {
        let mut states = self.0.lock();
        let Some(state) = states.get_mut(&contact.to_string()) else { return false };
        let before = state.reach.replace(reach);
        match (before, reach) {
            (Some(Reach::Reachable(_)), Reach::Reachable(_)) => false,
            (before, reach) => before != Some(reach),
        }
    }
}

/// Asks, until the agent shuts down.
pub(super) async fn qualify(agent: Arc<Agent>) {
    let mut generation = agent.generation.subscribe();
    loop {
        let contacts = agent.qualified();
        let asked: Vec<_> = contacts.iter().map(|(_, uri, qualify, _)| (uri.clone(), *qualify)).collect();
        let (due, next) = agent.reachability.due(&asked, Instant::now());
        for (name, uri, qualify, target) in due.into_iter().filter_map(|index| contacts.get(index).cloned()) {
            tokio::spawn(ask(Arc::clone(&agent), name, uri, qualify, target));
        }
        let pause = async {
            match next {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = pause => {}
            changed = generation.changed() => {
                if changed.is_err() || generation.borrow().is_last {
                    return;
                }
                // Registrations come in crowds.
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn ask(agent: Arc<Agent>, name: String, uri: Uri, qualify: Qualify, target: Option<Target>) {
    let begun = Instant::now();
    let answered = tokio::time::timeout(qualify.timeout, agent.options(&name, &uri, target)).await;
    let reach = match answered {
        Ok(true) => Reach::Reachable(begun.elapsed()),
        Ok(false) | Err(_) => Reach::Unreachable,
    };
    if agent.reachability.note(&uri, reach) {
        agent.contact_changed(&name, &uri.to_string(), reach);
        match reach {
            Reach::Reachable(after) => tracing::info!("SIP/{name} at {uri} is reachable ({} ms)", after.as_millis()),
            Reach::Unreachable => tracing::warn!("SIP/{name} at {uri} is unreachable"),
        }
    }
}

impl Agent {
    /// Asks every contact of an endpoint now, whenever it is due; how many there are.
    pub fn qualify_now(&self, technology: Technology, name: &str) -> Option<usize> {
        let this = self.this.upgrade()?;
        let settings = self.settings.load();
        let aors = &settings.get(technology, name)?.aors;
        let contacts = self.qualified().into_iter().filter(|(aor, ..)| aors.contains(aor));
        let asked = contacts.map(|(name, uri, qualify, target)| {
            tokio::spawn(ask(Arc::clone(&this), name, uri, qualify, target));
        });
        Some(asked.count())
    }

    /// The endpoints of an address of record may be otherwise than before.
    fn contact_changed(&self, aor: &str, contact: &str, reach: Reach) {
        let settings = self.settings.load();
        for endpoint in settings.iter().filter(|endpoint| endpoint.aors.iter().any(|name| name == aor)) {
            self.announce_reach(endpoint, aor, contact, reach);
            self.arrivals.device_changed(&format!("{}/{}", endpoint.technology, endpoint.name));
        }
    }

    /// Every contact that is to be asked, with its address of record.
    fn qualified(&self) -> Vec<(String, Uri, Qualify, Option<Target>)> {
        let settings = self.settings.load();
        let registrar = self.registrar.lock();
        let mut contacts = Vec::new();
        for aor in settings.aors() {
            let Some(qualify) = aor.qualify else { continue };
            for binding in registrar.bindings(&aor.name, Instant::now()) {
                let target = connection(binding);
                contacts.push((aor.name.clone(), binding.target.clone(), qualify, target));
            }
            let standing = aor.contacts.iter().filter_map(|contact| Uri::parse(contact));
            contacts.extend(standing.map(|uri| (aor.name.clone(), uri, qualify, None)));
        }
        contacts
    }

    /// Sends OPTIONS to a contact of an address of record; true if anything comes back.
    async fn options(&self, aor: &str, uri: &Uri, target: Option<Target>) -> bool {
        let target = match target {
            Some(target) => target,
            None => match Target::resolve(uri).await {
                Ok(target) => target,
                Err(_) => return false,
            },
        };
        let settings = self.settings.load_full();
        let owner = settings.iter().find(|endpoint| endpoint.aors.iter().any(|name| name == aor));
        let way = match owner {
            Some(endpoint) => self.way_for(endpoint, target),
            None => self.way_to(target, Technology::Pjsip, None),
        };
        let Ok(way) = way else { return false };
        let us = Endpoint::new(Technology::Sip, "");
        let from = identity::from(self, &us, &Outgoing::default(), &way);
        let to = NameAddr::new(uri.clone());
        let mut request = Request::new(Method::OPTIONS, uri.clone(), from, to, &self.handle.new_call_id(), 102);
        request.headers.set("Contact", way.contact(Some("asterisk")).to_string());
        self.sign_request(&mut request);
        match self.handle.send_on(request, way) {
            Ok(mut transaction) => transaction.final_response().await.is_ok(),
            Err(_) => false,
        }
    }
}
