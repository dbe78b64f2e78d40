//! What we speak beyond RFC 3261, as Supported says it.

use super::reliable;
use crate::sip::endpoint::{Endpoint, Reliability, Technology};

/// What a request may require of us.
pub(super) const UNDERSTOOD: [&str; 8] =
    [reliable::TAG, "eventlist", "timer", "replaces", "norefersub", "histinfo", "path", "outbound"];

/// The value of Supported in a call to an endpoint: `chan_pjsip` asks for the history of its answer there always.
pub(super) fn offered(endpoint: &Endpoint) -> String {
    let mut tags = supported(endpoint);
    if endpoint.technology == Technology::Pjsip && !endpoint.signalling.tells_history {
        tags.push_str(", histinfo");
    }
    tags
}

/// The value of Supported in other messages to an endpoint.
pub(super) fn supported(endpoint: &Endpoint) -> String {
    let is_reliable = endpoint.signalling.reliability != Reliability::No;
    let tags = [
        (reliable::TAG, is_reliable),
        ("timer", endpoint.session_timers.is_accepted),
        ("replaces", true),
        ("norefersub", true),
        ("histinfo", endpoint.signalling.tells_history),
    ];
    tags.iter().filter(|(_, speaks)| *speaks).map(|(tag, _)| *tag).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_endpoint_may_not_have_is_not_offered() {
        let mut endpoint = Endpoint::new(Technology::Pjsip, "2001");
        assert_eq!(supported(&endpoint), "100rel, timer, replaces, norefersub");
        assert_eq!(offered(&endpoint), "100rel, timer, replaces, norefersub, histinfo");
        endpoint.signalling.reliability = Reliability::No;
        endpoint.session_timers.is_accepted = false;
        assert_eq!(supported(&endpoint), "replaces, norefersub");
    }
}
