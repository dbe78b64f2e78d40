//! The sections of peers, users and friends.

use std::time::Duration;

use super::super::encryption;
use super::super::setting::{self, Reader, list, optional};
use super::super::{
    Aor, DirectMedia, Endpoint, Host, HostPort, Identity, Initiative, Insecure, Login, Refresher, Role, SIP_PORT,
};
use super::{Asking, Defaults, general};
use crate::conf::{Entry, Section, is_false, is_true};
use crate::diagnostic::{Diagnostic, codes};
use crate::sip::authentication::{Password, Secret};

/// Settings of `chan_sip` peers that change nothing here.
const KNOWN: &[&str] = &[
    "acl",
    "allowoverlap",
    "allowsubscribe",
    "allowtransfer",
    "amaflags",
    "auth",
    "autoframing",
    "avpf",
    "buggymwi",
    "callbackextension",
    "callcounter",
    "callingpres",
    "cc_agent_policy",
    "cc_monitor_policy",
    "cid_tag",
    "contactacl",
    "contactdeny",
    "contactpermit",
    "description",
    "directmediaacl",
    "directmediadeny",
    "directmediapermit",
    "disallowed_methods",
    "discard_remote_hold_retrieval",
    "dtlscafile",
    "dtlscapath",
    "dtlscertfile",
    "dtlscipher",
    "dtlsenable",
    "dtlsfingerprint",
    "dtlsprivatekey",
    "dtlsrekey",
    "dtlssetup",
    "dtlsverify",
    "faxdetect",
    "force_avp",
    "fullname",
    "g726nonstandard",
    "hasiax",
    "hassip",
    "hasvoicemail",
    "hasmanager",
    "icesupport",
    "ignore_requested_pref",
    "ignoresdpversion",
    "ipaddr",
    "keepalive",
    "lastms",
    "maxcallbitrate",
    "maxforwards",
    "mohinterpret",
    "musiconhold",
    "name",
    "parkinglot",
    "preferred_codec_only",
    "progressinband",
    "regexten",
    "regseconds",
    "regserver",
    "remotesecret",
    "rfc2833compensate",
    "rpid_immediate",
    "rpid_update",
    "rtcp_mux",
    "rtpkeepalive",
    "send_diversion",
    "snom_aoc_enabled",
    "subscribe_network_change_event",
    "subscribemwi",
    "supportpath",
    "t38pt_udptl",
    "t38pt_usertpsource",
    "textsupport",
    "timerb",
    "timert1",
    "tonezone",
    "trust_id_outbound",
    "unsolicited_mailbox",
    "use_q850_reason",
    "videosupport",
    "webrtc",
    "linenumber",
    "label",
    "cid_number",
    "macaddress",
];

/// What a section says about who it is, besides what [`shared`] settings say.
#[derive(Default)]
struct Identification {
    secret: Option<Secret>,
    hash: Option<Secret>,
    remote_secret: Option<Secret>,
    host: Option<HostPort>,
    is_dynamic: bool,
    default_address: Option<HostPort>,
    port: Option<u16>,
    default_user: Option<String>,
}

/// Reads one peer with its address of record. `None` for a section that is none.
pub(super) fn read(section: &Section, defaults: &Defaults, reader: &mut Reader<'_>) -> Option<(Endpoint, Option<Aor>)> {
    let mut endpoint = Endpoint { name: section.name.clone(), span: Some(section.span), ..defaults.endpoint.clone() };
    endpoint.role = role(section, reader)?;
    let mut asking = defaults.asking;
    let mut who = Identification::default();
    for entry in &section.entries {
        if !own(entry, &mut endpoint, &mut who, reader)
            && !shared(entry, &mut endpoint, &mut asking, reader)
            && !KNOWN.contains(&entry.key.to_ascii_lowercase().as_str())
        {
            reader.unknown(entry);
        }
    }
    identify(&mut endpoint, &who);
    let aor = (endpoint.role != Role::User).then(|| {
        let mut aor = Aor::new(&section.name, defaults.expiry);
        aor.qualify = asking.qualify();
        aor.outbound_proxy = endpoint.outbound_proxy.clone();
        aor.max_contacts = usize::from(who.is_dynamic);
        aor.remove_existing = true;
        aor.contacts = contact(&endpoint, &who).into_iter().collect();
        aor
    });
    endpoint.aors = aor.iter().map(|aor| aor.name.clone()).collect();
    Some((endpoint, aor))
}

fn role(section: &Section, reader: &mut Reader<'_>) -> Option<Role> {
    let kind = section.entry("type");
    let role = match kind.map(|entry| entry.value.trim().to_ascii_lowercase()).as_deref() {
        Some("friend") => Some(Role::Friend),
        Some("peer") => Some(Role::Peer),
        Some("user") => Some(Role::User),
        _ => None,
    };
    if role.is_none() {
        let message = match kind {
            Some(_) => format!("[{}] has an unknown type", section.name),
            None => format!("[{}] has no type", section.name),
        };
        let place = kind.map_or(section.span, |entry| entry.value_span);
        let diagnostic = Diagnostic::warning(codes::WRONG_TYPE, message).at(place, "the section is passed over");
        reader.tell(diagnostic.help("add type = friend, peer or user"));
    }
    role
}

