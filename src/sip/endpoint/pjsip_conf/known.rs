//! Settings of `chan_pjsip` that change nothing here: naming one is no mistake.

use super::fields;

/// Every section type.
pub(super) const TYPES: &[&str] = &[
    "endpoint",
    "auth",
    "aor",
    "identify",
    "transport",
    "registration",
    "global",
    "system",
    "acl",
    "contact",
    "domain_alias",
    "phoneprov",
    "subscription_persistence",
    "resource_list",
    "outbound-publish",
    "inbound-publication",
    "asterisk-publication",
    "wizard",
    "profile",
    "attestation",
    "verification",
];

/// Whether Asterisk knows a setting in sections of a type. Types that are not read here know every setting.
pub(super) fn is_known(kind: &str, key: &str) -> bool {
    let fields = fields::of(kind);
    fields.is_empty()
        || fields.iter().any(|known| known.name.eq_ignore_ascii_case(key))
        || kind == "system" && ["100rel", "timer_t2"].contains(&key)
}
