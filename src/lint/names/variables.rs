//! Asterisk's variables.

/// Those that went, the first version without them, and what to write instead.
#[rustfmt::skip]
pub(super) const REPLACED: &[(&str, &str, &str)] = &[
    ("ACCOUNTCODE", "1.6", "${CHANNEL(accountcode)}"),
    ("CALLERANI", "1.4", "${CALLERID(ani)}"),
    ("CALLERID", "1.4", "${CALLERID(all)}"),
    ("CALLERIDNAME", "1.4", "${CALLERID(name)}"),
    ("CALLERIDNUM", "1.4", "${CALLERID(num)}"),
    ("CALLINGANI2", "1.4", "${CALLERID(ani2)}"),
    ("CALLINGPRES", "1.8", "${CALLERID(pres)}"),
    ("CALLINGTNS", "1.8", "${CALLERID(tns)}"),
    ("CALLINGTON", "1.8", "${CALLERID(num-plan)}"),
    ("DATETIME", "1.4", "${STRFTIME(${EPOCH},,%d%m%Y-%H:%M:%S)}"),
    ("DNID", "1.4", "${CALLERID(dnid)}"),
    ("LANGUAGE", "1.4", "${CHANNEL(language)}"),
    ("RDNIS", "1.4", "${REDIRECTING(from-num)}"),
    ("TIMESTAMP", "1.4", "${STRFTIME(${EPOCH},,%Y%m%d-%H%M%S)}"),
];

/// Those that are always there or that Asterisk sets.
#[rustfmt::skip]
pub(super) const SET_BY_ASTERISK: &[&str] = &[
    "EXTEN", "CONTEXT", "PRIORITY", "CHANNEL", "UNIQUEID", "EPOCH", "HANGUPCAUSE", "DIALSTATUS", "DIALEDTIME",
    "ANSWEREDTIME", "DIALEDPEERNAME", "DIALEDPEERNUMBER", "BRIDGEPEER", "BLINDTRANSFER", "ATTENDEDTRANSFER",
    "INVALID_EXTEN", "GOSUB_RETVAL", "MACRO_EXTEN", "MACRO_CONTEXT", "MACRO_PRIORITY", "SYSTEMSTATUS",
    "VMSTATUS", "QUEUESTATUS", "READSTATUS", "PLAYBACKSTATUS", "RECORD_STATUS", "SIPCALLID", "SIPDOMAIN", "SIPURI",
    "SYSTEMNAME", "ENTITYID", "ASTDATADIR", "ASTSPOOLDIR", "ASTVARLIBDIR", "ASTETCDIR", "ASTLOGDIR",
];

/// Those that people write and that never were, with what they mean.
pub(super) const MISTAKEN: &[(&str, &str)] = &[
    ("EXTENSION", "EXTEN"),
    ("CALLERNUM", "CALLERID(num)"),
    ("CALLERNAME", "CALLERID(name)"),
    ("CALLER_ID", "CALLERID(all)"),
    ("CID", "CALLERID(num)"),
    ("DIAL_STATUS", "DIALSTATUS"),
    ("HANGUP_CAUSE", "HANGUPCAUSE"),
    ("UNIQUE_ID", "UNIQUEID"),
];
