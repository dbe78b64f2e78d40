//! `pjsip.conf`: sections by their `type`, referring to each other by name.

mod endpoint;
mod fields;
mod known;
mod written;

pub use written::Written;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::path::PathBuf;
use std::time::Duration;

use super::setting::{self, Reader, list, optional};
use super::{
    Aor, Endpoints, Expiry, HeaderMatch, Host, HostPort, Identifier, Identity, Listen, Login, Network, Persistence,
    Qualify, Registration, ResourceList, SIP_PORT, TLS_PORT, Technology, Tls, Transport,
};
use crate::conf::{Config, Entry, Section};
use crate::diagnostic::{Diagnostic, codes};
use crate::sip::authentication::{Password, Secret};
use crate::sip::subscription::Package;

pub(super) fn read(config: &Config, into: &mut Endpoints) {
    let mut diagnostics = std::mem::take(&mut into.diagnostics);
    let mut reader = Reader::new(&mut diagnostics);
    let sections: Vec<(&Section, String)> =
        config.sections.iter().filter_map(|section| Some((section, kind(section, &mut reader)?))).collect();
    into.written = sections.iter().map(|(section, kind)| Written::new(kind, section)).collect();
    let of =
        |wanted: &'static str| sections.iter().filter(move |(_, kind)| kind == wanted).map(|(section, _)| *section);

    of("global").for_each(|section| global(section, into, &mut reader));
    of("system").for_each(|section| system(section, into, &mut reader));
    of("transport").for_each(|section| transport(section, into, &mut reader));
    of("acl").for_each(|section| access(section, into, &mut reader));
    let logins: HashMap<String, Login> = of("auth")
        .filter_map(|section| Some((section.name.to_ascii_lowercase(), login(section, &mut reader)?)))
        .collect();
    for section in of("aor") {
        let aor = aor(section, &mut reader);
        into.aors.push(aor);
    }
    into.lists = of("resource_list").map(|section| resource_list(section, &mut reader)).collect();
    for section in of("endpoint") {
        let endpoint = endpoint::read(section, &logins, &into.aors, &mut reader);
        if !into.add(endpoint) {
            duplicate(section, &mut reader);
        }
    }
    for section in of("endpoint").chain(of("registration")) {
        // Transports may also come with pjsip_wizard.conf or a database; then there is none here at all.
        let entry = section.entry("transport").filter(|_| of("transport").next().is_some());
        if let Some(entry) = entry
            && !of("transport").any(|transport| transport.name.eq_ignore_ascii_case(entry.value.trim()))
        {
            endpoint::missing(entry, "transport", entry.value.trim(), &mut reader);
        }
    }
    of("identify").for_each(|section| identify(section, into, &mut reader));
    for section in of("registration") {
        into.registrations.extend(registration(section, &logins, &mut reader));
    }
    into.diagnostics = diagnostics;
}

/// The type of a section; `None`, told to the admin, if it has none that Asterisk knows.
fn kind(section: &Section, reader: &mut Reader<'_>) -> Option<String> {
    let entry = section.entry("type");
    let kind = entry.map(|entry| entry.value.trim().to_ascii_lowercase());
    if let Some(kind) = kind.filter(|kind| known::TYPES.contains(&kind.as_str())) {
        return Some(kind);
    }
    let message = match entry {
        Some(_) => format!("[{}] has an unknown type", section.name),
        None => format!("[{}] has no type", section.name),
    };
    let place = entry.map_or(section.span, |entry| entry.value_span);
    let diagnostic = Diagnostic::warning(codes::WRONG_TYPE, message).at(place, "the section is passed over");
    reader.tell(diagnostic.help("add type = endpoint, auth, aor, identify, transport or registration"));
    None
}

fn duplicate(section: &Section, reader: &mut Reader<'_>) {
    let message = format!("a second endpoint named \"{}\"", section.name);
    let diagnostic = Diagnostic::warning(codes::DUPLICATE_NAME, message);
    reader.tell(diagnostic.at(section.span, "passed over: the first one stands").help("give it another name"));
}

/// A setting of the section that none of its arms took.
fn rest(kind: &str, entry: &Entry, reader: &mut Reader<'_>) {
    if !entry.key.starts_with('@') && !entry.key.eq_ignore_ascii_case("type") && !known::is_known(kind, &entry.key) {
        reader.unknown(entry);
    }
}

