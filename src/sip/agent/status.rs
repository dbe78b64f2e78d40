//! What the console and the manager show.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Agent, Reach};
use crate::sip::endpoint::{Aor, Endpoints, Technology};
use crate::sip::wire::Uri;

/// An endpoint and where it can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointStatus {
    /// Its name.
    pub name: String,
    /// The file it stands in.
    pub technology: Technology,
    /// Its contacts, those that registered first.
    pub contacts: Vec<ContactStatus>,
    /// How many calls it has.
    pub calls: u32,
}

/// One contact of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactStatus {
    /// The URI to call.
    pub uri: String,
    /// Where it registered from; `None` for one that the configuration names.
    pub source: Option<SocketAddr>,
    /// What the phone calls itself.
    pub user_agent: Option<String>,
    /// How long the registration still lives.
    pub left: Option<Duration>,
    /// Whether it answers, if it is asked.
    pub reach: Option<Reach>,
}

/// A registration of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationStatus {
    /// Its name.
    pub name: String,
    /// The URI of the server.
    pub server: String,
    /// Whether it stands.
    pub is_registered: bool,
    /// The same in Asterisk's word: `Registered`, `Unregistered`, `Rejected`.
    pub word: &'static str,
}

impl Agent {
    /// Every endpoint, in the order of the files.
    pub fn endpoints(&self) -> Vec<EndpointStatus> {
        let settings = self.settings.load();
        let contacts = |name: &String| settings.aor(name).map(|aor| self.contacts_of(aor)).unwrap_or_default();
        let status = |endpoint: &crate::sip::endpoint::Endpoint| EndpointStatus {
            name: endpoint.name.clone(),
            technology: endpoint.technology,
            contacts: endpoint.aors.iter().flat_map(contacts).collect(),
            calls: self.calls.of(endpoint),
        };
        settings.iter().map(status).collect()
    }

    /// The contacts of an address of record: those that registered, then those that the file names.
    pub(super) fn contacts_of(&self, aor: &Aor) -> Vec<ContactStatus> {
        let registrar = self.registrar.lock();
        let now = Instant::now();
        let bound = registrar.bindings(&aor.name, now).map(|binding| ContactStatus {
            uri: binding.target.to_string(),
            source: Some(binding.source),
            user_agent: binding.user_agent.clone(),
            left: Some(binding.left(now)),
            reach: self.reachability.of(&binding.target),
        });
        let named = aor.contacts.iter().map(|uri| ContactStatus {
            uri: uri.clone(),
            source: None,
            user_agent: None,
            left: None,
            reach: Uri::parse(uri).and_then(|uri| self.reachability.of(&uri)),
        });
        bound.chain(named).collect()
    }

    /// The configuration in service.
    pub fn settings(&self) -> Arc<Endpoints> {
        self.settings.load_full()
    }

    /// Shows every SIP message on the consoles, or no more.
    pub fn show_messages(&self, shows: bool) {
        self.handle.show_messages(shows);
    }

    /// Every registration of ours.
    pub fn registrations(&self) -> Vec<RegistrationStatus> {
        self.registrations.lock().clone()
    }
}
