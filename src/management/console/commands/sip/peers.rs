//! `sip show peers`, `sip show peer`

use std::fmt::{Display, Formatter, Result};
use std::net::SocketAddr;

use serde::Serialize;

use super::{endpoints, names};
use crate::management::console::{Answer, Command, Request};
use crate::sip::agent::{EndpointStatus, Reach};
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::wire::Uri;

pub static PEERS: Command =
    Command::now("sip show peers", "[like <text>]", "Lists the phones and trunks of sip.conf", |request| {
        let text = match request.words.as_slice() {
            [] => "",
            [like, text] if like.eq_ignore_ascii_case("like") => text.as_str(),
            _ => return request.usage(),
        };
        let peers = endpoints(request.pbx, Technology::Sip).into_iter().filter(|peer| peer.name.contains(text));
        Answer::of(Peers(peers.map(|peer| Peer::of(request, &peer)).collect()))
    });

pub static PEER: Command =
    Command::now("sip show peer", "<name>", "Shows everything about a phone or trunk of sip.conf", |request| {
        let name = request.word(0);
        let peers = endpoints(request.pbx, Technology::Sip);
        let Some(status) = peers.iter().find(|peer| peer.name.eq_ignore_ascii_case(name)) else {
            return Answer::failure(format!("Peer {name} not found."));
        };
        let settings = request.pbx.agent.as_ref().map(|agent| agent.settings());
        let endpoint = settings.as_ref().and_then(|settings| settings.get(Technology::Sip, &status.name));
        match endpoint {
            Some(endpoint) => Answer::of(Portrait::of(endpoint, status, &Peer::of(request, status))),
            None => Answer::failure(format!("Peer {name} not found.")),
        }
    })
    .completes(|pbx, words| if words.len() == 1 { names(pbx, Technology::Sip) } else { Vec::new() });

#[derive(Serialize)]
struct Peer {
    name: String,
    user: String,
    address: Option<SocketAddr>,
    is_dynamic: bool,
    has_access_list: bool,
    force_rport: bool,
    comedia: bool,
    status: String,
    /// Whether it answers, if it is asked.
    is_monitored: bool,
    is_online: bool,
}

impl Peer {
    fn of(request: &Request<'_>, status: &EndpointStatus) -> Self {
        let settings = request.pbx.agent.as_ref().map(|agent| agent.settings());
        let endpoint = settings.as_ref().and_then(|settings| settings.get(status.technology, &status.name));
        let aor = endpoint.and_then(|endpoint| settings.as_ref()?.aor(endpoint.aors.first()?));
        let contact = status.contacts.first();
        let named = || Uri::parse(&contact?.uri).and_then(|uri| address(&uri));
        let address = contact.and_then(|contact| contact.source).or_else(named);
        let is_monitored = aor.is_some_and(|aor| aor.qualify.is_some());
        let (word, is_online) = match contact.map(|contact| contact.reach) {
            Some(Some(Reach::Reachable(after))) => (format!("OK ({} ms)", after.as_millis()), true),
            Some(Some(Reach::Unreachable)) => ("UNREACHABLE".to_owned(), false),
            Some(None) if is_monitored => ("UNKNOWN".to_owned(), false),
            None if is_monitored => ("UNKNOWN".to_owned(), false),
            Some(None) => ("Unmonitored".to_owned(), true),
            None => ("Unmonitored".to_owned(), false),
        };
        let login = endpoint.and_then(|endpoint| endpoint.login.as_ref());
        Self {
            name: status.name.clone(),
            user: login.filter(|_| contact.is_some()).map(|login| login.username.clone()).unwrap_or_default(),
            address,
            is_dynamic: aor.is_some_and(|aor| aor.max_contacts > 0),
            has_access_list: endpoint.is_some_and(|endpoint| endpoint.access != Default::default()),
            force_rport: endpoint.is_some_and(|endpoint| endpoint.nat.force_rport),
            comedia: endpoint.is_some_and(|endpoint| endpoint.nat.symmetric_rtp),
            status: word,
            is_monitored,
            is_online,
        }
    }

    fn name(&self) -> String {
        if self.user.is_empty() { self.name.clone() } else { format!("{}/{}", self.name, self.user) }
    }

    fn host(&self) -> String {
        self.address.map_or("(Unspecified)".to_owned(), |address| address.ip().to_string())
    }

    fn port(&self) -> u16 {
        self.address.map_or(0, |address| address.port())
    }
}

/// The address that a URI names by number.
fn address(uri: &Uri) -> Option<SocketAddr> {
    let host: std::net::IpAddr = uri.host()?.to_string().trim_matches(['[', ']']).parse().ok()?;
    Some(SocketAddr::new(host, uri.as_sip().and_then(|sip| sip.port).unwrap_or(5060)))
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "Yes" } else { "No" }
}

