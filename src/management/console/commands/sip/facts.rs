//! `sip show channel`, `inuse`, `settings`, `domains`, `subscriptions`, `sip notify`

use crate::management::console::table::{Column, Table};
use crate::management::console::{Answer, Command, Request};
use crate::sip::agent::News;
use crate::sip::endpoint::Technology;
use crate::sip::subscription::Package;

pub static CHANNEL: Command =
    Command::now("sip show channel", "<call-id>", "Shows a call of a phone of sip.conf", |request| {
        let [wanted] = request.words.as_slice() else { return request.usage() };
        let mut text = String::new();
        for channel in request.exchange().channels.all() {
            let fact = |name: &str| channel.leg().fact(name).unwrap_or_default();
            let id = fact("header:Call-ID");
            if channel.leg().technology() != "SIP" || !(id.starts_with(wanted.as_str()) || **channel.name() == **wanted)
            {
                continue;
            }
            let direction = if channel.state().is_outgoing { "Outgoing" } else { "Incoming" };
            text.push_str(&format!("\n  * SIP Call\n  Curr. trans. direction:  {direction}\n"));
            for (name, value) in [
                ("Call-ID:", id),
                ("Owner channel ID:", channel.name().to_string()),
                ("Our Codec Capability:", format!("({})", channel.leg().codec().name())),
                ("Format:", channel.leg().codec().name().to_owned()),
                ("Theoretical Address:", fact("recvip")),
                ("Received Address:", fact("recvip")),
                ("Audio IP:", fact("rtpsource")),
                ("From:", fact("from")),
                ("Contact:", fact("uri")),
                ("SIP Options:", "(none)".to_owned()),
            ] {
                text.push_str(&format!("  {name:<24} {value}\n"));
            }
        }
        match text.is_empty() {
            true => Answer::failure(format!("No such SIP Call ID starting with '{wanted}'")),
            false => Answer::line(text),
        }
    });

const IN_USE: &[Column] = &[("* Peer name", 25, "peer"), ("In use", 15, "in_use"), ("Limit", 0, "limit")];

pub static IN_USE_COMMAND: Command =
    Command::now("sip show inuse", "[all]", "Lists how many calls the peers of sip.conf have", |request| {
        let settings = request.pbx.agent.as_ref().map(|agent| agent.settings());
        let rows = super::endpoints(request.pbx, Technology::Sip).into_iter().filter_map(|status| {
            let limit = settings.as_ref()?.get(Technology::Sip, &status.name)?.call_limit;
            let shown = if limit == 0 { "N/A".to_owned() } else { limit.to_string() };
            let is_shown = limit > 0 || request.is(0, "all");
            is_shown.then(|| vec![status.name, format!("{}/0/0", status.calls), shown])
        });
        Answer::of(Table::new(IN_USE, rows.collect()))
    });

pub static SETTINGS: Command =
    Command::now("sip show settings", "", "Shows the general settings of sip.conf", |request| {
        let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
        let settings = agent.settings();
        let general = &settings.general;
        let yes_or_no = |is: bool| if is { "Yes" } else { "No" };
        let at = |transport: &str| {
            let listens = settings.listen.iter().filter(|listen| listen.technology == Technology::Sip);
            let mut found = listens.filter(|listen| listen.transport.to_string().eq_ignore_ascii_case(transport));
            found.next().map_or("Disabled".to_owned(), |listen| listen.address.to_string())
        };
        let mut text = "\n\nGlobal Settings:\n----------------\n".to_owned();
        for (name, value) in [
            ("UDP Bindaddress:", at("udp")),
            ("TCP SIP Bindaddress:", at("tcp")),
            ("TLS SIP Bindaddress:", at("tls")),
            ("Allow unknown access:", yes_or_no(general.guest.is_some()).to_owned()),
            ("Always auth rejects:", yes_or_no(general.always_auth_reject).to_owned()),
            ("User Agent:", general.user_agent.clone()),
            ("Realm:", general.realm.clone()),
            ("Context:", general.guest.as_ref().map(|guest| guest.context.clone()).unwrap_or_default()),
            ("SRV lookup:", yes_or_no(general.srv_lookup).to_owned()),
            (
                "Externaddr:",
                general.external.as_ref().map_or("(null)".to_owned(), |external| external.host.to_string()),
            ),
            ("Timer T1:", general.timer_t1.as_millis().to_string()),
            ("Timer B:", general.timer_b.as_millis().to_string()),
            ("Reg. timeout:", format!("{} secs", general.register_timeout.as_secs())),
        ] {
            text.push_str(&format!("  {name:<24}{value}\n"));
        }
        Answer::line(format!("{text}----"))
    });

/// exten answers to every domain.
pub static DOMAINS: Command = Command::now("sip show domains", "", "Lists the domains that SIP is served for", |_| {
    Answer::line("SIP Domain support not enabled.\n")
});

