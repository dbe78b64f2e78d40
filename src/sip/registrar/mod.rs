//! Where phones are: bindings of an address of record to contacts (RFC 3261 §10.3).
//!
//! A state machine without sockets or a clock of its own: [`Registrar::register`] takes what a REGISTER says, after
//! its sender was authenticated, and says what to answer; [`Registrar::expire`] lets time pass. What changed comes
//! back as [`Event`]s, for console lines and device states.

mod binding;
mod saved;

pub use binding::Binding;
pub use saved::SavedBinding;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::endpoint::{Aor, Transport};
use super::wire::{Contacts, NameAddr, Uri};

/// Most contacts read from one request.
const MAX_CONTACTS: usize = 16;

/// What a REGISTER says.
#[derive(Clone, Copy, Debug)]
pub struct Register<'a> {
    /// The address of record in its To.
    pub aor: &'a Aor,
    /// Its `Contact` headers.
    pub contacts: &'a Contacts,
    /// The `Expires` header, in seconds.
    pub expires: Option<u32>,
    /// Its `Call-ID`.
    pub call_id: &'a str,
    /// Where it came from.
    pub source: SocketAddr,
    /// What it came over.
    pub transport: Transport,
    /// Its `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// The `Path` headers (RFC 3327), topmost first.
    pub path: &'a [String],
    /// Reach the contact where the request came from, whatever the contact says (`rewrite_contact`, `nat`).
    pub rewrite: bool,
    /// Contacts that do not answer: they make room for new ones first.
    pub away: &'a [Uri],
}

/// What to answer with 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Values of the `Contact` headers: every binding with the seconds it has left.
    pub contacts: Vec<String>,
    /// What became of the `Expires` header: no binding lives longer than the address of record allows.
    pub granted: Option<Duration>,
    /// What changed.
    pub events: Vec<Event>,
}

/// Why a REGISTER is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// `*` beside other contacts or without `Expires: 0`, a contact that is no SIP URI, or too many of them.
    #[error("malformed contacts")]
    Malformed,
    /// The address of record takes no registrations, or has no room for another contact.
    #[error("no room for another contact")]
    TooMany,
}

impl RegisterError {
    /// The SIP status to refuse with.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::TooMany => 403,
        }
    }
}

/// What happened to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is there now, for so long.
    Added(Duration),
    /// It was there and stays for so long.
    Refreshed(Duration),
    /// It went.
    Removed,
    /// Its time was up.
    Expired,
}

/// A change of one binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The address of record.
    pub aor: String,
    /// The contact, as registered.
    pub contact: String,
    /// Where the last REGISTER came from.
    pub source: SocketAddr,
    /// What happened.
    pub change: Change,
}

impl fmt::Display for Event {
    /// One line for the console.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { aor, contact, .. } = self;
        match self.change {
            Change::Added(left) => {
                write!(out, "Added contact '{contact}' to AOR '{aor}' with expiration of {} seconds", left.as_secs())
            }
            Change::Refreshed(left) => {
                write!(
                    out,
                    "Refreshed contact '{contact}' of AOR '{aor}' with expiration of {} seconds",
                    left.as_secs()
                )
            }
            Change::Removed => write!(out, "Removed contact '{contact}' from AOR '{aor}' due to request"),
            Change::Expired => write!(out, "Removed contact '{contact}' from AOR '{aor}' due to expiration"),
        }
    }
}

/// Every binding.
#[derive(Clone, Debug, Default)]
pub struct Registrar {
    /// By the name of the address of record in small letters; each list in the order of registration.
    bindings: BTreeMap<String, Vec<Binding>>,
}

impl Registrar {
    /// Takes a REGISTER whose sender may register for the address of record. Either all of it happens or nothing.
    ///
    /// A phone that starts anew may count its `CSeq` from 1 in the call of before, so a lower one is no reason to
    /// turn it away.
    pub fn register(&mut self, request: &Register<'_>, now: Instant) -> Result<Registered, RegisterError> {
        if request.aor.max_contacts == 0 {
            return Err(RegisterError::TooMany);
        }
        let known = self.bindings.get(&key(request.aor)).cloned().unwrap_or_default();
        let (mut bindings, expired): (Vec<_>, Vec<_>) = known.into_iter().partition(|binding| binding.expires > now);
        let mut events: Vec<Event> = expired.iter().map(|binding| binding.event(Change::Expired)).collect();
        match request.contacts {
            Contacts::Any if request.expires != Some(0) => return Err(RegisterError::Malformed),
            Contacts::Any => events.extend(bindings.drain(..).map(|binding| binding.event(Change::Removed))),
            Contacts::List(contacts) if contacts.len() > MAX_CONTACTS => return Err(RegisterError::Malformed),
            Contacts::List(contacts) => {
                let mut told = 0;
                for contact in contacts {
                    let event = bind(request, contact, &mut bindings, now)?;
                    told += usize::from(event.as_ref().is_some_and(|event| event.change != Change::Removed));
                    events.extend(event);
                }
                events.extend(make_room(request, &mut bindings, told)?);
            }
        }
        let contacts = bindings.iter().map(|binding| binding.contact_header(now)).collect();
        if bindings.is_empty() {
            self.bindings.remove(&key(request.aor));
        } else {
            self.bindings.insert(key(request.aor), bindings);
        }
        let granted = request.expires.map(|wanted| request.aor.expiry.granted(Some(wanted)));
        Ok(Registered { contacts, granted, events })
    }

