//! What the console and the manager show.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use md5::Digest as _;
use tokio::time::Instant;

use super::{Agent, Reach};
use crate::channel::Channel;
use crate::sip::endpoint::{Aor, Endpoints, Technology};
use crate::sip::transport::{Belonging, Counters, Passed, Watched};
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

impl EndpointStatus {
    /// Whether a call would be sent anywhere: a contact that is asked has to answer.
    pub fn is_reachable(&self) -> bool {
        self.contacts.iter().any(|contact| contact.reach != Some(Reach::Unreachable))
    }
}

/// One contact of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactStatus {
    /// The address of record that it belongs to.
    pub aor: String,
    /// The URI to call.
    pub uri: String,
    /// Where it registered from; `None` for one that the configuration names.
    pub source: Option<SocketAddr>,
    /// What the phone calls itself.
    pub user_agent: Option<String>,
    /// The `Call-ID` of its REGISTER.
    pub call_id: Option<String>,
    /// The route to it (RFC 3327), topmost first.
    pub path: Vec<String>,
    /// How long the registration still lives.
    pub left: Option<Duration>,
    /// Whether it answers, if it is asked.
    pub reach: Option<Reach>,
}

impl ContactStatus {
    /// Its name: that of its address of record, and the digest of its URI. One that registered has `;@` between, one
    /// that the file names `@@`.
    pub fn id(&self) -> String {
        let mark = if self.left.is_some() { ";@" } else { "@@" };
        let digest = md5::Md5::digest(&self.uri);
        let figures: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}{mark}{figures}", self.aor)
    }
}

/// A registration of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationStatus {
    /// The file it stands in.
    pub technology: Technology,
    /// Its name.
    pub name: String,
    /// The URI of the server.
    pub server: String,
    /// Whether it stands.
    pub is_registered: bool,
    /// The same in Asterisk's word: `Registered`, `Unregistered`, `Rejected`.
    pub word: &'static str,
    /// When it is made anew; `None` where it is not.
    pub due: Option<Instant>,
}

impl RegistrationStatus {
    /// How long it is until it is made anew.
    pub fn next(&self) -> Duration {
        self.due.map_or(Duration::ZERO, |due| due.saturating_duration_since(Instant::now()))
    }
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
            aor: aor.name.clone(),
            uri: binding.target.to_string(),
            source: Some(binding.source),
            user_agent: binding.user_agent.clone(),
            call_id: Some(binding.call_id().to_owned()),
            path: binding.path.clone(),
            left: Some(binding.left(now)),
            reach: self.reachability.of(&binding.target),
        });
        let named = aor.contacts.iter().map(|uri| ContactStatus {
            aor: aor.name.clone(),
            uri: uri.clone(),
            source: None,
            user_agent: None,
            call_id: None,
            path: Vec::new(),
            left: None,
            reach: Uri::parse(uri).and_then(|uri| self.reachability.of(&uri)),
        });
        bound.chain(named).collect()
    }

    /// The configuration in service.
    pub fn settings(&self) -> Arc<Endpoints> {
        self.settings.load_full()
    }

    /// What the sockets have seen.
    pub fn counters(&self) -> Counters {
        self.handle.counters()
    }

    /// The messages that came and went of late.
    pub fn history(&self) -> Vec<Passed> {
        self.handle.history()
    }

    /// The calls of late, and the channels above them.
    pub fn recent_calls(&self) -> Vec<Belonging> {
        self.handle.recent_calls()
    }

    /// Keeps whole messages, or their first lines only.
    pub fn keep_whole_messages(&self, keeps: bool) {
        self.handle.keep_whole_messages(keeps);
    }

    /// Forgets all messages.
    pub fn clear_history(&self) {
        self.handle.clear_history();
    }

    /// Remembers which channel a dialog belongs to.
    pub(super) fn note_call(&self, call_id: &str, channel: &Channel) {
        self.handle.note_call(Belonging {
            call_id: call_id.into(),
            channel: Arc::clone(channel.name()),
            linked_id: channel.linked_id(),
        });
    }

    /// Shows SIP messages on the consoles from now on; `None` shows no more.
    pub fn watch(&self, watched: Option<Watched>) {
        self.handle.watch(watched);
    }

    /// The messages that the consoles show.
    pub fn watched(&self) -> Option<Watched> {
        self.handle.watched()
    }

    /// Every registration of ours.
    pub fn registrations(&self) -> Vec<RegistrationStatus> {
        self.registrations.lock().clone()
    }
}
