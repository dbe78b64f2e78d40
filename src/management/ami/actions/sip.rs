//! Phones and trunks of `sip.conf`.

use super::{Action, Answer, Asked, Run};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};
use crate::sip::agent::{EndpointStatus, News, Reach};
use crate::sip::endpoint::{DtmfMode, Endpoint, Technology};

const READ: Privilege = Privilege::SYSTEM.or(Privilege::REPORTING);

pub static SIP_PEERS: Action = Action::new(
    "SIPpeers",
    READ,
    "List SIP peers (text format).",
    Run::Compute(|asked| {
        let mut reply = Reply::list("Peer status list will follow", "PeerlistComplete");
        for status in endpoints(asked, Technology::Sip) {
            let (host, port) = address(&status);
            reply.event(
                "PeerEntry",
                Fields::new()
                    .with("Channeltype", "SIP")
                    .with("ObjectName", &status.name)
                    .with("ChanObjectType", "peer")
                    .with("IPaddress", host)
                    .with("IPport", port)
                    .with("Dynamic", yes_or_no(is_dynamic(asked, &status)))
                    .with("AutoForcerport", "no")
                    .with("Forcerport", yes_or_no(configured(asked, &status, |endpoint| endpoint.nat.force_rport)))
                    .with("AutoComedia", "no")
                    .with("Comedia", yes_or_no(configured(asked, &status, |endpoint| endpoint.nat.symmetric_rtp)))
                    .with("VideoSupport", "no")
                    .with("TextSupport", "no")
                    .with(
                        "ACL",
                        yes_or_no(configured(asked, &status, |endpoint| endpoint.access != Default::default())),
                    )
                    .with("Status", reach(asked, &status))
                    .with("RealtimeDevice", "no")
                    .with("Description", "")
                    .with("Accountcode", account(asked, &status)),
            );
        }
        Ok(reply)
    }),
);

pub static SIP_SHOW_PEER: Action =
    Action::new("SIPshowpeer", READ, "show SIP peer (text format).", Run::Compute(show_peer));

fn show_peer(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Peer", "Peer: <name> missing.")?;
    let found = endpoints(asked, Technology::Sip).into_iter().find(|status| status.name.eq_ignore_ascii_case(name));
    let status = found.ok_or_else(|| Reply::error(format_args!("Peer {name} not found.")))?;
    let settings = asked.manager.pbx.agent.as_ref().map(|agent| agent.settings());
    let endpoint = settings.as_ref().and_then(|settings| settings.get(Technology::Sip, &status.name));
    let endpoint = endpoint.ok_or_else(|| Reply::error(format_args!("Peer {name} not found.")))?;
    let (host, port) = address(&status);
    let contact = status.contacts.first();
    let left = contact.and_then(|contact| contact.left).map_or("-1".to_owned(), |left| left.as_secs().to_string());
    let y = |is: bool| if is { "Y" } else { "N" };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let groups = |groups: &[u8]| groups.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let qualify = settings.as_ref().and_then(|settings| settings.aor(endpoint.aors.first()?)?.qualify);
    // `secret` proves both ways; `remotesecret` is one of its own.
    let has_remote_secret = endpoint.outbound_login.is_some() && endpoint.outbound_login != endpoint.login;
    let mut reply = Reply::success()
        .with("Channeltype", "SIP")
        .with("ObjectName", &status.name)
        .with("ChanObjectType", "peer")
        .with("SecretExist", y(endpoint.login.is_some()))
        .with("RemoteSecretExist", y(has_remote_secret))
        .with("MD5SecretExist", "N")
        .with("Context", &endpoint.context)
        .with("Language", text(&endpoint.language))
        .with("ToneZone", "<Not set>");
    if let Some(account) = endpoint.account_code.as_ref().filter(|account| !account.is_empty()) {
        reply = reply.with("Accountcode", account);
    }
    reply = reply.with("AMAflags", "Unknown").with("CID-CallingPres", "Presentation Allowed, Not Screened");
    if let Some(user) = &endpoint.from_user {
        reply = reply.with("SIP-FromUser", user);
    }
    if let Some(domain) = &endpoint.from_domain {
        reply = reply.with("SIP-FromDomain", domain);
    }
    let default_user = endpoint.outbound_login.as_ref().map_or("", |login| login.username.as_str());
    let is_dynamic = is_dynamic(asked, &status);
    Ok(reply
        .with("Callgroup", groups(&endpoint.call_groups))
        .with("Pickupgroup", groups(&endpoint.pickup_groups))
        .with("Named Callgroup", endpoint.named_call_groups.join(","))
        .with("Named Pickupgroup", endpoint.named_pickup_groups.join(","))
        .with("MOHSuggest", text(&endpoint.music_class))
        .with("VoiceMailbox", endpoint.mailboxes.join(","))
        .with("TransferMode", "open")
        .with("LastMsgsSent", if endpoint.mailboxes.is_empty() { 0 } else { -1 })
        .with("Maxforwards", 0)
        .with("Call-limit", endpoint.call_limit)
        .with("Busy-level", endpoint.busy_at)
        .with("MaxCallBR", "384 kbps")
        .with("Dynamic", y(is_dynamic))
        .with("Callerid", endpoint.caller_id.as_deref().unwrap_or("\"\" <>"))
        .with("RegExpire", format_args!("{left} seconds"))
        .with("SIP-AuthInsecure", "no")
        .with("SIP-Forcerport", y(endpoint.nat.force_rport))
        .with("SIP-Comedia", y(endpoint.nat.symmetric_rtp))
        .with("ACL", y(endpoint.access != Default::default()))
        .with("SIP-CanReinvite", "N")
        .with("SIP-DirectMedia", "N")
        .with("SIP-PromiscRedir", "N")
        .with("SIP-UserPhone", y(endpoint.marks_numbers))
        .with("SIP-VideoSupport", "N")
        .with("SIP-TextSupport", "N")
        .with("SIP-T.38Support", "N")
        .with("SIP-T.38EC", "Unknown")
        .with("SIP-T.38MaxDtgrm", u32::MAX)
        .with("SIP-Sess-Timers", "Accept")
        .with("SIP-Sess-Refresh", "uas")
        .with("SIP-Sess-Expires", 1800)
        .with("SIP-Sess-Min", 90)
        .with("SIP-RTP-Engine", "asterisk")
        .with("SIP-Encryption", y(endpoint.encryption != Default::default()))
        .with("SIP-RTCP-Mux", "N")
        .with("SIP-DTMFmode", dtmf_mode(endpoint.dtmf_mode))
        .with("ToHost", if is_dynamic { "" } else { &host })
        .with("Address-IP", if host == NOWHERE { "(null)" } else { &host })
        .with("Address-Port", port)
        .with("Default-addr-IP", "(null)")
        .with("Default-addr-port", 0)
        .with("Default-Username", if has_remote_secret { default_user } else { "" })
        .with("Codecs", format_args!("({})", endpoint.codecs).to_string().replace(',', "|"))
        .with("Status", reach(asked, &status))
        .with("SIP-Useragent", contact.and_then(|contact| contact.user_agent.as_deref()).unwrap_or(""))
        .with("Reg-Contact", contact.map_or("", |contact| contact.uri.as_str()))
        .with("QualifyFreq", format_args!("{} ms", qualify.map_or(60_000, |qualify| qualify.every.as_millis())))
        .with("Parkinglot", "")
        .with("SIP-Use-Reason-Header", "N")
        .with("Description", ""))
}

