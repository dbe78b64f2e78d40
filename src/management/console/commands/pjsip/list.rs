//! `pjsip show endpoints`, `aors`, `auths`, `contacts`, `identifies`, `registrations`, `transports`

use super::lines;
use super::objects::{Object, Objects, all, facts};
use crate::management::console::{Answer, Command, Request};
use crate::sip::endpoint::{Endpoint, Endpoints, Technology};

macro_rules! lists {
    ($($name:ident $list:ident: $words:literal, $synopsis:literal, $run:expr;)*) => {
        $(
            pub static $name: Command =
                Command::now(concat!("pjsip show ", $words), "[like <text>]", $synopsis, $run);
            /// The same by its other name.
            pub static $list: Command =
                Command::now(concat!("pjsip list ", $words), "[like <text>]", $synopsis, $run);
        )*
    };
}

lists! {
    ENDPOINTS LIST_ENDPOINTS: "endpoints", "Lists the phones and trunks of pjsip.conf", endpoints;
    AORS LIST_AORS: "aors", "Lists the addresses of record of pjsip.conf", aors;
    AUTHS LIST_AUTHS: "auths", "Lists who proves themselves by pjsip.conf", auths;
    CONTACTS LIST_CONTACTS: "contacts", "Lists where phones of pjsip.conf are", contacts;
    IDENTIFIES LIST_IDENTIFIES: "identifies", "Lists the addresses by which endpoints of pjsip.conf are known", identifies;
    REGISTRATIONS LIST_REGISTRATIONS: "registrations", "Lists where exten registers itself", registrations;
    TRANSPORTS LIST_TRANSPORTS: "transports", "Lists where SIP is listened for", transports;
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

fn endpoints(request: &Request<'_>) -> Answer {
    let text = like(request);
    Objects::answer(&HEADINGS, all(request, |name| name.contains(&text)))
}

fn aors(request: &Request<'_>) -> Answer {
    Objects::answer(&[lines::AORS, lines::CONTACT_OF_AOR], all_aors(request, &like(request)))
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

fn auths(request: &Request<'_>) -> Answer {
    Objects::answer(&[lines::AUTHS], all_auths(request, &like(request)))
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

fn contacts(request: &Request<'_>) -> Answer {
    Objects::answer(&[CONTACTS_HEADING], all_contacts(request, &like(request)))
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

fn identifies(request: &Request<'_>) -> Answer {
    Objects::answer(&[lines::IDENTIFIES, lines::MATCH_OF_IDENTIFY], all_identifies(request, &like(request)))
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

fn registrations(request: &Request<'_>) -> Answer {
    Objects::answer(&[REGISTRATIONS_HEADING], all_registrations(request, &like(request)))
}

/// Those whose names hold a text.
pub fn all_registrations(request: &Request<'_>, text: &str) -> Vec<Object> {
    let Some(agent) = request.pbx.agent.as_ref() else { return Vec::new() };
    let settings = agent.settings();
    let statuses = agent.registrations();
    let wanted = settings.registrations.iter().filter(|registration| registration.name.contains(text));
    let objects = wanted.map(|registration| {
        let is_registered = statuses.iter().any(|status| status.name == registration.name && status.is_registered);
        Object {
            name: registration.name.clone(),
            lines: vec![lines::registration(registration, is_registered)],
            facts: facts([("server", registration.server_uri.clone().into()), ("is_registered", is_registered.into())]),
        }
    });
    objects.collect()
}

fn transports(request: &Request<'_>) -> Answer {
    Objects::answer(&[TRANSPORTS_HEADING], all_transports(request, &like(request)))
}

/// Those whose names hold a text.
pub fn all_transports(request: &Request<'_>, text: &str) -> Vec<Object> {
    let Some(agent) = request.pbx.agent.as_ref() else { return Vec::new() };
    let settings = agent.settings();
    let listens = settings.listen.iter().filter(|listen| listen.name.contains(text));
    let objects = listens.map(|listen| Object {
        name: listen.name.clone(),
        lines: vec![lines::transport(listen).replacen("  Transport:", "Transport:", 1)],
        facts: facts([
            ("type", listen.transport.to_string().to_lowercase().into()),
            ("bind", listen.address.to_string().into()),
        ]),
    });
    objects.collect()
}
