//! What the dialplan's functions ask about endpoints, addresses of record and contacts.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Agent, ContactStatus, Reach};
use crate::channel::caller_id;
use crate::channel::leg::Entry;
use crate::sip::endpoint::{Aor, DirectMedia, DtmfMode, Endpoint, Technology};
use crate::sip::wire::Uri;

impl Agent {
    pub(super) fn known(&self, kind: Entry, name: &str, item: &str) -> Option<String> {
        let settings = self.settings.load();
        match kind {
            Entry::Peer => self.peer(settings.get(Technology::Sip, name)?, item),
            Entry::Endpoint if item == "allow" => setting(settings.get(Technology::Pjsip, name)?, item),
            Entry::Endpoint => {
                settings.written("endpoint").find(|section| section.name.eq_ignore_ascii_case(name))?.get(item)
            }
            Entry::Aor => self.address_of_record(settings.aor(name)?, item),
            Entry::Contact => {
                let (aor, _) = name.split_once(";@").or_else(|| name.split_once("@@"))?;
                let contact = self.contacts_of(settings.aor(aor)?).into_iter().find(|contact| contact.id() == name)?;
                let endpoint = settings.iter().find(|endpoint| endpoint.aors.iter().any(|known| known == aor));
                let is_asked = settings.aor(aor)?.qualify.is_some();
                fact(aor, endpoint.map_or("", |endpoint| &endpoint.name), is_asked, &contact, item)
            }
        }
    }

    fn peer(&self, peer: &Endpoint, item: &str) -> Option<String> {
        let settings = self.settings.load();
        let aor = peer.aors.first().and_then(|name| settings.aor(name));
        let contact = aor.and_then(|aor| self.contacts_of(aor).into_iter().next());
        let address = contact.as_ref().and_then(address);
        let (caller_name, caller_number) = peer.caller_id.as_deref().map(caller_id::parse).unwrap_or_default();
        let inner = |start: &str| item.strip_prefix(start).and_then(|rest| rest.strip_suffix(']'));
        if let Some(name) = inner("chanvar[") {
            return peer.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        }
        if let Some(number) = inner("codec[") {
            let number = number.parse::<usize>().ok()?;
            return Some(codecs(peer).get(number).cloned().unwrap_or_default());
        }
        Some(match item {
            "ip" => address.map_or_else(|| "(null)".to_owned(), |address| address.ip().to_string()),
            "port" => address.map_or(0, |address| address.port()).to_string(),
            "status" => match (contact.as_ref().map(|contact| contact.reach), aor.and_then(|aor| aor.qualify)) {
                (_, None) => "Unmonitored".to_owned(),
                (Some(Some(Reach::Reachable(time))), _) => format!("OK ({} ms)", time.as_millis()),
                (Some(Some(Reach::Unreachable)), _) => "UNREACHABLE".to_owned(),
                _ => "UNKNOWN".to_owned(),
            },
            "dynamic" => yes(aor.is_some_and(|aor| aor.max_contacts > 0)),
            "expire" => match contact.as_ref().and_then(|contact| contact.left) {
                Some(left) => left.as_secs().to_string(),
                None => "-1".to_owned(),
            },
            "callerid_name" => caller_name,
            "callerid_num" => caller_number,
            "codecs" => format!("({})", codecs(peer).join("|")),
            "limit" => peer.call_limit.to_string(),
            "curcalls" => self.calls.of(peer).to_string(),
            "useragent" => contact.and_then(|contact| contact.user_agent).unwrap_or_default(),
            "regexten" => String::new(),
            "busylevel" => "0".to_owned(),
            "maxforwards" => "70".to_owned(),
            _ => return setting(peer, item),
        })
    }

    fn address_of_record(&self, aor: &Aor, item: &str) -> Option<String> {
        let seconds = |duration: Duration| duration.as_secs().to_string();
        Some(match item {
            "contact" => {
                let contacts = self.contacts_of(aor);
                contacts.iter().map(ContactStatus::id).collect::<Vec<_>>().join(",")
            }
            "max_contacts" => aor.max_contacts.to_string(),
            "remove_existing" => yes(aor.remove_existing),
            "default_expiration" => seconds(aor.expiry.default),
            "minimum_expiration" => seconds(aor.expiry.minimum),
            "maximum_expiration" => seconds(aor.expiry.maximum),
            "qualify_frequency" => aor.qualify.map_or_else(|| "0".to_owned(), |qualify| seconds(qualify.every)),
            "qualify_timeout" => aor
                .qualify
                .map_or_else(|| "3.000000".to_owned(), |qualify| format!("{:.6}", qualify.timeout.as_secs_f64())),
            "outbound_proxy" => aor.outbound_proxy.clone().unwrap_or_default(),
            _ => return None,
        })
    }
}

