//! SIP status codes and the ISDN causes (ITU-T Q.850) that `${HANGUPCAUSE}`, `Hangup(cause)` and Dial speak.
//!
//! A call that failed on a SIP leg has a cause ([`from_status`]); a call that the plan refuses with a cause needs a
//! status ([`to_status`]). The tables follow Asterisk's documented ["Hangup Cause Mappings"][mappings], which differ
//! in places from RFC 3398 (§8.2.6 SIP to ISUP, §7.2.4.1 ISUP to SIP), the document they come from:
//!
//! | status | cause | meaning | where RFC 3398 differs |
//! |---|---|---|---|
//! | 404, 485, 604 | 1 | unallocated number | |
//! | 420 | 3 | no route to destination | 127 |
//! | 486, 600 | 17 | user busy | |
//! | 408 | 18 | no user responding | 102 |
//! | 480, 483 | 19 | no answer from the user | 18, 25 |
//! | 401, 403, 407, 603 | 21 | call rejected | |
//! | 410 | 22 | number changed | |
//! | 502 | 27 | destination out of order | 38 |
//! | 484 | 28 | invalid number format | |
//! | 501 | 29 | facility rejected | 79 |
//! | other 5xx | 34 | congestion | 41 |
//! | 500 | 38 | network out of order | 41 |
//! | 409 | 41 | temporary failure | |
//! | 488, 606 | 58 | bearer capability not available | by warning |
//! | 504 | 102 | recovery on timer expiry | |
//! | 505, other 4xx and 6xx | 127 | interworking | |
//!
//! A `Reason: Q.850;cause=N` header (RFC 3326, RFC 6432) is the far end's own word and beats the table where the
//! endpoint trusts it: [`from_reason`], [`to_reason`].
//!
//! [mappings]: https://docs.asterisk.org/Configuration/Miscellaneous/Hangup-Cause-Mappings/

/// Cause 16: the call ended in good order.
pub const NORMAL_CLEARING: u8 = 16;

/// Statuses that have a cause of their own; the rest weigh as their class does.
const CAUSES: &[(u8, &[u16])] = &[
    (1, &[404, 485, 604]),
    (3, &[420]),
    (17, &[486, 600]),
    (18, &[408]),
    (19, &[480, 483]),
    (21, &[401, 403, 407, 603]),
    (22, &[410]),
    (27, &[502]),
    (28, &[484]),
    (29, &[501]),
    (38, &[500]),
    (41, &[409]),
    (58, &[488, 606]),
    (102, &[504]),
    (127, &[505]),
];

/// Causes that refuse a call with a status of their own.
const STATUSES: &[(u16, &[u8])] = &[
    (404, &[1, 2, 3]),
    (486, &[17]),
    (408, &[18]),
    (480, &[19, 20, 31]),
    (403, &[21]),
    (410, &[22]),
    (502, &[27]),
    (484, &[28]),
    (501, &[29]),
    (503, &[34, 42, 66]),
    (500, &[38, 127]),
    (488, &[58]),
];

/// The ISDN cause of a call that ended with this final SIP status. A success (2xx) is [`NORMAL_CLEARING`].
pub fn from_status(status: u16) -> u8 {
    let own = CAUSES.iter().find(|(_, statuses)| statuses.contains(&status));
    match (own, status) {
        (Some((cause, _)), _) => *cause,
        (None, 400..=499 | 600..=699) => 127,
        (None, 500..=599) => 34,
        (None, _) => NORMAL_CLEARING,
    }
}

/// The SIP status that refuses a call with this ISDN cause.
///
/// `None` for a cause that names no failure of its own, as 16 does; Asterisk then declines an unanswered call
/// with 603.
pub fn to_status(cause: u8) -> Option<u16> {
    STATUSES.iter().find(|(_, causes)| causes.contains(&cause)).map(|(status, _)| *status)
}

/// The Q.850 cause in the value of a `Reason` header, which may list several reasons: `SIP;cause=487, Q.850;cause=16`.
pub fn from_reason(value: &str) -> Option<u8> {
    split_outside_quotes(value, ',').find_map(|reason| {
        let mut parts = split_outside_quotes(reason, ';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case("Q.850") {
            return None;
        }
        let cause = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("cause").then_some(value.trim())
        })?;
        cause.parse().ok().filter(|cause| *cause <= 127)
    })
}

/// The value of the `Reason` header for a cause.
pub fn to_reason(cause: u8) -> String {
    format!("Q.850;cause={cause}")
}

/// The pieces of `text` between separators that stand outside a quoted string.
fn split_outside_quotes(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |letter| {
        let was_escaped = escaped;
        escaped = quoted && letter == '\\' && !was_escaped;
        if letter == '"' && !was_escaped {
            quoted = !quoted;
        }
        letter == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_become_the_causes_asterisk_documents() {
        let expected = [
            (200, 16),
            (401, 21),
            (403, 21),
            (404, 1),
            (408, 18),
            (410, 22),
            (480, 19),
            (484, 28),
            (486, 17),
            (487, 127),
            (488, 58),
            (500, 38),
            (503, 34),
            (504, 102),
            (580, 34),
            (600, 17),
            (603, 21),
            (699, 127),
        ];
        for (status, cause) in expected {
            assert_eq!(from_status(status), cause, "{status}");
        }
    }

    #[test]
    fn causes_become_statuses_and_a_normal_end_has_none() {
        for (cause, status) in
            [(1, 404), (17, 486), (19, 480), (21, 403), (28, 484), (34, 503), (38, 500), (58, 488), (127, 500)]
        {
            assert_eq!(to_status(cause), Some(status), "{cause}");
        }
        assert_eq!(to_status(NORMAL_CLEARING), None);
        assert_eq!(to_status(102), None);
        assert_eq!(to_status(255), None);
    }

    #[test]
    fn a_reason_header_names_its_cause_among_others_and_in_any_case() {
        assert_eq!(from_reason("Q.850;cause=16;text=\"Terminated\""), Some(16));
        assert_eq!(from_reason("SIP;cause=487;text=\"a, Q.850;cause=1\" , q.850 ; Cause = 17"), Some(17));
        assert_eq!(from_reason("SIP;cause=200"), None);
        assert_eq!(from_reason("Q.850;cause=999"), None);
        assert_eq!(from_reason("Q.850;cause=128"), None);
        assert_eq!(from_reason(""), None);
        assert_eq!(from_reason("Q.850;text=\"\\\";cause=3"), None, "an open quote swallows the rest");
    }

    #[test]
    fn a_written_reason_reads_back() {
        for cause in 0..=127 {
            assert_eq!(from_reason(&to_reason(cause)), Some(cause));
        }
    }
}
