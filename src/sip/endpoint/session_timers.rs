//! When a session that is not refreshed ends.

use std::time::Duration;

/// Session timers (RFC 4028): `session-timers`, `session-expires`, `session-minse`; `timers`, `timers_sess_expires`,
/// `timers_min_se`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimers {
    /// A peer may ask for one: yes.
    pub is_accepted: bool,
    /// Whether we ask for one: yes when calling in `pjsip.conf`, no in `sip.conf`.
    pub initiative: Initiative,
    /// The interval that we ask for: 1800 s.
    pub interval: Duration,
    /// The shortest one that a peer may ask for: 90 s.
    pub least: Duration,
    /// Who is to refresh, if said: in `sip.conf` who is called.
    pub refresher: Option<Refresher>,
    /// Callers that know of timers get one although they did not ask: yes in `sip.conf`.
    pub offers_to_callers: bool,
}

/// When we ask a peer for a session timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiative {
    Never,
    /// In calls of ours.
    Calling,
    /// In calls of the peer too.
    Always,
}

/// `session-refresher`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// Who calls.
    Uac,
    /// Who is called.
    Uas,
}

impl Default for SessionTimers {
    fn default() -> Self {
        let (interval, least) = (Duration::from_secs(1800), Duration::from_secs(90));
        Self {
            is_accepted: true,
            initiative: Initiative::Never,
            interval,
            least,
            refresher: Some(Refresher::Uas),
            offers_to_callers: true,
        }
    }
}
