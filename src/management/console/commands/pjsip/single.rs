//! `pjsip show aor`, `auth`, `contact`, `identify`, `registration`, `transport`

use super::lines;
use super::list::{self, CONTACTS_HEADING, REGISTRATIONS_HEADING, TRANSPORTS_HEADING};
use super::objects::{Object, Portrait};
use crate::management::console::{Answer, Command, Request};
use crate::sip::endpoint::{Aor, Listen, Login, Registration};

type Parameters = Vec<(&'static str, String)>;

pub static AOR: Command =
    Command::now("pjsip show aor", "<name>", "Shows everything about an address of record of pjsip.conf", |request| {
        one(request, &[lines::AOR, lines::CONTACT], list::all_aors(request, ""), |name| {
            Some(aor(request.pbx.agent.as_ref()?.settings().aor(name)?))
        })
    });

pub static AUTH: Command =
    Command::now("pjsip show auth", "<name>", "Shows who proves themselves by a section of pjsip.conf", |request| {
        one(request, &[lines::AUTH], list::all_auths(request, ""), |name| {
            let settings = request.pbx.agent.as_ref()?.settings();
            let endpoint = list::pjsip(&settings).find(|endpoint| endpoint.name == name)?;
            endpoint.login.as_ref().map(auth)
        })
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
        one(request, &[lines::IDENTIFY, lines::MATCH], list::all_identifies(request, ""), |name| {
            let settings = request.pbx.agent.as_ref()?.settings();
            let endpoint = list::pjsip(&settings).find(|endpoint| endpoint.name == name)?;
            let hosts: Vec<String> = endpoint.hosts.iter().map(|host| host.host.to_string()).collect();
            Some(vec![("endpoint", name.to_owned()), ("match", hosts.join(","))])
        })
    },
);

pub static REGISTRATION: Command =
    Command::now("pjsip show registration", "<name>", "Shows where exten registers itself", |request| {
        one(request, &[REGISTRATIONS_HEADING], list::all_registrations(request, ""), |name| {
            let settings = request.pbx.agent.as_ref()?.settings();
            settings.registrations.iter().find(|registration| registration.name == name).map(registration)
        })
    });

pub static TRANSPORT: Command =
    Command::now("pjsip show transport", "<name>", "Shows where SIP is listened for", |request| {
        one(request, &[TRANSPORTS_HEADING], list::all_transports(request, ""), |name| {
            let settings = request.pbx.agent.as_ref()?.settings();
            settings.listen.iter().find(|listen| listen.name == name).map(transport)
        })
    });

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
        None => Answer::failure(format!("Unable to find object {name}.\n")),
    }
}

fn aor(aor: &Aor) -> Parameters {
    let seconds = |time: std::time::Duration| time.as_secs().to_string();
    let qualify = aor.qualify.as_ref();
    vec![
        ("contact", aor.contacts.join(",")),
        ("default_expiration", seconds(aor.expiry.default)),
        ("max_contacts", aor.max_contacts.to_string()),
        ("maximum_expiration", seconds(aor.expiry.maximum)),
        ("minimum_expiration", seconds(aor.expiry.minimum)),
        ("outbound_proxy", aor.outbound_proxy.clone().unwrap_or_default()),
        ("qualify_frequency", qualify.map_or("0".to_owned(), |qualify| seconds(qualify.every))),
        ("qualify_timeout", format!("{:.6}", qualify.map_or(3.0, |qualify| qualify.timeout.as_secs_f64()))),
        ("remove_existing", aor.remove_existing.to_string()),
    ]
}

/// Never the password.
fn auth(login: &Login) -> Parameters {
    vec![
        ("auth_type", "userpass".to_owned()),
        ("password", "<hidden>".to_owned()),
        ("realm", login.realm.clone().unwrap_or_default()),
        ("username", login.username.clone()),
    ]
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

fn registration(registration: &Registration) -> Parameters {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        ("client_uri", registration.client_uri.clone()),
        ("contact_user", registration.contact_user.clone()),
        ("endpoint", text(&registration.endpoint)),
        ("expiration", registration.expiry.as_secs().to_string()),
        ("outbound_auth", registration.login.as_ref().map_or(String::new(), |login| login.username.clone())),
        ("outbound_proxy", text(&registration.outbound_proxy)),
        ("retry_interval", registration.retry.as_secs().to_string()),
        ("server_uri", registration.server_uri.clone()),
        ("transport", text(&registration.transport)),
    ]
}

fn transport(listen: &Listen) -> Parameters {
    vec![("bind", listen.address.to_string()), ("protocol", listen.transport.to_string().to_ascii_lowercase())]
}
