//! Phones and trunks: one typed model read from `sip.conf` and `pjsip.conf`.
//!
//! Both files describe the same things in different words, so both end here: who may call
//! ([`Endpoint`], [`Endpoints::identify`]), who may register and where to reach them ([`Aor`]), where we register
//! ourselves ([`Registration`]), and what holds for all ([`General`]). Defaults are Asterisk's and stand with each
//! field. Reading never fails: what is wrong becomes a diagnostic, and the default stays.

mod aor;
mod encryption;
mod global;
mod identify;
mod model;
mod network;
mod pjsip_conf;
mod registration;
mod rtp_conf;
mod session_timers;
mod setting;
mod signalling;
mod sip_conf;

pub use aor::{Aor, Expiry, ResourceList};
pub use encryption::{Encryption, KeySource, Unsecured};
pub use global::{Global, HeaderMatch, Identifier};
pub use identify::{Caller, Identified};
pub use model::{
    DirectMedia, DtmfMode, Endpoint, General, Identity, Insecure, Listen, Login, Nat, Qualify, Role, Rtp, Technology,
    Tls,
};
pub use network::{AccessList, Host, HostPort, Network};
pub use pjsip_conf::Written;
pub use registration::{Persistence, Registration};
pub use rsip::Transport;
pub use session_timers::{Initiative, Refresher, SessionTimers};
pub use signalling::{Reliability, Signalling};

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use crate::conf::Config;
use crate::diagnostic::Diagnostic;

/// The port of SIP over UDP and TCP.
const SIP_PORT: u16 = 5060;
/// The port of SIP over TLS.
const TLS_PORT: u16 = 5061;

/// Everything the SIP configuration says.
#[derive(Debug, Default)]
pub struct Endpoints {
    /// Where to listen; never empty.
    pub listen: Vec<Listen>,
    /// What holds for all.
    pub general: General,
    /// Where we register ourselves.
    pub registrations: Vec<Registration>,
    /// What to tell the admin.
    pub diagnostics: Vec<Diagnostic>,
    endpoints: Vec<Endpoint>,
    aors: Vec<Aor>,
    lists: Vec<ResourceList>,
    written: Vec<Written>,
    by_name: HashMap<(Technology, String), usize>,
    resolved: HashMap<String, Vec<IpAddr>>,
}

impl Endpoints {
    /// Puts the files together; a file that is not there is `None`. Without either of the first two it is as with
    /// an empty `sip.conf`: one listener at `0.0.0.0:5060` over UDP, and whoever calls enters the context `default`.
    pub fn from_configs(sip: Option<&Config>, pjsip: Option<&Config>, rtp: Option<&Config>) -> Self {
        let mut read = Self::default();
        if let Some(config) = rtp {
            rtp_conf::read(config, &mut read);
        }
        if let Some(config) = pjsip {
            pjsip_conf::read(config, &mut read);
        }
        match (sip, pjsip) {
            (Some(config), _) => sip_conf::read(config, &mut read),
            (None, None) => sip_conf::read(&Config::default(), &mut read),
            (None, Some(_)) => {}
        }
        if read.listen.is_empty() {
            let address = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), SIP_PORT);
            read.listen.push(Listen {
                technology: Technology::Sip,
                name: "udp".to_owned(),
                transport: Transport::Udp,
                address,
            });
        }
        read
    }

    /// Files are named from this folder on.
    pub fn settle_files(&mut self, folder: &Path) {
        if let Some(Tls { certificate, key, authorities, .. }) = &mut self.general.tls {
            for path in [certificate, key, authorities].into_iter().flatten() {
                *path = folder.join(&*path);
            }
        }
    }

    /// The endpoints in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter()
    }

    /// The endpoint that `SIP/name` or `PJSIP/name` dials, without regard to case.
    pub fn get(&self, technology: Technology, name: &str) -> Option<&Endpoint> {
        let at = self.by_name.get(&(technology, name.to_ascii_lowercase()))?;
        self.endpoints.get(*at)
    }

    /// The address of record of a name, those of `pjsip.conf` first.
    pub fn aor(&self, name: &str) -> Option<&Aor> {
        self.aors.iter().find(|aor| aor.name.eq_ignore_ascii_case(name))
    }

    /// The list of a name whose items are of an event package.
    pub fn list(&self, name: &str, event: &str) -> Option<&ResourceList> {
        self.lists.iter().find(|list| list.name.eq_ignore_ascii_case(name) && list.event.eq_ignore_ascii_case(event))
    }

    /// Every address of record.
    pub fn aors(&self) -> impl Iterator<Item = &Aor> {
        self.aors.iter()
    }

    /// The sections of `pjsip.conf` of a type, in their order.
    pub fn written<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Written> {
        self.written.iter().filter(move |section| section.kind == kind)
    }

    /// The endpoint and address of record that a REGISTER for this user is about.
    pub fn registrant(&self, user: &str) -> Option<(&Endpoint, &Aor)> {
        let aor = self.aor(user)?;
        let owns = |endpoint: &&Endpoint| endpoint.aors.iter().any(|name| name.eq_ignore_ascii_case(&aor.name));
        self.endpoints.iter().find(owns).map(|endpoint| (endpoint, aor))
    }

    /// The address of record of an endpoint that a REGISTER for this user is about.
    pub fn aor_of(&self, endpoint: &Endpoint, user: &str) -> Option<&Aor> {
        let name = endpoint.aors.iter().find(|name| {
            name.eq_ignore_ascii_case(user)
                || name.split_once('@').is_some_and(|(own, _)| own.eq_ignore_ascii_case(user))
        })?;
        self.aor(name)
    }

    /// Host names whose addresses decide who calls; tell them by [`resolve`](Self::resolve).
    pub fn names_to_resolve(&self) -> impl Iterator<Item = &str> {
        self.endpoints.iter().flat_map(|endpoint| &endpoint.hosts).filter_map(|identity| match &identity.host {
            Host::Name(name) => Some(name.as_str()),
            Host::Address(_) => None,
        })
    }

    /// Remembers the addresses a host name stands for.
    pub fn resolve(&mut self, name: &str, addresses: Vec<IpAddr>) {
        self.resolved.insert(name.to_ascii_lowercase(), addresses);
    }

    /// Adds an endpoint, unless its name is taken: the first of a name stays, as in Asterisk.
    fn add(&mut self, endpoint: Endpoint) -> bool {
        let key = (endpoint.technology, endpoint.name.to_ascii_lowercase());
        if self.by_name.contains_key(&key) {
            return false;
        }
        self.by_name.insert(key, self.endpoints.len());
        self.endpoints.push(endpoint);
        true
    }

    /// Adds a listener once.
    fn listen_at(&mut self, listen: Listen) {
        let same = |known: &Listen| known.transport == listen.transport && known.address == listen.address;
        if !self.listen.iter().any(same) {
            self.listen.push(listen);
        }
    }
}

#[cfg(test)]
mod tests;
