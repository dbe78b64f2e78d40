//! Sections with `type = endpoint`.

use std::collections::HashMap;

use super::super::encryption;
use super::super::setting::{Reader, list, optional};
use super::super::{Aor, DirectMedia, Endpoint, Initiative, Login, Nat, Reliability, Technology};
use super::rest;
use crate::channel::caller_id::Presentation;
use crate::conf::{Entry, Section, is_false};
use crate::diagnostic::{Diagnostic, codes};
use crate::sip::authentication::Password;

pub(super) fn read(
    section: &Section,
    logins: &HashMap<String, Login>,
    aors: &[Aor],
    reader: &mut Reader<'_>,
) -> Endpoint {
    let mut endpoint = Endpoint::new(Technology::Pjsip, &section.name);
    endpoint.span = Some(section.span);
    endpoint.session_timers.initiative = Initiative::Calling;
    endpoint.session_timers.refresher = None;
    endpoint.session_timers.offers_to_callers = false;
    endpoint.nat = Nat { force_rport: true, symmetric_rtp: false, rewrite_contact: false };
    for entry in &section.entries {
        if !calls(entry, &mut endpoint, reader) && !identity(entry, &mut endpoint, logins, aors, reader) {
            rest("endpoint", entry, reader);
        }
    }
    endpoint
}

/// What its calls are like. Tells whether the setting is about that.
fn calls(entry: &Entry, endpoint: &mut Endpoint, reader: &mut Reader<'_>) -> bool {
    let names = || list(&entry.value).map(str::to_owned).collect();
    let signalling = &mut endpoint.signalling;
    match entry.key.to_ascii_lowercase().as_str() {
        "context" => entry.value.trim().clone_into(&mut endpoint.context),
        "message_context" => endpoint.message_context = optional(entry),
        "subscribe_context" => endpoint.subscribe_context = optional(entry),
        "allow" => reader.codecs(entry, true, &mut endpoint.codecs),
        "disallow" => reader.codecs(entry, false, &mut endpoint.codecs),
        "dtmf_mode" => reader.dtmf_mode(entry, &mut endpoint.dtmf_mode),
        "callerid" => endpoint.caller_id = optional(entry),
        "direct_media" => {
            let mut may_be_direct = true;
            reader.boolean(entry, &mut may_be_direct);
            endpoint.direct_media = if may_be_direct { DirectMedia::Yes } else { DirectMedia::No };
        }
        "rtp_symmetric" => reader.boolean(entry, &mut endpoint.nat.symmetric_rtp),
        "force_rport" => reader.boolean(entry, &mut endpoint.nat.force_rport),
        "rewrite_contact" => reader.boolean(entry, &mut endpoint.nat.rewrite_contact),
        "device_state_busy_at" => reader.number(entry, &mut endpoint.busy_at, "a number of calls"),
        "voicemail_extension" => endpoint.voicemail_extension = optional(entry),
        "user_eq_phone" => reader.boolean(entry, &mut endpoint.marks_numbers),
        "mailboxes" => endpoint.mailboxes = names(),
        "call_group" => reader.groups(entry, &mut endpoint.call_groups),
        "pickup_group" => reader.groups(entry, &mut endpoint.pickup_groups),
        "named_call_group" => endpoint.named_call_groups = names(),
        "named_pickup_group" => endpoint.named_pickup_groups = names(),
        "language" => endpoint.language = optional(entry),
        "moh_suggest" => endpoint.music_class = optional(entry),
        "accountcode" => endpoint.account_code = optional(entry),
        "trust_id_inbound" => reader.boolean(entry, &mut endpoint.trust_identity),
        "send_pai" => reader.boolean(entry, &mut endpoint.send_asserted),
        "send_rpid" => reader.boolean(entry, &mut endpoint.send_remote_party),
        "100rel" => match entry.value.trim().to_ascii_lowercase().as_str() {
            "no" => signalling.reliability = Reliability::No,
            "yes" => signalling.reliability = Reliability::Supported,
            "peer_supported" => signalling.reliability = Reliability::PeerSupported,
            "required" => signalling.reliability = Reliability::Required,
            _ => reader.wrong(entry, "no, yes, peer_supported or required"),
        },
        "allow_overlap" => reader.boolean(entry, &mut signalling.allows_overlap),
        "allow_transfer" => reader.boolean(entry, &mut signalling.allows_transfer),
        "refer_blind_progress" => reader.boolean(entry, &mut signalling.tells_transfers),
        "inband_progress" => reader.boolean(entry, &mut signalling.rings_in_audio),
        "ignore_183_without_sdp" => reader.boolean(entry, &mut signalling.ignores_bare_progress),
        "send_connected_line" => reader.boolean(entry, &mut signalling.tells_connected),
        "trust_connected_line" => reader.boolean(entry, &mut signalling.trusts_connected),
        "trust_id_outbound" => reader.boolean(entry, &mut signalling.trusts_outbound),
        "send_diversion" => reader.boolean(entry, &mut signalling.tells_diversion),
        "send_history_info" => reader.boolean(entry, &mut signalling.tells_history),
        "suppress_q850_reason_headers" => {
            let mut suppresses = false;
            reader.boolean(entry, &mut suppresses);
            signalling.gives_reasons = !suppresses;
        }
        "moh_passthrough" => reader.boolean(entry, &mut signalling.passes_hold),
        "callerid_privacy" => match Presentation::parse(entry.value.trim()) {
            Some(presentation) => signalling.caller_presentation = presentation,
            None => reader.wrong(entry, "allowed, prohib, unavailable or one of their forms"),
        },
        "contact_user" => signalling.contact_user = optional(entry),
        "media_address" => match entry.value.trim().parse() {
            Ok(address) => signalling.media_address = Some(address),
            Err(_) => reader.wrong(entry, "an address"),
        },
        "sdp_owner" => entry.value.trim().clone_into(&mut signalling.title.owner),
        "sdp_session" => entry.value.trim().clone_into(&mut signalling.title.session),
        "tone_zone" => signalling.tone_zone = optional(entry),
        "one_touch_recording" => reader.boolean(entry, &mut signalling.records_on_request),
        "record_on_feature" => entry.value.trim().clone_into(&mut signalling.record_features[0]),
        "record_off_feature" => entry.value.trim().clone_into(&mut signalling.record_features[1]),
        "allow_subscribe" => reader.boolean(entry, &mut signalling.allows_subscriptions),
        "notify_early_inuse_ringing" => reader.boolean(entry, &mut signalling.rings_in_use),
        "sub_min_expiry" => reader.seconds(entry, &mut signalling.least_subscription),
        "aggregate_mwi" => reader.boolean(entry, &mut signalling.aggregates_mailboxes),
        "timers" => {
            let word = entry.value.trim().to_ascii_lowercase();
            endpoint.session_timers.is_accepted = !is_false(&word);
            endpoint.session_timers.initiative = match word.as_str() {
                "always" | "required" | "forced" => Initiative::Always,
                _ => Initiative::Calling,
            };
        }
        "timers_min_se" => reader.seconds(entry, &mut endpoint.session_timers.least),
        "timers_sess_expires" => reader.seconds(entry, &mut endpoint.session_timers.interval),
        "redirect_method" => endpoint.follows_redirects = !entry.value.trim().eq_ignore_ascii_case("user"),
        "set_var" => reader.variable(entry, &mut endpoint.variables),
        "rtp_timeout" => reader.timeout(entry, &mut endpoint.rtp_timeout),
        "rtp_timeout_hold" => reader.timeout(entry, &mut endpoint.rtp_hold_timeout),
        _ => return encryption::of_pjsip(entry, &mut endpoint.encryption, reader),
    }
    true
}

