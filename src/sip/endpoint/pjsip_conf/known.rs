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
    let settings = match kind {
        "global" => GLOBAL,
        "system" => &[
            "accept_multiple_sdp_answers",
            "compact_headers",
            "disable_rport",
            "disable_tcp_switch",
            "follow_early_media_fork",
            "threadpool_auto_increment",
            "threadpool_idle_timeout",
            "threadpool_initial_size",
            "threadpool_max_size",
            "100rel",
            "timer_t2",
        ],
        _ => {
            let fields = fields::of(kind);
            return fields.is_empty() || fields.iter().any(|known| known.name.eq_ignore_ascii_case(key));
        }
    };
    settings.iter().any(|known| known.eq_ignore_ascii_case(key))
}

const GLOBAL: &[&str] = &[
    "all_codecs_on_empty_reinvite",
    "contact_expiration_check_interval",
    "debug",
    "ignore_uri_user_options",
    "keep_alive_interval",
    "max_initial_qualify_time",
    "mwi_disable_initial_unsolicited",
    "mwi_tps_queue_high",
    "mwi_tps_queue_low",
    "regcontext",
    "send_contact_status_on_update_registration",
    "taskprocessor_overload_trigger",
    "unidentified_request_count",
    "unidentified_request_period",
    "unidentified_request_prune_interval",
    "use_callerid_contact",
];
