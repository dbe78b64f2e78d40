//! Endpoints, addresses of record and contacts of `pjsip.conf`.

use std::sync::Arc;

use super::sip::endpoints;
use super::{Action, Answer, Asked, Run};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};
use crate::sip::agent::{ContactStatus, EndpointStatus, News, Reach, Wish};
use crate::sip::endpoint::{Aor, Endpoint, Endpoints, Qualify, Technology};
use crate::sip::subscription::Package;

const READ: Privilege = Privilege::SYSTEM;

const fn action(name: &'static str, synopsis: &'static str, run: fn(&Asked<'_>) -> Answer) -> Action {
    Action::new(name, READ, synopsis, Run::Compute(run))
}

pub static SHOW_ENDPOINTS: Action = action("PJSIPShowEndpoints", "Lists PJSIP endpoints.", |asked| {
    let found = endpoints(asked, Technology::Pjsip);
    if found.is_empty() {
        return Err(Reply::error("No endpoints found"));
    }
    let mut reply =
        Reply::list("A listing of Endpoints follows, presented as EndpointList events", "EndpointListComplete");
    let settings = settings(asked);
    for status in found {
        let Some(endpoint) = settings.as_ref().and_then(|all| all.get(Technology::Pjsip, &status.name)) else {
            continue;
        };
        let contacts: Vec<String> =
            status.contacts.iter().map(|contact| format!("{}/{},", endpoint.aors.join(","), contact.uri)).collect();
        reply.event(
            "EndpointList",
            Fields::new()
                .with("ObjectType", "endpoint")
                .with("ObjectName", &endpoint.name)
                .with("Transport", endpoint.transport.as_deref().unwrap_or(""))
                .with("Aor", endpoint.aors.join(","))
                .with("Auths", if endpoint.login.is_some() { endpoint.name.as_str() } else { "" })
                .with("OutboundAuths", if endpoint.outbound_login.is_some() { endpoint.name.as_str() } else { "" })
                .with("Contacts", contacts.concat())
                .with("DeviceState", state(asked, &status))
                .with("ActiveChannels", status.calls),
        );
    }
    Ok(reply)
});

pub static SHOW_ENDPOINT: Action =
    action("PJSIPShowEndpoint", "Detail listing of an endpoint and its objects.", |asked| {
        let name = asked.need("Endpoint", "Endpoint parameter missing")?;
        let status = endpoints(asked, Technology::Pjsip).into_iter().find(|status| status.name == name);
        let settings = settings(asked);
        let endpoint = settings.as_ref().and_then(|all| all.get(Technology::Pjsip, name));
        let unknown = || Reply::error(format_args!("Unable to retrieve endpoint {name}"));
        let (status, endpoint, settings) = status
            .zip(endpoint)
            .zip(settings.as_ref())
            .map(|((one, two), three)| (one, two, three))
            .ok_or_else(unknown)?;
        let mut reply =
            Reply::list("Following are Events for each object associated with the Endpoint", "EndpointDetailComplete");
        reply.event("EndpointDetail", detail(asked, endpoint, &status));
        for aor in endpoint.aors.iter().filter_map(|aor| settings.aor(aor)) {
            let fields = aor_lines(aor, &status).with("EndpointName", &endpoint.name);
            reply.event("AorDetail", fields);
        }
        if let Some(login) = &endpoint.login {
            let fields = auth_lines(&endpoint.name, &login.username).with("EndpointName", &endpoint.name);
            reply.event("AuthDetail", fields);
        }
        for contact in &status.contacts {
            let aor = endpoint.aors.first().map_or("", String::as_str);
            reply.event("ContactStatusDetail", contact_lines(aor, contact).with("EndpointName", &endpoint.name));
        }
        Ok(reply)
    });

fn detail(asked: &Asked<'_>, endpoint: &Endpoint, status: &EndpointStatus) -> Fields {
    let yes_or_no = |is: bool| if is { "true" } else { "false" };
    Fields::new()
        .with("ObjectType", "endpoint")
        .with("ObjectName", &endpoint.name)
        .with("Context", &endpoint.context)
        .with("Disallow", "")
        .with("Allow", format_args!("({})", endpoint.codecs))
        .with("Aors", endpoint.aors.join(","))
        .with("Auth", if endpoint.login.is_some() { endpoint.name.as_str() } else { "" })
        .with("OutboundAuth", if endpoint.outbound_login.is_some() { endpoint.name.as_str() } else { "" })
        .with("Transport", endpoint.transport.as_deref().unwrap_or(""))
        .with("Callerid", endpoint.caller_id.as_deref().unwrap_or("<unknown>"))
        .with("FromUser", endpoint.from_user.as_deref().unwrap_or(""))
        .with("FromDomain", endpoint.from_domain.as_deref().unwrap_or(""))
        .with("RtpSymmetric", yes_or_no(endpoint.nat.symmetric_rtp))
        .with("ForceRport", yes_or_no(endpoint.nat.force_rport))
        .with("RewriteContact", yes_or_no(endpoint.nat.rewrite_contact))
        .with("Mailboxes", endpoint.mailboxes.join(","))
        .with("Accountcode", endpoint.account_code.as_deref().unwrap_or(""))
        .with("MohSuggest", endpoint.music_class.as_deref().unwrap_or("default"))
        .with("DeviceState", state(asked, status))
        .with("ActiveChannels", status.calls)
}

pub static SHOW_AORS: Action = action("PJSIPShowAors", "Lists PJSIP AORs.", |asked| {
    let settings = settings(asked);
    let mut reply = Reply::list("A listing of Aors follows, presented as AorList events", "AorListComplete");
    for status in endpoints(asked, Technology::Pjsip) {
        let endpoint = settings.as_ref().and_then(|all| all.get(Technology::Pjsip, &status.name));
        for name in endpoint.map_or(&[][..], |endpoint| endpoint.aors.as_slice()) {
            if let Some(aor) = settings.as_ref().and_then(|all| all.aor(name)) {
                reply.event("AorList", aor_lines(aor, &status));
            }
        }
    }
    found(reply, "No Aors found")
});

fn aor_lines(aor: &Aor, status: &EndpointStatus) -> Fields {
    let contacts: Vec<String> =
        status.contacts.iter().map(|contact| format!("{}/{},", aor.name, contact.uri)).collect();
    Fields::new()
        .with("ObjectType", "aor")
        .with("ObjectName", &aor.name)
        .with("MinimumExpiration", aor.expiry.minimum.as_secs())
        .with("MaximumExpiration", aor.expiry.maximum.as_secs())
        .with("DefaultExpiration", aor.expiry.default.as_secs())
        .with("QualifyFrequency", aor.qualify.map_or(0, |qualify| qualify.every.as_secs()))
        .with("QualifyTimeout", format_args!("{:.6}", aor.qualify.map_or(3.0, |qualify| qualify.timeout.as_secs_f64())))
        .with("AuthenticateQualify", "false")
        .with("MaxContacts", aor.max_contacts)
        .with("RemoveExisting", aor.remove_existing)
        .with("RemoveUnavailable", "false")
        .with("Mailboxes", "")
        .with("OutboundProxy", aor.outbound_proxy.as_deref().unwrap_or(""))
        .with("SupportPath", "false")
        .with("TotalContacts", status.contacts.len())
        .with("ContactsRegistered", status.contacts.iter().filter(|contact| contact.left.is_some()).count())
        .with("Contacts", contacts.concat())
}

pub static SHOW_AUTHS: Action = action("PJSIPShowAuths", "Lists PJSIP Auths.", |asked| {
    let settings = settings(asked);
    let mut reply = Reply::list("A listing of Auths follows, presented as AuthList events", "AuthListComplete");
    for status in endpoints(asked, Technology::Pjsip) {
        let endpoint = settings.as_ref().and_then(|all| all.get(Technology::Pjsip, &status.name));
        if let Some(login) = endpoint.and_then(|endpoint| endpoint.login.as_ref()) {
            reply.event("AuthList", auth_lines(&status.name, &login.username));
        }
    }
    found(reply, "No Auths found")
});

/// Never the password.
fn auth_lines(name: &str, username: &str) -> Fields {
    Fields::new()
        .with("ObjectType", "auth")
        .with("ObjectName", name)
        .with("Username", username)
        .with("Password", "")
        .with("Md5Cred", "")
        .with("Realm", "")
        .with("NonceLifetime", 32)
        .with("AuthType", "userpass")
}

pub static SHOW_CONTACTS: Action = action("PJSIPShowContacts", "Lists PJSIP Contacts.", |asked| {
    let settings = settings(asked);
    let mut reply =
        Reply::list("A listing of Contacts follows, presented as ContactList events", "ContactListComplete");
    for status in endpoints(asked, Technology::Pjsip) {
        let endpoint = settings.as_ref().and_then(|all| all.get(Technology::Pjsip, &status.name));
        let aor = endpoint.and_then(|endpoint| endpoint.aors.first()).map_or("", String::as_str);
        let qualify = settings.as_ref().and_then(|all| all.aor(aor)?.qualify);
        for contact in &status.contacts {
            reply.event("ContactList", listed(aor, contact, &status.name, qualify));
        }
    }
    found(reply, "No Contacts found")
});

/// A contact as the list of contacts shows it.
fn listed(aor: &str, contact: &ContactStatus, endpoint: &str, qualify: Option<Qualify>) -> Fields {
    let (word, trip) = reach(contact);
    let (address, port) = contact.source.map(|at| (at.ip().to_string(), at.port())).unwrap_or_default();
    Fields::new()
        .with("ObjectType", "contact")
        .with("ObjectName", format_args!("{aor};@{}", contact.uri))
        .with("ViaAddr", address)
        .with("ViaPort", port)
        .with("QualifyTimeout", format_args!("{:.6}", qualify.map_or(3.0, |qualify| qualify.timeout.as_secs_f64())))
        .with("CallId", "")
        .with("RegServer", "")
        .with("PruneOnBoot", "no")
        .with("Path", "")
        .with("Endpoint", endpoint)
        .with("AuthenticateQualify", "no")
        .with("Uri", &contact.uri)
        .with("QualifyFrequency", qualify.map_or(0, |qualify| qualify.every.as_secs()))
        .with("UserAgent", contact.user_agent.as_deref().unwrap_or(""))
        .with("ExpirationTime", expiration(contact))
        .with("OutboundProxy", "")
        .with("Status", word)
        .with("RoundtripUsec", trip)
}

/// When a registration ends, in seconds since 1970; 0 for a contact that the configuration names.
fn expiration(contact: &ContactStatus) -> i64 {
    let left = contact.left.and_then(|left| i64::try_from(left.as_secs()).ok());
    left.map_or(0, |left| jiff::Timestamp::now().as_second() + left)
}

/// Whether a contact answers, and how fast.
fn reach(contact: &ContactStatus) -> (&'static str, String) {
    match contact.reach {
        Some(Reach::Reachable(after)) => ("Reachable", after.as_micros().to_string()),
        Some(Reach::Unreachable) => ("Unreachable", "N/A".to_owned()),
        None => ("NonQualified", "N/A".to_owned()),
    }
}

fn contact_lines(aor: &str, contact: &ContactStatus) -> Fields {
    let (word, trip) = reach(contact);
    Fields::new()
        .with("AOR", aor)
        .with("URI", &contact.uri)
        .with("UserAgent", contact.user_agent.as_deref().unwrap_or(""))
        .with("RegExpire", expiration(contact))
        .with("ViaAddress", contact.source.map(|source| source.to_string()).unwrap_or_default())
        .with("Status", word)
        .with("RoundtripUsec", trip)
}

pub static SHOW_REGISTRATIONS_OUTBOUND: Action =
    action("PJSIPShowRegistrationsOutbound", "Lists PJSIP outbound registrations.", |asked| {
        let mut reply =
            Reply::list("Following are Events for each Outbound registration", "OutboundRegistrationDetailComplete");
        let agent = asked.manager.pbx.agent.as_ref();
        let all = agent.map(|agent| agent.registrations()).unwrap_or_default();
        let standing = all.iter().filter(|registration| registration.is_registered).count();
        let settings = settings(asked);
        for registration in &all {
            let configured = settings.as_ref().map(|all| all.registrations.iter());
            let configured = configured.and_then(|mut all| all.find(|one| one.name == registration.name));
            let mut fields = Fields::new().with("ObjectType", "registration").with("ObjectName", &registration.name);
            if let Some(configured) = configured {
                fields.push("ClientUri", &configured.client_uri);
                fields.push("ContactUser", &configured.contact_user);
                fields.push("Expiration", configured.expiry.as_secs());
                fields.push("RetryInterval", configured.retry.as_secs());
                fields.push("OutboundAuth", configured.login.as_ref().map_or("", |login| login.username.as_str()));
                fields.push("OutboundProxy", configured.outbound_proxy.as_deref().unwrap_or(""));
                fields.push("Transport", configured.transport.as_deref().unwrap_or(""));
                fields.push("Endpoint", configured.endpoint.as_deref().unwrap_or(""));
            }
            fields.push("ServerUri", &registration.server);
            fields.push("Status", registration.word);
            reply.event("OutboundRegistrationDetail", fields);
        }
        let down = all.len() - standing;
        Ok(reply.ending_with("Registered", standing).ending_with("NotRegistered", down))
    });

pub static SHOW_REGISTRATIONS_INBOUND: Action =
    action("PJSIPShowRegistrationsInbound", "Lists PJSIP inbound registrations.", |asked| {
        let settings = settings(asked);
        let mut reply =
            Reply::list("Following are Events for each Inbound registration", "InboundRegistrationDetailComplete");
        for status in endpoints(asked, Technology::Pjsip) {
            let endpoint = settings.as_ref().and_then(|all| all.get(Technology::Pjsip, &status.name));
            for name in endpoint.map_or(&[][..], |endpoint| endpoint.aors.as_slice()) {
                if let Some(aor) = settings.as_ref().and_then(|all| all.aor(name)) {
                    reply.event("InboundRegistrationDetail", aor_lines(aor, &status));
                }
            }
        }
        Ok(reply)
    });

/// Telephones subscribe to extensions, not to lists of them.
pub static SHOW_RESOURCE_LISTS: Action =
    action("PJSIPShowResourceLists", "Displays settings for configured resource lists.", |_| {
        Ok(Reply::list(
            "A listing of resource lists follows, presented as ResourceListDetail events",
            "ResourceListDetailComplete",
        ))
    });

pub static QUALIFY: Action = action("PJSIPQualify", "Qualify a chan_pjsip endpoint.", |asked| {
    let name = asked.need("Endpoint", "Endpoint parameter missing")?;
    let asked_contacts = asked.manager.pbx.agent.as_ref().and_then(|agent| agent.qualify_now(Technology::Pjsip, name));
    match asked_contacts {
        None => Err(Reply::error("Unable to retrieve endpoint")),
        Some(_) => Ok(Reply::done("Endpoint found, will qualify")),
    }
});

/// Sends a NOTIFY to an endpoint's telephones, or to a URI.
pub static NOTIFY: Action =
    action("PJSIPNotify", "Send a NOTIFY to either an endpoint or an arbitrary URI.", |asked| {
        let news = News::of(asked.variables());
        let agent = asked.manager.pbx.agent.as_ref();
        match (asked.get("Endpoint"), asked.get("URI")) {
            (Some(_), Some(_)) => Err(Reply::error(
                "PJSIPNotify action can not handle a request specifying both 'URI' and 'Endpoint'. You must use only \
                 one of the two.",
            )),
            (None, None) => Err(Reply::error("PJSIPNotify requires either an endpoint name or a SIP URI.")),
            (Some(name), None) => match agent.and_then(|agent| agent.notify(Technology::Pjsip, name, &news)) {
                Some(_) => Ok(Reply::done("NOTIFY sent")),
                None => Err(Reply::error("Unable to retrieve endpoint")),
            },
            (None, Some(uri)) => match agent.is_some_and(|agent| agent.notify_uri(uri, &news)) {
                true => Ok(Reply::done("NOTIFY sent")),
                false => Err(Reply::error("Unable to parse URI")),
            },
        }
    });

/// Makes a registration of ours anew, or all.
pub static REGISTER: Action = action("PJSIPRegister", "Register an outbound registration.", |asked| {
    order(asked, Wish::Register, "Reregistration")
});

/// Withdraws a registration of ours, or all.
pub static UNREGISTER: Action = action("PJSIPUnregister", "Unregister an outbound registration.", |asked| {
    order(asked, Wish::Unregister, "Unregistration")
});

fn order(asked: &Asked<'_>, wish: Wish, word: &str) -> Answer {
    let name = asked.need("Registration", "Registration parameter missing.")?;
    let agent = asked.manager.pbx.agent.as_ref();
    if name == "*all" {
        for registration in agent.map(|agent| agent.registrations()).unwrap_or_default() {
            agent.map(|agent| agent.order_registration(&registration.name, wish));
        }
        return Ok(Reply::done(format_args!("{word}s queued.")));
    }
    match agent.is_some_and(|agent| agent.order_registration(name, wish)) {
        true => Ok(Reply::done(format_args!("{word} sent"))),
        false => Err(Reply::error("Unable to retrieve registration entry")),
    }
}

/// Lists the telephones that watch extensions and mailboxes.
pub static SHOW_SUBSCRIPTIONS_INBOUND: Action =
    action("PJSIPShowSubscriptionsInbound", "Lists subscriptions.", |asked| {
        let mut reply =
            Reply::list("Following are Events for each inbound Subscription", "InboundSubscriptionDetailComplete");
        let all = asked.manager.pbx.agent.as_ref().map(|agent| agent.subscriptions()).unwrap_or_default();
        for subscription in all.iter().filter(|one| one.technology == Technology::Pjsip) {
            let kind = match subscription.package {
                Package::MessageSummary => "mwi",
                Package::Presence | Package::Dialog => "extension_state",
            };
            let left = subscription.expires.saturating_duration_since(tokio::time::Instant::now()).as_secs();
            reply.event(
                "InboundSubscriptionDetail",
                Fields::new()
                    .with("Role", "Notifier")
                    .with("Endpoint", &subscription.endpoint)
                    .with("Callid", &subscription.call_id)
                    .with("State", "ACTIVE")
                    .with("Callerid", &subscription.subscriber)
                    .with("SubscriptionType", kind)
                    .with("Duration", subscription.granted.as_secs())
                    .with("ExpirationTime", left)
                    .with("Extension", &subscription.resource),
            );
        }
        Ok(reply)
    });

/// exten subscribes to nobody.
pub static SHOW_SUBSCRIPTIONS_OUTBOUND: Action =
    action("PJSIPShowSubscriptionsOutbound", "Lists subscriptions.", |_| {
        Ok(Reply::list("Following are Events for each outbound Subscription", "OutboundSubscriptionDetailComplete"))
    });

/// Lists the contacts that registered.
pub static SHOW_REGISTRATION_INBOUND_CONTACT_STATUSES: Action = action(
    "PJSIPShowRegistrationInboundContactStatuses",
    "Lists ContactStatuses for PJSIP inbound registrations.",
    |asked| {
        let settings = settings(asked);
        let mut reply = Reply::list(
            "Following are ContactStatusEvents for each Inbound registration",
            "ContactStatusDetailComplete",
        );
        for status in endpoints(asked, Technology::Pjsip) {
            let endpoint = settings.as_ref().and_then(|all| all.get(Technology::Pjsip, &status.name));
            let aor = endpoint.and_then(|endpoint| endpoint.aors.first()).map_or("", String::as_str);
            for contact in status.contacts.iter().filter(|contact| contact.left.is_some()) {
                reply.event("ContactStatusDetail", contact_lines(aor, contact).with("EndpointName", &status.name));
            }
        }
        Ok(reply)
    },
);

/// A list, or that there is nothing to list.
fn found(reply: Reply, otherwise: &str) -> Answer {
    if reply.items() == 0 { Err(Reply::error(otherwise)) } else { Ok(reply) }
}

fn settings(asked: &Asked<'_>) -> Option<Arc<Endpoints>> {
    asked.manager.pbx.agent.as_ref().map(|agent| agent.settings())
}

fn state(asked: &Asked<'_>, status: &EndpointStatus) -> &'static str {
    match status.contacts.is_empty() && status.calls == 0 {
        true => "Unavailable",
        false => asked.exchange().device_state(&format!("PJSIP/{}", status.name)).text(),
    }
}
