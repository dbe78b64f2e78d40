//! Addresses of record, and lists of what can be watched.

use std::time::Duration;

use super::Qualify;

/// How long bindings live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// The shortest granted.
    pub minimum: Duration,
    /// What is granted to who asks for nothing.
    pub default: Duration,
    /// The longest granted.
    pub maximum: Duration,
}

impl Expiry {
    /// `chan_sip`: 60 s, 120 s, 3600 s.
    pub const SIP: Self = Self::of(60, 120, 3600);
    /// `chan_pjsip`: 60 s, 3600 s, 7200 s.
    pub const PJSIP: Self = Self::of(60, 3600, 7200);

    /// How long a binding lives that asks for so many seconds, or for nothing; 0 ends it.
    pub fn granted(&self, wanted: Option<u32>) -> Duration {
        match wanted.map(|seconds| Duration::from_secs(seconds.into())) {
            Some(Duration::ZERO) => Duration::ZERO,
            wanted => wanted.unwrap_or(self.default).min(self.maximum).max(self.minimum),
        }
    }

    const fn of(minimum: u64, default: u64, maximum: u64) -> Self {
        Self {
            minimum: Duration::from_secs(minimum),
            default: Duration::from_secs(default),
            maximum: Duration::from_secs(maximum),
        }
    }
}

/// An address of record: what phones register under, and where to call otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aor {
    /// The section's name.
    pub name: String,
    /// URIs that are always there (`host`, `contact`).
    pub contacts: Vec<String>,
    /// How many may register: 1 in `sip.conf` with `host = dynamic`, 0 in `pjsip.conf`.
    pub max_contacts: usize,
    /// A new contact takes the place of an old one: always in `sip.conf`, no in `pjsip.conf`.
    pub remove_existing: bool,
    /// How long registrations live.
    pub expiry: Expiry,
    /// `None` asks nothing, the default.
    pub qualify: Option<Qualify>,
    /// Where requests to its contacts go first.
    pub outbound_proxy: Option<String>,
    /// `mailboxes`: what telephones that subscribe to it are told of.
    pub mailboxes: Vec<String>,
    /// `voicemail_extension`: the number that the message lamp of who subscribes calls.
    pub voicemail_extension: Option<String>,
    /// `support_path`: a route to its contacts is kept and taken; no in `pjsip.conf`.
    pub supports_path: bool,
    /// `remove_unavailable`: contacts that do not answer make room for new ones first: no.
    pub remove_unavailable: bool,
}

impl Aor {
    /// One that takes no registrations yet.
    pub fn new(name: &str, expiry: Expiry) -> Self {
        Self {
            name: name.to_owned(),
            contacts: Vec::new(),
            max_contacts: 0,
            remove_existing: false,
            expiry,
            qualify: None,
            outbound_proxy: None,
            mailboxes: Vec::new(),
            voicemail_extension: None,
            supports_path: true,
            remove_unavailable: false,
        }
    }
}

/// A section with `type = resource_list`: what one subscription watches together (RFC 4662).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceList {
    /// The section's name, which is subscribed to.
    pub name: String,
    /// `event`: the package of its items.
    pub event: String,
    /// `list_item`, in order.
    pub items: Vec<String>,
    /// `full_state`: every NOTIFY tells of all: no.
    pub is_full: bool,
    /// `notification_batch_interval`: how long changes are gathered: not at all.
    pub pause: Duration,
}