const WAITING: &[Column] =
    &[("Host", 30, "host"), ("Username", 12, "username"), ("Mailbox", 10, "mailbox"), ("Subscribed", 10, "subscribed")];

/// exten asks no other server for waiting messages: it subscribes to nobody.
pub static SHOW_MWI: Command =
    Command::now("sip show mwi", "", "Lists the mailboxes of other servers that are watched", |_| {
        Answer::of(Table::new(WAITING, Vec::new()))
    });

pub static SHOW_OBJECTS: Command =
    Command::now("sip show objects", "", "Lists the peers, registrations and calls of sip.conf", |request| {
        let peers = super::endpoints(request.pbx, Technology::Sip);
        let agent = request.pbx.agent.as_ref();
        let registrations = agent.map(|agent| agent.registrations()).unwrap_or_default();
        let mut text = format!("-= Peer objects: {} static, 0 realtime, 0 autocreate =-\n\n", peers.len());
        peers.iter().for_each(|peer| text.push_str(&format!("name: {}\ntype: peer\n\n", peer.name)));
        text.push_str(&format!("-= Registry objects: {} =-\n\n", registrations.len()));
        registrations.iter().for_each(|one| text.push_str(&format!("name: {}\n\n", one.name)));
        text.push_str("-= Dialog objects:\n\n");
        for channel in request.exchange().channels.all() {
            if channel.leg().technology() == "SIP" {
                let id = channel.leg().fact("header:Call-ID").unwrap_or_default();
                text.push_str(&format!("name: {id}\ntype: dialog\nchannel: {}\n\n", channel.name()));
            }
        }
        Answer::line(text)
    });

const SUBSCRIPTIONS: &[Column] = &[
    ("Peer", 15, "peer"),
    ("Call ID", 15, "call_id"),
    ("Extension", 20, "extension"),
    ("Type", 17, "type"),
    ("Expiry", 0, "expiry"),
];

pub static SHOW_SUBSCRIPTIONS: Command = Command::now(
    "sip show subscriptions",
    "",
    "Lists the phones of sip.conf that watch extensions and mailboxes",
    subscriptions,
);

fn subscriptions(request: &Request<'_>) -> Answer {
    let all = request.pbx.agent.as_ref().map(|agent| agent.subscriptions()).unwrap_or_default();
    let now = tokio::time::Instant::now();
    let rows: Vec<Vec<String>> = all
        .into_iter()
        .filter(|one| one.technology == Technology::Sip)
        .map(|one| {
            let kind = match one.package {
                Package::Presence => "pidf+xml",
                Package::Dialog => "dialog-info+xml",
                Package::MessageSummary => "mwi",
            };
            let left = one.expires.saturating_duration_since(now).as_secs().to_string();
            vec![one.endpoint, one.call_id, format!("{}@{}", one.resource, one.context), kind.to_owned(), left]
        })
        .collect();
    let count = rows.len();
    let end = format!("{count} active SIP subscription{}", if count == 1 { "" } else { "s" });
    Answer::of(Table::new(SUBSCRIPTIONS, rows).ending(end))
}

pub static SIP_NOTIFY: Command = Command::now(
    "sip notify",
    "<event> <peer> [<peer> …]",
    "Sends a NOTIFY with an event, such as check-sync, to phones of sip.conf",
    |request| notify(request, Technology::Sip, &request.words),
)
.completes(|pbx, words| if words.len() > 1 { super::names(pbx, Technology::Sip) } else { Vec::new() });

/// The same to phones of pjsip.conf.
pub static PJSIP_SEND_NOTIFY: Command = Command::now(
    "pjsip send notify",
    "<event> endpoint <endpoint> [<endpoint> …]",
    "Sends a NOTIFY with an event, such as check-sync, to phones of pjsip.conf",
    |request| match request.words.as_slice() {
        [event, word, names @ ..] if word == "endpoint" && !names.is_empty() => {
            let words: Vec<String> = std::iter::once(event).chain(names).cloned().collect();
            notify(request, Technology::Pjsip, &words)
        }
        _ => request.usage(),
    },
)
.completes(|pbx, words| match words.len() {
    2 => vec!["endpoint".to_owned()],
    3.. => super::names(pbx, Technology::Pjsip),
    _ => Vec::new(),
});

fn notify(request: &Request<'_>, technology: Technology, words: &[String]) -> Answer {
    let Some((event, names)) = words.split_first().filter(|(_, names)| !names.is_empty()) else {
        return request.usage();
    };
    let Some(agent) = &request.pbx.agent else { return Answer::failure("SIP is not spoken here.") };
    let news = News::of(vec![("Event".to_owned(), event.clone())]);
    let lines = names.iter().map(|name| match agent.notify(technology, name, &news) {
        Some(_) => format!("Sending NOTIFY of type '{event}' to '{name}'\n"),
        None => format!("Unable to retrieve endpoint {name}\n"),
    });
    Answer::line(lines.collect::<String>())
}
