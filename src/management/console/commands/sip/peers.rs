//! `sip show peers`, `sip show peer`

use std::fmt::{Display, Formatter, Result};
use std::net::SocketAddr;

use serde::Serialize;

use super::{endpoints, names};
use crate::management::console::table::{Column, Table};
use crate::management::console::{Answer, Command, Request};
use crate::sip::agent::{EndpointStatus, Reach};
use crate::sip::endpoint::{Aor, DirectMedia, Encryption, Endpoint, General, Initiative, Refresher, Role, Technology};
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
            return missing(name);
        };
        let settings = request.pbx.agent.as_ref().map(|agent| agent.settings());
        let endpoint =
            settings.as_ref().and_then(|settings| Some((settings, settings.get(Technology::Sip, &status.name)?)));
        match endpoint {
            Some((settings, endpoint)) => {
                let aor = endpoint.aors.first().and_then(|name| settings.aor(name));
                let peer = Peer::of(request, status);
                Answer::of(Portrait::of(endpoint, status, &peer, aor, &settings.general))
            }
            None => missing(name),
        }
    })
    .completes(|pbx, words| if words.len() == 1 { names(pbx, Technology::Sip) } else { Vec::new() });

const USERS: &[Column] = &[
    ("Username", 25, "username"),
    ("Secret", 15, "secret"),
    ("Accountcode", 15, "account_code"),
    ("Def.Context", 15, "context"),
    ("ACL", 3, "access_list"),
    ("Forcerport", 10, "force_rport"),
];

pub static USERS_COMMAND: Command =
    Command::now("sip show users", "[like <text>]", "Lists who of sip.conf may call in", |request| {
        let text = match request.words.as_slice() {
            [] => "",
            [like, text] if like.eq_ignore_ascii_case("like") => text.as_str(),
            _ => return request.usage(),
        };
        let settings = request.pbx.agent.as_ref().map(|agent| agent.settings());
        let all = settings.iter().flat_map(|settings| settings.iter());
        let users = all.filter(|one| one.technology == Technology::Sip && one.role != Role::Peer);
        let rows = users.filter(|one| one.name.contains(text)).map(|one| {
            vec![
                one.name.clone(),
                if one.login.is_some() { "<Set>" } else { "" }.to_owned(),
                one.account_code.clone().unwrap_or_default(),
                one.context.clone(),
                yes(one.access != Default::default()).to_owned(),
                yes(one.nat.force_rport).to_owned(),
            ]
        });
        Answer::of(Table::new(USERS, rows.collect()))
    });