    /// Where an address of record can be reached now, in the order of registration.
    pub fn bindings(&self, aor: &str, now: Instant) -> impl Iterator<Item = &Binding> {
        let bindings = self.bindings.get(&aor.to_ascii_lowercase()).map_or(&[][..], Vec::as_slice);
        bindings.iter().filter(move |binding| binding.expires > now)
    }

    /// Every binding, by address of record.
    pub fn iter(&self) -> impl Iterator<Item = &Binding> {
        self.bindings.values().flatten()
    }

    /// The address of record that registered from an address: a peer of `sip.conf` with `host = dynamic` is known so.
    pub fn bound_to(&self, source: SocketAddr, now: Instant) -> Option<&str> {
        let mut live = self.iter().filter(|binding| binding.expires > now);
        live.find(|binding| binding.source == source).map(|binding| binding.aor.as_str())
    }

    /// When [`expire`](Self::expire) next has something to do.
    pub fn next_expiry(&self) -> Option<Instant> {
        self.iter().map(|binding| binding.expires).min()
    }

    /// Drops the bindings whose time is up.
    pub fn expire(&mut self, now: Instant) -> Vec<Event> {
        let mut events = Vec::new();
        self.bindings.retain(|_, bindings| {
            let expired = bindings.extract_if(.., |binding| binding.expires <= now);
            events.extend(expired.map(|binding| binding.event(Change::Expired)));
            !bindings.is_empty()
        });
        events
    }

    /// Drops the bindings of addresses of record that a reload took away, or that no longer take registrations.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        self.bindings.retain(|name, bindings| {
            let keep = keep(name);
            if !keep {
                events.extend(bindings.drain(..).map(|binding| binding.event(Change::Removed)));
            }
            keep
        });
        events
    }
}

fn key(aor: &Aor) -> String {
    aor.name.to_ascii_lowercase()
}

/// Adds, refreshes or removes one contact.
fn bind(
    request: &Register<'_>,
    contact: &NameAddr,
    bindings: &mut Vec<Binding>,
    now: Instant,
) -> Result<Option<Event>, RegisterError> {
    if !matches!(contact.uri, Uri::Sip(_)) {
        return Err(RegisterError::Malformed);
    }
    let own = contact.params.get("expires").and_then(|seconds| seconds.parse::<u32>().ok());
    let lifetime = request.aor.expiry.granted(own.or(request.expires));
    let known = bindings.iter().position(|binding| binding.is_at(&contact.uri));
    if lifetime.is_zero() {
        return Ok(known.map(|at| bindings.remove(at).event(Change::Removed)));
    }
    let binding = Binding::new(request, contact, now + lifetime);
    Ok(Some(match known.and_then(|at| bindings.get_mut(at)) {
        Some(old) => {
            *old = binding;
            old.event(Change::Refreshed(lifetime))
        }
        None => {
            let event = binding.event(Change::Added(lifetime));
            bindings.push(binding);
            event
        }
    }))
}

/// Holds a list to `max_contacts`: those that are away go, and with `remove_existing` those that expire next. `told`
/// is how many the request told of: these stay, so there may be no more of them than that.
fn make_room(request: &Register<'_>, bindings: &mut Vec<Binding>, told: usize) -> Result<Vec<Event>, RegisterError> {
    let aor = request.aor;
    if told > aor.max_contacts {
        return Err(RegisterError::TooMany);
    }
    let mut events = Vec::new();
    while bindings.len() > aor.max_contacts {
        // The last one is the newest: it came with this request and stays.
        let older = bindings.len().saturating_sub(1);
        let mut candidates = bindings.iter().take(older).enumerate();
        let gone = candidates.clone().find(|(_, binding)| request.away.contains(&binding.target));
        let next = gone
            .or_else(|| candidates.by_ref().filter(|_| aor.remove_existing).min_by_key(|(_, binding)| binding.expires));
        let Some((at, _)) = next else { return Err(RegisterError::TooMany) };
        events.push(bindings.remove(at).event(Change::Removed));
    }
    Ok(events)
}

#[cfg(test)]
mod tests;