/// Settings that only peers have. Tells whether this is one.
fn own(entry: &Entry, endpoint: &mut Endpoint, who: &mut Identification, reader: &mut Reader<'_>) -> bool {
    let secret = || (!entry.value.trim().is_empty()).then(|| Secret::new(entry.value.trim()));
    match entry.key.to_ascii_lowercase().as_str() {
        "type" => {}
        "secret" => who.secret = secret(),
        "md5secret" => who.hash = secret(),
        "remotesecret" => who.remote_secret = secret(),
        "host" if entry.value.trim().eq_ignore_ascii_case("dynamic") => {
            who.is_dynamic = true;
            who.host = None;
        }
        "host" => {
            who.is_dynamic = false;
            who.host = host(entry, reader);
        }
        "defaultip" => who.default_address = host(entry, reader),
        "port" => {
            let mut port = SIP_PORT;
            reader.number(entry, &mut port, "a port");
            who.port = Some(port);
        }
        "defaultuser" | "username" => who.default_user = optional(entry),
        "fromuser" => endpoint.from_user = optional(entry),
        "fromdomain" => endpoint.from_domain = optional(entry),
        "insecure" => insecure(entry, endpoint, reader),
        "permit" => reader.access(entry, true, &mut endpoint.access),
        "deny" => reader.access(entry, false, &mut endpoint.access),
        "mailbox" => endpoint.mailboxes.extend(list(&entry.value).map(str::to_owned)),
        "callgroup" => reader.groups(entry, &mut endpoint.call_groups),
        "pickupgroup" => reader.groups(entry, &mut endpoint.pickup_groups),
        "namedcallgroup" => endpoint.named_call_groups = list(&entry.value).map(str::to_owned).collect(),
        "namedpickupgroup" => endpoint.named_pickup_groups = list(&entry.value).map(str::to_owned).collect(),
        "call-limit" | "incominglimit" => reader.number(entry, &mut endpoint.call_limit, "a number of calls"),
        "busylevel" => reader.number(entry, &mut endpoint.busy_at, "a number of calls"),
        "setvar" => reader.variable(entry, &mut endpoint.variables),
        _ => return false,
    }
    true
}

/// Settings that `[general]` may give a default for. Tells whether this is one.
pub(super) fn shared(entry: &Entry, endpoint: &mut Endpoint, asking: &mut Asking, reader: &mut Reader<'_>) -> bool {
    match entry.key.to_ascii_lowercase().as_str() {
        "context" => entry.value.trim().clone_into(&mut endpoint.context),
        "outofcall_message_context" => endpoint.message_context = optional(entry),
        "subscribecontext" => endpoint.subscribe_context = optional(entry),
        "allow" => reader.codecs(entry, true, &mut endpoint.codecs),
        "disallow" => reader.codecs(entry, false, &mut endpoint.codecs),
        "dtmfmode" => reader.dtmf_mode(entry, &mut endpoint.dtmf_mode),
        "callerid" => endpoint.caller_id = optional(entry),
        "nat" => general::nat(entry, &mut endpoint.nat, reader),
        "transport" => {
            endpoint.transport = list(&entry.value).next().map(str::to_ascii_lowercase);
            if list(&entry.value).any(|name| setting::transport(name).is_none()) {
                reader.wrong(entry, "udp, tcp, tls, ws or wss");
            }
        }
        "directmedia" | "canreinvite" => {
            endpoint.direct_media = if is_false(&entry.value) { DirectMedia::No } else { DirectMedia::Yes };
        }
        "qualify" => qualify(entry, asking, reader),
        "qualifyfreq" => reader.seconds(entry, &mut asking.every),
        "language" => endpoint.language = optional(entry),
        "mohsuggest" | "musicclass" => endpoint.music_class = optional(entry),
        "accountcode" => endpoint.account_code = optional(entry),
        "vmexten" => endpoint.voicemail_extension = optional(entry),
        "usereqphone" => reader.boolean(entry, &mut endpoint.marks_numbers),
        "outboundproxy" => endpoint.outbound_proxy = optional(entry),
        "trustrpid" => reader.boolean(entry, &mut endpoint.trust_identity),
        "sendrpid" => {
            let word = entry.value.trim().to_ascii_lowercase();
            endpoint.send_asserted = word == "pai";
            endpoint.send_remote_party = word != "pai" && !is_false(&word);
        }
        "session-timers" => {
            let word = entry.value.trim().to_ascii_lowercase();
            endpoint.session_timers.is_accepted = word != "refuse";
            endpoint.session_timers.initiative =
                if word == "originate" { Initiative::Always } else { Initiative::Never };
        }
        "session-refresher" => match entry.value.trim().to_ascii_lowercase().as_str() {
            "uac" => endpoint.session_timers.refresher = Some(Refresher::Uac),
            "uas" => endpoint.session_timers.refresher = Some(Refresher::Uas),
            _ => reader.wrong(entry, "uac or uas"),
        },
        "session-expires" => reader.seconds(entry, &mut endpoint.session_timers.interval),
        "session-minse" => reader.seconds(entry, &mut endpoint.session_timers.least),
        "use_q850_reason" => reader.boolean(entry, &mut endpoint.signalling.gives_reasons),
        "media_address" => match entry.value.trim().parse() {
            Ok(address) => endpoint.signalling.media_address = Some(address),
            Err(_) => reader.wrong(entry, "an address"),
        },
        "sdpowner" => entry.value.trim().clone_into(&mut endpoint.signalling.title.owner),
        "sdpsession" => entry.value.trim().clone_into(&mut endpoint.signalling.title.session),
        "allowtransfer" => reader.boolean(entry, &mut endpoint.signalling.allows_transfer),
        "allowsubscribe" => reader.boolean(entry, &mut endpoint.signalling.allows_subscriptions),
        "promiscredir" => reader.boolean(entry, &mut endpoint.follows_redirects),
        "rtptimeout" => reader.timeout(entry, &mut endpoint.rtp_timeout),
        "rtpholdtimeout" => reader.timeout(entry, &mut endpoint.rtp_hold_timeout),
        _ => return encryption::of_sip(entry, &mut endpoint.encryption, reader),
    }
    true
}

