//! `sip set debug`, `pjsip set logger`, `sip reload`, `pjsip reload`

use std::net::IpAddr;

use super::names;
use crate::management::console::commands::dialplan::reload::reload;
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;
use crate::sip::agent::Agent;
use crate::sip::endpoint::{Host, HostPort, Technology};
use crate::sip::transport::Watched;

pub static SIP_SET_DEBUG: Command =
    Command::later("sip set debug", "on|off|ip <host>|peer <name>", "Shows SIP messages on the consoles", |request| {
        Box::pin(sip(request))
    })
    .manual("ip: those with a host only. peer: those with a phone or trunk of sip.conf only.")
    .completes(|pbx, words| completed(pbx, words, &["on", "off", "ip", "peer"]));

/// The same by its other name.
pub static SIP_SET_LOGGER: Command =
    Command::later("sip set logger", "on|off|ip <host>|peer <name>", "Shows SIP messages on the consoles", |request| {
        Box::pin(sip(request))
    })
    .completes(|pbx, words| completed(pbx, words, &["on", "off", "ip", "peer"]));

pub static PJSIP_SET_LOGGER: Command = Command::later(
    "pjsip set logger",
    "on|off|host <host>|add <host>|method <method>|methodadd <method>",
    "Shows SIP messages on the consoles",
    |request| Box::pin(pjsip(request)),
)
.manual(
    "host: those with a host only; add: with another one, too. method: requests of a method, such as INVITE, and their \
         responses only; methodadd: those of another one, too.",
)
.completes(|pbx, words| completed(pbx, words, &["on", "off", "host", "add", "method", "methodadd"]));

fn completed(pbx: &Pbx, words: &[&str], first: &[&str]) -> Vec<String> {
    match words {
        [_] => first.iter().map(|word| (*word).to_owned()).collect(),
        ["peer", _] => names(pbx, Technology::Sip),
        _ => Vec::new(),
    }
}

async fn sip(request: &Request<'_>) -> Answer {
    let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
    let words: Vec<&str> = request.words.iter().map(String::as_str).collect();
    let address = match words.as_slice() {
        [word] if word.eq_ignore_ascii_case("on") => {
            agent.watch(Some(Watched::default()));
            return Answer::line("SIP Debugging enabled");
        }
        [word] if word.eq_ignore_ascii_case("off") => {
            agent.watch(None);
            return Answer::line("SIP Debugging Disabled");
        }
        [word, host] if word.eq_ignore_ascii_case("ip") => match resolved(host).await {
            Some(address) => address,
            None => return request.usage(),
        },
        [word, peer] if word.eq_ignore_ascii_case("peer") => match address_of(agent, peer) {
            Some(address) => address,
            None => return Answer::refusal(format!("Unable to get IP address of peer '{peer}'")),
        },
        _ => return request.usage(),
    };
    agent.watch(Some(Watched { hosts: vec![address], ..Watched::default() }));
    Answer::line(format!("SIP Debugging Enabled for IP: {address}"))
}

async fn pjsip(request: &Request<'_>) -> Answer {
    let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
    let (word, object) = match request.words.as_slice() {
        [word] => (word.to_ascii_lowercase(), None),
        [word, object] => (word.to_ascii_lowercase(), Some(object)),
        _ => return request.usage(),
    };
    // What is added to everything leaves everything.
    let before = agent.watched().unwrap_or_default();
    let (watched, said) = match (word.as_str(), object) {
        ("on", None) => (Some(Watched::default()), "PJSIP Logging enabled".to_owned()),
        ("off", None) => (None, "PJSIP Logging disabled".to_owned()),
        ("host" | "add", Some(host)) => {
            let Some(address) = resolved(host).await else { return request.usage() };
            let mut hosts = if word == "add" { before.hosts } else { Vec::new() };
            hosts.push(address);
            (Some(Watched { hosts, ..before }), format!("PJSIP Logging Enabled for host: {address}"))
        }
        ("method" | "methodadd", Some(method)) => {
            let mut methods = if word == "methodadd" { before.methods } else { Vec::new() };
            methods.push(method.to_ascii_uppercase());
            let said = format!("PJSIP Logging Enabled for SIP Methods: {}", methods.join(" "));
            (Some(Watched { methods, ..before }), said)
        }
        _ => return request.usage(),
    };
    agent.watch(watched);
    Answer::line(said)
}

/// The address of a host, by number or by name; its port does not matter.
async fn resolved(host: &str) -> Option<IpAddr> {
    let name = match HostPort::parse(host)?.host {
        Host::Address(address) => return Some(address),
        Host::Name(name) => name,
    };
    let mut addresses = tokio::net::lookup_host((name.as_str(), 0)).await.ok()?;
    addresses.next().map(|address| address.ip().to_canonical())
}

fn address_of(agent: &Agent, peer: &str) -> Option<IpAddr> {
    let statuses = agent.endpoints();
    let status =
        statuses.iter().find(|one| one.technology == Technology::Sip && one.name.eq_ignore_ascii_case(peer))?;
    let source = status.contacts.iter().find_map(|contact| contact.source);
    let settings = agent.settings();
    let named = || {
        let hosts = &settings.get(Technology::Sip, &status.name)?.hosts;
        hosts.iter().find_map(|identity| match &identity.host {
            Host::Address(address) => Some(*address),
            Host::Name(_) => None,
        })
    };
    source.map(|source| source.ip().to_canonical()).or_else(named)
}

pub static SIP_RELOAD: Command = Command::later(
    "sip reload",
    "",
    "Reads the configuration again and puts it into service if it has no error",
    |request| Box::pin(async move { reload(request.pbx, "").await }),
);

pub static PJSIP_RELOAD: Command = Command::later(
    "pjsip reload",
    "",
    "Reads the configuration again and puts it into service if it has no error",
    |request| Box::pin(async move { reload(request.pbx, "").await }),
);
