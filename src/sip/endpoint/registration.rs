//! Our registrations with others.

use std::time::Duration;

use super::{Login, Technology};

/// A registration of ours with somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Whose configuration asks for it.
    pub technology: Technology,
    /// The section's name, or `user@host`.
    pub name: String,
    /// Where to: `sip:provider.example`.
    pub server_uri: String,
    /// Whom for: `sip:user@provider.example`.
    pub client_uri: String,
    /// How we prove ourselves.
    pub login: Option<Login>,
    /// The user part of our contact, where its calls come in: `s`.
    pub contact_user: String,
    /// How long to ask for: 3600 s, `defaultexpiry` in `sip.conf`.
    pub expiry: Duration,
    /// How long to wait after a failure: 60 s, `registertimeout` in `sip.conf`.
    pub retry: Duration,
    /// The transport to use, or the name of a [`Listen`](super::Listen).
    pub transport: Option<String>,
    /// Where it goes first.
    pub outbound_proxy: Option<String>,
    /// The endpoint it belongs to, if said.
    pub endpoint: Option<String>,
    /// `line`: calls that come back to our contact are the endpoint's.
    pub line: Option<String>,
    pub persistence: Persistence,
}

/// How long a registration is tried for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Persistence {
    /// `max_retries`: 10 in `pjsip.conf`, no end in `sip.conf`.
    pub retries: Option<u32>,
    /// `forbidden_retry_interval`: how long to wait after a 403; `None` gives up.
    pub after_forbidden: Option<Duration>,
    /// `fatal_retry_interval`: how long to wait after another 4xx, 5xx or 6xx that will not go away; `None` gives up.
    pub after_fatal: Option<Duration>,
    /// `auth_rejection_permanent`: a refused password is not tried again, yes in `pjsip.conf`.
    pub gives_up_on_password: bool,
}

impl Persistence {
    /// `chan_sip`: whatever comes, the next one is sent after a while.
    pub const SIP: Self = Self { retries: None, after_forbidden: None, after_fatal: None, gives_up_on_password: false };
    /// `chan_pjsip`.
    pub const PJSIP: Self =
        Self { retries: Some(10), after_forbidden: None, after_fatal: None, gives_up_on_password: true };
}
