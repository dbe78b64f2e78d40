//! Why a call ended: the cause values of ITU-T Q.850, with Asterisk's words.

use std::fmt;

/// A hang-up cause (Q.850 table 1). 0 stands for "none given", as in Asterisk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cause(pub u16);

impl Cause {
    pub const NONE: Cause = Cause(0);
    pub const UNALLOCATED: Cause = Cause(1);
    pub const NORMAL: Cause = Cause(16);
    pub const BUSY: Cause = Cause(17);
    pub const NO_USER_RESPONSE: Cause = Cause(18);
    pub const NO_ANSWER: Cause = Cause(19);
    pub const REJECTED: Cause = Cause(21);
    pub const ANSWERED_ELSEWHERE: Cause = Cause(26);
    pub const CONGESTION: Cause = Cause(34);
    pub const SWITCH_CONGESTION: Cause = Cause(42);
    pub const FAILURE: Cause = Cause(38);
    pub const INTERWORKING: Cause = Cause(127);

    /// Reads what `Hangup` accepts: a name in any case, or what begins with a number.
    pub fn parse(text: &str) -> Option<Cause> {
        let named = NAMES.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(text));
        if let Some((number, ..)) = named {
            return Some(Cause(*number));
        }
        let text = text.trim_ascii_start();
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text).bytes().take_while(u8::is_ascii_digit).count();
        let sign = text.len() - text.strip_prefix(['+', '-']).unwrap_or(text).len();
        text.get(..sign + digits)?.parse().ok().map(Cause)
    }

    /// The words that the manager shows, such as `Normal Clearing`.
    pub fn words(self) -> &'static str {
        NAMES.iter().find(|(number, ..)| *number == self.0).map_or("Unknown", |(.., words)| words)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Number, name as `Hangup` takes it, words. From Q.850 and Asterisk's documentation of `Hangup`.
const NAMES: &[(u16, &str, &str)] = &[
    (1, "UNALLOCATED", "Unallocated (unassigned) number"),
    (2, "NO_ROUTE_TRANSIT_NET", "No route to specified transmit network"),
    (3, "NO_ROUTE_DESTINATION", "No route to destination"),
    (5, "MISDIALLED_TRUNK_PREFIX", "Misdialed trunk prefix"),
    (6, "CHANNEL_UNACCEPTABLE", "Channel unacceptable"),
    (7, "CALL_AWARDED_DELIVERED", "Call awarded and being delivered in an established channel"),
    (8, "PRE_EMPTED", "Pre-empted"),
    (14, "NUMBER_PORTED_NOT_HERE", "QoR: ported number"),
    (16, "NORMAL_CLEARING", "Normal Clearing"),
    (17, "USER_BUSY", "User busy"),
    (18, "NO_USER_RESPONSE", "No user responding"),
    (19, "NO_ANSWER", "User alerting, no answer"),
    (20, "SUBSCRIBER_ABSENT", "Subscriber absent"),
    (21, "CALL_REJECTED", "Call Rejected"),
    (22, "NUMBER_CHANGED", "Number changed"),
    (23, "REDIRECTED_TO_NEW_DESTINATION", "Redirected to new destination"),
    (26, "ANSWERED_ELSEWHERE", "Answered elsewhere"),
    (27, "DESTINATION_OUT_OF_ORDER", "Destination out of order"),
    (28, "INVALID_NUMBER_FORMAT", "Invalid number format"),
    (29, "FACILITY_REJECTED", "Facility rejected"),
    (30, "RESPONSE_TO_STATUS_ENQUIRY", "Response to STATus ENQuiry"),
    (31, "NORMAL_UNSPECIFIED", "Normal, unspecified"),
    (34, "NORMAL_CIRCUIT_CONGESTION", "Circuit/channel congestion"),
    (38, "NETWORK_OUT_OF_ORDER", "Network out of order"),
    (41, "NORMAL_TEMPORARY_FAILURE", "Temporary failure"),
    (42, "SWITCH_CONGESTION", "Switching equipment congestion"),
    (43, "ACCESS_INFO_DISCARDED", "Access information discarded"),
    (44, "REQUESTED_CHAN_UNAVAIL", "Requested channel not available"),
    (50, "FACILITY_NOT_SUBSCRIBED", "Facility not subscribed"),
    (52, "OUTGOING_CALL_BARRED", "Outgoing call barred"),
    (54, "INCOMING_CALL_BARRED", "Incoming call barred"),
    (57, "BEARERCAPABILITY_NOTAUTH", "Bearer capability not authorized"),
    (58, "BEARERCAPABILITY_NOTAVAIL", "Bearer capability not available"),
    (65, "BEARERCAPABILITY_NOTIMPL", "Bearer capability not implemented"),
    (66, "CHAN_NOT_IMPLEMENTED", "Channel not implemented"),
    (69, "FACILITY_NOT_IMPLEMENTED", "Facility not implemented"),
    (81, "INVALID_CALL_REFERENCE", "Invalid call reference value"),
    (88, "INCOMPATIBLE_DESTINATION", "Incompatible destination"),
    (95, "INVALID_MSG_UNSPECIFIED", "Invalid message unspecified"),
    (96, "MANDATORY_IE_MISSING", "Mandatory information element is missing"),
    (97, "MESSAGE_TYPE_NONEXIST", "Message type nonexist."),
    (98, "WRONG_MESSAGE", "Wrong message"),
    (99, "IE_NONEXIST", "Info. element nonexist or not implemented"),
    (100, "INVALID_IE_CONTENTS", "Invalid information element contents"),
    (101, "WRONG_CALL_STATE", "Message not compatible with call state"),
    (102, "RECOVERY_ON_TIMER_EXPIRE", "Recover on timer expiry"),
    (103, "MANDATORY_IE_LENGTH_ERROR", "Mandatory IE length error"),
    (111, "PROTOCOL_ERROR", "Protocol error, unspecified"),
    (127, "INTERWORKING", "Interworking, unspecified"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangup_takes_numbers_and_names() {
        assert_eq!(Cause::parse("17"), Some(Cause::BUSY));
        assert_eq!(Cause::parse(" 17 "), Some(Cause::BUSY));
        assert_eq!(Cause::parse("500"), Some(Cause(500)));
        assert_eq!(Cause::parse("user_busy"), Some(Cause::BUSY));
        assert_eq!(Cause::parse("busy"), None);
        assert_eq!(Cause::parse("nonsense"), None);
    }
}