/// Where a contact is.
fn address(contact: &ContactStatus) -> Option<SocketAddr> {
    contact.source.or_else(|| {
        let uri = Uri::parse(&contact.uri)?;
        let uri = uri.as_sip()?;
        match uri.host {
            rsip::Host::IpAddr(address) => Some(SocketAddr::new(address, uri.port.unwrap_or(5060))),
            rsip::Host::Domain(_) => None,
        }
    })
}

fn fact(aor: &str, endpoint: &str, is_asked: bool, contact: &ContactStatus, item: &str) -> Option<String> {
    Some(match item {
        "uri" => contact.uri.clone(),
        "aor" => aor.to_owned(),
        "endpoint" => endpoint.to_owned(),
        "status" => match contact.reach {
            Some(Reach::Reachable(_)) => "Reachable",
            Some(Reach::Unreachable) => "Unreachable",
            None if is_asked => "Unknown",
            None => "NonQualified",
        }
        .to_owned(),
        "rtt" => match contact.reach {
            Some(Reach::Reachable(time)) => time.as_micros().to_string(),
            _ => "0".to_owned(),
        },
        "expiration_time" => contact.left.map_or(0, |left| left.as_secs()).to_string(),
        "user_agent" => contact.user_agent.clone().unwrap_or_default(),
        "via_addr" => contact.source.map(|source| source.ip().to_string()).unwrap_or_default(),
        "via_port" => contact.source.map_or(0, |source| source.port()).to_string(),
        _ => return None,
    })
}

/// A setting as its file would write it.
fn setting(endpoint: &Endpoint, item: &str) -> Option<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let numbers = |numbers: &[u8]| numbers.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    Some(match item {
        "context" => endpoint.context.clone(),
        "aors" => endpoint.aors.join(","),
        "callerid" => text(&endpoint.caller_id),
        "mailbox" | "mailboxes" => endpoint.mailboxes.join(","),
        "allow" => format!("({})", codecs(endpoint).join("|")),
        "dtmf_mode" => match endpoint.dtmf_mode {
            DtmfMode::Rfc4733 => "rfc4733",
            DtmfMode::Inband => "inband",
            DtmfMode::Info => "info",
            DtmfMode::Auto => "auto",
            DtmfMode::AutoInfo => "auto_info",
            DtmfMode::None => "none",
        }
        .to_owned(),
        "transport" => text(&endpoint.transport),
        "from_user" => text(&endpoint.from_user),
        "from_domain" => text(&endpoint.from_domain),
        "outbound_proxy" => text(&endpoint.outbound_proxy),
        "accountcode" => text(&endpoint.account_code),
        "language" => text(&endpoint.language),
        "moh_suggest" => text(&endpoint.music_class),
        "subscribe_context" => text(&endpoint.subscribe_context),
        "callgroup" | "call_group" => numbers(&endpoint.call_groups),
        "pickupgroup" | "pickup_group" => numbers(&endpoint.pickup_groups),
        "namedcallgroup" | "named_call_group" => endpoint.named_call_groups.join(","),
        "namedpickupgroup" | "named_pickup_group" => endpoint.named_pickup_groups.join(","),
        "set_var" => {
            endpoint.variables.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(",")
        }
        "direct_media" => yes(endpoint.direct_media == DirectMedia::Yes),
        "rtp_symmetric" => yes(endpoint.nat.symmetric_rtp),
        "force_rport" => yes(endpoint.nat.force_rport),
        "rewrite_contact" => yes(endpoint.nat.rewrite_contact),
        "trust_id_inbound" => yes(endpoint.trust_identity),
        "send_pai" => yes(endpoint.send_asserted),
        "send_rpid" => yes(endpoint.send_remote_party),
        "device_state_busy_at" => endpoint.call_limit.to_string(),
        _ => return None,
    })
}

fn codecs(endpoint: &Endpoint) -> Vec<String> {
    endpoint.codecs.iter().map(|codec| codec.name().to_owned()).collect()
}

fn yes(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}