fn global(section: &Section, into: &mut Endpoints, reader: &mut Reader<'_>) {
    for entry in &section.entries {
        match entry.key.to_ascii_lowercase().as_str() {
            "user_agent" => entry.value.trim().clone_into(&mut into.general.user_agent),
            "default_realm" => entry.value.trim().clone_into(&mut into.general.realm),
            "endpoint_identifier_order" => {
                let named: Vec<_> = list(&entry.value).filter_map(Identifier::parse).collect();
                let others = Identifier::ALL.into_iter().filter(|way| !named.contains(way));
                into.general.global.identifiers = named.iter().copied().chain(others).collect();
            }
            "max_forwards" => reader.number(entry, &mut into.general.max_forwards, "a number of hops"),
            "default_from_user" => entry.value.trim().clone_into(&mut into.general.global.from_user),
            "default_outbound_endpoint" => {
                entry.value.trim().clone_into(&mut into.general.global.outbound_endpoint);
            }
            "ignore_uri_user_options" => reader.boolean(entry, &mut into.general.global.ignores_user_options),
            "default_voicemail_extension" => into.general.global.voicemail_extension = optional(entry),
            "allow_sending_180_after_183" => reader.boolean(entry, &mut into.general.global.rings_after_progress),
            "norefersub" => reader.boolean(entry, &mut into.general.global.allows_silent_transfers),
            "disable_multi_domain" => reader.boolean(entry, &mut into.general.global.is_single_domain),
            _ => rest("global", entry, reader),
        }
    }
}

fn system(section: &Section, into: &mut Endpoints, reader: &mut Reader<'_>) {
    for entry in &section.entries {
        match entry.key.to_ascii_lowercase().as_str() {
            "timer_t1" => {
                reader.milliseconds(entry, &mut into.general.timer_t1);
                into.general.timer_b = into.general.timer_t1 * 64;
            }
            "timer_b" => reader.milliseconds(entry, &mut into.general.timer_b),
            _ => rest("system", entry, reader),
        }
    }
}

fn transport(section: &Section, into: &mut Endpoints, reader: &mut Reader<'_>) {
    let (mut protocol, mut bind, mut tls) = (Transport::Udp, None, Tls::default());
    for entry in &section.entries {
        match entry.key.to_ascii_lowercase().as_str() {
            "protocol" => match setting::transport(&entry.value) {
                Some(known) => protocol = known,
                None => reader.wrong(entry, "udp, tcp, tls, ws or wss"),
            },
            "bind" => {
                bind = HostPort::parse(&entry.value).filter(|address| matches!(address.host, Host::Address(_)));
                if bind.is_none() {
                    reader.wrong(entry, "an address such as 0.0.0.0:5060");
                }
            }
            "cert_file" => tls.certificate = optional(entry).map(PathBuf::from),
            "priv_key_file" => tls.key = optional(entry).map(PathBuf::from),
            "ca_list_file" => tls.authorities = optional(entry).map(PathBuf::from),
            "verify_server" => reader.boolean(entry, &mut tls.verifies),
            "external_media_address" => into.general.external = HostPort::parse(&entry.value),
            "external_signaling_address" if into.general.external.is_none() => {
                into.general.external = HostPort::parse(&entry.value);
            }
            "local_net" => match Network::parse(&entry.value) {
                Some(network) => into.general.local_networks.push(network),
                None => reader.wrong(entry, "a network such as 10.0.0.0/8"),
            },
            _ => rest("transport", entry, reader),
        }
    }
    if protocol == Transport::Tls {
        into.general.tls = Some(tls);
    }
    let port = if protocol == Transport::Tls { TLS_PORT } else { SIP_PORT };
    match bind.and_then(|address| address.socket(port)) {
        // Web sockets are served by the HTTP server, whatever bind says.
        _ if matches!(protocol, Transport::Ws | Transport::Wss) => {}
        Some(address) => into.listen_at(Listen {
            technology: Technology::Pjsip,
            name: section.name.clone(),
            transport: protocol,
            address,
        }),
        None => {
            let message = format!("transport [{}] says nowhere to listen", section.name);
            let diagnostic = Diagnostic::warning(codes::WRONG_VALUE, message).at(section.span, "has no bind");
            reader.tell(diagnostic.help("add bind = 0.0.0.0"));
        }
    }
}