/// `yes` means within two seconds, a number within so many milliseconds.
fn qualify(entry: &Entry, into: &mut Asking, reader: &mut Reader<'_>) {
    match entry.value.trim() {
        value if is_false(value) => into.timeout = None,
        value if is_true(value) => into.timeout = Some(Duration::from_secs(2)),
        value => match value.parse::<u32>() {
            Ok(milliseconds) => into.timeout = Some(Duration::from_millis(milliseconds.into())),
            Err(_) => reader.wrong(entry, "yes, no or a number of milliseconds"),
        },
    }
}

fn insecure(entry: &Entry, endpoint: &mut Endpoint, reader: &mut Reader<'_>) {
    endpoint.insecure = Insecure::default();
    for word in list(&entry.value) {
        match word.to_ascii_lowercase().as_str() {
            "port" => endpoint.insecure.port = true,
            "invite" => endpoint.insecure.invite = true,
            "yes" => endpoint.insecure.port = true,
            "very" => endpoint.insecure = Insecure { port: true, invite: true },
            "no" => {}
            _ => reader.wrong(entry, "port, invite or both"),
        }
    }
}

fn host(entry: &Entry, reader: &mut Reader<'_>) -> Option<HostPort> {
    let host = HostPort::parse(&entry.value);
    if host.is_none() {
        reader.wrong(entry, "dynamic, an address or a host name");
    }
    host
}

/// Who proves what to whom: the peer's own name is its user name here, `defaultuser` the one we use there.
fn identify(endpoint: &mut Endpoint, who: &Identification) {
    let password = match (&who.hash, &who.secret) {
        (Some(hash), _) => Some(Password::Md5(hash.clone())),
        (None, Some(secret)) => Some(Password::Plain(secret.clone())),
        (None, None) => None,
    };
    endpoint.login = password.clone().map(|password| Login { username: endpoint.name.clone(), password, realm: None });
    let outbound = who.remote_secret.clone().map(Password::Plain).or(password);
    let username = who.default_user.clone().or_else(|| endpoint.from_user.clone()).unwrap_or(endpoint.name.clone());
    endpoint.outbound_login = outbound.map(|password| Login { username, password, realm: None });
    endpoint.by_username = endpoint.role != Role::Peer;
    if endpoint.role != Role::User {
        let port = |host: &HostPort| who.port.or(host.port).unwrap_or(SIP_PORT);
        endpoint.hosts.extend(
            who.host
                .iter()
                .map(|host| Identity { host: host.host.clone(), port: (!endpoint.insecure.port).then(|| port(host)) }),
        );
    }
}

/// The URI of a peer that stands still.
fn contact(endpoint: &Endpoint, who: &Identification) -> Option<String> {
    let HostPort { host, port } = who.host.as_ref().or(who.default_address.as_ref())?;
    let user = who.default_user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
    let port = who.port.or(*port).map(|port| format!(":{port}")).unwrap_or_default();
    let transport = match endpoint.transport.as_deref() {
        None | Some("udp") => String::new(),
        Some(transport) => format!(";transport={transport}"),
    };
    let host = match host {
        Host::Name(name) => name.clone(),
        host @ Host::Address(_) => host.to_string(),
    };
    Some(format!("sip:{user}{host}{port}{transport}"))
}