pub static SIP_QUALIFY_PEER: Action = Action::new(
    "SIPqualifypeer",
    READ,
    "Qualify SIP peers.",
    Run::Compute(|asked| {
        let name = asked.need("Peer", "Peer: <name> missing.")?;
        let asked_contacts =
            asked.manager.pbx.agent.as_ref().and_then(|agent| agent.qualify_now(Technology::Sip, name));
        match asked_contacts {
            None => Err(Reply::error("Peer not found")),
            Some(_) => Ok(Reply::done("SIP peer found - will qualify")),
        }
    }),
);

pub static SIP_PEER_STATUS: Action = Action::new(
    "SIPpeerstatus",
    Privilege::SYSTEM,
    "Show the status of one or all of the sip peers.",
    Run::Compute(|asked| {
        let wanted = asked.get("Peer");
        let mut reply = Reply::list("Peer status will follow", "SIPpeerstatusComplete").with_id_last();
        for status in endpoints(asked, Technology::Sip) {
            if wanted.is_none_or(|name| name.eq_ignore_ascii_case(&status.name)) {
                reply.event("PeerStatus", peer_status(asked, &status));
            }
        }
        if wanted.is_some() && reply.items() == 0 { Err(Reply::error("No such peer")) } else { Ok(reply) }
    }),
);

fn peer_status(asked: &Asked<'_>, status: &EndpointStatus) -> Fields {
    let (word, time) = match status.contacts.first().map(|contact| contact.reach) {
        Some(Some(Reach::Reachable(after))) => ("Reachable", Some(after.as_millis())),
        Some(Some(Reach::Unreachable)) => ("Unreachable", None),
        _ if !is_qualified(asked, status) => ("Unmonitored", None),
        _ => ("Unknown", None),
    };
    let mut fields = Fields::new()
        .with("Privilege", "System")
        .with("ChannelType", "SIP")
        .with("Peer", format_args!("SIP/{}", status.name))
        .with("PeerStatus", word);
    if let Some(time) = time {
        fields.push("Time", time);
    }
    fields
}

