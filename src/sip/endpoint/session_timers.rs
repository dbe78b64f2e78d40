//! When a session that is not refreshed ends.

use std::time::Duration;

/// Session timers (RFC 4028): `session-timers`, `session-expires`, `session-minse`; `timers`, `timers_sess_expires`,
/// `timers_min_se`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimers {
    /// A peer may ask for one: yes.
    pub is_accepted: bool,
    /// We ask for one: no.
    pub is_wanted: bool,
    /// The interval that we ask for: 1800 s.
    pub interval: Duration,
    /// The shortest one that a peer may ask for: 90 s.
    pub least: Duration,
    /// Who is to refresh, if said.
    pub refresher: Option<Refresher>,
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
        Self { is_accepted: true, is_wanted: false, interval, least, refresher: None }
    }
}
