//! `pjsip show aor`, `auth`, `contact`, `identify`, `registration`, `transport`

use super::lines;
use super::list::{self, CONTACTS_HEADING, REGISTRATIONS_HEADING, TRANSPORTS_HEADING};
use super::objects::{Object, Portrait, missing};
use crate::management::console::{Answer, Command, Request};

type Parameters = Vec<(&'static str, String)>;

pub static AOR: Command =
    Command::now("pjsip show aor", "<name>", "Shows everything about an address of record of pjsip.conf", |request| {
        one(request, &[lines::AORS, lines::CONTACT_OF_AOR], list::all_aors(request, ""), |name| {
            section(request, "aor", name)
        })
    });

pub static AUTH: Command =
    Command::now("pjsip show auth", "<name>", "Shows who proves themselves by a section of pjsip.conf", |request| {
        one(request, &[lines::AUTHS], list::all_auths(request, ""), |name| section(request, "auth", name))
    });

pub static CHANNEL: Command =
    Command::now("pjsip show channel", "<name>", "Shows a channel of a phone of pjsip.conf", |request| {
        one(request, &[lines::CHANNELS, lines::EXTEN_OF_CHANNEL], list::all_channels(request, ""), |_| Some(Vec::new()))
    });

pub static CONTACT: Command =
    Command::now("pjsip show contact", "<aor/uri>", "Shows where a phone of pjsip.conf is", |request| {
        one(request, &[CONTACTS_HEADING], list::all_contacts(request, ""), |name| contact(request, name))
    });

pub static IDENTIFY: Command = Command::now(
    "pjsip show identify",
    "<name>",
    "Shows the addresses by which an endpoint of pjsip.conf is known",
    |request| {
        one(request, &[lines::IDENTIFIES, lines::MATCH_OF_IDENTIFY], list::all_identifies(request, ""), |name| {
            section(request, "identify", name)
        })
    },
);

pub static REGISTRATION: Command =
    Command::now("pjsip show registration", "<name>", "Shows where exten registers itself", |request| {
        one(request, &[REGISTRATIONS_HEADING], list::all_registrations(request, ""), |name| {
            section(request, "registration", name)
        })
    });

pub static TRANSPORT: Command =
    Command::now("pjsip show transport", "<name>", "Shows where SIP is listened for", |request| {
        one(request, &[TRANSPORTS_HEADING], list::all_transports(request, ""), |name| {
            section(request, "transport", name)
        })
    });

/// What a section of pjsip.conf says.
fn section(request: &Request<'_>, kind: &'static str, name: &str) -> Option<Parameters> {
    let settings = request.pbx.agent.as_ref()?.settings();
    let section = settings.written(kind).find(|section| section.name == name)?;
    let several = |name: &str| ["contact", "match"].contains(&name);
    let parameters = section.all_but_secrets().flat_map(|(name, value)| match value.split(',') {
        values if several(name) => values.map(|value| (name, value.trim().to_owned())).collect(),
        _ => vec![(name, value)],
    });
    Some(parameters.collect())
}

/// The object that the command names, with its settings.
fn one(
    request: &Request<'_>,
    headings: &[&'static str],
    objects: Vec<Object>,
    parameters: impl Fn(&str) -> Option<Parameters>,
) -> Answer {
    let [name] = request.words.as_slice() else { return request.usage() };
    let object = objects.into_iter().find(|object| object.name.eq_ignore_ascii_case(name));
    match object.and_then(|object| Some((parameters(&object.name)?, object))) {
        Some((parameters, object)) => Answer::of(Portrait::new(headings, object, parameters)),
        None => missing(name),
    }
}

fn contact(request: &Request<'_>, name: &str) -> Option<Parameters> {
    let (aor, uri) = name.split_once('/')?;
    let agent = request.pbx.agent.as_ref()?;
    let settings = agent.settings();
    let qualify = settings.aor(aor).and_then(|aor| aor.qualify);
    let all = agent.endpoints();
    let (endpoint, contact) = all.iter().find_map(|status| {
        let contact = status.contacts.iter().find(|contact| contact.uri == uri)?;
        Some((status.name.clone(), contact))
    })?;
    let address = |of: fn(std::net::SocketAddr) -> String| contact.source.map(of).unwrap_or_default();
    Some(vec![
        ("endpoint", endpoint),
        ("expires_in", contact.left.map_or(0, |left| left.as_secs()).to_string()),
        ("qualify_frequency", qualify.map_or(0, |qualify| qualify.every.as_secs()).to_string()),
        ("uri", contact.uri.clone()),
        ("user_agent", contact.user_agent.clone().unwrap_or_default()),
        ("via_addr", address(|source| source.ip().to_string())),
        ("via_port", address(|source| source.port().to_string())),
    ])
}
