//! The lines of an object, as its list and the details of its endpoint show them.

use super::View;
use crate::management::ami::reply::Fields;
use crate::sip::agent::{ContactStatus, Reach};
use crate::sip::endpoint::{Endpoint, Written};

/// Type and name, then every setting but those named, by its name in Asterisk's events: `RtpSymmetric` for
/// `rtp_symmetric`.
pub fn section(section: &Written, without: &[&str]) -> Fields {
    let mut fields = Fields::new().with("ObjectType", &section.kind).with("ObjectName", &section.name);
    for (name, value) in section.all().filter(|(name, _)| !without.contains(name)) {
        fields.push(title(name), value);
    }
    fields
}

fn title(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

pub fn endpoint(view: &View<'_>, endpoint: &Endpoint, written: &Written) -> Fields {
    let mut fields = Fields::new().with("ObjectType", "endpoint").with("ObjectName", &endpoint.name);
    for (name, value) in written.all() {
        match name {
            "allow" => fields.push("Allow", format_args!("({})", endpoint.codecs).to_string().replace(',', "|")),
            "disallow" => fields.push("Disallow", ""),
            // Only their lists are settings of an endpoint.
            "deny" | "permit" | "contact_deny" | "contact_permit" => {}
            _ => fields.push(title(name), value),
        }
    }
    if let Some(status) = view.statuses.iter().find(|status| status.name == endpoint.name) {
        fields.push("DeviceState", view.state(status));
        fields.push("ActiveChannels", status.calls);
    }
    fields
}

pub fn aor(view: &View<'_>, written: &Written) -> Fields {
    let contacts: Vec<&ContactStatus> = view.contacts(&written.name).collect();
    let mut fields = section(written, &["contact"]);
    fields.push("TotalContacts", contacts.len());
    fields.push("ContactsRegistered", contacts.iter().filter(|contact| contact.left.is_some()).count());
    fields.push("Contacts", names(contacts.into_iter()).trim_end_matches(','));
    fields
}

/// The same as the list of inbound registrations shows it: with its contacts twice.
pub fn inbound(view: &View<'_>, written: &Written) -> Fields {
    let contacts = names(view.contacts(&written.name));
    section(written, &["contact"]).with("Contact", contacts.trim_end_matches(',')).with("Contacts", &contacts)
}

/// `2001/sip:2001@10.0.0.9:5060,`: each contact with the name of its address of record before it.
pub fn names<'a>(contacts: impl Iterator<Item = &'a ContactStatus>) -> String {
    contacts.map(|contact| format!("{}/{},", contact.aor, contact.uri)).collect()
}

/// The password and what is like it stay empty: what is written of a section does not have them.
pub fn auth(written: &Written) -> Fields {
    section(written, &["password_digest", "supported_algorithms_uac", "supported_algorithms_uas"])
}

/// A contact as the list of contacts shows it.
pub fn contact(view: &View<'_>, contact: &ContactStatus, endpoint: &str) -> Fields {
    let (word, trip) = reach(view, contact);
    let (address, port) = contact.source.map(|at| (at.ip().to_string(), at.port())).unwrap_or_default();
    let setting = |name| setting_of(view, contact, name);
    Fields::new()
        .with("ObjectType", "contact")
        .with("ObjectName", contact.id())
        .with("ViaAddr", address)
        .with("ViaPort", port)
        .with("QualifyTimeout", setting("qualify_timeout"))
        .with("CallId", contact.call_id.as_deref().unwrap_or(""))
        .with("RegServer", "")
        .with("PruneOnBoot", "no")
        .with("Path", contact.path.join(","))
        .with("Endpoint", endpoint)
        .with("AuthenticateQualify", if setting("authenticate_qualify") == "true" { "yes" } else { "no" })
        .with("Uri", &contact.uri)
        .with("QualifyFrequency", setting("qualify_frequency"))
        .with("UserAgent", contact.user_agent.as_deref().unwrap_or(""))
        .with("ExpirationTime", expiration(contact))
        .with("OutboundProxy", setting("outbound_proxy"))
        .with("Status", word)
        .with("RoundtripUsec", trip)
}

/// The same as the details of an endpoint show it.
pub fn contact_status(view: &View<'_>, contact: &ContactStatus, endpoint: &str) -> Fields {
    let (word, trip) = reach(view, contact);
    let setting = |name| setting_of(view, contact, name);
    let mut fields = Fields::new()
        .with("AOR", &contact.aor)
        .with("URI", &contact.uri)
        .with("UserAgent", contact.user_agent.as_deref().unwrap_or(""))
        .with("RegExpire", expiration(contact));
    if let Some(source) = contact.source {
        fields.push("ViaAddress", source);
    }
    if let Some(call_id) = &contact.call_id {
        fields.push("CallID", call_id);
    }
    fields
        .with("ID", contact.id())
        .with("AuthenticateQualify", if setting("authenticate_qualify") == "true" { 1 } else { 0 })
        .with("OutboundProxy", setting("outbound_proxy"))
        .with("Path", contact.path.join(","))
        .with("QualifyFrequency", setting("qualify_frequency"))
        .with("QualifyTimeout", setting("qualify_timeout").strip_suffix("000").unwrap_or_default())
        .with("Status", word)
        .with("RoundtripUsec", trip)
        .with("EndpointName", endpoint)
}

/// A setting of the address of record that a contact belongs to.
fn setting_of(view: &View<'_>, contact: &ContactStatus, name: &str) -> String {
    view.section("aor", &contact.aor).and_then(|aor| aor.get(name)).unwrap_or_default()
}

/// When a registration ends, in seconds since 1970; 0 for a contact that the configuration names.
fn expiration(contact: &ContactStatus) -> i64 {
    let left = contact.left.and_then(|left| i64::try_from(left.as_secs()).ok());
    left.map_or(0, |left| jiff::Timestamp::now().as_second() + left)
}

/// Whether a contact answers, and how fast.
fn reach(view: &View<'_>, contact: &ContactStatus) -> (&'static str, String) {
    let is_asked = view.settings.aor(&contact.aor).is_some_and(|aor| aor.qualify.is_some());
    match contact.reach {
        Some(Reach::Reachable(after)) => ("Reachable", after.as_micros().to_string()),
        Some(Reach::Unreachable) => ("Unreachable", "N/A".to_owned()),
        None if is_asked => ("Unknown", "N/A".to_owned()),
        None => ("NonQualified", "N/A".to_owned()),
    }
}