/// Who may send requests, and what may be registered.
fn access(section: &Section, into: &mut Endpoints, reader: &mut Reader<'_>) {
    let global = &mut into.general.global;
    for entry in &section.entries {
        match entry.key.to_ascii_lowercase().as_str() {
            "permit" => reader.access(entry, true, &mut global.access),
            "deny" => reader.access(entry, false, &mut global.access),
            "contact_permit" => reader.access(entry, true, &mut global.contact_access),
            "contact_deny" => reader.access(entry, false, &mut global.contact_access),
            "acl" | "contact_acl" => reader.without_effect(entry, "lists of acl.conf are not read here: name networks"),
            _ => rest("acl", entry, reader),
        }
    }
}

fn login(section: &Section, reader: &mut Reader<'_>) -> Option<Login> {
    let (mut username, mut plain, mut hash, mut realm) = (section.name.clone(), None, None, None);
    for entry in &section.entries {
        match entry.key.to_ascii_lowercase().as_str() {
            "username" => entry.value.trim().clone_into(&mut username),
            "password" => plain = Some(Secret::new(entry.value.trim())),
            "md5_cred" => hash = Some(Secret::new(entry.value.trim())),
            // Any realm.
            "realm" => realm = optional(entry).filter(|realm| realm != "*"),
            "auth_type" => match entry.value.trim().to_ascii_lowercase().as_str() {
                "userpass" | "md5" | "digest" => {}
                "google_oauth" => reader.without_effect(entry, "only digest authentication is spoken"),
                _ => reader.wrong(entry, "userpass, md5 or digest"),
            },
            _ => rest("auth", entry, reader),
        }
    }
    let password = hash.map(Password::Md5).or(plain.map(Password::Plain)).unwrap_or(Password::Plain(Secret::new("")));
    Some(Login { username, password, realm })
}

fn aor(section: &Section, reader: &mut Reader<'_>) -> Aor {
    let mut aor = Aor { supports_path: false, ..Aor::new(&section.name, Expiry::PJSIP) };
    let (mut frequency, mut timeout) = (Duration::ZERO, 3.0f64);
    for entry in &section.entries {
        match entry.key.to_ascii_lowercase().as_str() {
            "contact" => aor.contacts.extend(list(&entry.value).map(str::to_owned)),
            "max_contacts" => reader.number(entry, &mut aor.max_contacts, "a number of contacts"),
            "remove_existing" => reader.boolean(entry, &mut aor.remove_existing),
            "minimum_expiration" => reader.seconds(entry, &mut aor.expiry.minimum),
            "default_expiration" => reader.seconds(entry, &mut aor.expiry.default),
            "maximum_expiration" => reader.seconds(entry, &mut aor.expiry.maximum),
            "qualify_frequency" => reader.seconds(entry, &mut frequency),
            "qualify_timeout" => reader.number(entry, &mut timeout, "a number of seconds"),
            "outbound_proxy" => aor.outbound_proxy = optional(entry),
            "mailboxes" => aor.mailboxes = list(&entry.value).map(str::to_owned).collect(),
            "voicemail_extension" => aor.voicemail_extension = optional(entry),
            "support_path" => reader.boolean(entry, &mut aor.supports_path),
            "remove_unavailable" => reader.boolean(entry, &mut aor.remove_unavailable),
            _ => rest("aor", entry, reader),
        }
    }
    let timeout = Duration::try_from_secs_f64(timeout).unwrap_or(Duration::from_secs(3));
    aor.qualify = (!frequency.is_zero()).then_some(Qualify { every: frequency, timeout });
    aor
}

fn resource_list(section: &Section, reader: &mut Reader<'_>) -> ResourceList {
    let mut resources = ResourceList { name: section.name.clone(), ..ResourceList::default() };
    for entry in &section.entries {
        match entry.key.to_ascii_lowercase().as_str() {
            "event" => match Package::parse(&entry.value) {
                Some(package) => package.name().clone_into(&mut resources.event),
                None => reader.wrong(entry, "presence, dialog or message-summary"),
            },
            "list_item" => resources.items.extend(list(&entry.value).map(str::to_owned)),
            "full_state" => reader.boolean(entry, &mut resources.is_full),
            "notification_batch_interval" => reader.milliseconds(entry, &mut resources.pause),
            _ => rest("resource_list", entry, reader),
        }
    }
    resources
}