/// Who it is and where. Tells whether the setting is about that.
fn identity(
    entry: &Entry,
    endpoint: &mut Endpoint,
    logins: &HashMap<String, Login>,
    aors: &[Aor],
    reader: &mut Reader<'_>,
) -> bool {
    match entry.key.to_ascii_lowercase().as_str() {
        "aors" => {
            endpoint.aors = list(&entry.value).map(str::to_owned).collect();
            for name in &endpoint.aors {
                if !aors.iter().any(|aor| aor.name.eq_ignore_ascii_case(name)) {
                    missing(entry, "aor", name, reader);
                }
            }
        }
        // A password that cannot be looked up must not open the door.
        "auth" => {
            let unprovable = Login { username: endpoint.name.clone(), password: Password::Unprovable, realm: None };
            endpoint.login = optional(entry).map(|_| named_login(entry, logins, reader).unwrap_or(unprovable));
            endpoint.further_logins = further_logins(entry, logins);
        }
        "outbound_auth" => {
            endpoint.outbound_login = named_login(entry, logins, reader);
            endpoint.further_outbound_logins = further_logins(entry, logins);
        }
        "from_user" => endpoint.from_user = optional(entry),
        "from_domain" => endpoint.from_domain = optional(entry),
        "identify_by" => {
            let mut methods = list(&entry.value).map(str::to_ascii_lowercase).collect::<Vec<_>>();
            endpoint.by_username = methods.iter().any(|method| method == "username");
            endpoint.by_auth_username = methods.iter().any(|method| method == "auth_username");
            methods.retain(|method| !["username", "auth_username", "ip", "header"].contains(&method.as_str()));
            if !methods.is_empty() {
                reader.wrong(entry, "username, auth_username, ip or header");
            }
        }
        "permit" => reader.access(entry, true, &mut endpoint.access),
        "deny" => reader.access(entry, false, &mut endpoint.access),
        "outbound_proxy" => endpoint.outbound_proxy = optional(entry),
        "transport" => endpoint.transport = optional(entry),
        _ => return false,
    }
    true
}

/// The login of the first of the sections that a setting names.
pub(super) fn named_login(entry: &Entry, logins: &HashMap<String, Login>, reader: &mut Reader<'_>) -> Option<Login> {
    let name = list(&entry.value).next()?;
    let login = logins.get(&name.to_ascii_lowercase()).cloned();
    if login.is_none() {
        missing(entry, "auth", name, reader);
    }
    login
}

/// The logins of the others.
fn further_logins(entry: &Entry, logins: &HashMap<String, Login>) -> Vec<Login> {
    list(&entry.value).skip(1).filter_map(|name| logins.get(&name.to_ascii_lowercase())).cloned().collect()
}

/// Tells that a setting names a section that is not there.
pub(super) fn missing(entry: &Entry, kind: &str, name: &str, reader: &mut Reader<'_>) {
    let message = format!("there is no [{name}] with type = {kind}");
    let diagnostic = Diagnostic::warning(codes::MISSING_SECTION, message).at(entry.value_span, "named here");
    reader.tell(diagnostic.help(format!("add the section [{name}] with type = {kind}, or correct the name")));
}
