//! One contact of an address of record.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::{Change, Event, Register};
use crate::sip::endpoint::Transport;
use crate::sip::wire::{NameAddr, Uri};

/// Where a phone is, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The address of record, as configured.
    pub aor: String,
    /// The contact as it was registered.
    pub contact: Uri,
    /// The URI to call: the contact, or where it registered from if that is to be trusted more.
    pub target: Uri,
    /// Where the REGISTER came from.
    pub source: SocketAddr,
    /// What it came over.
    pub transport: Transport,
    /// When it ends.
    pub expires: Instant,
    /// What the phone calls itself.
    pub user_agent: Option<String>,
    /// The route to it (RFC 3327), topmost first.
    pub path: Vec<String>,
    pub(super) call_id: String,
}

impl Binding {
    pub(super) fn new(request: &Register<'_>, contact: &NameAddr, expires: Instant) -> Self {
        let mut target = contact.uri.clone();
        if request.rewrite
            && let Some(uri) = target.as_sip_mut()
        {
            uri.host = rsip::Host::IpAddr(request.source.ip());
            uri.port = Some(request.source.port());
        }
        Self {
            aor: request.aor.name.clone(),
            contact: contact.uri.clone(),
            target,
            source: request.source,
            transport: request.transport,
            expires,
            user_agent: request.user_agent.map(str::to_owned),
            path: request.path.to_vec(),
            call_id: request.call_id.to_owned(),
        }
    }

    /// The `Call-ID` of the REGISTER that made it.
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// How long it still lives.
    pub fn left(&self, now: Instant) -> Duration {
        self.expires.saturating_duration_since(now)
    }

    /// The value of its `Contact` header in an answer.
    pub(super) fn contact_header(&self, now: Instant) -> String {
        let left = self.left(now);
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        format!("<{}>;expires={seconds}", self.contact)
    }

    /// Whether a contact means the same place: user, host, port and transport are compared (RFC 3261 §19.1.4).
    pub(super) fn is_at(&self, other: &Uri) -> bool {
        match (self.contact.as_sip(), other.as_sip()) {
            (Some(ours), Some(theirs)) => {
                self.contact.user() == other.user()
                    && ours.secure == theirs.secure
                    && ours.host.to_string().eq_ignore_ascii_case(&theirs.host.to_string())
                    && ours.port == theirs.port
                    && ours.transport() == theirs.transport()
            }
            _ => self.contact == *other,
        }
    }

    pub(super) fn event(&self, change: Change) -> Event {
        Event { aor: self.aor.clone(), contact: self.contact.to_string(), source: self.source, change }
    }
}