pub static SIP_SHOW_REGISTRY: Action = Action::new(
    "SIPshowregistry",
    READ,
    "Show SIP registrations (text format).",
    Run::Compute(|asked| {
        let mut reply = Reply::list("Registrations will follow", "RegistrationsComplete");
        let agent = asked.manager.pbx.agent.as_ref();
        let all = agent.map(|agent| agent.registrations()).unwrap_or_default();
        for registration in all.iter().filter(|one| one.technology == Technology::Sip) {
            let (user, host) = registration.name.rsplit_once('@').unwrap_or(("", &registration.name));
            reply.event(
                "RegistryEntry",
                Fields::new()
                    .with("Host", host)
                    .with("Port", 5060)
                    .with("Username", user)
                    .with("Domain", host)
                    .with("DomainPort", 5060)
                    .with("Refresh", 120)
                    .with("State", registration.word)
                    .with("RegistrationTime", 0),
            );
        }
        Ok(reply)
    }),
);

/// Sends a NOTIFY to a telephone.
pub static SIP_NOTIFY: Action = Action::new(
    "SIPnotify",
    Privilege::SYSTEM,
    "Send a SIP notify.",
    Run::Compute(|asked| {
        let channel = asked.need("Channel", "SIPNotify requires a channel name")?;
        let name = channel.strip_prefix("SIP/").or_else(|| channel.strip_prefix("sip/")).unwrap_or(channel);
        let news = News::of(asked.variables());
        let agent = asked.manager.pbx.agent.as_ref();
        match agent.and_then(|agent| agent.notify(Technology::Sip, name, &news)) {
            Some(_) => Ok(Reply::done("Notify Sent")),
            None => Err(Reply::error("Could not create address")),
        }
    }),
);

/// The endpoints of a file.
pub(super) fn endpoints(asked: &Asked<'_>, technology: Technology) -> Vec<EndpointStatus> {
    let all = asked.manager.pbx.agent.as_ref().map(|agent| agent.endpoints()).unwrap_or_default();
    all.into_iter().filter(|status| status.technology == technology).collect()
}

const NOWHERE: &str = "-none-";

/// Where an endpoint is: `-none-` and 0 where nobody knows.
fn address(status: &EndpointStatus) -> (String, u16) {
    let contact = status.contacts.first();
    if let Some(source) = contact.and_then(|contact| contact.source) {
        return (source.ip().to_string(), source.port());
    }
    // Of a telephone that the configuration places, that is where its URI leads.
    let place = contact.map(|contact| contact.uri.trim_start_matches("sip:").split(';').next().unwrap_or(""));
    let place = place.map(|place| place.rsplit_once('@').map_or(place, |(_, place)| place));
    match place.map(|place| place.rsplit_once(':').unwrap_or((place, "5060"))) {
        Some((host, port)) => (host.to_owned(), port.parse().unwrap_or(5060)),
        None => (NOWHERE.to_owned(), 0),
    }
}

/// What `sip.conf` calls the way of sending keys.
fn dtmf_mode(mode: DtmfMode) -> &'static str {
    match mode {
        DtmfMode::Rfc4733 => "rfc2833",
        DtmfMode::Inband => "inband",
        DtmfMode::Info => "info",
        _ => "auto",
    }
}

fn is_dynamic(asked: &Asked<'_>, status: &EndpointStatus) -> bool {
    let settings = asked.manager.pbx.agent.as_ref().map(|agent| agent.settings());
    settings.is_some_and(|settings| {
        let endpoint = settings.get(status.technology, &status.name);
        let aor = endpoint.and_then(|endpoint| settings.aor(endpoint.aors.first()?));
        aor.is_some_and(|aor| aor.max_contacts > 0)
    })
}

/// What the configuration says of an endpoint.
fn configured(asked: &Asked<'_>, status: &EndpointStatus, of: impl FnOnce(&Endpoint) -> bool) -> bool {
    let settings = asked.manager.pbx.agent.as_ref().map(|agent| agent.settings());
    settings.is_some_and(|settings| settings.get(status.technology, &status.name).is_some_and(of))
}

fn account(asked: &Asked<'_>, status: &EndpointStatus) -> String {
    let settings = asked.manager.pbx.agent.as_ref().map(|agent| agent.settings());
    let account = settings.and_then(|settings| settings.get(status.technology, &status.name)?.account_code.clone());
    account.unwrap_or_default()
}

/// `OK (12 ms)`, `UNREACHABLE`, `UNKNOWN`, `Unmonitored`
fn reach(asked: &Asked<'_>, status: &EndpointStatus) -> String {
    match status.contacts.first().and_then(|contact| contact.reach) {
        Some(Reach::Reachable(after)) => format!("OK ({} ms)", after.as_millis()),
        Some(Reach::Unreachable) => "UNREACHABLE".to_owned(),
        None if is_qualified(asked, status) => "UNKNOWN".to_owned(),
        None => "Unmonitored".to_owned(),
    }
}

/// Whether an endpoint is asked now and then whether it is there.
fn is_qualified(asked: &Asked<'_>, status: &EndpointStatus) -> bool {
    let settings = asked.manager.pbx.agent.as_ref().map(|agent| agent.settings());
    settings.is_some_and(|settings| {
        let endpoint = settings.get(status.technology, &status.name);
        endpoint.and_then(|endpoint| settings.aor(endpoint.aors.first()?)).is_some_and(|aor| aor.qualify.is_some())
    })
}

fn yes_or_no(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}