#[derive(Serialize)]
struct Peers(Vec<Peer>);

impl Display for Peers {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut row = |[name, host, dynamic, rport, comedia, acl, port, status]: [&str; 8]| {
            writeln!(
                formatter,
                "{name:<25.25} {host:<39.39} {dynamic:<3.3} {rport:<10.10} {comedia:<10.10} {acl:<3.3} {port:<8} \
                 {status:<11} {:<32.32} ",
                if name == "Name/username" { "Description" } else { "" }
            )
        };
        row(["Name/username", "Host", "Dyn", "Forcerport", "Comedia", "ACL", "Port", "Status"])?;
        for peer in &self.0 {
            let dynamic = if peer.is_dynamic { " D " } else { "" };
            let acl = if peer.has_access_list { " A " } else { "" };
            row([
                &peer.name(),
                &peer.host(),
                dynamic,
                yes(peer.force_rport),
                yes(peer.comedia),
                acl,
                &peer.port().to_string(),
                &peer.status,
            ])?;
        }
        let count = |is_monitored: bool, is_online: bool| {
            self.0.iter().filter(|peer| peer.is_monitored == is_monitored && peer.is_online == is_online).count()
        };
        writeln!(
            formatter,
            "{} sip peers [Monitored: {} online, {} offline Unmonitored: {} online, {} offline]",
            self.0.len(),
            count(true, true),
            count(true, false),
            count(false, true),
            count(false, false)
        )
    }
}

/// Names and values, in order.
#[derive(Serialize)]
struct Portrait {
    name: String,
    facts: Vec<(&'static str, String)>,
}

impl Portrait {
    fn of(endpoint: &Endpoint, status: &EndpointStatus, peer: &Peer) -> Self {
        let set = |is_set: bool| if is_set { "<Set>" } else { "<Not set>" }.to_owned();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let contact = status.contacts.first();
        let expires =
            contact.and_then(|contact| contact.left).map_or("-1".to_owned(), |left| left.as_secs().to_string());
        let groups = |groups: &[u8]| groups.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let facts = vec![
            ("Secret", set(endpoint.login.is_some())),
            ("Context", endpoint.context.clone()),
            ("Language", text(&endpoint.language)),
            ("Tonezone", "<Not set>".to_owned()),
            ("Accountcode", text(&endpoint.account_code)),
            ("CallingPres", "Presentation Allowed, Not Screened".to_owned()),
            ("FromUser", text(&endpoint.from_user)),
            ("FromDomain", text(&endpoint.from_domain)),
            ("Callgroup", groups(&endpoint.call_groups)),
            ("Pickupgroup", groups(&endpoint.pickup_groups)),
            ("MOH Suggest", text(&endpoint.music_class)),
            ("Mailbox", endpoint.mailboxes.join(",")),
            ("Call limit", endpoint.call_limit.to_string()),
            ("Active calls", status.calls.to_string()),
            ("Dynamic", yes(peer.is_dynamic).to_owned()),
            ("Callerid", endpoint.caller_id.clone().unwrap_or_else(|| "\"\" <>".to_owned())),
            ("Expire", expires),
            (
                "Insecure",
                match (endpoint.insecure.port, endpoint.insecure.invite) {
                    (true, true) => "port,invite",
                    (true, false) => "port",
                    (false, true) => "invite",
                    (false, false) => "no",
                }
                .to_owned(),
            ),
            ("Force rport", yes(endpoint.nat.force_rport).to_owned()),
            ("Symmetric RTP", yes(endpoint.nat.symmetric_rtp).to_owned()),
            ("ACL", yes(peer.has_access_list).to_owned()),
            ("DTMFmode", format!("{:?}", endpoint.dtmf_mode).to_lowercase().replace("rfc4733", "rfc2833")),
            ("ToHost", String::new()),
            ("Addr->IP", peer.address.map_or("(null)".to_owned(), |address| address.to_string())),
            ("Username", peer.user.clone()),
            ("Codecs", format!("({})", codecs(endpoint).join("|"))),
            ("Status", peer.status.clone()),
            ("Useragent", contact.and_then(|contact| contact.user_agent.clone()).unwrap_or_default()),
            ("Reg. Contact", contact.map(|contact| contact.uri.clone()).unwrap_or_default()),
        ];
        Self { name: endpoint.name.clone(), facts }
    }
}

/// Asterisk's names of an endpoint's codecs, the preferred one first.
pub fn codecs(endpoint: &Endpoint) -> Vec<String> {
    endpoint.codecs.iter().map(|codec| codec.name().to_owned()).collect()
}

impl Display for Portrait {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "\n\n  * Name       : {}", self.name)?;
        for (name, value) in &self.facts {
            writeln!(formatter, "  {name:<12} : {value}")?;
        }
        writeln!(formatter)
    }
}
