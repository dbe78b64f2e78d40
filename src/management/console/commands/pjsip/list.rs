//! `pjsip show endpoints`, `aors`, `auths`, `contacts`, `identifies`, `registrations`, `transports`

use tokio::time::Instant;

use super::lines;
use super::objects::{Form, Object, Objects, all, facts};
use crate::management::console::{Command, Request};
use crate::sip::endpoint::{Endpoint, Endpoints, Technology};

/// `pjsip show KIND` and its brief form, `pjsip list KIND`.
macro_rules! lists {
    ($($name:ident $list:ident: $words:literal, $synopsis:literal, $headings:expr, $all:expr;)*) => {
        $(
            pub static $name: Command =
                Command::now(concat!("pjsip show ", $words), "[like <text>]", $synopsis, |request| {
                    Objects::answer(Form::Whole, $headings, $all(request, &like(request)))
                });
            /// A line each.
            pub static $list: Command =
                Command::now(concat!("pjsip list ", $words), "[like <text>]", $synopsis, |request| {
                    Objects::answer(Form::Brief, $headings, $all(request, &like(request)))
                });
        )*
    };
}

lists! {
    ENDPOINTS LIST_ENDPOINTS: "endpoints", "Lists the phones and trunks of pjsip.conf",
        &HEADINGS, all_endpoints;
    AORS LIST_AORS: "aors", "Lists the addresses of record of pjsip.conf",
        &[lines::AORS, lines::CONTACT_OF_AOR], all_aors;
    AUTHS LIST_AUTHS: "auths", "Lists who proves themselves by pjsip.conf",
        &[lines::AUTHS], all_auths;
    CHANNELS LIST_CHANNELS: "channels", "Lists the channels of phones of pjsip.conf",
        &[lines::CHANNELS, lines::EXTEN_OF_CHANNEL], all_channels;
    CONTACTS LIST_CONTACTS: "contacts", "Lists where phones of pjsip.conf are",
        &[CONTACTS_HEADING], all_contacts;
    IDENTIFIES LIST_IDENTIFIES: "identifies", "Lists the addresses by which endpoints of pjsip.conf are known",
        &[lines::IDENTIFIES, lines::MATCH_OF_IDENTIFY], all_identifies;
    REGISTRATIONS LIST_REGISTRATIONS: "registrations", "Lists where exten registers itself by pjsip.conf",
        &[REGISTRATIONS_HEADING], all_registrations;
    TRANSPORTS LIST_TRANSPORTS: "transports", "Lists where pjsip.conf has SIP listened for",
        &[TRANSPORTS_HEADING], all_transports;
}

pub const CONTACTS_HEADING: &str =
    "  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>";
pub const REGISTRATIONS_HEADING: &str =
    " <Registration/ServerURI..............................>  <Auth....................>  <Status.......>";
pub const TRANSPORTS_HEADING: &str =
    "Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress....................>";

/// The text of `like TEXT`.
fn like(request: &Request<'_>) -> String {
    match request.words.as_slice() {
        [like, text] if like.eq_ignore_ascii_case("like") => text.clone(),
        _ => String::new(),
    }
}

/// The endpoints of pjsip.conf.
pub fn pjsip(settings: &Endpoints) -> impl Iterator<Item = &Endpoint> {
    settings.iter().filter(|endpoint| endpoint.technology == Technology::Pjsip)
}

/// What stands above endpoints.
pub const HEADINGS: [&str; 9] = [
    lines::ENDPOINT,
    lines::AUTH,
    lines::AOR,
    lines::CONTACT,
    lines::TRANSPORT,
    lines::IDENTIFY,
    lines::MATCH,
    lines::CHANNEL,
    lines::EXTEN,
];

fn all_endpoints(request: &Request<'_>, text: &str) -> Vec<Object> {
    all(request, |name| name.contains(text))
}

/// Those whose names hold a text.
pub fn all_channels(request: &Request<'_>, text: &str) -> Vec<Object> {
    let all = request.exchange().channels.all();
    let shown = all.iter().filter(|one| one.leg().technology() == "PJSIP" && one.name().contains(text));
    let objects = shown.map(|channel| {
        let age = Instant::now().saturating_duration_since(channel.created()).as_secs();
        Object {
            name: channel.name().to_string(),
            lines: lines::channel(channel, age, 0).to_vec(),
            facts: facts([("state", channel.phase().word().into()), ("age", age.into())]),
        }
    });
    objects.collect()
}