fn missing(name: &str) -> Answer {
    Answer::lines(format!("Peer {name} not found.\n\n")).refused()
}

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
    fn of(endpoint: &Endpoint, status: &EndpointStatus, peer: &Peer, aor: Option<&Aor>, general: &General) -> Self {
        let set = |is_set: bool| if is_set { "<Set>" } else { "<Not set>" }.to_owned();
        let or_not_set = |text: &Option<String>| text.clone().unwrap_or_else(|| "<Not set>".to_owned());
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let yes = |is_so: bool| yes(is_so).to_owned();
        let contact = status.contacts.first();
        let left = contact.and_then(|contact| contact.left);
        let groups = |groups: &[u8]| groups.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let insecure = match (endpoint.insecure.port, endpoint.insecure.invite) {
            (true, true) => "port,invite",
            (true, false) => "port",
            (false, true) => "invite",
            (false, false) => "no",
        };
        let transport = endpoint.transport.as_deref().unwrap_or("udp").to_uppercase();
        let (signalling, timers) = (&endpoint.signalling, &endpoint.session_timers);
        let timing = match (timers.initiative, timers.is_accepted) {
            (Initiative::Always, _) => "Originate",
            (_, true) => "Accept",
            (_, false) => "Refuse",
        };
        let qualify = aor.and_then(|aor| aor.qualify.as_ref()).map_or(60_000, |qualify| qualify.every.as_millis());
        let facts = vec![
            ("Description", String::new()),
            ("Secret", set(endpoint.login.is_some())),
            ("Remote Secret", set(endpoint.outbound_login.is_some() && endpoint.outbound_login != endpoint.login)),
            ("Context", endpoint.context.clone()),
            ("Record On feature ", signalling.record_features[0].clone()),
            ("Record Off feature ", signalling.record_features[1].clone()),
            ("Subscr.Cont.", or_not_set(&endpoint.subscribe_context)),
            ("Language", text(&endpoint.language)),
            ("Tonezone", or_not_set(&signalling.tone_zone)),
            ("Accountcode", text(&endpoint.account_code)),
            ("Transfer mode", if signalling.allows_transfer { "open" } else { "closed" }.to_owned()),
            ("CallingPres", "Presentation Allowed, Not Screened".to_owned()),
            ("FromUser", text(&endpoint.from_user)),
            ("FromDomain", text(&endpoint.from_domain)),
            ("Callgroup", groups(&endpoint.call_groups)),
            ("Pickupgroup", groups(&endpoint.pickup_groups)),
            ("Named Callgr", endpoint.named_call_groups.join(",")),
            ("Nam. Pickupgr", endpoint.named_pickup_groups.join(",")),
            ("MOH Suggest", text(&endpoint.music_class)),
            ("Mailbox", endpoint.mailboxes.join(",")),
            ("VM Extension", endpoint.voicemail_extension.clone().unwrap_or_else(|| "asterisk".to_owned())),
            ("Call limit", endpoint.call_limit.to_string()),
            ("Active calls", status.calls.to_string()),
            ("Dynamic", yes(peer.is_dynamic)),
            ("Callerid", endpoint.caller_id.clone().unwrap_or_else(|| "\"\" <>".to_owned())),
            ("Expire", left.map_or("-1".to_owned(), |left| left.as_secs().to_string())),
            ("Insecure", insecure.to_owned()),
            ("Force rport", yes(endpoint.nat.force_rport)),
            ("Symmetric RTP", yes(endpoint.nat.symmetric_rtp)),
            ("ACL", yes(peer.has_access_list)),
            ("T.38 support", yes(false)),
            ("DirectMedia", yes(endpoint.direct_media == DirectMedia::Yes)),
            ("PromiscRedir", yes(endpoint.follows_redirects)),
            ("User=Phone", yes(endpoint.marks_numbers)),
            ("Video Support", yes(false)),
            ("Text Support", yes(false)),
            ("Trust RPID", yes(endpoint.trust_identity)),
            ("Send RPID", yes(endpoint.sends_identity())),
            ("Subscriptions", yes(signalling.allows_subscriptions)),
            ("Overlap dial", yes(signalling.allows_overlap)),
            ("DTMFmode", format!("{:?}", endpoint.dtmf_mode).to_lowercase().replace("rfc4733", "rfc2833")),
            ("Timer T1", general.timer_t1.as_millis().to_string()),
            ("Timer B", general.timer_b.as_millis().to_string()),
            ("ToHost", endpoint.hosts.first().map(|identity| identity.host.to_string()).unwrap_or_default()),
            ("Addr->IP", peer.address.map_or("(null)".to_owned(), |address| address.to_string())),
            ("Defaddr->IP", "(null)".to_owned()),
            ("Prim.Transp.", transport.clone()),
            ("Allowed.Trsp", transport),
            ("Def. Username", peer.user.clone()),
            ("SIP Options", "(none)".to_owned()),
            ("Codecs", format!("({})", codecs(endpoint).join("|"))),
            ("Status", peer.status.clone()),
            ("Useragent", contact.and_then(|contact| contact.user_agent.clone()).unwrap_or_default()),
            ("Reg. Contact", contact.map(|contact| contact.uri.clone()).unwrap_or_default()),
            ("Qualify Freq", format!("{qualify} ms")),
            ("Sess-Timers", timing.to_owned()),
            ("Sess-Refresh", if timers.refresher == Some(Refresher::Uac) { "uac" } else { "uas" }.to_owned()),
            ("Sess-Expires", format!("{} secs", timers.interval.as_secs())),
            ("Min-Sess", format!("{} secs", timers.least.as_secs())),
            ("RTP Engine", "asterisk".to_owned()),
            ("Use Reason", yes(signalling.gives_reasons)),
            ("Encryption", yes(endpoint.encryption != Encryption::default())),
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
            writeln!(formatter, "  {name:<13}: {value}")?;
        }
        writeln!(formatter, "\n")
    }
}