/// Addresses of an endpoint that stands in a section of its own.
fn identify(section: &Section, into: &mut Endpoints, reader: &mut Reader<'_>) {
    let (mut hosts, mut networks, mut headers) = (Vec::new(), Vec::new(), Vec::new());
    for entry in &section.entries {
        match entry.key.to_ascii_lowercase().as_str() {
            "endpoint" => {}
            "match" => {
                for text in list(&entry.value) {
                    match (Network::parse(text), HostPort::parse(text)) {
                        (Some(network), _) => networks.push(network),
                        (None, Some(HostPort { host: host @ Host::Name(_), port })) if !text.contains('/') => {
                            hosts.push(Identity { host, port });
                        }
                        (None, Some(HostPort { host, port: Some(port) })) => {
                            hosts.push(Identity { host, port: Some(port) });
                        }
                        _ => reader.wrong(entry, "addresses, networks or host names"),
                    }
                }
            }
            "match_header" => match HeaderMatch::parse(&entry.value) {
                Some(header) => headers.push(header),
                None => reader.wrong(entry, "a header such as X-Line: 1, or X-Line: /expression/"),
            },
            _ => rest("identify", entry, reader),
        }
    }
    let name = section.get("endpoint").unwrap_or_default().trim();
    let found = into.endpoints.iter_mut().find(|endpoint| endpoint.name.eq_ignore_ascii_case(name));
    match found {
        Some(endpoint) => {
            endpoint.hosts.extend(hosts);
            endpoint.networks.extend(networks);
            endpoint.headers.extend(headers);
        }
        None => {
            let place = section.entry("endpoint").map_or(section.span, |entry| entry.value_span);
            let message = format!("[{}] is about an endpoint \"{name}\" that is not there", section.name);
            let diagnostic = Diagnostic::warning(codes::MISSING_SECTION, message).at(place, "no such endpoint");
            reader.tell(diagnostic.help("add endpoint = and the name of a section with type = endpoint"));
        }
    }
}

fn registration(section: &Section, logins: &HashMap<String, Login>, reader: &mut Reader<'_>) -> Option<Registration> {
    let mut registration = Registration {
        technology: Technology::Pjsip,
        name: section.name.clone(),
        server_uri: String::new(),
        client_uri: String::new(),
        login: None,
        contact_user: "s".to_owned(),
        expiry: Duration::from_secs(3600),
        retry: Duration::from_secs(60),
        transport: None,
        outbound_proxy: None,
        endpoint: None,
        line: None,
        persistence: Persistence::PJSIP,
    };
    let mut has_line = false;
    for entry in &section.entries {
        match entry.key.to_ascii_lowercase().as_str() {
            "server_uri" => entry.value.trim().clone_into(&mut registration.server_uri),
            "client_uri" => entry.value.trim().clone_into(&mut registration.client_uri),
            "contact_user" => entry.value.trim().clone_into(&mut registration.contact_user),
            "outbound_auth" => registration.login = endpoint::named_login(entry, logins, reader),
            "expiration" => reader.seconds(entry, &mut registration.expiry),
            "retry_interval" => reader.seconds(entry, &mut registration.retry),
            "transport" => registration.transport = optional(entry),
            "outbound_proxy" => registration.outbound_proxy = optional(entry),
            "endpoint" => registration.endpoint = optional(entry),
            "line" => reader.boolean(entry, &mut has_line),
            "max_retries" => {
                let mut retries = 10;
                reader.number(entry, &mut retries, "a number of attempts");
                registration.persistence.retries = Some(retries);
            }
            "forbidden_retry_interval" => reader.timeout(entry, &mut registration.persistence.after_forbidden),
            "fatal_retry_interval" => reader.timeout(entry, &mut registration.persistence.after_fatal),
            "auth_rejection_permanent" => reader.boolean(entry, &mut registration.persistence.gives_up_on_password),
            _ => rest("registration", entry, reader),
        }
    }
    registration.line = has_line.then(|| line_of(&registration.name));
    if registration.server_uri.is_empty() || registration.client_uri.is_empty() {
        let message = format!("registration [{}] lacks server_uri or client_uri", section.name);
        let diagnostic = Diagnostic::warning(codes::WRONG_VALUE, message).at(section.span, "passed over");
        reader.tell(diagnostic.help("add server_uri = sip:provider and client_uri = sip:user@provider"));
        return None;
    }
    Some(registration)
}

/// The `line` parameter of a registration's contact, which nobody can guess.
fn line_of(name: &str) -> String {
    format!("{:016x}", RandomState::new().hash_one(name))
}