/// Those whose names hold a text.
pub fn all_aors(request: &Request<'_>, text: &str) -> Vec<Object> {
    let Some(agent) = request.pbx.agent.as_ref() else { return Vec::new() };
    let settings = agent.settings();
    let statuses = agent.endpoints();
    let mut objects = Vec::new();
    for endpoint in pjsip(&settings) {
        let contacts =
            statuses.iter().find(|status| status.technology == Technology::Pjsip && status.name == endpoint.name);
        let contacts = contacts.map_or(&[][..], |status| &status.contacts);
        for aor in endpoint.aors.iter().filter_map(|name| settings.aor(name)).filter(|aor| aor.name.contains(text)) {
            let mut shown = vec![lines::aor(aor, 0)];
            shown.extend(contacts.iter().map(|contact| lines::contact(contact, 1)));
            let facts = facts([("max_contacts", aor.max_contacts.into()), ("contacts", contacts.len().into())]);
            objects.push(Object { name: aor.name.clone(), lines: shown, facts });
        }
    }
    objects
}

/// Those whose names hold a text.
pub fn all_auths(request: &Request<'_>, text: &str) -> Vec<Object> {
    let Some(agent) = request.pbx.agent.as_ref() else { return Vec::new() };
    let settings = agent.settings();
    let sections = settings.written("auth").filter(|section| section.name.contains(text));
    let objects = sections.map(|section| {
        let username = section.get("username").unwrap_or_default();
        let line = format!("     Auth:  {}/{username}", section.name);
        let facts = facts([("username", username.into())]);
        Object { name: section.name.clone(), lines: vec![line], facts }
    });
    objects.collect()
}

/// Those whose names hold a text.
pub fn all_contacts(request: &Request<'_>, text: &str) -> Vec<Object> {
    let Some(agent) = request.pbx.agent.as_ref() else { return Vec::new() };
    let settings = agent.settings();
    let mut objects = Vec::new();
    for status in agent.endpoints().iter().filter(|status| status.technology == Technology::Pjsip) {
        let Some(endpoint) = settings.get(Technology::Pjsip, &status.name) else { continue };
        let aor = endpoint.aors.first().map_or(status.name.as_str(), String::as_str);
        for contact in status.contacts.iter().filter(|contact| contact.uri.contains(text) || aor.contains(text)) {
            let (reach, time) = lines::reach(contact);
            objects.push(Object {
                name: format!("{aor}/{}", contact.uri),
                lines: vec![lines::contact(contact, 0)],
                facts: facts([
                    ("status", reach.into()),
                    ("round_trip_ms", time.into()),
                    ("user_agent", contact.user_agent.clone().into()),
                    ("expires_in", contact.left.map(|left| left.as_secs()).into()),
                ]),
            });
        }
    }
    objects
}

/// Those whose names hold a text.
pub fn all_identifies(request: &Request<'_>, text: &str) -> Vec<Object> {
    let Some(agent) = request.pbx.agent.as_ref() else { return Vec::new() };
    let settings = agent.settings();
    let sections = settings.written("identify").filter(|section| section.name.contains(text));
    let objects = sections.map(|section| {
        let endpoint = section.get("endpoint").unwrap_or_default();
        let matches = section.get("match").unwrap_or_default();
        let matches: Vec<&str> = matches.split(',').map(str::trim).collect();
        let shown = lines::identify(section, 0);
        let facts = facts([("endpoint", endpoint.into()), ("match", matches.into())]);
        Object { name: section.name.clone(), lines: shown, facts }
    });
    objects.collect()
}

/// Those whose names hold a text.
pub fn all_registrations(request: &Request<'_>, text: &str) -> Vec<Object> {
    let Some(agent) = request.pbx.agent.as_ref() else { return Vec::new() };
    let settings = agent.settings();
    let statuses = agent.registrations();
    let known = settings.registrations.iter().filter(|registration| registration.technology == Technology::Pjsip);
    let objects = known.filter(|registration| registration.name.contains(text)).map(|registration| {
        let status = statuses.iter().find(|status| status.name == registration.name);
        let section = settings.written("registration").find(|section| section.name == registration.name);
        let auth = section.and_then(|section| section.get("outbound_auth")).filter(|auth| !auth.is_empty());
        let is_registered = status.is_some_and(|status| status.is_registered);
        Object {
            name: registration.name.clone(),
            lines: vec![lines::registration(registration, auth.as_deref().unwrap_or("n/a"), status)],
            facts: facts([("server", registration.server_uri.clone().into()), ("is_registered", is_registered.into())]),
        }
    });
    objects.collect()
}

/// Those whose names hold a text.
pub fn all_transports(request: &Request<'_>, text: &str) -> Vec<Object> {
    let Some(agent) = request.pbx.agent.as_ref() else { return Vec::new() };
    let settings = agent.settings();
    let listens = settings.listen.iter().filter(|listen| listen.technology == Technology::Pjsip);
    let objects = listens.filter(|listen| listen.name.contains(text)).map(|listen| Object {
        name: listen.name.clone(),
        lines: vec![lines::transport(listen).replacen("  Transport:", "Transport:", 1)],
        facts: facts([
            ("type", listen.transport.to_string().to_lowercase().into()),
            ("bind", listen.address.to_string().into()),
        ]),
    });
    objects.collect()
}
